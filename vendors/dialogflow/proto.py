"""Protobuf's own forms of JSON, where they meet ours: the Struct form, and whether an object fits a message.

LivePerson's client speaks gRPC, so hooks written for it hand back `{"fields": {"a": {"kind": "stringValue", …}}}` where the
REST API has `{"a": …}` (docs/contract/hooks.md, "queryParams.payload form").
"""

from typing import Any, Final

from google.protobuf import json_format
from google.protobuf.message import Message as Proto

from gateway.contract.errors import InvalidRequest
from gateway.contract.types import Json
from gateway.contract.wire import WireError, dumps, name_type

KINDS: Final = frozenset({"nullValue", "numberValue", "stringValue", "boolValue", "structValue", "listValue"})
"""What a protobuf Value may be."""
_MAX_DEPTH: Final = 100
"""Levels of a Struct; protobuf itself reads no deeper."""
_MAX_WHOLE: Final = 2**53
"""Up to here a floating-point number says every whole number exactly."""
_SCALARS: Final[dict[str, type | tuple[type, ...]]] = {
    "numberValue": (int, float),
    "stringValue": str,
    "boolValue": bool,
}


class MalformedStruct(ValueError):
    """An object in Struct form with something wrong in it; the message names the place within it, and quotes nothing."""


def plain_struct(value: Json) -> Json:
    """Give the plain object behind one in Struct form; any other object as it is. Raise MalformedStruct."""
    fields = value.get("fields")
    if len(value) != 1 or not isinstance(fields, dict) or not all(_is_value(field) for field in fields.values()):
        return value
    return _plain_fields(value, "", 0)


def _is_value(field: Any) -> bool:
    return isinstance(field, dict) and ("kind" in field or not KINDS.isdisjoint(field))


def _plain_fields(struct: Any, path: str, depth: int) -> Json:
    fields = struct.get("fields", {}) if isinstance(struct, dict) else None
    if not isinstance(fields, dict):
        raise MalformedStruct(f"{path or 'fields'}: is no Struct")
    return {name: _plain_value(field, f"{path}.{name}".lstrip("."), depth + 1) for name, field in fields.items()}


def _plain_value(value: Any, path: str, depth: int) -> Any:
    if depth > _MAX_DEPTH:
        raise MalformedStruct(f"is deeper than {_MAX_DEPTH} levels")
    if not isinstance(value, dict):
        raise MalformedStruct(f"{path}: is no Value")
    kind = value.get("kind") or next(iter(KINDS & value.keys()), None)
    held = value.get(kind) if isinstance(kind, str) else None
    match kind:
        case "nullValue":
            return None
        case "structValue":
            return _plain_fields(held, path, depth)
        case "listValue":
            values = held.get("values", []) if isinstance(held, dict) else None
            if not isinstance(values, list):
                raise MalformedStruct(f"{path}: is no ListValue")
            return [_plain_value(item, f"{path}[{index}]", depth + 1) for index, item in enumerate(values)]
        case "numberValue" | "stringValue" | "boolValue":
            if not isinstance(held, _SCALARS[kind]) or (kind == "numberValue" and isinstance(held, bool)):
                raise MalformedStruct(f"{path}: {kind} is {name_type(held)}")
            return held
        case _:
            raise MalformedStruct(f"{path}: has no kind of a Value")


def whole_numbers(value: Any) -> Any:
    """Write whole floating-point numbers as integers, in place; give the value back.

    A Struct's numbers are all floating-point ones: Google writes 2 over REST where its gRPC client reads 2.0. Readers and hooks
    see 2 either way. Knows what a reader of JSON makes, no subclasses.
    """
    held = [value]
    _make_whole(held)
    return held[0]


def _make_whole(held: Any) -> None:
    # No names and indices but where there is something to write: most of an answer is looked at in vain.
    for member in held.values() if type(held) is dict else held:
        kind = type(member)
        if kind is str:
            continue
        if kind is dict or kind is list:
            _make_whole(member)
        elif kind is float and _is_whole(member):
            for place, each in list(held.items() if type(held) is dict else enumerate(held)):
                if type(each) is float and _is_whole(each):
                    held[place] = int(each)


def _is_whole(number: float) -> bool:
    return number.is_integer() and abs(number) <= _MAX_WHOLE


def check_message(request: Json, message: type[Proto]) -> None:
    """Check that a request can be read as a message of this type. Raise InvalidRequest, naming the member.

    One member at a time: protobuf tells the place of a problem in prose only, and quotes the content.
    """
    known = {name for field in message.DESCRIPTOR.fields for name in (field.name, field.json_name)}
    for name, value in request.items():
        if name not in known:
            raise InvalidRequest(_shorten(name), "is no member of a request")
        try:
            dumps(value)
            json_format.ParseDict({name: value}, message())
        except (WireError, json_format.ParseError) as error:
            raise InvalidRequest(name, f"does not fit {message.DESCRIPTOR.name}") from error


def _shorten(name: Any) -> str:
    return name[:64] if isinstance(name, str) else repr(type(name).__name__)
