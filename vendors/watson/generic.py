"""Read `output.generic`, the same in both generations of Watson's API: one function for each native response type.

Source: docs/contract/vendors/watson.md, "Native response types".
"""

import re
from collections.abc import Callable, Mapping
from typing import Any, Final, TypeAlias

from gateway.contract.draft import MalformedPayload, ReplyDraft, read_boolean, read_seconds
from gateway.contract.types import ActionName, Delay, Json, ReadingContext, Text
from gateway.contract.wire import name_type
from vendors.watson import errors
from vendors.watson.content import Choice, Item, build_image, build_link, build_options, build_suggestions
from vendors.watson.errors import unusable
from vendors.watson.texts import Reading, read_legacy, read_text, read_user_defined

ReadItem: TypeAlias = Callable[[Json, str, Reading], None]
"""Reads one item, found at a path, into what has been read so far. Raises VendorFailure."""

_TYPE: Final = re.compile(r"[a-z][a-z_]{0,39}")
_EMPHASIS: Final = re.compile(r"</?em>")
_GUESSES: Final = {"text": "text", "values": "text", "user_defined": "user_defined"}
"""Member -> the type of an item that names none, as in LivePerson's oldest samples."""


def read_output(output: Json, draft: ReplyDraft, context: ReadingContext) -> None:
    """Read `generic`, or `text` where there is no generic. Raise VendorFailure with the parser's code."""
    reading = Reading(draft, context)
    generic = output.get("generic")
    if generic is not None and not isinstance(generic, list):
        raise unusable(errors.PARSER_CRASHED, f"output.generic is no array but {name_type(generic)}.")
    for index, item in enumerate(generic or ()):
        if text := _find_plain_text(item):
            draft.messages.append(Text(text))
        else:
            _read_item(item, f"output.generic[{index}]", reading)
    if (legacy := output.get("text")) is not None:
        read_legacy(legacy, "output.text", reading, objects_only=bool(generic))
    if reading.skipped and draft.is_empty:
        raise unusable(errors.FORMAT_NOT_SUPPORTED, "Nothing in the answer has a format that can be shown.")


def _find_plain_text(item: Any) -> str:
    """Find the text of an item that is nothing but one, as most are, so that it needs no path for warnings; else ""."""
    if isinstance(item, dict) and item.get("response_type") == "text" and isinstance(text := item.get("text"), str):
        begun = text.lstrip()
        # A blank one is dropped, and what begins like an object may be one.
        return text if begun and begun[0] != "{" else ""
    return ""


def _read_item(item: Any, path: str, reading: Reading) -> None:
    if not isinstance(item, dict):
        raise unusable(errors.PARSER_CRASHED, f"{path} is no object but {name_type(item)}.")
    kind = item.get("response_type")
    if kind is None:
        kind = next((guess for key, guess in _GUESSES.items() if key in item), None)
    read = READERS.get(kind) if isinstance(kind, str) else None
    if read is None:
        # A vendor's word for a type may be named; anything else in its place could be content.
        told = f"type {kind}" if isinstance(kind, str) and _TYPE.fullmatch(kind) else "unknown type"
        reading.skip(f"an item of {told} was skipped: LivePerson has no form for it", path)
    else:
        read(item, path, reading)


def _read_image(item: Json, path: str, reading: Reading) -> None:
    reading.draft.messages.append(build_image(_read_source(item, path), _item(item, path, reading)))


def _read_media(item: Json, path: str, reading: Reading) -> None:
    reading.draft.messages.append(build_link(_read_source(item, path), _item(item, path, reading)))


def _read_option(item: Json, path: str, reading: Reading) -> None:
    choices = _read_choices(item.get("options"), f"{path}.options", reading)
    if not choices:
        raise unusable(errors.UNDEFINED_OPTIONS, f"{path} has no options.")
    reading.draft.messages.append(build_options(choices, _item(item, path, reading)))


def _read_suggestion(item: Json, path: str, reading: Reading) -> None:
    choices = _read_choices(item.get("suggestions"), f"{path}.suggestions", reading)
    if choices:
        made = build_suggestions(choices, _item(item, path, reading), reading.context.channel)
        reading.draft.messages.append(made)
    else:
        reading.skip("an item without suggestions was skipped", path)


