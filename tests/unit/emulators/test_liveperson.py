from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import jwt
import orjson
import pytest

from emulators.faults import Fault
from emulators.liveperson import CustomFailure, LivePersonEmulator
from emulators.sentinel import BOT_SCOPE, CONNECTOR, INVOKER

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    import aiohttp

NOW = 1_700_000_000
CASES = orjson.loads((Path(__file__).parents[2] / "data/liveperson/invocations.json").read_bytes())
PAYLOAD = {"convId": "c-1", "message": "hello"}
BODY = {"headers": [], "payload": PAYLOAD, "timestamp": NOW}


def refuse(_input: dict[str, Any]) -> None:
    raise CustomFailure("no stock")


async def later(given: dict[str, Any]) -> Any:
    return {"later": given["timestamp"]}


FUNCTIONS = {
    "canned": {"messages": ["canned"]},
    "plain": lambda given: {"echo": given["payload"]},
    "async": later,
    "null": lambda _given: None,
    "failing": refuse,
    "crashing": lambda _given: 1 / 0,
}


@pytest.fixture
async def liveperson() -> AsyncIterator[LivePersonEmulator]:
    async with LivePersonEmulator(functions=FUNCTIONS, clock=lambda: NOW) as emulator:
        yield emulator


def invocation(liveperson: LivePersonEmulator, uuid: str = "canned", version: str = "") -> str:
    return f"{liveperson.url}/api/{version}account/83482904/lambdas/{uuid}/invoke"


def signed(liveperson: LivePersonEmulator, **claims: Any) -> dict[str, str]:
    return {"Authorization": f"Bearer {liveperson.sentinel.sign('83482904', INVOKER, NOW, **claims)}"}


async def answer_of(response: aiohttp.ClientResponse) -> Any:
    return await (response.json() if response.content_type == "application/json" else response.text())


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
async def test_invocations(liveperson: LivePersonEmulator, http: aiohttp.ClientSession, case: Any) -> None:
    headers = signed(liveperson, **case.get("claims", {}))
    if "token" in case:
        headers = {"Authorization": case["token"]} if case["token"] else {}
    url, body = invocation(liveperson, case["uuid"]), case.get("body", BODY)
    async with http.request(case.get("method", "POST"), url, json=body, headers=headers) as response:
        assert (response.status, await answer_of(response)) == (case["status"], case["answer"])


async def test_every_error_of_the_platform_on_demand(
    liveperson: LivePersonEmulator, http: aiohttp.ClientSession
) -> None:
    for code, status in liveperson.errors.items():
        liveperson.faults.add(Fault(error=code, message="told to", times=1))
        async with http.post(invocation(liveperson), json=BODY, headers=signed(liveperson)) as response:
            told = {"errorCode": code, "errorMsg": "told to"}
            assert (response.status, await response.json()) == (status, told)
    async with http.post(invocation(liveperson), json=BODY, headers=signed(liveperson)) as response:
        assert (response.status, await response.json()) == (200, {"messages": ["canned"]})


async def test_without_functions_the_dialogue_is_played(http: aiohttp.ClientSession) -> None:
    async with LivePersonEmulator(clock=lambda: NOW) as liveperson:
        url = invocation(liveperson, "any", "v2/")
        async with http.post(url, json=BODY, headers=signed(liveperson)) as response:
            assert await response.json() == liveperson.dialogue.turns["text", "hello"].answer
        assert liveperson.requests[0].heard.text == "hello"


