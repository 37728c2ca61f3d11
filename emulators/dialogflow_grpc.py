"""Play Dialogflow's gRPC service: the same dialogues, records and faults as over REST, in the other clothes.

https://cloud.google.com/dialogflow/es/docs/reference/rpc/google.cloud.dialogflow.v2#google.cloud.dialogflow.v2.Sessions
"""

from __future__ import annotations

import asyncio
import re
from typing import TYPE_CHECKING, Any, NoReturn

import grpc
import orjson
from google.protobuf import any_pb2, duration_pb2, json_format
from google.rpc import error_details_pb2, status_pb2
from grpc import aio
from multidict import CIMultiDict, CIMultiDictProxy, MultiDict, MultiDictProxy

from emulators.call import Recorded, VendorError
from emulators.emulator import KEPT
from emulators.faults import KINDS_AFTER_ANSWER
from emulators.relay import Relay
from emulators.spoil import GARBAGE

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

    from emulators.dialogflow_sessions import DialogflowSessions
    from emulators.faults import Fault, Heard

DETAILS = "grpc-status-details-bin"
"""The trailer in which Google explains a status."""
OPTIONS = (
    ("grpc.so_reuseport", 0),
    ("grpc.max_receive_message_length", -1),
    # A server in Python is slow to take calls; without this it cancels some of those that wait (1000 of them), for a load run.
    ("grpc.server.max_pending_requests", 100_000),
    ("grpc.server.max_pending_requests_hard_limit", 100_000),
)
_VARIABLE = re.compile(r"\{(\w+)(:[^}]*)?\}")


