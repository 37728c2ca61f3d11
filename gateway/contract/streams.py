"""What aiohttp has read, held in less memory and taken with fewer steps."""

from collections import deque
from typing import Any, Protocol


class Line(list[Any]):
    """Takes the place of aiohttp's queues of messages: a deque takes 760 bytes, and these hold one message or none."""

    def popleft(self) -> Any:
        """Give the first, and take it out."""
        return self.pop(0)


class _Flow(Protocol):
    _reading_paused: bool


class Stream(Protocol):
    """What is used of aiohttp's StreamReader, which callers of this know and this does not."""

    total_bytes: int
    _buffer: deque[bytes]

    @property
    def _protocol(self) -> _Flow: ...

    def is_eof(self) -> bool:
        """Whether the body has come to its end."""

    def exception(self) -> BaseException | None:
        """Give what went wrong."""


def take_whole(stream: Stream) -> bytes | None:
    """Take a body that has come whole and that nobody has begun to read; None where it has not, or was held back.

    The stream is done with then. `readany` looks for each piece whether the other side may go on sending: for one piece that is
    all there is, that is most of what reading costs. tests/unit/gateway/contract/test_streams.py fails where aiohttp's side of
    this changes.
    """
    if not stream.is_eof() or stream.exception() is not None:
        return None
    if not stream.total_bytes:
        return b""
    if stream._protocol._reading_paused:  # noqa: SLF001
        return None
    pieces = stream._buffer  # noqa: SLF001
    return pieces[0] if len(pieces) == 1 else b"".join(pieces)