async def test_token_and_keys_fit(liveperson: LivePersonEmulator, http: aiohttp.ClientSession) -> None:
    form = {"grant_type": "client_credentials", "client_id": CONNECTOR.client_id, "client_secret": "connector-secret"}
    async with http.post(liveperson.token_url("83482904"), data=form) as response:
        answer = await response.json()
    token = answer.pop("access_token")
    assert answer == {"token_type": "Bearer", "expires_in": 3600}
    async with http.get(liveperson.jwks_url) as response:
        keys = jwt.PyJWKSet.from_dict(await response.json())
    kid = jwt.get_unverified_header(token)["kid"]
    options: Any = {"verify_exp": False}
    claims = jwt.decode(token, keys[kid].key, algorithms=["RS256"], audience="83482904", options=options)
    assert len(claims.pop("jti")) == 16
    assert claims == {
        "iss": "Sentinel",
        "aud": "83482904",
        "azp": CONNECTOR.client_id,
        "sub": CONNECTOR.client_id,
        "scope": BOT_SCOPE,
        "iat": NOW,
        "exp": NOW + 3600,
    }
    pinned = jwt.decode(
        token, liveperson.sentinel.public_key, algorithms=["RS256"], audience="83482904", options=options
    )
    assert pinned.items() >= claims.items()


@pytest.mark.parametrize(
    ("form", "status", "said"),
    [
        ({"grant_type": "password"}, 400, "grant_type must be client_credentials"),
        ({"client_id": "nobody"}, 401, "unknown client or wrong secret"),
        ({"client_secret": "guess"}, 401, "unknown client or wrong secret"),
    ],
)
async def test_refused_tokens(
    liveperson: LivePersonEmulator, http: aiohttp.ClientSession, form: Any, status: int, said: str
) -> None:
    good = {"grant_type": "client_credentials", "client_id": CONNECTOR.client_id, "client_secret": "connector-secret"}
    async with http.post(liveperson.token_url("83482904"), data=good | form) as response:
        assert response.status == status
        assert (await response.json())["errorMsg"] == said


async def test_withdrawn_keys_are_no_longer_accepted(
    liveperson: LivePersonEmulator, http: aiohttp.ClientSession
) -> None:
    old, first = signed(liveperson), liveperson.sentinel.public_key
    await liveperson.rotate_key()
    new = signed(liveperson)
    assert await _statuses(liveperson, http, old, new) == [200, 200]
    await liveperson.rotate_key(keep=False)
    assert await _statuses(liveperson, http, old, new, signed(liveperson)) == [401, 401, 200]
    async with http.get(liveperson.jwks_url) as response:
        assert [key["kid"] for key in (await response.json())["keys"]] == [liveperson.sentinel.keys[0].kid]
    assert liveperson.sentinel.public_key == first


async def _statuses(liveperson: LivePersonEmulator, http: aiohttp.ClientSession, *tokens: dict[str, str]) -> list[int]:
    statuses = []
    for headers in tokens:
        async with http.post(invocation(liveperson), json=BODY, headers=headers) as response:
            statuses.append(response.status)
    return statuses


async def test_domain_api_leads_here(liveperson: LivePersonEmulator, http: aiohttp.ClientSession) -> None:
    host = liveperson.url.removeprefix("http://")
    async with http.get(f"{liveperson.url}/api/account/83482904/service/baseURI.json?version=1.0") as response:
        assert await response.json() == {
            "baseURIs": [
                {"service": "sentinel", "account": "83482904", "baseURI": host},
                {"service": "faasGW", "account": "83482904", "baseURI": host},
            ]
        }


async def test_tokens_keys_and_invocations_fail_one_by_one(
    liveperson: LivePersonEmulator, http: aiohttp.ClientSession
) -> None:
    liveperson.faults.add(Fault(status=503, stage="token"), Fault(status=500, stage="session"))
    async with http.post(liveperson.token_url("83482904"), data={}) as response:
        assert response.status == 503
    async with http.get(liveperson.jwks_url) as response:
        assert response.status == 500
    async with http.post(invocation(liveperson), json=BODY, headers=signed(liveperson)) as response:
        assert response.status == 200


def test_the_sentinel_is_there_once_started() -> None:
    with pytest.raises(RuntimeError, match="has not been started"):
        _ = LivePersonEmulator().sentinel
