"""detectIntent over gRPC, through Google's own client. Imported by bots alone whose account asks for it.

Taken and given is REST's plain JSON, so that readers and hooks know nothing of it; the client's own retries are off.
"""

import asyncio
from types import ModuleType
from typing import Any, Final

import grpc
from google.api_core import exceptions as api
from google.protobuf import json_format
from grpc import aio

from gateway.contract.errors import FailureKind, InvalidRequest, VendorFailure
from gateway.contract.types import Json
from gateway.contract.wire import WireError, copy
from vendors.dialogflow.credentials import GoogleCredentials
from vendors.dialogflow.errors import Codes, translate_call
from vendors.dialogflow.lanes import Lanes, NoConnection
from vendors.dialogflow.proto import whole_numbers
from vendors.dialogflow.session import service_target
from vendors.dialogflow.settings import GoogleSettings
from vendors.dialogflow.signing import send_signed
from vendors.http import MAX_ANSWER
from vendors.services import Services

_OPTIONS: Final = (
    ("grpc.use_local_subchannel_pool", 1),  # else all channels to one address share one connection
    ("grpc.enable_retries", 0),
    ("grpc.service_config_disable_resolution", 1),
    ("grpc.max_send_message_length", -1),
    # gRPC's own limit would be told as RESOURCE_EXHAUSTED, like a quota; the size is looked at afterwards.
    ("grpc.max_receive_message_length", -1),
)


class GrpcTransport:
    """Carries requests of one bot."""

    def __init__(
        self, settings: GoogleSettings, services: Services, *, sdk: ModuleType, location: str | None, codes: Codes
    ) -> None:
        """Take Google's package for one generation of the API, the region, and the codes of the failures."""
        self._sdk: Any = sdk
        self._clock = services.clock
        self._codes = codes
        self._target = service_target(settings, location)
        self._insecure = settings.insecure
        self._credentials = (
            None if settings.auth_type == "none" else GoogleCredentials(settings, services.clock, code=codes.send)
        )
        self._lanes = Lanes(self._dial, self._equip, services.clock)

    async def open(self) -> None:
        """Find the credentials, and make one client for nothing: what the first one loads should not take a turn's time."""
        channel = self._dial()
        await asyncio.to_thread(self._equip, channel)
        await channel.close()
        if self._credentials is not None:
            await self._credentials.open()

    async def close(self) -> None:
        """Let go of the credentials and the connections."""
        if self._credentials is not None:
            await self._credentials.close()
        await self._lanes.close()

    async def detect_intent(self, session: str, body: Json, *, timeout: float) -> Json:  # noqa: ASYNC109 - one attempt's limit
        """Send one request within `timeout` seconds. Raise VendorFailure, and InvalidRequest for what is not JSON."""
        request = self._build(session, body)

        async def attempt(headers: dict[str, str], left: float) -> Json:
            return self._read(await self._call(request, headers, left))

        return await send_signed(attempt, self._credentials, self._clock, timeout=timeout, code=self._codes.send)

    def _build(self, session: str, body: Json) -> Any:
        message = self._sdk.DetectIntentRequest
        try:
            # By way of JSON, so that what a hook has put in means the same as over REST.
            request = json_format.ParseDict({**copy(body), "session": session}, message.pb()())
        except WireError as error:
            raise InvalidRequest("request", str(error)) from error
        except json_format.ParseError as error:
            # An lpEvent nested deeper than protobuf goes; over REST Google would refuse it.
            raise VendorFailure(
                FailureKind.REFUSED, self._codes.send, f"Dialogflow: not a {message.__name__} that can be sent"
            ) from error
        return message.wrap(request)

    async def _call(self, request: Any, headers: dict[str, str], left: float) -> Any:
        end = self._clock.monotonic() + left
        try:
            lane = await self._lanes.take(timeout=left)
        except NoConnection as error:
            raise VendorFailure(FailureKind.NOT_SENT, self._codes.send, f"Dialogflow: {error}") from error
        try:
            return await lane.client.detect_intent(
                request,
                retry=None,
                timeout=end - self._clock.monotonic(),
                metadata=[(name.lower(), value) for name, value in headers.items()],
            )
        except api.GoogleAPICallError as error:
            if isinstance(error, api.ServiceUnavailable) and not _has_trailers(error) and await self._lanes.broke(lane):
                raise self._cut() from error
            if isinstance(error, api.DeadlineExceeded) and not _has_trailers(error):
                self._lanes.distrust(lane)
            raise translate_call(error, self._codes.send) from error
        except (asyncio.CancelledError, aio.UsageError) as error:
            if isinstance(error, asyncio.CancelledError) and _is_cancelled():
                self._lanes.distrust(lane)
                raise
            # The channel was closed, by our own `close`.
            raise self._cut() from error
        finally:
            self._lanes.give_back(lane)

    def _read(self, answer: Any) -> Json:
        if answer is None:  # what gRPC makes of bytes that are no DetectIntentResponse
            raise self._unusable("an answer that cannot be read")
        message = type(answer).pb(answer)
        if message.ByteSize() > MAX_ANSWER:
            raise self._unusable(f"an answer of more than {MAX_ANSWER} bytes")
        try:
            plain: Json = json_format.MessageToDict(message)
        except (json_format.Error, RecursionError) as error:
            # A Struct with NaN in it, which JSON does not know.
            raise self._unusable("an answer that JSON cannot hold") from error
        if not plain:
            raise self._unusable("an empty answer")
        whole_numbers(plain)
        return plain

    def _cut(self) -> VendorFailure:
        return VendorFailure(FailureKind.CUT, self._codes.send, "Dialogflow: the connection broke")

    def _unusable(self, what: str) -> VendorFailure:
        return VendorFailure(FailureKind.UNUSABLE, self._codes.parse, f"Dialogflow gave {what}")

    def _dial(self) -> aio.Channel:
        if self._insecure:
            return aio.insecure_channel(self._target, options=(*_OPTIONS, ("grpc.enable_http_proxy", 0)))
        return aio.secure_channel(self._target, grpc.ssl_channel_credentials(), options=_OPTIONS)

    def _equip(self, channel: aio.Channel) -> Any:
        client = self._sdk.SessionsAsyncClient
        return client(transport=client.get_transport_class("grpc_asyncio")(channel=channel))


def _has_trailers(error: api.GoogleAPICallError) -> bool:
    """Say whether a status came with metadata, which only Dialogflow itself can have sent."""
    return isinstance(error.response, aio.AioRpcError) and len(error.response.trailing_metadata()) > 0


def _is_cancelled() -> bool:
    """Say whether somebody cancels this turn; gRPC ends a call with CancelledError also when its channel is closed."""
    task = asyncio.current_task()
    return task is not None and task.cancelling() > 0
