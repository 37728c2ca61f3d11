"""Logs: one line per turn, JSON in a pipe, readable on a terminal; never a consumer's or a bot's words, never a secret."""

import asyncio
import logging
import sys
import time
import traceback
from datetime import UTC, datetime
from pathlib import PurePath
from typing import Any, TextIO

import structlog
from structlog.typing import EventDict, FilteringBoundLogger, WrappedLogger

from gateway.contract.wire import WireError, dumps


def configure_logging(level: str = "info", *, stream: TextIO | None = None) -> None:
    """Send every log line to `stream` (standard error); other libraries' warnings come along in the same form."""
    global _direct  # noqa: PLW0603 - as structlog's own configuration, it is the process's
    out = stream or sys.stderr
    _known.clear()
    _direct = None if out.isatty() else _Direct(out, getattr(logging, level.upper()))
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        strip_exception_text,
    ]
    last: list[structlog.typing.Processor] = (
        [_write_exception, structlog.dev.ConsoleRenderer(colors=True)]
        if out.isatty()
        else [structlog.processors.JSONRenderer(lambda event, **_options: _serialize(event).decode())]
    )
    structlog.configure(
        processors=[*shared, *last],
        wrapper_class=structlog.make_filtering_bound_logger(getattr(logging, level.upper())),
        logger_factory=structlog.WriteLoggerFactory(file=out),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(out)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[*shared[:-1], _name_library],
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, strip_exception_text, *last],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(max(logging.WARNING, getattr(logging, level.upper())))


class TurnLog:
    """Writes the line that every turn writes.

    In JSON, and while it is no warning, past structlog's processors: the same line, for a fraction of what they cost.
    """

    def __init__(self) -> None:
        self._log = get_logger("turn")

    def info(self, fields: dict[str, Any]) -> None:
        """Write a turn's line where the level lets it through. The fields are the log's from then on."""
        if _direct is None:
            self._log.info("turn", **fields)
        elif _direct.shows_info:
            fields["event"] = "turn"
            fields.update(_known)
            fields["level"], fields["timestamp"] = "info", _stamp()
            _direct.write(b'{"part":"turn",' + _serialize(fields)[1:] + b"\n")

    def warning(self, fields: dict[str, Any]) -> None:
        """Write a turn's line as a warning."""
        self._log.warning("turn", **fields)


class _Direct:
    """Where JSON lines go: those of one round of the event loop together, since each write is a call of the system."""

    def __init__(self, out: TextIO, level: int) -> None:
        self._out = out
        self._raw = getattr(out, "buffer", None)
        """Takes bytes; None for a stream of text alone."""
        self._lines: list[bytes] = []
        self.shows_info = level <= logging.INFO

    def write(self, line: bytes) -> None:
        """Have a line written with this round's others; at once where no loop runs."""
        self._lines.append(line)
        if len(self._lines) > 1:
            return
        try:
            asyncio.get_running_loop().call_soon(self.flush)
        except RuntimeError:
            self.flush()

    def flush(self) -> None:
        """Write what has come together."""
        lines, self._lines = b"".join(self._lines), []
        if self._raw is None:
            self._out.write(lines.decode())
        else:
            self._raw.write(lines)
        self._out.flush()


_known: dict[str, Any] = {}


def name_process(**known: Any) -> None:
    """Have every line of this process's log say this too; told by the task that all others come from, before they do."""
    structlog.contextvars.bind_contextvars(**known)
    _known.update(known)


_direct: _Direct | None = None
"""Set where logs are JSON: not on a terminal, and not before they have been configured."""


class _Stamp:
    """The time as every line has it; the seconds are written once for all lines of a second."""

    def __init__(self) -> None:
        self._second = -1
        self._text = ""

    def __call__(self) -> str:
        now = time.time_ns() // 1000
        second, micros = divmod(now, 1_000_000)
        if second != self._second:
            self._second, self._text = second, datetime.fromtimestamp(second, UTC).strftime("%Y-%m-%dT%H:%M:%S")
        return f"{self._text}.{micros:06d}Z"


_stamp = _Stamp()


def get_logger(name: str, **known: Any) -> FilteringBoundLogger:
    """Give a logger that names its part of botbridge, and what else it knows. It is made when it is first used."""
    logger: FilteringBoundLogger = structlog.get_logger(part=name, **known)
    return logger


def describe_exception(error: BaseException) -> dict[str, Any]:
    """Say where an exception came from without its text, which may quote what it stumbled over."""
    frames = traceback.extract_tb(error.__traceback__)
    described: dict[str, Any] = {
        "type": type(error).__name__,
        "at": [f"{PurePath(frame.filename).name}:{frame.lineno} {frame.name}" for frame in frames[-8:]],
    }
    if (cause := error.__cause__ or error.__context__) is not None:
        described["cause"] = describe_exception(cause)
    return described


def strip_exception_text(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """Replace `exc_info` by what `describe_exception` says."""
    info = event.pop("exc_info", None)
    if info is True:
        info = sys.exc_info()
    error = info[1] if isinstance(info, tuple) else info
    if isinstance(error, BaseException):
        event["exception"] = describe_exception(error)
    return event


def _write_exception(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """Write what `strip_exception_text` has left as text: what structlog prints below a line on a terminal."""
    if "exception" in event:
        event["exception"] = dumps(event["exception"]).decode()
    return event


def _name_library(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    record = event.get("_record")
    if record is not None:
        event["part"] = record.name
    return event


def _serialize(event: EventDict) -> bytes:
    try:
        return dumps(event)
    except WireError:
        # Another library's log line may carry anything.
        simple = {
            key: value if isinstance(value, str | int | float | None) else repr(value) for key, value in event.items()
        }
        return dumps(simple)
