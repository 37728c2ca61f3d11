"""Read what stands where a text may stand: a text, one of LivePerson's objects, or that object written as JSON.

Source: docs/contract/vendors/watson.md, "LP objects inside Watson answers".
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final

from gateway.contract.draft import PAYLOAD_KEYS, MalformedPayload, ReplyDraft
from gateway.contract.types import Json, ReadingContext
from gateway.contract.wire import WireError, loads, name_type
from vendors.watson import errors
from vendors.watson.errors import unusable

VARIANTS: Final = ("random", "sequential")
"""Selection policies under which the values of a text item are variants, of which one is meant. No set: a policy that is an
array or an object would not even be looked for in one."""


@dataclass(slots=True)
class Reading:
    """One answer on its way into a reply."""

    draft: ReplyDraft
    context: ReadingContext
    payloads: list[Json] = field(default_factory=list)
    """LivePerson's objects found so far."""
    skipped: bool = False
    """Whether anything was left out because of its response type."""

    def skip(self, what: str, path: str) -> None:
        """Leave an item out, with a warning."""
        self.draft.warn(what, path)
        self.skipped = True


def read_text(item: Json, path: str, reading: Reading) -> None:
    """Read a text item in its runtime form {text}, its authoring form {values}, or the oldest, nested one."""
    values = item.get("values")
    if "text" in item or not isinstance(values, list) or not values:
        read_value(item.get("text"), f"{path}.text", reading)
        return
    if len(values) > 1 and item.get("selection_policy") in VARIANTS:
        reading.draft.warn("of several variants the first was taken", path)
        values = values[:1]
    for index, value in enumerate(values):
        where = f"{path}.values[{index}]"
        match value:
            case {"output": {"text": nested}}:
                for inner, entry in enumerate(text_entries(nested)):
                    read_value(entry, f"{where}.output.text[{inner}]", reading)
            case dict() if "text" in value and not _is_payload(value):
                read_value(value["text"], f"{where}.text", reading)
            case _:
                read_value(value, where, reading)


def read_user_defined(item: Json, path: str, reading: Reading) -> None:
    """Read what an author has put into a user_defined item: LivePerson's object, an action, or both."""
    content, path = item.get("user_defined"), f"{path}.user_defined"
    if not isinstance(content, dict):
        raise unusable(errors.UNDEFINED_STRUCTURED_CONTENT, f"{path} is no object but {name_type(content)}.")
    action = content.get("action")
    if isinstance(action, dict):
        reading.draft.set_action(action.get("name"), action.get("parameters"), f"{path}.action")
    if not isinstance(action, dict) or _is_payload(content):
        _add_payload(content, path, reading)


def read_legacy(text: Any, path: str, reading: Reading, *, objects_only: bool) -> None:
    """Read `output.text`: all of it, or only those objects that `generic` has not brought already."""
    for index, entry in enumerate(text_entries(text)):
        if not objects_only or (isinstance(entry, dict) and entry not in reading.payloads):
            read_value(entry, f"{path}[{index}]", reading)


def read_value(value: Any, path: str, reading: Reading) -> None:
    """Add a text, or one of LivePerson's objects. Raise VendorFailure when it is neither."""
    match value:
        case str():
            payload = _parse_payload(value)
            if payload is None:
                reading.draft.add_text(value, path)
            else:
                _add_payload(payload, path, reading)
        case dict():
            _add_payload(value, path, reading)
        case _:
            raise unusable(errors.UNDEFINED_TEXT, f"{path} is no text but {name_type(value)}.")


def _add_payload(payload: Json, path: str, reading: Reading) -> None:
    """Add one of LivePerson's objects. Raise VendorFailure when it is none, or wrongly made."""
    try:
        # A structuredContent that is null is missing rather than malformed.
        known = payload.get("structuredContent", payload) is not None and reading.draft.add_payload(payload, path)
    except MalformedPayload as error:
        raise unusable(errors.MALFORMED_PAYLOAD, f"In one of LivePerson's objects: {error}.") from error
    if not known:
        raise unusable(errors.UNDEFINED_STRUCTURED_CONTENT, f"{path} is an object without structuredContent.")
    reading.payloads.append(payload)


def text_entries(text: Any) -> Iterator[Any]:
    """Go through texts: an array, the authoring form {values: […]}, or a single one."""
    match text:
        case None:
            return
        case {"values": list(entries)} | list(entries):
            yield from entries
        case _:
            yield text


def _is_payload(value: Json) -> bool:
    return not value.keys().isdisjoint(PAYLOAD_KEYS)


def _parse_payload(text: str) -> Json | None:
    """Apply the rule for JSON in texts: only an object with one of LivePerson's members is more than a text."""
    if not text.lstrip().startswith("{"):
        return None
    try:
        value = loads(text)
    except WireError:
        return None
    return value if _is_payload(value) else None
