"""LivePerson's Custom Endpoint connector at the gateway's door (docs/custom-endpoint.md)."""

import asyncio
from pathlib import Path
from typing import Any

import orjson
import pytest

from config.loader import load_accounts
from emulators.faults import Fault
from emulators.server import Running
from gateway import __version__
from gateway.contract.catalogue import PREFIX
from gateway.ingress.vendor_state import VendorStates
from tests.app_tokens import KEY, OTHER_KEY, make_token, open_sentinel, write_pem
from tests.fakes import FakeClock
from tests.gateways import Gateway, Said, make_account, make_event, open_gateway, write_accounts

SDES = {"authenticatedSdes": {"customerInfo": {"id": "7"}}, "unauthenticatedSdes": {"lead": {}}}
OPENING = {"sdes": SDES, "context": {"type": "MESSAGING", "skillId": 12}}
TOKEN = make_token()
EMPTY = {"response": [], "analytics": {"intents": []}}
UNKNOWN = (404, "botbridge.error.unknown-conversation")


def text(message: str, sequence: Any = None) -> dict[str, Any]:
    lp_event = {} if sequence is None else {"sequence": sequence}
    return {"type": "TEXT", "source": "CONSUMER", "data": {"message": message}, "context": {"lpEvent": lp_event}}


def account(running: Running, **bot_keys: Any) -> dict[str, Any]:
    """Describe an account whose function bot has two environments, the second at a path of its own."""
    made = make_account(running, **bot_keys) | {"custom_endpoint": {"public_key": write_pem(KEY)}}
    made["bots"]["function"]["environments"] = {
        "draft": {"settings": {}},
        "production": {"settings": {"url": f"{running['function']}/production"}},
    }
    return made


class Connector:
    """Speaks as LivePerson's connector does."""

    def __init__(
        self, gateway: Gateway, *, bot: str = "function", environment: str = "draft", token: str | None = TOKEN
    ) -> None:
        self._gateway = gateway
        self._base = f"/v1/bots/{bot}/environments"
        self._environment = environment
        self._token = token

    async def environments(self) -> Said:
        return await self._send("GET", "")

    async def state(self) -> Said:
        return await self._send("GET", f"/{self._environment}/state")

    async def open(self, opening: Any = OPENING, *, conversation: str = "c-1") -> Said:
        return await self._send("PUT", f"/{self._environment}/conversations/{conversation}", opening)

    async def send(self, event: Any, *, conversation: str = "c-1") -> Said:
        return await self._send("POST", f"/{self._environment}/conversations/{conversation}/events", event)

    async def say(self, message: str, sequence: Any = None) -> Said:
        return await self.send(text(message, sequence))

    async def _send(self, method: str, path: str, body: Any = None) -> Said:
        headers = {} if self._token is None else {"Authorization": f"Bearer {self._token}"}
        data = None if body is None else orjson.dumps(body)
        if data is not None:
            headers["Content-Type"] = "application/json"
        url = f"{self._gateway.server.url}{self._base}{path}"
        async with self._gateway.client.request(method, url, data=data, headers=headers) as answer:
            return Said(answer.status, orjson.loads(await answer.read()), answer.headers)


def refusal(answer: Said) -> tuple[int, str]:
    return answer.status, answer.body["error"]["name"]


async def test_a_conversation_from_its_opening_to_its_end(running: Running, tmp_path: Path) -> None:
    async with open_gateway(tmp_path, account(running)) as gateway:
        connector = Connector(gateway)
        opened = await connector.open()
        assert (opened.status, opened.body) == (200, {})
        welcomed = await connector.send({"type": "CONVERSATION", "data": {"name": "STARTED"}})
        assert (welcomed.status, welcomed.body["response"][0]["type"]) == (200, "TEXT")
        transferred = await connector.say("agent")
        assert transferred.body["response"][-1] == {
            "type": "ACTION",
            "data": {"name": "TRANSFER", "parameters": {"skillName": "human_skill"}},
        }
        closed = await connector.send({"type": "CONVERSATION", "data": {"name": "CLOSED"}})
        assert (closed.status, closed.body) == (200, EMPTY)
        assert refusal(await connector.say("hello")) == UNKNOWN
        again = await connector.send({"type": "CLOSE_CONVERSATION"})
        assert (again.status, again.body) == (200, EMPTY)
    heard = [request.body for request in running.function.requests]
    context = {
        "lpEvent": {"conversationContext": {"type": "MESSAGING", "skillId": "12"}},
        "lpSdes": SDES,
    }
    assert heard == [
        {"convId": "c-1", "message": "", "event": {"name": "WELCOME"}, "context": context},
        {"convId": "c-1", "message": "agent", "context": context},
    ]


