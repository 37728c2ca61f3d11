"""A function bot that is a LivePerson Function, called from outside."""

from gateway.contract.types import Event, HookKeys, Json, ReadingContext, Reply, VendorSession
from gateway.contract.wire import loads
from vendors.addresses import FunctionAddress
from vendors.client_credentials import TokenFailure
from vendors.exchange import TransportFailure
from vendors.function import reading
from vendors.function.errors import (
    INVOKE_LAMBDA,
    TEST_CONNECTION,
    translate_platform,
    translate_token,
    translate_transport,
)
from vendors.function.request import build_request, write_request
from vendors.invocation import FunctionInvoker
from vendors.services import Services


class LambdaFunction:
    """Invokes the function with the payload and takes its result."""

    keys = HookKeys("Custom Integration", "faasPayload", "faas")
    send_code = INVOKE_LAMBDA
    test_code: str | None = TEST_CONNECTION

    def __init__(self, address: FunctionAddress, services: Services) -> None:
        self._invoker = FunctionInvoker(address, http=services.http, clock=services.clock)

    async def open(self) -> None:
        """Do nothing: the first event fetches a token and connects."""

    async def close(self) -> None:
        """Do nothing: the session is shared."""

    def build_request(self, event: Event, session: VendorSession) -> Json:
        """Build the payload of a LivePerson Function."""
        return build_request(event, session)

    async def ask(self, request: Json, session: VendorSession, *, timeout: float) -> Json:  # noqa: ASYNC109 - one attempt's limit
        """Invoke the function once. Raise VendorFailure or InvalidRequest."""
        payload = loads(write_request(request, session))
        try:
            answer = await self._invoker.invoke(payload, timeout=timeout)
        except TokenFailure as failure:
            raise translate_token(failure) from failure
        except TransportFailure as failure:
            raise translate_transport(failure) from failure
        if not 200 <= answer.status < 300:
            raise translate_platform(answer)
        return reading.read_body(answer.body)

    def read_reply(self, answer: Json, context: ReadingContext) -> Reply:
        """Read the result, which is in LivePerson's terms already."""
        return reading.read_reply(answer, context)
