"""What IBM's SDK would send: each kind of request built by the SDK once for a bot, filled in for each turn.

The SDK builds every request anew, which takes longer than everything else that a turn does. What it knows (method, path and how
its parts are quoted, query, headers) does not change from turn to turn, so its own methods are called once, with a stand-in for
the session's id. Its methods end with `return self.send(request, **kwargs)` and do not look at what comes back, so `send` hands
back the request. tests/unit/vendors/watson/test_transport.py compares what we send with what the SDK prepares, and fails where
that agreement changes.
"""

import io
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import Any, Final
from urllib.parse import urlencode
from uuid import uuid4

import requests
from ibm_cloud_sdk_core import ApiException, BaseService
from ibm_cloud_sdk_core.authenticators import Authenticator, NoAuthAuthenticator
from ibm_watson import AssistantV1, AssistantV2
from ibm_watson.common import get_sdk_headers
from requests.structures import CaseInsensitiveDict
from yarl import URL

from gateway.contract.types import Json
from vendors.http import HttpAnswer

_PLAIN: Final = re.compile(r"[A-Za-z0-9_.~-]*")
"""Ids that quoting leaves as they are: Watson's own are UUIDs."""


@dataclass(frozen=True, slots=True, eq=False)
class Template:
    """One kind of request, ready but for the session's id, the sign-in and the body."""

    method: str
    before: str
    """Path and query up to where the session's id stands; all of them where none does."""
    after: str
    """Path and query after the session's id."""
    headers: Mapping[str, str]
    """With lower-case names."""

    def fill(self, session_id: str) -> str:
        """Make the path and query for a session; "" for a request without one."""
        if _PLAIN.fullmatch(session_id) is None:
            (session_id,) = BaseService.encode_path_vars(session_id)
        return f"{self.before}{session_id}{self.after}"

    def sign(self, authenticator: Authenticator) -> Mapping[str, str]:
        """Give the headers with what the authenticator adds to them now; they never change, and are written once."""
        headers = CaseInsensitiveDict(self.headers)
        authenticator.authenticate({"headers": headers})
        return MappingProxyType(dict(headers.lower_items()))


class _Prepared:
    """Stands before the SDK's service class: hands back what would be sent, and reads no configuration but ours."""

    service_url: str
    """The SDK's: where the service is, without a slash at the end."""

    def __init__(self, *, url: str, version: str) -> None:
        """Prepare for one bot; the first one of each class blocks for a while. Raise ValueError for an odd URL."""
        kind: Any = type(self)
        vars(self).update(_make_parts(kind, version))
        BaseService.set_service_url(self, url)

    def configure_service(self, service_name: str) -> None:
        """Do nothing: the SDK would take addresses and switches from the environment and from files around it."""

    def send(self, request: Json) -> Json:
        """Hand back what the SDK has prepared."""
        return request

    def take(self, request: Json, hole: str | None = None) -> Template:
        """Make a template of a request, in which `hole` stands for the session's id where it has one."""
        # The SDK puts the service's URL before every path: what comes after it is all that differs.
        base = URL(self.service_url, encoded=True).raw_path.rstrip("/")
        path = base + request["url"].removeprefix(self.service_url)
        target = f"{path}?{urlencode(request['params'])}"
        before, _, after = (target, "", "") if hole is None else target.partition(hole)
        return Template(request["method"], before, after, dict(request["headers"].lower_items()))


@cache
def _make_parts(service: Any, version: str) -> Mapping[str, Any]:
    """Make what the constructor of the SDK's class makes, once for all bots.

    It loads certificates for a pool of connections, which nobody uses here: 20 ms and 700 kB for each bot otherwise.
    """
    made = service.__new__(service)
    # The SDK's own constructor, which comes after ours.
    super(_Prepared, made).__init__(version=version, authenticator=NoAuthAuthenticator())
    parts: Mapping[str, Any] = vars(made)
    return parts


class _PreparedV1(_Prepared, AssistantV1):  # type: ignore[misc]  # the SDK ships no type information
    """Watson Assistant V1."""


class _PreparedV2(_Prepared, AssistantV2):  # type: ignore[misc]  # the SDK ships no type information
    """Watson Assistant V2."""

    def post(self, path: str, operation: str) -> Json:
        """Call a path without environments, which the SDK's methods have forgotten."""
        headers = {
            **get_sdk_headers(self.DEFAULT_SERVICE_NAME, service_version="V2", operation_id=operation),
            "content-type": "application/json",
            "Accept": "application/json",
        }
        prepared = self.prepare_request("POST", path, headers=headers, params={"version": self.version}, data={})
        return self.send(prepared)


@dataclass(frozen=True, slots=True)
class RequestsV1:
    """The requests of Watson Assistant V1."""

    say: Template
    """A message; its body has `input`, `context` and `alternate_intents`."""


@dataclass(frozen=True, slots=True)
class RequestsV2:
    """The requests of Watson Assistant V2, with or without an environment in their paths."""

    open_session: Template
    """For a new session; its body is empty."""
    say: Template
    """A message in a session; its body has `input` and perhaps `context` and `user_id`."""


def prepare_v1(*, url: str, version: str, workspace: str) -> RequestsV1:
    """Have the SDK build the requests of a workspace. Blocks for a while the first time."""
    sdk = _PreparedV1(url=url, version=version)
    return RequestsV1(say=sdk.take(sdk.message(workspace)))


def prepare_v2(*, url: str, version: str, assistant: str, environment: str | None) -> RequestsV2:
    """Have the SDK build the requests of an assistant. Blocks for a while the first time."""
    sdk = _PreparedV2(url=url, version=version)
    hole = uuid4().hex  # no other part of an address has it in it
    if environment is not None:
        opening, saying = sdk.create_session(assistant, environment), sdk.message(assistant, environment, hole)
    else:
        (part,) = sdk.encode_path_vars(assistant)
        sessions = f"/v2/assistants/{part}/sessions"
        opening, saying = sdk.post(sessions, "create_session"), sdk.post(f"{sessions}/{hole}/message", "message")
    return RequestsV2(open_session=sdk.take(opening), say=sdk.take(saying, hole))


def describe_refusal(answer: HttpAnswer) -> ApiException:
    """Dress an answer that is no success as the SDK's exception."""
    response = requests.Response()
    response.status_code = answer.status
    response.headers.update(answer.headers)
    response.raw = io.BytesIO(answer.body)
    # Without a text of ours the SDK goes looking for one in the body, and guesses its encoding first.
    return ApiException(answer.status, message=f"HTTP {answer.status}", http_response=response)
