"""Talk to a Watson V2 assistant: a session for each conversation, and messages in it."""

import logging
from functools import partial

from gateway.contract.errors import FailureKind, VendorFailure
from gateway.contract.types import Event, HookKeys, Json, ReadingContext, Reply, VendorSession
from vendors.services import Services
from vendors.watson import errors, v2
from vendors.watson.connection import Connection
from vendors.watson.errors import unusable
from vendors.watson.members import MAX_TEXT
from vendors.watson.settings import WatsonV2Settings
from vendors.watson.transport import RequestsV2, prepare_v2

_log = logging.getLogger(__name__)


class WatsonV2:
    """One bot at one assistant of Watson Assistant V2."""

    keys = HookKeys("WatsonAssistantV2", "watsonV2Payload", "watsonv2")
    send_code = errors.V2_SEND_QUERY
    test_code: str | None = None

    def __init__(self, settings: WatsonV2Settings, services: Services) -> None:
        self._clock = services.clock
        prepare = partial(
            prepare_v2,
            url=settings.url,
            version=settings.version,
            assistant=settings.assistant_id,
            environment=settings.environment_id,
        )
        self._connection = Connection(settings, prepare, http=services.http, clock=services.clock)

    async def open(self) -> None:
        """Have the SDK prepare the requests; the first token is fetched by the first turn."""
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
        body = v2.write_message(request)
        until = self._clock.monotonic() + timeout
        requests = self._connection.requests or await self._connection.open()
        if not isinstance(session.get(v2.SESSION_ID), str) or not session[v2.SESSION_ID]:
            session[v2.SESSION_ID] = await self._open_session(requests, until)
        try:
            answer = await self._connection.call(
                requests.say, body, session_id=session[v2.SESSION_ID], until=until, code=errors.V2_SEND_QUERY
            )
        except VendorFailure as failure:
            if not _is_not_found(failure):
                raise
            # The old id goes first, so that no failure on the way leaves it to the next turn.
            del session[v2.SESSION_ID]
            session[v2.SESSION_ID] = await self._open_session(requests, until)
            answer = await self._connection.call(
                requests.say,
                body,
                session_id=session[v2.SESSION_ID],
                until=until,
                code=errors.V2_SEND_QUERY,
                not_found=errors.V2_INVALID_SESSION,
            )
        decoded = answer.json_object()
        if decoded is None:
            raise unusable(errors.PARSER_CRASHED, "Watson's answer is not a JSON object.")
        return decoded

    def read_reply(self, answer: Json, context: ReadingContext) -> Reply:
        """Translate the answer."""
        return v2.read_reply(answer, context)

    async def _open_session(self, requests: RequestsV2, until: float) -> str:
        """Get a new session's id. Raise VendorFailure: `create-session`, or `send-query` for an unknown assistant."""
        answer = await self._connection.call(
            requests.open_session,
            b"{}",
            until=until,
            code=errors.V2_CREATE_SESSION,
            not_found=errors.V2_SEND_QUERY,
        )
        session_id = (answer.json_object() or {}).get("session_id")
        if not isinstance(session_id, str) or not session_id:
            raise unusable(errors.V2_CREATE_SESSION, "Watson's answer to a request for a session has no session_id.")
        return session_id


def _is_not_found(failure: VendorFailure) -> bool:
    """Tell Watson's own 404 from one of the token endpoint, which is DENIED."""
    return failure.kind is FailureKind.REFUSED and failure.vendor_status == 404
