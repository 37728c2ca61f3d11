import io
import logging
import re
from collections.abc import Iterator
from typing import Any

import orjson
import pytest
import structlog

from gateway.telemetry.logging import TurnLog, configure_logging, describe_exception, get_logger, name_process


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    stream = io.StringIO()
    configure_logging("info", stream=stream)
    yield stream
    configure_logging("info", stream=Terminal())
    structlog.contextvars.clear_contextvars()
    structlog.reset_defaults()
    logging.getLogger().handlers.clear()


def lines(log: io.StringIO) -> list[dict[str, object]]:
    return [orjson.loads(line) for line in log.getvalue().splitlines()]


def test_a_line_is_json_with_its_level_time_and_part(log: io.StringIO) -> None:
    get_logger("test").info("turn", account="1", ms={"total": 1.5})
    (line,) = lines(log)
    assert line.pop("timestamp")
    assert line == {"part": "test", "account": "1", "ms": {"total": 1.5}, "event": "turn", "level": "info"}


def test_a_turn_s_line_is_the_one_that_structlog_would_write(log: io.StringIO) -> None:
    fields = {"account": "1", "conversation": "ä", "ms": {"total": 1.5}}
    name_process(pid=7)
    get_logger("turn").info("turn", **fields)
    TurnLog().info(dict(fields))
    TurnLog().warning(dict(fields))
    ours, short_cut, warning = lines(log)
    for line in (ours, short_cut, warning):
        stamp = str(line.pop("timestamp"))
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z", stamp)
    assert list(short_cut) == list(ours)
    assert short_cut == ours
    assert warning == {**ours, "level": "warning"}


@pytest.mark.parametrize("level", ["warning", "error"])
def test_below_the_level_no_turn_is_written(log: io.StringIO, level: str) -> None:
    configure_logging(level, stream=log)
    TurnLog().info({"account": "1"})
    assert log.getvalue() == ""


def test_on_a_terminal_a_turn_s_line_is_for_people() -> None:
    terminal = Terminal()
    configure_logging("info", stream=terminal)
    TurnLog().info({"account": "1"})
    assert "account" in terminal.getvalue()
    assert "{" not in terminal.getvalue()
    structlog.contextvars.clear_contextvars()
    structlog.reset_defaults()
    logging.getLogger().handlers.clear()


@pytest.mark.parametrize("logger", [get_logger("test"), logging.getLogger("a.library")], ids=["ours", "a library's"])
def test_on_a_terminal_an_exception_stands_below_its_line_without_its_text(logger: Any) -> None:
    terminal = Terminal()
    configure_logging("info", stream=terminal)
    try:
        raise ValueError("hunter2")
    except ValueError as error:
        logger.warning("it-failed", exc_info=error)
    line, exception = terminal.getvalue().splitlines()
    assert "it-failed" in line
    assert re.fullmatch(r'\{"type":"ValueError","at":\["test_logging.py:\d+ test_on_a_terminal_\w+"\]\}', exception)
    structlog.contextvars.clear_contextvars()
    structlog.reset_defaults()
    logging.getLogger().handlers.clear()


def test_an_exception_is_told_by_type_and_place_and_never_by_its_text(log: io.StringIO) -> None:
    try:
        raise ValueError("the consumer said: hello")
    except ValueError:
        get_logger("test").warning("went-wrong", exc_info=True)
        logging.getLogger("aiohttp.server").exception("Error handling request")
    assert "hello" not in log.getvalue()
    ours, theirs = lines(log)
    assert ours["exception"] == theirs["exception"]
    exception = ours["exception"]
    assert isinstance(exception, dict)
    assert exception["type"] == "ValueError"
    assert exception["at"][0].startswith("test_logging.py:")
    assert theirs["part"] == "aiohttp.server"


def test_what_is_no_json_is_written_all_the_same(log: io.StringIO) -> None:
    get_logger("test").info("odd", value=object())
    (line,) = lines(log)
    assert str(line["value"]).startswith("<object object")


def test_below_the_level_nothing_is_written(log: io.StringIO) -> None:
    get_logger("test").debug("detail")
    logging.getLogger("asyncio").info("chatter")
    assert log.getvalue() == ""


def test_causes_are_told_too() -> None:
    try:
        try:
            raise KeyError("inner secret")
        except KeyError as inner:
            raise RuntimeError("outer secret") from inner
    except RuntimeError as error:
        described = describe_exception(error)
    assert described["type"] == "RuntimeError"
    assert described["cause"]["type"] == "KeyError"
    assert "secret" not in str(described)
