"""IBM's SDK over the shared aiohttp session: it builds and authenticates every request, and never opens a connection.

The SDK's methods end with `return self.send(request, **kwargs)` and do not look at what comes back, so an awaitable can take the
place of its answer. tests/unit/vendors/watson/test_transport.py fails when that agreement changes.
"""

import io
from collections.abc import Awaitable, Mapping
from functools import cache, cached_property, lru_cache
from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode

import aiohttp
import requests
from ibm_cloud_sdk_core import ApiException, BaseService
from ibm_cloud_sdk_core.authenticators import Authenticator, NoAuthAuthenticator
from ibm_watson import AssistantV1, AssistantV2
from ibm_watson.common import get_sdk_headers
from yarl import URL

from gateway.contract.types import Json
from vendors import http
from vendors.exchange import find_origin
from vendors.http import HttpAnswer


class AsyncSend:
    """Stands before the SDK's service class: sends over aiohttp, once, and reads no configuration but ours."""

    http_session: aiohttp.ClientSession
    service_url: str
    """The SDK's: where the service is, without a slash at the end."""

    def __init__(
        self, *, url: str, version: str, authenticator: Authenticator, http_session: aiohttp.ClientSession
    ) -> None:
        """Make a client for one bot. The first one of each class blocks for a while."""
        kind: Any = type(self)
        vars(self).update(_make_parts(kind, version))
        self.authenticator = authenticator
        self.http_session = http_session
        BaseService.set_service_url(self, url)

    def configure_service(self, service_name: str) -> None:
        """Do nothing: the SDK would take addresses and switches from the environment and from files around it."""

    @cached_property
    def _service(self) -> URL:
        return URL(self.service_url, encoded=True)

    def send(self, request: Json, *, timeout: float) -> Awaitable[HttpAnswer]:
        """Send what the SDK has prepared.

        The awaitable raises the SDK's own ApiException for every status but 2xx, TransportFailure when there is no answer.
        """
        return self._carry(request, limit=timeout)

    async def _carry(self, request: Json, *, limit: float) -> HttpAnswer:
        origin = find_origin(self.http_session, self._service)
        # The SDK puts the service's URL before every path: what comes after it is all that differs.
        path = self._service.raw_path.rstrip("/") + request["url"].removeprefix(self.service_url)
        answer = await http.send_to(
            origin,
            request["method"],
            f"{path}?{_write_query(**request['params'])}",
            headers=dict(request["headers"].lower_items()),
            body=request["data"],
            timeout=limit,
        )
        if not HTTPStatus.OK <= answer.status < HTTPStatus.MULTIPLE_CHOICES:
            raise ApiException(
                answer.status,
                # Without a text of ours the SDK goes looking for one in the body, and guesses its encoding first.
                message=f"HTTP {answer.status}",
                http_response=_to_response(answer.status, answer.headers, answer.body),
            )
        return answer


@cache
def _make_parts(service: Any, version: str) -> Mapping[str, Any]:
    """Make what the constructor of the SDK's class makes, once for all bots.

    It loads certificates for a pool of connections, which nobody uses here: 20 ms and 700 kB for each bot otherwise.
    """
    made = service.__new__(service)
    # The SDK's own constructor, which comes after ours.
    super(AsyncSend, made).__init__(version=version, authenticator=NoAuthAuthenticator())
    parts: Mapping[str, Any] = vars(made)
    return parts


class AsyncAssistantV1(AsyncSend, AssistantV1):  # type: ignore[misc]  # the SDK ships no type information
    """Watson Assistant V1."""

    def say(self, workspace: str, message: Json, *, timeout: float) -> Awaitable[HttpAnswer]:
        """Send a message; `message` has `input`, `context` and `alternate_intents`."""
        answer: Awaitable[HttpAnswer] = self.message(workspace, **message, timeout=timeout)
        return answer


class AsyncAssistantV2(AsyncSend, AssistantV2):  # type: ignore[misc]  # the SDK ships no type information
    """Watson Assistant V2, with or without an environment in its paths."""

    def open_session(self, assistant: str, environment: str | None, *, timeout: float) -> Awaitable[HttpAnswer]:
        """Ask for a new session."""
        answer: Awaitable[HttpAnswer]
        if environment is not None:
            answer = self.create_session(assistant, environment, timeout=timeout)
        else:
            (part,) = self.encode_path_vars(assistant)
            answer = self._post(f"/v2/assistants/{part}/sessions", {}, operation="create_session", timeout=timeout)
        return answer

    def say(
        self, assistant: str, environment: str | None, session_id: str, message: Json, *, timeout: float
    ) -> Awaitable[HttpAnswer]:
        """Send a message; `message` has `input` and perhaps `context` and `user_id`."""
        answer: Awaitable[HttpAnswer]
        if environment is not None:
            answer = self.message(assistant, environment, session_id, **message, timeout=timeout)
        else:
            parts = tuple(self.encode_path_vars(assistant, session_id))
            path = "/v2/assistants/{}/sessions/{}/message".format(*parts)
            answer = self._post(path, message, operation="message", timeout=timeout)
        return answer

    def _post(self, path: str, data: Json, *, operation: str, timeout: float) -> Awaitable[HttpAnswer]:
        """Call the path without environments, which the SDK's methods have forgotten."""
        headers = {
            **get_sdk_headers(self.DEFAULT_SERVICE_NAME, service_version="V2", operation_id=operation),
            "content-type": "application/json",
            "Accept": "application/json",
        }
        request = self.prepare_request("POST", path, headers=headers, params={"version": self.version}, data=data)
        return self.send(request, timeout=timeout)


def _to_response(status: int, headers: Mapping[str, str], body: bytes) -> requests.Response:
    """Dress an answer as what the SDK's exception expects."""
    response = requests.Response()
    response.status_code = status
    response.headers.update(headers)
    response.raw = io.BytesIO(body)
    return response


@lru_cache(maxsize=64)
def _write_query(**parameters: str) -> str:
    return urlencode(parameters)