async def test_the_attributes_are_those_of_the_newest_opening(running: Running, tmp_path: Path) -> None:
    async with open_gateway(tmp_path, account(running)) as gateway:
        connector = Connector(gateway)
        assert (await connector.open()).status == 200
        await connector.say("hello")
        assert (await connector.open({"sdes": {"authenticatedSdes": {"a": 1}}})).status == 200
        await connector.say("hello")
    sent = [request.body["context"]["lpSdes"] for request in running.function.requests]
    assert sent == [SDES, {"authenticatedSdes": {"a": 1}}]


async def test_an_opening_leaves_what_the_vendor_knows_of_the_conversation(running: Running, tmp_path: Path) -> None:
    async with open_gateway(tmp_path, account(running)) as gateway:
        connector = Connector(gateway, bot="watson")
        for _ in range(2):
            assert (await connector.open()).status == 200
            assert (await connector.say("hello")).status == 200
    sessions = [request for request in running.watson.requests if request.path.endswith("/sessions")]
    assert len(sessions) == 1


@pytest.mark.parametrize("bot", ["lex", "dialogflow", "dialogflow-cx", "dialogflow-cx-grpc", "watson", "watson-v1"])
async def test_every_vendor_is_asked_in_the_same_way(bot: str, running: Running, tmp_path: Path) -> None:
    async with open_gateway(tmp_path, account(running)) as gateway:
        connector = Connector(gateway, bot=bot)
        await connector.open()
        answer = await connector.say("where is my parcel")
        other_door = await gateway.say(bot, "where is my parcel", conversation="c-2")
    assert answer.status == other_door.status == 200
    assert [item["type"] for item in answer.body["response"]] == ["TEXT", "DELAY", "TEXT", "STRUCTURED_CONTENT"]
    texts = [item["data"]["message"] for item in answer.body["response"] if item["type"] == "TEXT"]
    assert texts == [message for message in other_door.body["messages"] if isinstance(message, str)]
    assert [intent["id"] for intent in answer.body["analytics"]["intents"]][:1] == [
        other_door.body["context"]["intentId"]
    ]


async def test_a_conversation_that_was_not_opened_is_opened_and_its_event_sent_again(
    running: Running, tmp_path: Path
) -> None:
    async with open_gateway(tmp_path, account(running)) as gateway:
        connector = Connector(gateway)
        refused = await connector.say("hello", 1)
        assert refusal(refused) == UNKNOWN
        assert refused.body["error"]["retryable"] is False
        await connector.open()
        assert (await connector.say("hello", 1)).status == 200
    assert len(running.function.requests) == 1


async def test_a_repeat_gets_the_first_answer(running: Running, tmp_path: Path) -> None:
    async with open_gateway(tmp_path, account(running)) as gateway:
        connector = Connector(gateway)
        await connector.open()
        first = await connector.say("hello", 5)
        repeat = await connector.say("agent", 5)
        assert (repeat.status, repeat.body) == (200, first.body)
        assert (await connector.say("agent", 6)).body != first.body
    assert len(running.function.requests) == 2


async def test_environments_are_listed_and_have_settings_and_conversations_of_their_own(
    running: Running, tmp_path: Path
) -> None:
    async with open_gateway(tmp_path, account(running)) as gateway:
        draft, production = Connector(gateway), Connector(gateway, environment="production")
        assert (await draft.environments()).body == ["draft", "production"]
        assert (await Connector(gateway, bot="lex").environments()).body == ["draft"]
        await production.open()
        assert refusal(await draft.say("hello", 1)) == UNKNOWN
        assert (await production.say("hello", 1)).status == 200
        await draft.open()
        assert (await draft.say("hello", 1)).status == 200
        # The other door's conversations are others as well.
        assert (await gateway.say("function", "hello", conversation="draft/c-1")).status == 200
    assert [request.path for request in running.function.requests] == ["/production", "/bot", "/bot"]


@pytest.mark.parametrize(("bot", "environment"), [("nobody", "draft"), ("function", "staging"), ("function", "Draft")])
async def test_an_unknown_bot_or_environment_is_a_404(
    bot: str, environment: str, running: Running, tmp_path: Path
) -> None:
    async with open_gateway(tmp_path, account(running)) as gateway:
        connector = Connector(gateway, bot=bot, environment=environment)
        answers = [await connector.state(), await connector.open(), await connector.say("hello")]
        assert [refusal(answer) for answer in answers] == [(404, "botbridge.error.unknown-bot")] * 3
        assert (await connector.environments()).status == (404 if bot == "nobody" else 200)


