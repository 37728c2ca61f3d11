"""The agreement with IBM's SDK on which `transport` rests: what is sent is what the SDK itself prepares."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, NoReturn, TypeVar

import aiohttp
import pytest
from hypothesis import given
from hypothesis import strategies as st
from ibm_cloud_sdk_core import ApiException
from ibm_cloud_sdk_core.authenticators import (
    Authenticator,
    BasicAuthenticator,
    BearerTokenAuthenticator,
    NoAuthAuthenticator,
)
from ibm_watson import AssistantV1, AssistantV2

from emulators.faults import Fault
from emulators.watson import WatsonEmulator
from gateway.contract.callables import Sandbox
from gateway.contract.errors import VendorFailure
from gateway.contract.ports import Vendor
from gateway.contract.wire import loads
from tests.fakes import FakeClock
from vendors.http import HttpAnswer
from vendors.services import Services
from vendors.watson import v1, v2
from vendors.watson.client import WatsonV2
from vendors.watson.client_v1 import WatsonV1
from vendors.watson.settings import DEFAULT_VERSION, WatsonV1Settings, WatsonV2Settings
from vendors.watson.transport import describe_refusal, prepare_v1, prepare_v2

URL = "https://watson.example.com/instances/1"
SAID = {"input": {"text": "é"}, "context": {"skills": {}}, "user_id": "u"}
CASES = loads((Path(__file__).parents[3] / "data" / "watson" / "sent.json").read_bytes())
SIGNS = {
    "iam": {"apikey": "watson-emulator"},
    "basic": {"username": "emulator", "password": "watson-emulator"},
    "none": {"auth_type": "none"},
}
BOTS: dict[str, Callable[[Any, Services], Vendor]] = {
    "v1": lambda settings, services: WatsonV1(WatsonV1Settings.model_validate(settings), services),
    "v2": lambda settings, services: WatsonV2(WatsonV2Settings.model_validate(settings), services),
}


class Untouchable:
    """Stands for what `send` returns; whoever looks at it fails the test."""

    def __getattribute__(self, name: str) -> NoReturn:
        raise AssertionError(f"the SDK looks at .{name} of what send() returned")

    def __bool__(self) -> NoReturn:
        raise AssertionError("the SDK tests what send() returned")

    __len__ = __iter__ = __getitem__ = __await__ = __call__ = __bool__


class RecordsRequest:
    """Nothing but `send` of an SDK's class, replaced."""

    def send(self, request: dict[str, Any], **options: Any) -> Untouchable:
        self.given: dict[str, Any] = {**request, "headers": dict(request["headers"]), "options": options}
        self.returned = Untouchable()
        return self.returned


class RecordingV1(RecordsRequest, AssistantV1):  # type: ignore[misc]  # the SDK ships no type information
    """The SDK's class for V1."""


class RecordingV2(RecordsRequest, AssistantV2):  # type: ignore[misc]  # the SDK ships no type information
    """The SDK's class for V2."""


Recording = TypeVar("Recording", RecordingV1, RecordingV2)


def record(kind: type[Recording]) -> Recording:
    sdk = kind(version="2021-11-27", authenticator=NoAuthAuthenticator())
    sdk.set_service_url(URL)
    return sdk


def headers(version: str, operation: str) -> dict[str, str]:
    return {
        "X-IBMCloud-SDK-Analytics": f"service_name=assistant;service_version={version};operation_id={operation}",
        "content-type": "application/json",
        "Accept": "application/json",
    }


def test_create_session_hands_its_request_to_send_and_returns_what_it_gives() -> None:
    sdk = record(RecordingV2)
    returned = sdk.create_session("a 1", "e/1", timeout=3.5)
    assert returned is sdk.returned
    assert sdk.given["headers"].pop("User-Agent").startswith("watson-apis-python-sdk-")
    assert sdk.given == {
        "method": "POST",
        "url": f"{URL}/v2/assistants/a%201/environments/e%2F1/sessions",
        "headers": headers("V2", "create_session"),
        "params": {"version": "2021-11-27"},
        "data": b"{}",
        "files": [],
        "options": {"timeout": 3.5},
    }


def test_message_hands_its_request_to_send_and_returns_what_it_gives() -> None:
    sdk = record(RecordingV2)
    returned = sdk.message("a", "e", "s", **SAID, timeout=3.5)
    assert returned is sdk.returned
    assert sdk.given["headers"].pop("User-Agent").startswith("watson-apis-python-sdk-")
    assert loads(sdk.given.pop("data")) == SAID
    assert sdk.given == {
        "method": "POST",
        "url": f"{URL}/v2/assistants/a/environments/e/sessions/s/message",
        "headers": headers("V2", "message"),
        "params": {"version": "2021-11-27"},
        "files": [],
        "options": {"timeout": 3.5},
    }


def test_message_of_v1_hands_its_request_to_send_and_returns_what_it_gives() -> None:
    sdk = record(RecordingV1)
    said = {"input": {"text": "é"}, "alternate_intents": True, "context": {"conversation_id": "c-77"}}
    returned = sdk.message("w/1", **said, timeout=3.5)
    assert returned is sdk.returned
    assert sdk.given["headers"].pop("User-Agent").startswith("watson-apis-python-sdk-")
    assert loads(sdk.given.pop("data")) == said
    assert sdk.given == {
        "method": "POST",
        "url": f"{URL}/v1/workspaces/w%2F1/message",
        "headers": headers("V1", "message"),
        "params": {"version": "2021-11-27"},
        "files": [],
        "options": {"timeout": 3.5},
    }


