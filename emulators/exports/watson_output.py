"""Read what a node or a step of Watson says, from its authoring form into items of `output.generic`.

https://cloud.ibm.com/apidocs/assistant-v1#createdialognode and
https://cloud.ibm.com/docs/assistant?topic=assistant-dialog-responses-json describe the authoring form.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import orjson

from emulators.exports.bot import Message, Variant

if TYPE_CHECKING:
    from emulators.exports.bot import Place
    from emulators.exports.cursor import Cursor

UNPLAYED = frozenset({"search_skill", "search"})
"""Response types that Watson makes something else of at run time."""


_GUESSES = {"values": "text", "text": "text", "user_defined": "user_defined"}
"""Member -> the type of an item that names none, as in LivePerson's oldest samples."""


def read_output(output: Cursor) -> tuple[Message, ...]:
    """Read `output`: its `generic` items, or in older dialogs its `text`."""
    if not output.items("generic"):
        return tuple(_read_values(output.at("text")))
    return tuple(message for item in output.objects("generic") for message in _read_item(item))


def _read_item(item: Cursor) -> list[Message]:
    kind = item.text("response_type") or next((guess for key, guess in _GUESSES.items() if key in item), "")
    if kind == "text":
        return _read_values(item) if "values" in item else _read_values(item.at("text"))
    if not kind:
        if item.value:
            item.wrong("has no 'response_type'")
        return []
    if kind in UNPLAYED:
        item.remark(f"{kind} finds nothing here: there is no Discovery")
        return []
    return [Message((Variant({**item.value, "response_type": kind}, item.place),), item.place)]


def _read_values(holder: Cursor) -> list[Message]:
    """Read texts: `{"values": […], "selection_policy": …}`, a list of which all are said, or a single one.

    Of several values one is said at a time, in turn or by chance; with the policy multiline all are.
    """
    if isinstance(holder.value, dict) and "values" in holder:
        values, policy = holder.items("values"), holder.text("selection_policy") or "sequential"
    elif isinstance(holder.value, list):
        values, policy = holder.elements(), "multiline"
    elif holder.value in (None, ""):
        return []
    else:
        values, policy = [holder], "multiline"
    said = [messages for value in values if (messages := _read_value(value))]
    if policy == "multiline":
        return [message for messages in said for message in messages]
    if not said or any(len(messages) > 1 for messages in said):
        return said[0] if said else []
    return [Message(tuple(messages[0].variants[0] for messages in said), said[0][0].place)]


def _read_value(value: Cursor) -> list[Message]:
    """Read one text. An object of LivePerson's in place of a text is sent as that object's JSON."""
    given = value.value
    match given:
        case None | {"text": None}:
            return []
        case {"output": {"text": _}}:
            # An old form of LivePerson's samples: a whole output in place of a text.
            nested = value.object("output").at("text")
            values = nested.items("values") if isinstance(nested.value, dict) else nested.elements()
            return [message for each in values for message in _read_value(each)]
        case {"text_expression": {"concat": list()}}:
            text = _read_expression(value.object("text_expression"))
        case {"text": str(text)} if len(given) == 1:
            pass
        case dict():
            text = _dump(given)
        case str():
            text = given
        case _:
            value.wrong("is no text")
            return []
    return [_text(text, value.place)]


def _read_expression(expression: Cursor) -> str:
    """Read a text of an action: pieces of text and variables, the latter as `$name`."""
    pieces = []
    for piece in expression.objects("concat"):
        if "scalar" in piece:
            pieces.append(str(piece.value["scalar"]))
        elif any(key in piece for key in ("variable", "skill_variable", "system_variable")):
            name = next(piece.text(key) for key in ("variable", "skill_variable", "system_variable") if key in piece)
            pieces.append(f"<? ${name} ?>" if name.isidentifier() else "")
        else:
            piece.remark("this part of the text is left out")
    return "".join(pieces)


def _text(text: str, place: Place) -> Message:
    native: dict[str, Any] = {"response_type": "text", "text": text}
    return Message((Variant(native, place),), place)


def _dump(value: Any) -> str:
    return orjson.dumps(value).decode()