@pytest.mark.parametrize("token", [None, "nonsense", make_token(OTHER_KEY), make_token(aud="55"), make_token(exp=-60)])
async def test_without_a_good_token_everything_is_a_401(token: str | None, running: Running, tmp_path: Path) -> None:
    async with open_gateway(tmp_path, account(running)) as gateway:
        connector = Connector(gateway, token=token)
        answers = [
            await connector.environments(),
            await connector.state(),
            await connector.open(),
            await connector.say("hello"),
            await Connector(gateway, bot="nobody", token=token).environments(),
        ]
    assert [refusal(answer) for answer in answers] == [(401, "botbridge.error.unauthorized")] * 5
    assert {answer.headers["WWW-Authenticate"] for answer in answers} == {"Bearer"}
    assert running.function.requests == []


async def test_an_account_without_the_section_is_not_served_here(running: Running, tmp_path: Path) -> None:
    without = make_account(running)
    other = account(running) | {"account": "55"}
    async with open_gateway(tmp_path, without, other) as gateway:
        assert refusal(await Connector(gateway).environments()) == (401, "botbridge.error.unauthorized")
        token = make_token(aud="55")
        assert (await Connector(gateway, token=token).environments()).status == 200


async def test_keys_come_from_where_liveperson_publishes_them(running: Running, tmp_path: Path) -> None:
    async with open_sentinel() as sentinel:
        sentinel.publish(appjwt_1=KEY)
        served = account(running) | {"custom_endpoint": {"jwks_url": sentinel.url, "client_id": "c0ffee"}}
        async with open_gateway(tmp_path, served) as gateway:
            assert (await Connector(gateway).environments()).status == 200
            forged = make_token(OTHER_KEY, headers={"kid": "appjwt-2"})
            assert (await Connector(gateway, token=forged).environments()).status == 401
            assert (await Connector(gateway, token=make_token(azp="other")).environments()).status == 401
        assert sentinel.fetched == 1


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ([], "The body cannot be used: $: must be an object, not array."),
        (
            {"type": "TEXT"},
            "The body cannot be used: data.message: the event is of no known type other than a text, and has no text.",
        ),
    ],
)
async def test_what_is_no_event_is_a_400(body: Any, expected: str, running: Running, tmp_path: Path) -> None:
    async with open_gateway(tmp_path, account(running)) as gateway:
        connector = Connector(gateway)
        await connector.open()
        answer = await connector.send(body)
        assert refusal(answer) == (400, "botbridge.error.invalid-event")
        assert answer.body["error"]["message"] == expected
        assert refusal(await connector.open([])) == (400, "botbridge.error.invalid-event")
        assert refusal(await connector.open(conversation="c" * 513)) == (400, "botbridge.error.invalid-event")
        assert (await connector.open(conversation="c" * 512)).status == 200


async def test_a_failed_turn_is_an_error_without_an_escalation(running: Running, tmp_path: Path) -> None:
    running.function.faults.add(Fault(status=500, times=1))
    async with open_gateway(tmp_path, account(running)) as gateway:
        connector = Connector(gateway)
        await connector.open()
        answer = await connector.say("hello", 1)
        assert refusal(answer) == (502, PREFIX + "aivendor.faas.invoke-lambda")
        assert (await connector.say("hello", 1)).status == 200


async def test_a_failed_turn_goes_to_a_skill_where_the_bot_says_so(running: Running, tmp_path: Path) -> None:
    running.function.faults.add(Fault(status=500, times=1))
    escalation = {"skill": "human_skill", "message": "One moment."}
    async with open_gateway(tmp_path, account(running, escalation=escalation)) as gateway:
        connector = Connector(gateway)
        await connector.open()
        answer = await connector.say("hello", 1)
        assert (answer.status, answer.body) == (
            200,
            {
                "response": [
                    {"type": "TEXT", "data": {"message": "One moment."}},
                    {"type": "ACTION", "data": {"name": "TRANSFER", "parameters": {"skillName": "human_skill"}}},
                ],
                "analytics": {"intents": []},
            },
        )
        assert answer.headers["X-Error-Name"] == PREFIX + "aivendor.faas.invoke-lambda"
        assert (await connector.say("hello", 2)).status == 200


async def test_the_state_is_online_only_if_the_vendor_answers(running: Running, tmp_path: Path) -> None:
    async with open_gateway(tmp_path, account(running)) as gateway:
        clock = FakeClock()
        gateway.server.endpoint.served.states = VendorStates(clock)
        connector = Connector(gateway)
        answers = await asyncio.gather(*(connector.state() for _ in range(5)))
        assert {(answer.status, answer.body["state"], answer.body["version"]) for answer in answers} == {
            (200, "online", __version__)
        }
        assert len(running.function.requests) == 1
        running.function.faults.add(Fault(status=500))
        assert (await connector.state()).body["state"] == "online"
        clock.advance(5)
        assert (await connector.state()).body["state"] == "error"
        # Each environment has a vendor of its own.
        running.function.faults.clear()
        assert (await Connector(gateway, environment="production").state()).body["state"] == "online"
        assert (await connector.state()).body["state"] == "error"
        clock.advance(5)
        assert (await connector.state()).body["state"] == "online"
    assert [request.path for request in running.function.requests] == ["/bot", "/bot", "/production", "/bot"]


