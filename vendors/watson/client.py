"""Talk to a Watson V2 assistant: a session for each conversation, and messages in it."""

import logging
from collections.abc import Awaitable, Callable

from ibm_cloud_sdk_core import ApiException
from ibm_cloud_sdk_core.authenticators import Authenticator

from gateway.contract.errors import FailureKind, VendorFailure
from gateway.contract.types import Event, HookKeys, Json, ReadingContext, Reply, VendorSession
from vendors.exchange import TransportFailure
from vendors.http import HttpAnswer
from vendors.services import Services
from vendors.watson import errors, v2
from vendors.watson.connection import Connection
from vendors.watson.errors import TokenFailure, translate, unusable
from vendors.watson.members import MAX_TEXT
from vendors.watson.settings import WatsonV2Settings
from vendors.watson.transport import AsyncAssistantV2

_log = logging.getLogger(__name__)


class WatsonV2:
    """One bot at one assistant of Watson Assistant V2."""

    keys = HookKeys("WatsonAssistantV2", "watsonV2Payload", "watsonv2")
    send_code = errors.V2_SEND_QUERY
    test_code: str | None = None

    def __init__(self, settings: WatsonV2Settings, services: Services) -> None:
        self._assistant = settings.assistant_id
        self._environment = settings.environment_id
        self._clock = services.clock

        def build(authenticator: Authenticator) -> AsyncAssistantV2:
            return AsyncAssistantV2(
                url=settings.url,
                version=settings.version,
                authenticator=authenticator,
                http_session=services.http,
            )

        self._connection = Connection(settings, build, clock=services.clock)

    async def open(self) -> None:
        """Make the SDK's client; the first token is fetched by the first turn."""
        await self._connection.open()

    async def close(self) -> None:
        """Let go of the connection."""
        await self._connection.close()

    def build_request(self, event: Event, session: VendorSession) -> Json:
        """Build the message request, the session's id included once there is one."""
        if len(event.text) > MAX_TEXT:
            _log.warning("watson-text-cut: %d characters, Watson takes %d", len(event.text), MAX_TEXT)
        return v2.build_request(event, session)

    async def ask(self, request: Json, session: VendorSession, *, timeout: float) -> Json:  # noqa: ASYNC109 - one attempt's limit
        """Send a message, in a session made for it when there is none or the old one has expired.

        Watson says in prose only which part of a path it does not know. So a 404 is answered with a new session, and
        the message is sent again once: a session that cannot be had for a 404 means that the assistant is unknown
        (`send-query`), one that is refused right after it was made is `invalid-session`.
        """
        message = v2.build_message(request)
        until = self._clock.monotonic() + timeout
        if not isinstance(session.get(v2.SESSION_ID), str) or not session[v2.SESSION_ID]:
            session[v2.SESSION_ID] = await self._open_session(until)
        try:
            answer = await self._say(session, message, until, not_found=errors.V2_SEND_QUERY)
        except VendorFailure as failure:
            if not _is_not_found(failure):
                raise
            # The old id goes first, so that no failure on the way leaves it to the next turn.
            del session[v2.SESSION_ID]
            session[v2.SESSION_ID] = await self._open_session(until)
            answer = await self._say(session, message, until, not_found=errors.V2_INVALID_SESSION)
        decoded = answer.json_object()
        if decoded is None:
            raise unusable(errors.PARSER_CRASHED, "Watson's answer is not a JSON object.")
        return decoded

    def read_reply(self, answer: Json, context: ReadingContext) -> Reply:
        """Translate the answer."""
        return v2.read_reply(answer, context)

    async def _open_session(self, until: float) -> str:
        """Get a new session's id. Raise VendorFailure: `create-session`, or `send-query` for an unknown assistant."""
        answer = await self._call(
            lambda sdk, left: sdk.open_session(self._assistant, self._environment, timeout=left),
            until,
            code=errors.V2_CREATE_SESSION,
            not_found=errors.V2_SEND_QUERY,
        )
        session_id = (answer.json_object() or {}).get("session_id")
        if not isinstance(session_id, str) or not session_id:
            raise unusable(errors.V2_CREATE_SESSION, "Watson's answer to a request for a session has no session_id.")
        return session_id

    async def _say(self, session: VendorSession, message: Json, until: float, *, not_found: str) -> HttpAnswer:
        """Send the message in the session. Raise VendorFailure, `not_found` being the code of a 404."""
        session_id = session[v2.SESSION_ID]
        return await self._call(
            lambda sdk, left: sdk.say(self._assistant, self._environment, session_id, message, timeout=left),
            until,
            code=errors.V2_SEND_QUERY,
            not_found=not_found,
        )

    async def _call(
        self,
        send: Callable[[AsyncAssistantV2, float], Awaitable[HttpAnswer]],
        until: float,
        *,
        code: str,
        not_found: str,
    ) -> HttpAnswer:
        try:
            return await self._connection.call(send, until=until)
        except ApiException as error:
            raise translate(error, code=not_found if error.status_code == 404 else code) from error
        except (TransportFailure, TokenFailure) as error:
            raise translate(error, code=code) from error


def _is_not_found(failure: VendorFailure) -> bool:
    """Tell Watson's own 404 from one of the token endpoint, which is DENIED."""
    return failure.kind is FailureKind.REFUSED and failure.vendor_status == 404
