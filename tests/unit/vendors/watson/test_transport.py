"""The agreement with IBM's SDK on which our asynchronous `send` rests, and that `send` itself."""

from typing import Any, NoReturn, TypeVar

import aiohttp
import pytest
from ibm_cloud_sdk_core import ApiException
from ibm_cloud_sdk_core.authenticators import NoAuthAuthenticator
from ibm_watson import AssistantV1, AssistantV2

from emulators.faults import Fault
from emulators.watson import WatsonEmulator
from gateway.contract.errors import FailureKind
from gateway.contract.wire import loads
from vendors.exchange import TransportFailure
from vendors.watson.transport import AsyncAssistantV1, AsyncAssistantV2

URL = "https://watson.example.com/instances/1"
SAID = {"input": {"text": "é"}, "context": {"skills": {}}, "user_id": "u"}


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
        self.given = {**request, "headers": dict(request["headers"]), "options": options}
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


def make_sdk(url: str, http: aiohttp.ClientSession) -> AsyncAssistantV2:
    return AsyncAssistantV2(url=url, version="2021-11-27", authenticator=NoAuthAuthenticator(), http_session=http)


async def answer(watson: WatsonEmulator, http: aiohttp.ClientSession) -> Any:
    return (await make_sdk(watson.url, http).say("a", "e", "s", SAID, timeout=5)).json()


async def test_without_an_environment_the_same_goes_to_the_older_path(
    watson: WatsonEmulator, http: aiohttp.ClientSession
) -> None:
    sdk = make_sdk(watson.url, http)
    for environment in (None, "e 1"):
        for calling in (
            sdk.open_session("a 1", environment, timeout=5),
            sdk.say("a 1", environment, "s/1", SAID, timeout=5),
        ):
            with pytest.raises(ApiException, match="HTTP 401"):  # it is the requests that matter here
                await calling
    older, newer = watson.requests[:2], watson.requests[2:]
    assert [request.path for request in older] == [
        "/v2/assistants/a%201/sessions",
        "/v2/assistants/a%201/sessions/s%2F1/message",
    ]
    assert [request.path for request in newer] == [
        "/v2/assistants/a%201/environments/e%201/sessions",
        "/v2/assistants/a%201/environments/e%201/sessions/s%2F1/message",
    ]
    ignored = {"content-length"}  # the SDK writes its JSON with spaces
    for old, new in zip(older, newer, strict=True):
        assert {k.lower(): v for k, v in old.headers.items() if k.lower() not in ignored} == {
            k.lower(): v for k, v in new.headers.items() if k.lower() not in ignored
        }
        assert (old.query, old.body) == (new.query, new.body)
    assert [request.body for request in older] == [{}, SAID]


async def test_an_error_status_raises_the_sdks_own_exception(
    watson: WatsonEmulator, http: aiohttp.ClientSession
) -> None:
    watson.faults.add(Fault(status=429, message="prose", headers={"Retry-After": "3"}))
    with pytest.raises(ApiException) as caught:
        await answer(watson, http)
    response = caught.value.http_response
    assert (caught.value.status_code, caught.value.message) == (429, "HTTP 429")
    assert len(caught.value.global_transaction_id) == 36
    assert response.headers["retry-after"] == "3"
    assert response.json()["error"] == "prose"


async def test_a_failed_call_is_not_repeated(watson: WatsonEmulator, http: aiohttp.ClientSession) -> None:
    watson.faults.add(Fault(status=503))
    with pytest.raises(ApiException):
        await answer(watson, http)
    assert len(watson.requests) == 1


async def test_no_answer_in_time_is_told_as_such(watson: WatsonEmulator, http: aiohttp.ClientSession) -> None:
    watson.faults.add(Fault(kind="hang"))
    with pytest.raises(TransportFailure) as caught:
        await make_sdk(watson.url, http).say("a", "e", "s", SAID, timeout=0.1)
    assert caught.value.kind is FailureKind.TIMED_OUT


async def test_the_environment_of_the_process_changes_nothing(
    watson: WatsonEmulator, http: aiohttp.ClientSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ASSISTANT_URL", "https://elsewhere.example.com")
    monkeypatch.setenv("ASSISTANT_ENABLE_GZIP", "true")
    with pytest.raises(ApiException):
        await answer(watson, http)
    assert watson.requests[0].body == SAID


async def test_clients_share_what_nobody_uses_and_nothing_else(http: aiohttp.ClientSession) -> None:
    first, second = NoAuthAuthenticator(), NoAuthAuthenticator()
    options: dict[str, Any] = {"version": "2021-11-27", "http_session": http}
    one = AsyncAssistantV2(url="https://one.example/", authenticator=first, **options)
    other = AsyncAssistantV2(url="https://other.example", authenticator=second, **options)
    v1 = AsyncAssistantV1(url="https://one.example", authenticator=first, **options)
    older = AsyncAssistantV2(url="https://one.example", authenticator=first, version="2020-01-01", http_session=http)
    assert one.http_client is other.http_client
    assert (one.service_url, other.service_url) == ("https://one.example", "https://other.example")
    assert (one.authenticator, other.authenticator) == (first, second)
    assert (one.version, older.version, v1.version) == ("2021-11-27", "2020-01-01", "2021-11-27")
    # All that the SDK's own constructor sets is there.
    by_the_sdk = set(vars(AssistantV2(version="2021-11-27", authenticator=first)))
    assert by_the_sdk <= set(vars(one))
