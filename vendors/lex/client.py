"""Ask a Lex V2 bot: botocore's knowledge, AWS's signer, and the shared session's transport (decision 1)."""

import asyncio
import logging
from typing import Final
from urllib.parse import quote

from gateway.contract.errors import FailureKind, InvalidRequest, VendorFailure
from gateway.contract.types import Event, HookKeys, Json, ReadingContext, Reply, VendorSession
from gateway.contract.wire import WireError, dumps_to_hold
from vendors.exchange import Origin, TransportFailure, find_origin
from vendors.http import send_to
from vendors.lex import v2
from vendors.lex.access import Access, AccessKeeper
from vendors.lex.errors import SEND_QUERY, read_answer, translate_transport
from vendors.lex.settings import LexV2Settings
from vendors.services import Services

_log = logging.getLogger(__name__)

_UNRESERVED: Final = "-._~"
"""What botocore leaves as it is in a path, besides letters and digits."""


class LexV2:
    """One bot at Amazon Lex V2 (docs/contract/vendors/lex.md, "Lex V2")."""

    keys = HookKeys("Lex", "lexQuery", "lex")
    send_code = SEND_QUERY
    test_code: str | None = None

    def __init__(self, settings: LexV2Settings, services: Services) -> None:
        self._settings = settings
        self._http = services.http
        self._clock = services.clock
        self._access = AccessKeeper(settings, services.clock)
        self._origin: Origin | None = None
        """Made by the first request: a bot's endpoint stays what it is."""
        self._bot = (
            f"/bots/{_quote(settings.bot_id)}/botAliases/{_quote(settings.bot_alias_id)}"
            f"/botLocales/{_quote(settings.locale_id)}"
        )

    async def open(self) -> None:
        """Resolve endpoint and credentials; without credentials the bot opens all the same, and `ask` tells."""
        await self._access.open()

    async def close(self) -> None:
        """End a renewal of credentials that is under way."""
        await self._access.close()

    def build_request(self, event: Event, session: VendorSession) -> Json:
        """Build the request, and note in the session whose it is: `ask` puts that back, whatever a hook does."""
        session["convId"] = event.conversation_id
        if len(event.text) > v2.MAX_TEXT:
            _log.warning("lex-text-cut: %d characters, Lex takes %d", len(event.text), v2.MAX_TEXT)
        return v2.build_request(event, session)

    async def ask(self, request: Json, session: VendorSession, *, timeout: float) -> Json:  # noqa: ASYNC109 - one attempt's limit
        """Send one request. Raise VendorFailure or InvalidRequest."""
        session_id, body = v2.finish_request(request, session)
        try:
            data = dumps_to_hold(body)
        except WireError as error:
            raise InvalidRequest("$", str(error)) from error
        access, left = self._access.at_hand, timeout
        if access is None:
            access, left = await self._wait_for_access(timeout)
        had_started = session.get("started", False)
        # Until a failure says that Lex did not take the turn, it may have: a cancelled wait is no exception.
        session["started"] = True
        try:
            answer = await self._send(access, session_id, data, left)
        except VendorFailure as failure:
            session["started"] = had_started or failure.kind.taken
            raise
        v2.remember(answer, session)
        return answer

    def read_reply(self, answer: Json, context: ReadingContext) -> Reply:
        """Translate the native answer. Raise VendorFailure with a parser code."""
        return v2.read_reply(answer, context)

    async def _wait_for_access(self, seconds: float) -> tuple[Access, float]:
        """Give what a request needs, and the seconds that are left for it."""
        began = self._clock.monotonic()
        try:
            async with asyncio.timeout(seconds):
                access = await self._access.get()
        except TimeoutError as error:
            raise VendorFailure(FailureKind.NOT_SENT, SEND_QUERY, "AWS credentials did not come in time") from error
        # Never 0, which aiohttp takes for "no limit".
        return access, max(0.01, seconds - (self._clock.monotonic() - began))

    async def _send(self, access: Access, session_id: str, data: bytes, seconds: float) -> Json:
        path = f"{access.path}{self._bot}/sessions/{v2.quote_session_id(session_id)}/text"
        headers = access.signer.sign(path, data)
        origin = self._origin
        if origin is None:
            origin = self._origin = find_origin(self._http, access.url)
        try:
            return read_answer(await send_to(origin, "POST", path, headers=headers, body=data, timeout=seconds))
        except TransportFailure as failure:
            raise translate_transport(failure) from failure


def _quote(part: str) -> str:
    return quote(part, safe=_UNRESERVED)
