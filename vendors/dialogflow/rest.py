"""detectIntent over Google's REST API: sign in, send, and hand back the decoded answer. ES and CX differ in the version only."""

from functools import lru_cache, partial
from typing import Final
from urllib.parse import quote

from gateway.contract.errors import FailureKind, InvalidRequest, VendorFailure
from gateway.contract.types import Json
from gateway.contract.wire import WireError, dumps_to_hold
from vendors.dialogflow.credentials import GoogleCredentials
from vendors.dialogflow.errors import Codes, translate_answer, translate_transport
from vendors.dialogflow.proto import whole_numbers
from vendors.dialogflow.session import service_url
from vendors.dialogflow.settings import GoogleSettings
from vendors.dialogflow.signing import send_signed
from vendors.exchange import Origin, TransportFailure, find_origin
from vendors.http import HttpAnswer, send_to
from vendors.services import Services

# A regular expression takes four times as long, and every answer is looked at.
_SHAPE: Final = bytes.maketrans(b":[.]} \t\r\nE", b",,,,,,,,,e")
"""Has all that stands before and after the digits of a number look alike: without them, 1e3 and 1.5E-3 become `,e,`."""
_HEADERS: Final = {"Content-Type": "application/json"}


class RestTransport:
    """Carries requests of one bot."""

    def __init__(
        self, settings: GoogleSettings, services: Services, *, version: str, location: str | None, codes: Codes
    ) -> None:
        """Take the API's version (`v2`), the region, and the codes of the failures."""
        self._services = services
        self._root = service_url(settings, location)
        self._origin: Origin | None = None
        """Made by the first request: it belongs to the event loop that sends."""
        self._path = f"/{version}/"
        self._codes = codes
        self._credentials = (
            None if settings.auth_type == "none" else GoogleCredentials(settings, services.clock, code=codes.send)
        )

    async def open(self) -> None:
        """Find the credentials."""
        if self._credentials is not None:
            await self._credentials.open()

    async def close(self) -> None:
        """Let go of the credentials."""
        if self._credentials is not None:
            await self._credentials.close()

    async def detect_intent(self, session: str, body: Json, *, timeout: float) -> Json:  # noqa: ASYNC109 - one attempt's limit
        """Send one request within `timeout` seconds. Raise VendorFailure, and InvalidRequest for what is not JSON."""
        try:
            data = dumps_to_hold(body)
        except WireError as error:
            raise InvalidRequest("request", str(error)) from error
        attempt = partial(self._send, f"{self._path}{_quote(session)}:detectIntent", data)
        return await send_signed(
            attempt, self._credentials, self._services.clock, timeout=timeout, code=self._codes.send
        )

    async def _send(self, path: str, data: bytes, headers: dict[str, str], left: float) -> Json:
        origin = self._origin
        if origin is None:
            origin = self._origin = find_origin(self._services.http, self._root)
        try:
            answer = await send_to(origin, "POST", path, headers={**_HEADERS, **headers}, body=data, timeout=left)
        except TransportFailure as failure:
            code = self._codes.parse if failure.kind is FailureKind.UNUSABLE else self._codes.send
            raise translate_transport(failure, code) from failure
        return self._read(answer)

    def _read(self, answer: HttpAnswer) -> Json:
        if not 200 <= answer.status < 300:
            raise translate_answer(answer, self._codes.send)
        try:
            decoded = answer.json()
        except WireError as error:
            raise self._unusable(answer, "an answer that is not JSON") from error
        if not isinstance(decoded, dict):
            raise self._unusable(answer, "an answer that is no object")
        if may_hold_whole_numbers(answer.body):
            whole_numbers(decoded)
        return decoded

    def _unusable(self, answer: HttpAnswer, what: str) -> VendorFailure:
        return VendorFailure(
            FailureKind.UNUSABLE, self._codes.parse, f"Dialogflow gave {what}", vendor_status=answer.status
        )


def may_hold_whole_numbers(body: bytes) -> bool:
    """Say whether a number may be whole and written as if it were not, as 2.0 and 1e3: few answers have any."""
    # `in` would first make, and throw away, an error that tells that these are no numbers of a byte.
    return body.find(b".0") >= 0 or body.translate(_SHAPE, b"0123456789+-").find(b",e,") >= 0


@lru_cache(maxsize=1024)
def _quote(session: str) -> str:
    return quote(session, safe="/-._~:@")
