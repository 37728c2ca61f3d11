"""Ask a Lex V2 bot: botocore's knowledge, AWS's signer, and the shared session's transport (decision 1)."""

import asyncio
import logging
from functools import lru_cache
from typing import Final
from urllib.parse import quote

from gateway.contract.errors import FailureKind, InvalidRequest, VendorFailure
from gateway.contract.types import Event, HookKeys, Json, ReadingContext, Reply, VendorSession
from gateway.contract.wire import WireError, dumps
from vendors.exchange import TransportFailure, find_origin
from vendors.http import send_to
from vendors.lex import v2
from vendors.lex.access import Access, AccessKeeper
from vendors.lex.errors import SEND_QUERY, read_answer, translate_transport
from vendors.lex.settings import LexV2Settings
from vendors.services import Services

_log = logging.getLogger(__name__)

_UNRESERVED: Final = "-._~"
"""What botocore leaves as it is in a path, besides letters and digits: the `:` of a session id becomes %3A."""


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
            data = dumps(body)
        except WireError as error:
            raise InvalidRequest("$", str(error)) from error
        began = self._clock.monotonic()
        access = await self._get_access(timeout)
        # Never 0, which aiohttp takes for "no limit".
        left = max(0.01, timeout - (self._clock.monotonic() - began))
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

    async def _get_access(self, seconds: float) -> Access:
        if (access := self._access.at_hand) is not None:
            return access
        try:
            async with asyncio.timeout(seconds):
                return await self._access.get()
        except TimeoutError as error:
            raise VendorFailure(FailureKind.NOT_SENT, SEND_QUERY, "AWS credentials did not come in time") from error

    async def _send(self, access: Access, session_id: str, data: bytes, seconds: float) -> Json:
        path = f"{access.path}{self._bot}/sessions/{_quote(session_id)}/text"
        headers = access.signer.sign(path, data)
        try:
            origin = find_origin(self._http, access.url)
            return read_answer(await send_to(origin, "POST", path, headers=headers, body=data, timeout=seconds))
        except TransportFailure as failure:
            raise translate_transport(failure) from failure


@lru_cache(maxsize=1024)
def _quote(part: str) -> str:
    return quote(part, safe=_UNRESERVED)