async def test_a_turn_that_was_answered_just_now_is_as_good_as_a_check(running: Running, tmp_path: Path) -> None:
    async with open_gateway(tmp_path, account(running)) as gateway:
        connector = Connector(gateway)
        await connector.open()
        await connector.say("hello")
        assert (await connector.state()).body["state"] == "online"
        running.function.faults.add(Fault(kind="cut"))
        assert (await connector.say("hello")).status == 502
        assert (await connector.state()).body["state"] == "offline"
    assert [request.body["message"] for request in running.function.requests] == [
        "hello",
        "hello",
        "botbridge connection test",
    ]


async def test_the_state_of_a_gateway_that_drains_is_maintenance(running: Running, tmp_path: Path) -> None:
    async with open_gateway(tmp_path, account(running)) as gateway:
        connector = Connector(gateway)
        await connector.open()
        gateway.server.gate.draining = True
        assert (await connector.state()).body["state"] == "maintenance"
        refused = [await connector.open(), await connector.say("hello")]
    assert [refusal(answer) for answer in refused] == [(503, "botbridge.error.overloaded")] * 2


async def test_an_open_circuit_is_an_error_and_nobody_asks(running: Running, tmp_path: Path) -> None:
    running.function.faults.add(Fault(status=500))
    async with open_gateway(tmp_path, account(running, breaker={"failures": 1, "open_for": 60})) as gateway:
        draft, production = Connector(gateway), Connector(gateway, environment="production")
        await draft.open()
        assert (await draft.say("hello")).status == 502
        assert (await draft.state()).body["state"] == "error"
        assert len(running.function.requests) == 1
        running.function.faults.clear()
        # The other environment's circuit is its own; the metric shows that one of them is open.
        assert (await production.state()).body["state"] == "online"
        metrics = (await gateway.get("/metrics")).body
    labels = 'account="83482904",bot="function",vendor="function"'
    assert f"botbridge_circuit_open{{{labels}}} 1.0" in metrics


async def test_custom_ttr_leaves_by_this_door_alone(running: Running, tmp_path: Path) -> None:
    action = {"action": "CHANGE_TTR", "actionParameters": {"ttrType": "CUSTOM", "value": "120"}}
    running.function.faults.add(Fault(kind="body", body={"messages": ["Noted"], "context": action}))
    async with open_gateway(tmp_path, account(running)) as gateway:
        connector = Connector(gateway)
        await connector.open()
        answer = await connector.say("hello")
        other_door = await gateway.post("function", make_event("hello"))
    parameters = {"ttrType": "CUSTOM", "value": "120"}
    assert answer.body["response"][-1] == {"type": "ACTION", "data": {"name": "CHANGE_TTR", "parameters": parameters}}
    assert other_door.body == {"messages": ["Noted"], "context": {}}


async def test_a_reload_changes_who_may_call_and_which_environments_there_are(running: Running, tmp_path: Path) -> None:
    changed = account(running)
    changed["custom_endpoint"]["public_key"] = write_pem(OTHER_KEY)
    del changed["bots"]["function"]["environments"]["draft"]
    async with open_gateway(tmp_path, account(running)) as gateway:
        production = Connector(gateway, environment="production")
        await production.open()
        write_accounts(tmp_path, changed)
        await gateway.server.serve_accounts(await asyncio.to_thread(load_accounts, tmp_path, {}))
        assert (await production.environments()).status == 401
        token = make_token(OTHER_KEY)
        assert (await Connector(gateway, token=token).environments()).body == ["production"]
        # Conversations stay open.
        answer = await Connector(gateway, environment="production", token=token).say("hello")
        assert answer.status == 200


async def test_a_gateway_without_this_door_refuses_every_token_until_a_reload_opens_it(
    running: Running, tmp_path: Path
) -> None:
    async with open_gateway(tmp_path, make_account(running)) as gateway:
        connector = Connector(gateway)
        assert refusal(await connector.environments()) == (401, "botbridge.error.unauthorized")
        write_accounts(tmp_path, account(running))
        await gateway.server.serve_accounts(await asyncio.to_thread(load_accounts, tmp_path, {}))
        assert (await connector.environments()).body == ["draft", "production"]