def _read_pause(item: Json, path: str, reading: Reading) -> None:
    try:
        seconds = read_seconds(_read_number(item.get("time")) / 1000, "time")
    except ValueError as error:
        raise unusable(errors.UNDEFINED_TIME, f"{path} has no time in milliseconds.") from error
    try:
        typing = read_boolean(item.get("typing"), "typing", default=True)
    except MalformedPayload as error:
        reading.draft.warn(str(error), path)
        typing = True
    reading.draft.messages.append(Delay(seconds, typing))


def _read_search(item: Json, path: str, reading: Reading) -> None:
    """Read Discovery's finds: the header as a text, and a text for each result."""
    if header := _read_string(item, "header"):
        reading.draft.add_text(header, f"{path}.header")
    key = "primary_results" if item.get("primary_results") else "results"
    results = item.get(key)
    for index, result in enumerate(results if isinstance(results, list) else ()):
        found = _read_result(result) if isinstance(result, dict) else ""
        reading.draft.add_text(found, f"{path}.{key}[{index}]")


def _read_conversation_search(item: Json, path: str, reading: Reading) -> None:
    if text := _read_string(item, "text"):
        reading.draft.add_text(text, f"{path}.text")
    else:
        reading.skip("a conversation_search without text was skipped", path)


def _read_connect_to_agent(_: Json, path: str, reading: Reading) -> None:
    """Hand over to the bot's own skill; the item's texts are meant for IBM's web chat."""
    if reading.context.default_skill is None:
        reading.skip("connect_to_agent was ignored: the bot has no escalation skill to hand over to", path)
    else:
        reading.draft.set_action(ActionName.TRANSFER.value, {"skill": reading.context.default_skill}, path)


READERS: Final[Mapping[str, ReadItem]] = {
    "text": read_text,
    "image": _read_image,
    "video": _read_media,
    "audio": _read_media,
    "iframe": _read_media,
    "option": _read_option,
    "suggestion": _read_suggestion,
    "pause": _read_pause,
    "search": _read_search,
    "conversation_search": _read_conversation_search,
    "user_defined": read_user_defined,
    "connect_to_agent": _read_connect_to_agent,
}
"""What LivePerson has a form for; all else (channel_transfer, end_session, date, dtmf, what IBM adds) is skipped."""


def _item(item: Json, path: str, reading: Reading) -> Item:
    return Item(_read_string(item, "title"), _read_string(item, "description"), reading.draft, path)


def _read_choices(entries: Any, path: str, reading: Reading) -> list[Choice]:
    """Read labels and what they stand for; where one of the two is missing, the other does for both."""
    choices = []
    for index, entry in enumerate(entries if isinstance(entries, list) else ()):
        match entry:
            case {"value": {"input": {"text": str(text)}}} if text.strip():
                published = text
            case _:
                published = ""
        label = (_read_string(entry, "label") if isinstance(entry, dict) else "") or published
        if label:
            choices.append(Choice(label, published or label))
        else:
            reading.draft.warn("a choice with neither label nor text was left out", f"{path}[{index}]")
    return choices


def _read_number(value: Any) -> float:
    """Read a number or its digits. Raise ValueError."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise ValueError("must be a number")  # noqa: TRY004 - one kind of error for all that is no number
    return float(value)


def _read_string(item: Json, key: str) -> str:
    """Read an optional text; what is none, or blank, is empty."""
    value = item.get(key)
    return value if isinstance(value, str) and value.strip() else ""


def _read_source(item: Json, path: str) -> str:
    source = _read_string(item, "source").strip()
    if not source:
        raise unusable(errors.UNDEFINED_SOURCE, f"{path} has no source.")
    return source


def _read_result(result: Json) -> str:
    """Put one find on lines of its own; without a body its highlighted passages stand in."""
    body = _read_string(result, "body")
    highlight = result.get("highlight")
    if not body and isinstance(highlight, dict) and isinstance(highlight.get("body"), list):
        body = "\n".join(_EMPHASIS.sub("", passage) for passage in highlight["body"] if isinstance(passage, str))
    return "\n".join(part for part in (_read_string(result, "title"), body, _read_string(result, "url")) if part)
