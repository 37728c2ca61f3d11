"""The custom-integration door: who may call it, what it takes, and how it refuses (interface of botbridge, HTTP)."""

import gzip
from pathlib import Path
from typing import Any
from uuid import UUID

import orjson
import pytest

from emulators.server import Running
from tests.gateways import KEY, Said, make_account, make_event, open_gateway

OTHER_KEY = "key-of-another"
MALFORMED = orjson.loads((Path(__file__).parents[1] / "data/scenario/malformed_bodies.json").read_bytes())


def other_account(running: Running) -> dict[str, Any]:
    return make_account(running) | {"account": "55", "auth": {"api_keys": [OTHER_KEY, "second-key"]}}


def refused(answer: Said) -> tuple[int, str]:
    """Check the error answer's form, and give what tells one from another."""
    assert answer.headers["Content-Type"].startswith("application/json")
    assert set(answer.body) == {"error"}
    error = answer.body["error"]
    assert set(error) == {"errorId", "name", "message", "vendor", "retryable"}
    UUID(error["errorId"])
    assert error["vendor"] is None
    assert error["message"]
    return answer.status, error["name"]


@pytest.mark.parametrize(
    ("account", "bot", "key", "expected"),
    [
        ("83482904", "function", KEY, None),
        ("55", "function", OTHER_KEY, None),
        ("55", "function", "second-key", None),
        ("83482904", "function", None, (401, "botbridge.error.unauthorized")),
        ("83482904", "function", "wrong", (401, "botbridge.error.unauthorized")),
        ("83482904", "function", OTHER_KEY, (403, "botbridge.error.forbidden")),
        ("83482904", "nobody", KEY, (404, "botbridge.error.unknown-bot")),
        ("83482904", "nobody", None, (401, "botbridge.error.unauthorized")),
        ("99", "function", KEY, (404, "botbridge.error.unknown-bot")),
        ("99", "function", None, (404, "botbridge.error.unknown-bot")),
    ],
)
async def test_who_may_call(
    account: str, bot: str, key: str | None, expected: tuple[int, str] | None, running: Running, tmp_path: Path
) -> None:
    async with open_gateway(tmp_path, make_account(running), other_account(running)) as gateway:
        answer = await gateway.say(bot, "hello", account=account, key=key)
    if expected is None:
        assert answer.status == 200
    else:
        assert refused(answer) == expected
        assert answer.body["error"]["retryable"] is False


@pytest.mark.parametrize("scheme", ["Basic eDp5", "Bearer", "Bearer  ", KEY, f"Token {KEY}"])
async def test_a_key_comes_as_a_bearer_token(scheme: str, running: Running, tmp_path: Path) -> None:
    async with open_gateway(tmp_path, make_account(running)) as gateway:
        answer = await gateway.say("function", "hello", key=None, headers={"Authorization": scheme})
    assert refused(answer) == (401, "botbridge.error.unauthorized")
    assert answer.headers["WWW-Authenticate"] == "Bearer"


async def test_an_account_without_keys_serves_this_machine_alone(running: Running, tmp_path: Path) -> None:
    account = make_account(running)
    del account["auth"]
    async with open_gateway(tmp_path, account) as gateway:
        assert (await gateway.say("function", "hello", key=None)).status == 200
        for header in ("X-Forwarded-For", "Forwarded", "X-Real-IP"):
            answer = await gateway.say("function", "hello", key=None, headers={header: "203.0.113.9"})
            assert refused(answer) == (403, "botbridge.error.forbidden")


@pytest.mark.parametrize("case", MALFORMED, ids=lambda case: case["name"])
async def test_a_body_that_is_no_event_names_the_place(case: dict[str, Any], running: Running, tmp_path: Path) -> None:
    body = case["text"].encode() if "text" in case else orjson.dumps(case["body"])
    async with open_gateway(tmp_path, make_account(running)) as gateway:
        answer = await gateway.post("function", body)
    assert refused(answer) == (400, "botbridge.error.invalid-event")
    assert answer.body["error"]["message"] == f"The body is not an event: {case['problem']}."
    assert running.function.requests == []


