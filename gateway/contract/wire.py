"""Read and write JSON: the one place that decides on encoding, numbers, depth and duplicate keys.

- Text is UTF-8; lone surrogates, NaN, Infinity, comments and a byte order mark are refused.
- Of duplicate keys the last one counts (the rule of the outside interface).
- Whole numbers beyond 64 bits are read as floating-point numbers, and refused on the way out.
- Nesting deeper than the parser allows (1024 levels) is refused like any other malformed text.
"""

from typing import Any

import orjson

type_name = {dict: "object", list: "array", str: "string", bool: "boolean", int: "number", float: "number"}
"""JSON's names of Python's types, for messages that people read."""


class WireError(ValueError):
    """Bytes that are not JSON, or a value that JSON cannot hold. The message never quotes the content."""


def loads(data: bytes | str) -> Any:
    """Parse JSON. Raise WireError, naming the position, when it is malformed."""
    try:
        return orjson.loads(data)
    except orjson.JSONDecodeError as error:
        raise WireError(f"not JSON: line {error.lineno}, column {error.colno}") from None


def dumps(value: Any) -> bytes:
    """Write JSON, compact, UTF-8. Raise WireError for what JSON cannot hold."""
    try:
        return orjson.dumps(value)
    except (TypeError, RecursionError) as error:
        # orjson names the type or the limit, never the value.
        raise WireError(f"cannot be written as JSON: {error}") from None


def copy(value: Any) -> Any:
    """Copy a JSON value in depth; what comes back shares nothing with what went in. Raise WireError as dumps does."""
    return loads(dumps(value))


def name_type(value: Any) -> str:
    """Name a value's JSON type: object, array, string, number, boolean or null."""
    return "null" if value is None else type_name.get(type(value), type(value).__name__)
