"""Signed requests through the whole gateway, and the JavaScript that docs/accounts.md gives for them."""

import asyncio
import hashlib
import hmac
import re
import time
from pathlib import Path
from typing import Any

import orjson
import pytest

from config.loader import load_accounts
from emulators.server import Running
from tests.gateways import KEY, Gateway, Said, make_account, make_event, open_gateway, write_accounts

ACCOUNTS = (Path(__file__).parents[2] / "docs/accounts.md").read_text("utf-8")
(SNIPPET,) = re.findall(r"```js\n(.+?)```", ACCOUNTS, re.DOTALL)
SECRET, NEXT = "a secret of the account", "the secret after it"
WRONG = "The signature is wrong."


def sign(body: bytes, secret: str = SECRET, *, late: int = 0) -> dict[str, str]:
    moment = int(time.time()) + late
    made = hmac.new(secret.encode(), f"{moment}.".encode() + body, hashlib.sha256).hexdigest()
    return {"X-Botbridge-Signature": f"t={moment},v1={made}"}


def account_of(running: Running, **auth: Any) -> dict[str, Any]:
    return make_account(running) | {"auth": auth}


async def post(gateway: Gateway, signed: dict[str, str], body: bytes, **options: Any) -> Said:
    return await gateway.post("function", body, headers=signed, **({"key": None} | options))


def told(said: Said) -> tuple[int, str]:
    return said.status, "" if said.status == 200 else said.body["error"]["message"]


def event(text: str) -> bytes:
    return orjson.dumps(make_event(text, conversation=text))


async def test_a_signature_takes_the_place_of_a_key(running: Running, tmp_path: Path) -> None:
    body, other = event("hello"), event("another")
    async with open_gateway(tmp_path, account_of(running, signing_secrets=[SECRET, NEXT])) as gateway:
        answers = [
            await post(gateway, sign(body), body),
            await post(gateway, sign(body, NEXT), body),
            await post(gateway, sign(other), body),
            await post(gateway, sign(body, KEY), body),
            await post(gateway, sign(body, late=-400), body),
            await post(gateway, {}, body),
            await post(gateway, {}, body, key=SECRET),
        ]
    assert [told(answer) for answer in answers] == [
        (200, ""),
        (200, ""),
        (401, WRONG),
        (401, WRONG),
        (401, "The signature's time is more than 300 s from the gateway's."),
        (401, "An API key is required: Authorization: Bearer KEY."),
        (401, "The API key is not known."),
    ]
    assert [request.body["message"] for request in running.function.requests] == ["hello", "hello"]


async def test_a_signature_counts_once_and_after_a_reload_too(running: Running, tmp_path: Path) -> None:
    body = event("hello")
    signed = sign(body)
    account = account_of(running, signing_secrets=[SECRET])
    async with open_gateway(tmp_path, account) as gateway:
        first, second = await post(gateway, signed, body), await post(gateway, signed, body)
        write_accounts(tmp_path, account_of(running, signing_secrets=[NEXT, SECRET]))
        await gateway.server.serve_accounts(await asyncio.to_thread(load_accounts, tmp_path, {}))
        third, fourth = await post(gateway, signed, body), await post(gateway, sign(body, NEXT), body)
    used = (401, "The signature has been used before.")
    assert [told(answer) for answer in (first, second, third, fourth)] == [(200, ""), used, used, (200, "")]


async def test_keys_and_signatures_side_by_side(running: Running, tmp_path: Path) -> None:
    both = account_of(
        running, api_keys=[f"sha256:{hashlib.sha256(KEY.encode()).hexdigest()}"], signing_secrets=[SECRET]
    )
    keyed = account_of(running, api_keys=["key-of-55"]) | {"account": "55"}
    body = event("hello")
    async with open_gateway(tmp_path, both, keyed) as gateway:
        answers = [
            await post(gateway, {}, body, key=KEY),
            await post(gateway, sign(body), body),
            await post(gateway, sign(body, "x"), body, key=KEY),
            await post(gateway, {}, body, key="key-of-55"),
            await post(gateway, sign(body), body, account="55"),
            await post(gateway, sign(body), body, account="55", key="key-of-55"),
        ]
    assert [told(answer) for answer in answers] == [
        (200, ""),
        (200, ""),
        (401, WRONG),
        (403, "The API key belongs to another account."),
        (401, "An API key is required: Authorization: Bearer KEY."),
        (200, ""),
    ]


async def test_a_body_that_is_too_large_is_not_read_to_its_end(running: Running, tmp_path: Path) -> None:
    body = event("hello" * 300_000)
    async with open_gateway(tmp_path, account_of(running, signing_secrets=[SECRET])) as gateway:
        answer = await post(gateway, sign(body), body)
    assert (answer.status, answer.body["error"]["name"]) == (413, "botbridge.error.payload-too-large")


async def test_a_bot_s_status_is_signed_without_a_body(running: Running, tmp_path: Path) -> None:
    async with open_gateway(tmp_path, account_of(running, signing_secrets=[SECRET])) as gateway:
        url = f"{gateway.server.url}/v1/accounts/83482904/bots/function/status"
        async with gateway.client.get(url) as without, gateway.client.get(url, headers=sign(b"")) as signed:
            assert (without.status, signed.status) == (401, 200)


@pytest.mark.parametrize("text", ["hello", "grüezi, 'quoted' and \u2028"])
async def test_the_javascript_of_the_page_signs_so(text: str, running: Running, tmp_path: Path) -> None:
    given = orjson.dumps({"input": {"payload": make_event(text)}, "secret": SECRET}).decode()
    script = f"const {{input, secret}} = {given};\n{SNIPPET}\nconsole.log(JSON.stringify([body, headers]));"
    assert len(SNIPPET.strip().splitlines()) == 4
    node = await asyncio.create_subprocess_exec("node", "-e", script, stdout=asyncio.subprocess.PIPE)
    printed, _ = await node.communicate()
    body, headers = orjson.loads(printed)
    async with open_gateway(tmp_path, account_of(running, signing_secrets=[SECRET])) as gateway:
        answer = await post(gateway, headers, body.encode())
    assert told(answer) == (200, "")
    assert running.function.requests[0].body["message"] == text
