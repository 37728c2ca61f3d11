"""A function bot behind a URL: any service that speaks the custom-integration contract."""

from types import MappingProxyType

from yarl import URL

from gateway.contract.types import Event, HookKeys, Json, ReadingContext, Reply, VendorSession
from vendors.exchange import Origin, TransportFailure, find_origin
from vendors.function import reading
from vendors.function.errors import INVOKE_LAMBDA, TEST_CONNECTION, translate_status, translate_transport
from vendors.function.request import build_request, write_request
from vendors.function.settings import FunctionSettings
from vendors.http import send_to
from vendors.services import Services


class RemoteFunction:
    """Posts the payload to `url` and takes the answer's body."""

    keys = HookKeys("Custom Integration", "faasPayload", "faas")
    send_code = INVOKE_LAMBDA
    test_code: str | None = TEST_CONNECTION

    def __init__(self, settings: FunctionSettings, services: Services) -> None:
        self._url = URL(settings.url or "")
        given = {name: value.get_secret_value() for name, value in settings.headers.items()}
        # They never change, so that they are written once.
        self._headers = MappingProxyType({**given, "Content-Type": "application/json"})
        self._target = self._url.raw_path_qs
        self._http = services.http
        self._origin: Origin | None = None

    async def open(self) -> None:
        """Do nothing: the first event connects."""

    async def close(self) -> None:
        """Do nothing: the session is shared."""

    def build_request(self, event: Event, session: VendorSession) -> Json:
        """Build the payload of a LivePerson Function."""
        return build_request(event, session)

    async def ask(self, request: Json, session: VendorSession, *, timeout: float) -> Json:  # noqa: ASYNC109 - one attempt's limit
        """Post the payload once. Raise VendorFailure or InvalidRequest."""
        body = write_request(request, session)
        origin = self._origin
        if origin is None:
            # At the first event: it belongs to the loop that runs then. What settings let through has one.
            origin = self._origin = find_origin(self._http, self._url)
        try:
            answer = await send_to(origin, "POST", self._target, headers=self._headers, body=body, timeout=timeout)
        except TransportFailure as failure:
            raise translate_transport(failure) from failure
        if not 200 <= answer.status < 300:
            raise translate_status(answer)
        return reading.read_body(answer.body)

    def read_reply(self, answer: Json, context: ReadingContext) -> Reply:
        """Read the answer, which is in LivePerson's terms already."""
        return reading.read_reply(answer, context)
