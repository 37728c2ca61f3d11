"""Read and write JSON: the one place that decides on encoding, numbers, depth and duplicate keys.

- Text is UTF-8; lone surrogates, NaN, Infinity, comments and a byte order mark are refused.
- Of duplicate keys the last one counts (the rule of the outside interface).
- Whole numbers beyond 64 bits are read as floating-point numbers, and refused on the way out. Numbers too large for a
  floating-point number are refused; a NaN or an infinity that Python code made is written as null.
- Nesting deeper than MAX_DEPTH is refused.
"""

from typing import Any, Final

import orjson

MAX_DEPTH: Final = 200
"""Levels of nesting that are read. orjson reads 1024 and writes 254: what is read must fit into a request or an answer."""

type_name = {dict: "object", list: "array", str: "string", bool: "boolean", int: "number", float: "number"}
"""JSON's names of Python's types, for messages that people read."""


class WireError(ValueError):
    """Bytes that are not JSON, or a value that JSON cannot hold. The message never quotes the content."""


def loads(data: bytes | str) -> Any:
    """Parse JSON. Raise WireError, naming the position, when it is malformed."""
    try:
        value = orjson.loads(data)
    except orjson.JSONDecodeError as error:
        raise WireError(f"not JSON: line {error.lineno}, column {error.colno}") from None
    # Counting brackets costs little, and clears all but the rare large document of the suspicion.
    if len(data) > MAX_DEPTH and _count_brackets(data) > MAX_DEPTH and _is_deeper(value, MAX_DEPTH):
        raise WireError(f"nested deeper than {MAX_DEPTH} levels")
    return value


def dumps(value: Any) -> bytes:
    """Write JSON, compact, UTF-8. Raise WireError for what JSON cannot hold."""
    try:
        return orjson.dumps(value)
    except (TypeError, RecursionError) as error:
        # orjson names the type or the limit, never the value.
        raise WireError(f"cannot be written as JSON: {error}") from None


def dumps_to_hold(value: Any) -> bytes:
    """Write JSON that is held for long, such as while a vendor takes its time: orjson leaves it in a block of up to 16 kB."""
    return bytes(memoryview(dumps(value)))


def reread(written: bytes) -> Any:
    """Parse what `dumps` has written. It is JSON and no deeper than that writes, so there is nothing to look for."""
    return orjson.loads(written)


def copy(value: Any) -> Any:
    """Copy a JSON value in depth; what comes back shares nothing with what went in. Raise WireError as dumps does."""
    return loads(dumps(value))


def name_type(value: Any) -> str:
    """Name a value's JSON type: object, array, string, number, boolean or null."""
    return "null" if value is None else type_name.get(type(value), type(value).__name__)


def _count_brackets(data: bytes | str) -> int:
    """Count what opens a level; those inside strings are counted too, so this is an upper bound of the depth."""
    if isinstance(data, str):
        return data.count("[") + data.count("{")
    # `replace` looks for a byte as fast as the machine can, and `count` one byte after the other.
    return 2 * len(data) - len(data.replace(b"[", b"")) - len(data.replace(b"{", b""))


def _is_deeper(value: Any, limit: int) -> bool:
    """Say whether arrays and objects are nested in more than `limit` levels, without recursion."""
    level = [value] if isinstance(value, dict | list) else []
    for _ in range(limit):
        level = [
            child
            for parent in level
            for child in (parent.values() if isinstance(parent, dict) else parent)
            if isinstance(child, dict | list)
        ]
        if not level:
            return False
    return True