def prepare(case: dict[str, Any], url: str, authenticator: Authenticator) -> dict[str, Any]:
    """Have the SDK itself prepare what a case sends."""
    settings, session = case["settings"], case["session"]
    version = settings.get("version", DEFAULT_VERSION)
    if case["generation"] == "v1":
        v1_sdk = RecordingV1(version=version, authenticator=authenticator)
        v1_sdk.set_service_url(url)
        v1_sdk.message(settings["workspace_id"], **v1.build_message(case["request"], session))
        return v1_sdk.given
    sdk = RecordingV2(version=version, authenticator=authenticator)
    sdk.set_service_url(url)
    place = settings["assistant_id"], settings.get("environment_id", "no-environment")
    if session:
        sdk.message(*place, session["session_id"], **v2.build_message(case["request"]))
    else:
        sdk.create_session(*place)
    # The SDK has no methods for an assistant without environments any more: it is the same path without them.
    return {**sdk.given, "url": sdk.given["url"].replace("/environments/no-environment", "")}


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
async def test_what_is_sent_is_what_the_sdk_prepares(
    watson: WatsonEmulator, http: aiohttp.ClientSession, clock: FakeClock, case: dict[str, Any]
) -> None:
    url = watson.url + case["path"]
    watson.faults.add(Fault(status=418, stage="message"), Fault(status=418, stage="session"))
    given = {"url": url, "token_url": f"{watson.url}/identity/token", **SIGNS[case["auth"]], **case["settings"]}
    bot = BOTS[case["generation"]](given, Services(http, Sandbox(), clock))
    with pytest.raises(VendorFailure):  # it is the request that matters here
        await bot.ask(case["request"], dict(case["session"]), timeout=5)
    await bot.close()
    sent = watson.requests[-1]
    token = sent.headers.get("Authorization", "").removeprefix("Bearer ")
    authenticator = {
        "iam": lambda: BearerTokenAuthenticator(token),
        "basic": lambda: BasicAuthenticator("emulator", "watson-emulator"),
        "none": NoAuthAuthenticator,
    }[case["auth"]]()
    prepared = prepare(case, url, authenticator)
    transports = {"host", "accept-encoding", "content-length"}
    assert {
        "method": sent.method,
        "url": f"{watson.url}{sent.path}",
        "headers": {name.lower(): value for name, value in sent.headers.items() if name.lower() not in transports},
        "params": dict(sent.query),
        "data": sent.body,
    } == {
        "method": prepared["method"],
        "url": prepared["url"],
        "headers": {name.lower(): value for name, value in prepared["headers"].items()},
        "params": prepared["params"],
        "data": loads(prepared["data"]),
    }
    assert list(sent.body) == list(loads(prepared["data"]))
    assert (prepared["files"], prepared["options"]) == ([], {})


def test_any_id_of_a_session_is_quoted_as_the_sdk_quotes_it() -> None:
    say = prepare_v2(url=URL, version="2021-11-27", assistant="a", environment="e").say
    sdk = record(RecordingV2)  # it loads certificates: once, not for each example

    @given(st.text(min_size=1))
    def check(session_id: str) -> None:
        sdk.message("a", "e", session_id)
        assert f"https://watson.example.com{say.fill(session_id)}" == f"{sdk.given['url']}?version=2021-11-27"

    check()


def test_a_request_without_a_session_has_no_place_for_one() -> None:
    opening = prepare_v2(url=URL, version="2021-11-27", assistant="a", environment=None).open_session
    assert opening.fill("") == "/instances/1/v2/assistants/a/sessions?version=2021-11-27"
    assert prepare_v1(url=URL, version="2021-11-27", workspace="w").say.fill("") == (
        "/instances/1/v1/workspaces/w/message?version=2021-11-27"
    )


def test_signing_changes_no_headers_but_its_own() -> None:
    say = prepare_v1(url=URL, version="2021-11-27", workspace="w").say
    before = dict(say.headers)
    signed = say.sign(BearerTokenAuthenticator("t"))
    assert signed == {**before, "authorization": "Bearer t"}
    assert say.headers == before
    assert say.sign(NoAuthAuthenticator()) == before


def test_a_refusal_is_the_sdks_own_exception() -> None:
    refusal = describe_refusal(
        HttpAnswer(429, {"Retry-After": "3", "x-global-transaction-id": "t-1"}, b'{"error": "prose"}')
    )
    assert isinstance(refusal, ApiException)
    assert (refusal.status_code, refusal.message, refusal.global_transaction_id) == (429, "HTTP 429", "t-1")
    assert refusal.http_response.headers["retry-after"] == "3"
    assert refusal.http_response.json() == {"error": "prose"}


def test_the_environment_of_the_process_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    options: dict[str, Any] = {"url": URL, "version": "2019-02-28", "assistant": "a", "environment": "e"}
    monkeypatch.setenv("ASSISTANT_URL", "https://elsewhere.example.com")
    monkeypatch.setenv("ASSISTANT_ENABLE_GZIP", "true")
    with_it = prepare_v2(**options)
    monkeypatch.undo()
    without = prepare_v2(**options)
    for one, other in ((with_it.say, without.say), (with_it.open_session, without.open_session)):
        assert (one.fill("s"), one.headers) == (other.fill("s"), other.headers)


def test_bots_of_one_service_differ_in_address_and_version() -> None:
    one = prepare_v1(url="https://one.example/", version="2021-11-27", workspace="w").say
    other = prepare_v1(url="https://other.example/o", version="2020-01-01", workspace="w").say
    assert (one.fill(""), other.fill("")) == (
        "/v1/workspaces/w/message?version=2021-11-27",
        "/o/v1/workspaces/w/message?version=2020-01-01",
    )
    assert one.headers == other.headers
