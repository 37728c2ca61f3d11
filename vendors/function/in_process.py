"""A function bot in this process: any importable callable."""

from gateway.contract.callables import CallableFailed
from gateway.contract.targets import load_callable
from gateway.contract.types import Event, HookKeys, Json, ReadingContext, Reply, VendorSession
from gateway.contract.wire import WireError, copy, loads
from vendors.function import reading
from vendors.function.errors import INVOKE_LAMBDA, TEST_CONNECTION, translate_callable, unusable
from vendors.function.request import build_request, write_request
from vendors.services import Services


class InProcessFunction:
    """Calls `module:function` with the payload, off the loop when it is a plain one."""

    keys = HookKeys("Custom Integration", "faasPayload", "faas")
    send_code = INVOKE_LAMBDA
    test_code: str | None = TEST_CONNECTION

    def __init__(self, target: str, services: Services) -> None:
        """Import the callable. Raise CallableNotFound."""
        self._function = load_callable(target, arguments=1)
        self._sandbox = services.sandbox

    async def open(self) -> None:
        """Do nothing: the callable has been imported."""

    async def close(self) -> None:
        """Do nothing: the sandbox ends what still runs."""

    def build_request(self, event: Event, session: VendorSession) -> Json:
        """Build the payload of a LivePerson Function."""
        return build_request(event, session)

    async def ask(self, request: Json, session: VendorSession, *, timeout: float) -> Json:  # noqa: ASYNC109 - one attempt's limit
        """Call the function with a copy. Raise VendorFailure or InvalidRequest."""
        payload = loads(write_request(request, session))
        try:
            answer = await self._sandbox.call(self._function, payload, timeout=timeout)
        except CallableFailed as failure:
            raise translate_callable(failure) from failure
        answer = reading.accept_answer(answer)
        try:
            accepted: Json = copy(answer)
        except WireError as error:
            raise unusable(f"it {error}") from error
        return accepted

    def read_reply(self, answer: Json, context: ReadingContext) -> Reply:
        """Read the answer, which is in LivePerson's terms already."""
        return reading.read_reply(answer, context)
