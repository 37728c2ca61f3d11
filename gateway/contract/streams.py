"""What aiohttp has read of a body, taken without its way of reading piece by piece."""

from aiohttp import StreamReader


def take_whole(stream: StreamReader) -> bytes | None:
    """Take a body that has come whole and that nobody has begun to read; None where it has not, or was held back.

    The stream is done with then. `readany` looks for each piece whether the other side may go on sending: for one piece that is
    all there is, that is most of what reading costs. tests/unit/gateway/contract/test_streams.py fails where aiohttp's side of
    this changes.
    """
    if type(stream) is not StreamReader:  # aiohttp's stream of nothing, or a test's
        return b"" if stream.at_eof() else None
    if not stream._eof or stream._exception is not None or stream._protocol._reading_paused:  # noqa: SLF001
        return None
    pieces = stream._buffer  # noqa: SLF001
    return pieces[0] if len(pieces) == 1 else b"".join(pieces)
