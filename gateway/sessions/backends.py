"""What `--store` names: memory, sqlite:///PATH or redis://…, opened with its encryption and its times."""

from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from gateway.contract.ports import Clock
from gateway.sessions.local import LocalBackend
from gateway.sessions.memory import MemoryStore
from gateway.sessions.memory_archive import MemoryArchive
from gateway.sessions.sealed_archive import SealedArchive
from gateway.sessions.sealing import Seal
from gateway.sessions.unkept import UnkeptAnswers
from gateway.sessions.visits import Sessions

MEMORY: Final = "memory"
SESSION_TTL: Final = 24 * 3600.0
"""Seconds that a conversation is kept after its last turn."""
REPEAT_TTL: Final = 600.0
"""Seconds that a first answer is kept for repeats."""
_SQLITE: Final = "sqlite:///"
_REDIS: Final = ("redis", "rediss", "unix")


@dataclass(frozen=True, slots=True, kw_only=True)
class StoreSettings:
    """Where conversations are kept, and for how long."""

    url: str = MEMORY
    key: str | None = None
    """Encrypts what leaves this process: values in SQLite and Redis. Memory needs none."""
    session_ttl: float = SESSION_TTL
    repeat_ttl: float = REPEAT_TTL

    @property
    def is_shared(self) -> bool:
        """Whether several processes can share it: order and repeats hold across them."""
        return urlsplit(self.url).scheme in _REDIS

    def __repr__(self) -> str:
        """Show neither the key nor a password in the URL."""
        return f"StoreSettings(url={urlsplit(self.url).scheme or self.url!r}, key={'given' if self.key else None!r})"


def check_store(settings: StoreSettings) -> None:
    """Raise ValueError, with a message for people, when the settings cannot be met; does not contact a store."""
    if settings.key is not None:
        Seal(settings.key)
    if settings.url == MEMORY:
        return
    if settings.url.startswith(_SQLITE):
        path = Path(settings.url.removeprefix(_SQLITE))
        if not path.name:
            raise ValueError("sqlite:///PATH needs the path of a file")
        if not path.parent.is_dir():
            raise ValueError(
                f"there is no folder {path.parent.absolute()} (an absolute path makes four slashes: sqlite:////…)"
            )
        return
    parts = urlsplit(settings.url)
    if parts.scheme not in _REDIS:
        raise ValueError("must be memory, sqlite:///PATH or redis://HOST:PORT/DB")
    if parts.scheme != "unix" and not parts.hostname:
        raise ValueError("redis://HOST:PORT/DB needs a host")
    try:
        _ = parts.port
    except ValueError:
        raise ValueError("the port is no number") from None


def make_sessions(settings: StoreSettings, clock: Clock) -> Sessions:
    """Make what `settings`, already checked, name; `Sessions.backend` is still to be opened."""
    session_ttl, repeat_ttl = settings.session_ttl, settings.repeat_ttl
    unkept = UnkeptAnswers(clock, repeat_ttl=repeat_ttl)
    if settings.url == MEMORY:
        memory = MemoryStore(clock)
        return Sessions(
            LocalBackend(memory, session_ttl=session_ttl, repeat_ttl=repeat_ttl),
            Seal(),
            unkept=unkept,
            archive=MemoryArchive(clock),
            hide_names=False,
            memory=memory,
        )
    seal = Seal(settings.key)
    # Imported when one is configured: the others start without it.
    if settings.url.startswith(_SQLITE):
        from gateway.sessions.sqlite import SqliteStore  # noqa: PLC0415
        from gateway.sessions.sqlite_archive import SqliteArchive  # noqa: PLC0415

        store = SqliteStore(Path(settings.url.removeprefix(_SQLITE)), clock)
        backend = LocalBackend(store, session_ttl=session_ttl, repeat_ttl=repeat_ttl, prepare=store.open)
        return Sessions(backend, seal, unkept=unkept, archive=SealedArchive(SqliteArchive(store, clock), seal))
    from gateway.sessions.redis import RedisBackend  # noqa: PLC0415

    shared = RedisBackend(settings.url, clock, session_ttl=session_ttl, repeat_ttl=repeat_ttl)
    return Sessions(shared, seal, unkept=unkept, archive=SealedArchive(shared.archive, seal))
