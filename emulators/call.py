"""One request on its way through an emulator, what is kept of it, and the error it may end with."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

import orjson

if TYPE_CHECKING:
    from collections.abc import Mapping

    from aiohttp import web
    from multidict import CIMultiDictProxy, MultiMapping

    from emulators.dialogue import Turn
    from emulators.faults import Heard, Stage


class VendorError(Exception):
    """An error that the vendor answers with. Status or name may be left out when the other one implies it."""

    def __init__(
        self,
        status: int | None = None,
        name: str | None = None,
        message: str = "",
        headers: Mapping[str, str] | None = None,
    ) -> None:
        """Keep what the error answer is made of."""
        super().__init__(message)
        self.status = status
        self.name = name
        self.message = message
        self.headers = headers or {}


@dataclass(frozen=True, slots=True)
class Recorded:
    """One request that an emulator received."""

    method: str
    path: str
    """As on the wire (still percent-encoded), without the query."""
    query: MultiMapping[str]
    headers: CIMultiDictProxy[str]
    body: Any
    """Decoded: JSON, a form as dict, otherwise text; None when there was none."""
    time: float
    """Seconds since the epoch, by the emulator's clock."""
    stage: Stage
    heard: Heard


@dataclass(slots=True)
class Call:
    """One request on its way through an emulator."""

    request: web.Request
    raw: bytes
    body: Any
    heard: Heard
    turn: Turn | None = None
    """The turn that was played, once it is known."""

    @property
    def params(self) -> Mapping[str, str]:
        """Return the variable parts of the path."""
        return self.request.match_info

    def object(self) -> dict[str, Any]:
        """Return the body as a JSON object, or raise the vendor's error for what is none."""
        if not isinstance(self.body, dict):
            raise VendorError(400, None, "the request body is not a JSON object")
        return self.body


def decode(content_type: str, raw: bytes) -> Any:
    """Return what a body says: JSON, a form as dict, otherwise text; None when there is none."""
    if not raw:
        return None
    if content_type == "application/x-www-form-urlencoded":
        return dict(parse_qsl(raw.decode(errors="replace"), keep_blank_values=True))
    try:
        return orjson.loads(raw)
    except orjson.JSONDecodeError:
        return raw.decode(errors="replace")
