"""Sessions that somebody has signed out of before their time: a cookie that was copied is worth nothing afterwards.

This process knows at once, the others at the same store after their next look.
"""

from typing import Final
from uuid import uuid4

from gateway.console.sign_in import Session
from gateway.contract.ports import Archive, Clock, Put, StoreFailed
from gateway.telemetry.logging import get_logger

NAME: Final = "console/signed-out"
_log = get_logger("console")


class SignedOut:
    """A container of sessions' ids."""

    def __init__(self, archive: Archive, clock: Clock) -> None:
        self._archive = archive
        self._clock = clock
        self._here: dict[str, int] = {}
        self._everywhere: frozenset[str] = frozenset()

    def __contains__(self, session_id: object) -> bool:
        return session_id in self._here or session_id in self._everywhere

    async def add(self, session: Session) -> None:
        """End a session. When the store fails it has ended in this process alone, and the log says so."""
        now = self._clock.time()
        self._here = {one: expires for one, expires in self._here.items() if expires > now}
        self._here[session.id] = session.expires
        try:
            await self._archive.write([Put(NAME, session.id, b"1", ttl=session.expires - now)], once=str(uuid4()))
        except StoreFailed as fault:
            _log.warning("sign-out-not-shared", reason=str(fault))

    async def refresh(self) -> None:
        """Look what has ended elsewhere. Raise StoreFailed."""
        (ended,) = await self._archive.read_maps([NAME])
        self._everywhere = frozenset(ended)
