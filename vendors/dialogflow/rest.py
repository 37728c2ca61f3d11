"""detectIntent over Google's REST API: sign in, send, and hand back the decoded answer. ES and CX differ in the version only."""

from typing import Final

from yarl import URL

from gateway.contract.errors import FailureKind, InvalidRequest, VendorFailure
from gateway.contract.types import Json
from gateway.contract.wire import WireError, dumps
from vendors.dialogflow.credentials import GoogleCredentials
from vendors.dialogflow.errors import translate_answer, translate_transport
from vendors.dialogflow.session import service_url
from vendors.dialogflow.settings import GoogleSettings
from vendors.http import HttpAnswer, TransportFailure, send
from vendors.services import Services

_HEADERS: Final = {"Content-Type": "application/json", "Accept": "application/json"}


class RestTransport:
    """Carries requests of one bot."""

    def __init__(
        self, settings: GoogleSettings, services: Services, *, version: str, location: str | None, code: str
    ) -> None:
        """Take the API's version (`v2`), the region, and the code of the failures."""
        self._services = services
        self._root = service_url(settings, location) / version
        self._code = code
        self._credentials = (
            None if settings.auth_type == "none" else GoogleCredentials(settings, services.clock, code=code)
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
        """Send one request within `timeout` seconds. Raise VendorFailure, and InvalidRequest for what is not JSON.

        A token that is refused is renewed, and the request sent again, once: it was refused unread.
        """
        try:
            data = dumps(body)
        except WireError as error:
            raise InvalidRequest("request", str(error)) from error
        url = self._root.joinpath(f"{session}:detectIntent")
        answer = await self._send(url, data, timeout)
        if not 200 <= answer.status < 300:
            raise translate_answer(answer, self._code)
        try:
            decoded = answer.json()
        except WireError as error:
            raise self._unusable(answer, "an answer that is not JSON") from error
        if not isinstance(decoded, dict):
            raise self._unusable(answer, "an answer that is no object")
        return decoded

    async def _send(self, url: URL, data: bytes, timeout: float) -> HttpAnswer:  # noqa: ASYNC109 - as above
        if self._credentials is None:
            return await self._post(url, data, {}, timeout)
        clock = self._services.clock
        end = clock.monotonic() + timeout
        token = await self._credentials.token(timeout=timeout)
        answer = await self._post(url, data, token.headers, end - clock.monotonic())
        if answer.status != 401:
            return answer
        self._credentials.forget(token)
        token = await self._credentials.token(timeout=end - clock.monotonic())
        return await self._post(url, data, token.headers, end - clock.monotonic())

    async def _post(self, url: URL, data: bytes, headers: dict[str, str], left: float) -> HttpAnswer:
        if left <= 0:
            raise VendorFailure(FailureKind.NOT_SENT, self._code, "signing in to Google took all the time there was")
        try:
            return await send(
                self._services.http, "POST", url, headers={**_HEADERS, **headers}, body=data, timeout=left
            )
        except TransportFailure as failure:
            raise translate_transport(failure, self._code) from failure

    def _unusable(self, answer: HttpAnswer, what: str) -> VendorFailure:
        return VendorFailure(FailureKind.UNUSABLE, self._code, f"Dialogflow gave {what}", vendor_status=answer.status)