class GrpcFront:
    """A gRPC server on loopback, in plaintext, behind a relay that can cut connections."""

    def __init__(self, apis: Sequence[DialogflowSessions]) -> None:
        """Speak for these."""
        self._apis = apis
        self._server: Any = None
        self._relay = Relay()
        self._address: str | None = None

    @property
    def address(self) -> str:
        """Return `host:port`, once it is bound."""
        if self._address is None:
            raise RuntimeError("the dialogflow emulator is not running")
        return self._address

    async def start(self) -> None:
        """Listen on a free port."""
        server = aio.server(options=OPTIONS)
        for api in self._apis:
            methods = {"DetectIntent": grpc.unary_unary_rpc_method_handler(self._answer_for(api))}
            server.add_generic_rpc_handlers((grpc.method_handlers_generic_handler(api.service, methods),))
        port = server.add_insecure_port("127.0.0.1:0")
        await server.start()
        self._server = server
        self._address = f"127.0.0.1:{await self._relay.start(port)}"

    async def stop(self) -> None:
        """Stop listening and drop whatever is still under way."""
        self._address = None
        if self._server is not None:
            await self._relay.stop()
            await self._server.stop(None)
            self._server = None

    def _answer_for(self, api: DialogflowSessions) -> Callable[[bytes, Any], Awaitable[bytes]]:
        """Make the handler of one API; it takes and gives bytes, so that it can give nonsense as well."""
        patterns = [_compile(session) for session in api.sessions]

        async def answer(data: bytes, context: Any) -> bytes:
            request = api.sdk.DetectIntentRequest.deserialize(data)
            body = _whole_numbers(api.plain(request))
            session = body.pop("session", "")
            heard = api.hear(body)
            headers = CIMultiDictProxy(CIMultiDict(context.invocation_metadata()))
            _record(api, session, headers, body, heard)
            fault = api.faults.take("message", heard)
            good = b""
            if fault is None or fault.kind in KINDS_AFTER_ANSWER:
                try:
                    where = _read_session(session, patterns)
                    echo = api.check_request(where, body, headers.get("authorization", ""))
                except VendorError as error:
                    await _abort(context, api, error)
                turn = api.answer_for(heard, where, session)
                good = _serialize(api, api.complete(turn, echo))
                fault = fault or api.take_fault(turn)
            return good if fault is None else await self._fail(api, fault, good, context)

        return answer

    async def _fail(self, api: DialogflowSessions, fault: Fault, good: bytes, context: Any) -> bytes:
        """Do what the fault says with what would have been a good answer."""
        if fault.delay:
            await api.sleep(fault.delay)
        match fault.kind:
            case "status":
                error = VendorError(fault.status, fault.error, fault.message, fault.headers)
                await _abort(context, api, error, fault.body)
            case "hang":
                await asyncio.Event().wait()  # until the caller hangs up or the emulator stops
            case "cut" | "cut_body":
                self._relay.cut(int(context.peer().rpartition(":")[2]))
                await asyncio.Event().wait()
            case "truncate":
                return good[: len(good) // 2]
            case "garbage":
                return GARBAGE
            case "empty":
                return b""
            case "body":
                return _serialize(api, fault.body)
        return good


def _compile(session: str) -> re.Pattern[str]:
    return re.compile(_VARIABLE.sub(r"(?P<\1>[^/]+)", session))


def _read_session(session: str, patterns: list[re.Pattern[str]]) -> dict[str, str]:
    """Read the variable parts of a session's name, or raise the vendor's error."""
    for pattern in patterns:
        if found := pattern.fullmatch(session):
            return found.groupdict()
    raise VendorError(404, "NOT_FOUND", "That is the name of no agent's session.")


def _record(api: DialogflowSessions, session: str, headers: CIMultiDictProxy[str], body: Any, heard: Heard) -> None:
    """Note a request as if it had come over REST, but for its method."""
    if len(api.requests) >= KEPT:
        del api.requests[0]
    path = f"/{api.version}/{session}:detectIntent"
    nothing: MultiDictProxy[str] = MultiDictProxy(MultiDict())
    api.requests.append(Recorded("GRPC", path, nothing, headers, body, api.clock(), "message", heard))


def _whole_numbers(value: Any) -> Any:
    """Write whole floating-point numbers as REST's callers do; a Struct has no others."""
    match value:
        case dict():
            return {name: _whole_numbers(member) for name, member in value.items()}
        case list():
            return [_whole_numbers(item) for item in value]
        case float() if value.is_integer():
            return int(value)
        case _:
            return value


def _serialize(api: DialogflowSessions, answer: Any) -> bytes:
    """Write an answer; what the proto does not hold becomes bytes that are no message."""
    try:
        data: bytes = api.sdk.DetectIntentResponse.serialize(api.parse(answer, api.sdk.DetectIntentResponse))
    except ValueError:
        return GARBAGE
    return data


async def _abort(context: Any, api: DialogflowSessions, error: VendorError, body: Any = None) -> NoReturn:
    """End the call with the status that belongs to an error of REST's."""
    name = error.name if error.name in api.errors else None
    name = name or next((name for name, status in api.errors.items() if status == error.status), _family(error.status))
    code = grpc.StatusCode[name]
    details = _details(error, body)
    trailers: tuple[tuple[str, bytes], ...] = ()
    if details:
        status = status_pb2.Status(code=code.value[0], message=error.message, details=details)
        trailers = ((DETAILS, status.SerializeToString()),)
    await context.abort(code, error.message, trailers)
    raise AssertionError("abort always raises")


def _family(status: int | None) -> str:
    # https://github.com/googleapis/googleapis/blob/master/google/rpc/code.proto names no code for most of them.
    return "INTERNAL" if status is None or status >= 500 else "FAILED_PRECONDITION"


def _details(error: VendorError, body: Any) -> list[Any]:
    """Give what an error's REST form says in its details or its Retry-After, as the messages that gRPC has for it."""
    given = body.get("error") if isinstance(body, dict) else None
    found = given.get("details") if isinstance(given, dict) else None
    details = []
    for detail in found if isinstance(found, list) else []:
        packed = any_pb2.Any()
        try:
            details.append(json_format.Parse(orjson.dumps(detail), packed))
        except json_format.ParseError:
            continue
    if "Retry-After" in error.headers:
        packed = any_pb2.Any()
        delay = duration_pb2.Duration(seconds=int(error.headers["Retry-After"]))
        packed.Pack(error_details_pb2.RetryInfo(retry_delay=delay))
        details.insert(0, packed)
    return details
