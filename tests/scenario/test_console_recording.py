"""Recording consumers' turns: off, until it is switched on for a while; redacted; seen at every gateway of a store."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from emulators.server import Running
from gateway.contract.catalogue import CATALOGUE, PREFIX
from tests.console_gateway import ACCOUNT, Operator, of_bot, open_browser, open_signed_in
from tests.gateways import Gateway, make_account, make_event
from tests.redis_server import RedisServer, redis_server

BOT = of_bot("function").removeprefix("api/")
CONVERSATION = "5f0d9c1e"
NOT_CATCHED = PREFIX + "events-queue.not-catched-pipeline-error"
METHODS = ("GET", "PUT", "DELETE")


@pytest.fixture
def redis(tmp_path: Path) -> Iterator[RedisServer]:
    with redis_server(tmp_path) as server:
        yield server


@asynccontextmanager
async def open_two(
    running: Running, directory: Path, redis: RedisServer
) -> AsyncIterator[tuple[tuple[Gateway, Operator], tuple[Gateway, Operator]]]:
    """Open two gateways at one store; the operator has signed in at each."""
    for name in ("one", "other"):
        (directory / name).mkdir()
    account = make_account(running)
    async with (
        open_signed_in(directory / "one", account, store=redis.url) as one,
        open_signed_in(directory / "other", account, store=redis.url) as other,
    ):
        yield one, other


def make_telling_event() -> dict[str, object]:
    event = make_event("my card is 4111 1111 1111 1111", conversation=CONVERSATION)
    event["context"]["lpSdes"] = {"authenticatedSdes": {"customerInfo": {"customerInfo": {"customerId": "778"}}}}
    event["context"]["lpEvent"]["apiKey"] = "k"
    return event


async def test_the_switch_and_what_it_records(running: Running, tmp_path: Path) -> None:
    async with open_signed_in(tmp_path, make_account(running)) as (gateway, operator), operator.listen() as stream:
        await gateway.post("function", make_telling_event())
        assert await operator.get(f"{BOT}/recording") == {"until": None}
        switched = await operator.call("PUT", f"api/{BOT}/recording", {"seconds": 3600})
        until = switched.body["until"]
        assert (switched.status, until > "2020") == (200, True)
        assert (await stream.wait("bots"))["bots"][0]["recordingUntil"] == until
        await gateway.post("function", make_telling_event())
        summary = await stream.wait("turn")
        assert await operator.get(f"{BOT}/turns") == {"turns": [summary]}
        turn = await operator.get(f"{BOT}/turns/{summary['id']}")
        assert await operator.get(f"{BOT}/recording") == {"until": until}
        assert (await operator.call("DELETE", f"api/{BOT}/recording")).body == {"until": None}
        await gateway.post("function", make_telling_event())
        assert await operator.get(f"{BOT}/recording") == {"until": None}
        assert len((await operator.get(f"{BOT}/turns"))["turns"]) == 1
        missing = await operator.call("GET", f"api/{BOT}/turns/another")
    assert (missing.status, missing.body["error"]["message"]) == (
        404,
        "There is no such turn, or it is kept no longer.",
    )
    shown = {
        key: turn[key] for key in ("id", "at", "account", "bot", "conversation", "kind", "outcome", "totalMs", "error")
    }
    assert summary == shown
    redacted = {
        "convId": CONVERSATION,
        "message": "my card is [card]",
        "context": {
            "lpEvent": {"type": "ContentEvent", "apiKey": "[secret]"},
            "lpSdes": {"authenticatedSdes": {"customerInfo": {"customerInfo": {"customerId": "[masked]"}}}},
        },
    }
    assert (turn["source"], turn["account"], turn["conversation"]) == ("recorded", ACCOUNT, CONVERSATION)
    assert turn["event"] == turn["request"]["built"] == turn["request"]["sent"] == redacted
    assert turn["reply"] == turn["draft"] != {}


@pytest.mark.parametrize("seconds", [0, 3601, -1, 1.5, "60", True, None, [60]])
async def test_it_is_never_on_for_long(seconds: object, running: Running, tmp_path: Path) -> None:
    async with open_signed_in(tmp_path, make_account(running)) as (_, operator):
        said = await operator.call("PUT", f"api/{BOT}/recording", {"seconds": seconds})
    assert (said.status, said.body) == (
        400,
        {"error": {"message": "seconds must be a whole number from 1 to 3600."}},
    )


async def test_bots_that_are_not_there_and_too_many_that_are(running: Running, tmp_path: Path) -> None:
    account = make_account(running)
    bot = account["bots"]["function"]
    account["bots"] = {f"bot-{number}": bot for number in range(21)}
    async with open_signed_in(tmp_path, account) as (_, operator):
        for number in range(20):
            assert (await operator.call("PUT", f"{of_bot(f'bot-{number}')}/recording", {"seconds": 60})).status == 200
        one_more = await operator.call("PUT", f"{of_bot('bot-20')}/recording", {"seconds": 60})
        nobody = [await operator.call(method, f"{of_bot('nobody')}/recording", {"seconds": 60}) for method in METHODS]
    message = "20 bots are recorded already; end one of these recordings."
    assert (one_more.status, one_more.body) == (409, {"error": {"message": message}})
    assert [(said.status, said.body["error"]["message"]) for said in nobody] == [(404, "There is no such bot.")] * 3


async def test_every_gateway_of_a_store_records_and_shows_the_same(
    running: Running, redis: RedisServer, tmp_path: Path
) -> None:
    async with open_two(running, tmp_path, redis) as ((_, here), (elsewhere, there)), here.listen() as stream:
        await here.call("PUT", f"api/{BOT}/recording", {"seconds": 60})
        await there.until(f"{BOT}/recording", lambda found: found["until"])
        await elsewhere.say("function", "hello")
        summary = await stream.wait("turn")
        turns = [await operator.get(f"{BOT}/turns/{summary['id']}") for operator in (here, there)]
        await there.call("DELETE", f"api/{BOT}/recording")
        await here.until(f"{BOT}/recording", lambda found: not found["until"])
    assert turns[0] == turns[1]
    assert turns[0]["reply"]["messages"][0] == "Hello!"


async def test_a_session_is_good_and_ends_at_every_gateway(
    running: Running, redis: RedisServer, tmp_path: Path
) -> None:
    async with open_two(running, tmp_path, redis) as ((_, here), (_, there)), open_browser(there.url) as copied:
        cookie = (await here.sign_in()).headers["Set-Cookie"].partition(";")[0]
        value = cookie.partition("=")[2]
        copied.client.cookie_jar.update_cookies({"botbridge_console": value})
        assert (await copied.call("GET", "api/session")).status == 200
        async with copied.listen() as stream:
            await here.call("POST", "api/sign-out")
            await stream.end()
        refused = await copied.call("GET", "api/session")
    assert (refused.status, refused.body["error"]["message"]) == (401, "The session is over: sign in again.")


async def test_while_the_store_is_away_the_console_says_so_and_comes_back(
    running: Running, redis: RedisServer, tmp_path: Path
) -> None:
    account = make_account(running)
    async with open_signed_in(tmp_path, account, store=redis.url) as (_, operator):
        redis.stop()
        for path in (f"{BOT}/turns", f"{BOT}/errors", f"{BOT}/figures"):
            said = await operator.call("GET", f"api/{path}")
            assert (said.status, said.body) == (503, {"error": {"message": "The store cannot be reached just now."}})
            assert int(said.headers["Retry-After"]) > 0
        assert (await operator.call("PUT", f"api/{BOT}/recording", {"seconds": 60})).status == 503
        assert (await operator.call("GET", "api/session")).status == 200
        turn = await operator.test("function")
        redis.start()
        await operator.call("PUT", f"api/{BOT}/recording", {"seconds": 60})
        assert (await operator.get(f"{BOT}/recording"))["until"]
        assert (await operator.test("function"))["outcome"] == "answered"
    assert (turn["outcome"], turn["error"]["code"]) == ("failed", NOT_CATCHED)
    assert turn["error"]["remedy"] == CATALOGUE[NOT_CATCHED].remedy