@pytest.mark.parametrize(
    ("content_type", "status"),
    [
        ("application/json", 200),
        ("application/json; charset=utf-8", 200),
        ("Application/JSON", 200),
        ("application/cloudevents+json", 200),
        ("text/plain", 415),
        ("application/x-www-form-urlencoded", 415),
        ("text/json", 415),
        ("application/jsonp", 415),
    ],
)
async def test_the_body_says_that_it_is_json(content_type: str, status: int, running: Running, tmp_path: Path) -> None:
    async with open_gateway(tmp_path, make_account(running)) as gateway:
        answer = await gateway.say("function", "hello", headers={"Content-Type": content_type})
    assert answer.status == status
    if status == 415:
        assert refused(answer) == (415, "botbridge.error.unsupported-media-type")


async def test_a_body_may_have_one_mebibyte_and_not_a_byte_more(running: Running, tmp_path: Path) -> None:
    event = orjson.dumps(make_event("hello"))
    async with open_gateway(tmp_path, make_account(running)) as gateway:
        assert (await gateway.post("function", event.ljust(1024 * 1024))).status == 200
        answer = await gateway.post("function", event.ljust(1024 * 1024 + 1))
        assert refused(answer) == (413, "botbridge.error.payload-too-large")
        # The connection is still good for the next event, or a new one is.
        assert (await gateway.say("function", "hello")).status == 200


async def test_a_compressed_body_counts_as_what_it_unpacks_to(running: Running, tmp_path: Path) -> None:
    headers = {"Content-Encoding": "gzip"}
    async with open_gateway(tmp_path, make_account(running)) as gateway:
        event = orjson.dumps(make_event("hello"))
        assert (await gateway.post("function", gzip.compress(event), headers=headers)).status == 200
        bomb = gzip.compress(event.ljust(64 * 1024 * 1024))
        assert refused(await gateway.post("function", bomb, headers=headers)) == (
            413,
            "botbridge.error.payload-too-large",
        )
        garbled = await gateway.post("function", b"not gzip", headers=headers)
        assert garbled.status == 400


async def test_unknown_routes_and_methods_are_not_events(running: Running, tmp_path: Path) -> None:
    async with open_gateway(tmp_path, make_account(running)) as gateway:
        assert (await gateway.get("/v1/accounts/83482904/bots/function/events")).status == 405
        assert (await gateway.get("/nowhere")).status == 404


async def test_the_operators_pages(running: Running, tmp_path: Path) -> None:
    async with open_gateway(tmp_path, make_account(running)) as gateway:
        assert (await gateway.get("/healthz")).body == {"status": "ok"}
        assert (await gateway.get("/readyz")).body == {"status": "ready"}
        await gateway.say("function", "hello")
        await gateway.say("function", "break")
        metrics = (await gateway.get("/metrics")).body
        labels = 'account="83482904",bot="function",vendor="function"'
        for line in (
            'botbridge_turns_total{account="83482904",bot="function",outcome="answered",vendor="function"} 1.0',
            'botbridge_turns_total{account="83482904",bot="function",outcome="failed",vendor="function"} 1.0',
            f"botbridge_turns_in_flight{{{labels}}} 0.0",
            f"botbridge_vendor_retries_total{{{labels}}} 0.0",
            'botbridge_step_seconds_count{account="83482904",bot="function",step="vendor",vendor="function"} 2.0',
        ):
            assert line in metrics.splitlines()
        gateway.server.gate.draining = True
        drained = await gateway.get("/readyz")
        assert (drained.status, drained.body) == (503, {"status": "draining"})
        assert (await gateway.get("/healthz")).status == 200


async def test_while_it_drains_and_when_it_is_full_new_events_are_refused(running: Running, tmp_path: Path) -> None:
    async with open_gateway(tmp_path, make_account(running), max_in_flight=1) as gateway:
        with gateway.server.gate.admit():
            full = await gateway.say("function", "hello")
        assert refused(full) == (503, "botbridge.error.overloaded")
        assert full.body["error"]["retryable"] is True
        assert full.headers["Retry-After"] == "1"
        assert await gateway.server.gate.drain(1)
        assert refused(await gateway.say("function", "hello")) == (503, "botbridge.error.overloaded")
