"""What both generations of Lex share: message groups, and utterances with slots in braces."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from emulators.exports.bot import Message, Part, Phrase, Variant

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from emulators.exports.bot import Place
    from emulators.exports.cursor import Cursor

_SLOT = re.compile(r"\{(?P<name>[^{}]+)\}")
_KINDS = ("PlainText", "CustomPayload", "SSML")


def read_utterance(text: str, slots: Mapping[str, str | None], place: Place) -> Phrase:
    """Read a sample utterance; `slots` maps the names of the intent's slots to their types.

    In V1 a slot may stand with an example: `{London|City}`.
    """
    return Phrase(tuple(_split(text, slots)), place)


def _split(text: str, slots: Mapping[str, str | None]) -> Iterator[Part]:
    end = 0
    for found in _SLOT.finditer(text):
        name = found["name"].rpartition("|")[2].strip()
        if name not in slots:
            continue
        if found.start() > end:
            yield Part(text[end : found.start()])
        yield Part(found[0], slots[name] or name, name)
        end = found.end()
    if end < len(text) or end == 0:
        yield Part(text[end:])


def note_built_in(intent: Cursor, signature: str) -> None:
    """Note that an intent made from one of Amazon's understands utterances that no export has."""
    built_in = intent.text("parentIntentSignature")
    if built_in and built_in != signature:
        intent.at("parentIntentSignature").remark(f"the utterances that {built_in} brings along are not known here")


def read_v1_messages(holder: Cursor) -> tuple[Message, ...]:
    """Read a V1 prompt or statement: each group of its messages sends one of them. Those without a group are one group.

    https://docs.aws.amazon.com/lex/latest/dg/API_Message.html
    """
    groups: dict[int, list[Variant]] = {}
    places: dict[int, Place] = {}
    for message in holder.objects("messages"):
        kind = message.text("contentType", required=True)
        content = message.text("content", required=True)
        if kind and kind not in _KINDS:
            message.at("contentType").wrong(f"is none of {', '.join(_KINDS)}")
        if kind not in _KINDS or not content:
            continue
        number = message.number("groupNumber", 1)
        variant = Variant({"contentType": kind, "content": content}, message.place / "content")
        groups.setdefault(number, []).append(variant)
        places.setdefault(number, message.place)
    if holder.text("responseCard"):
        holder.at("responseCard").remark("response cards of Lex V1 are not sent")
    return tuple(Message(tuple(groups[number]), places[number]) for number in sorted(groups))


def read_v2_groups(holder: Cursor) -> tuple[Message, ...]:
    """Read the message groups of a V2 prompt or response, as an export or as the API spells the list.

    https://docs.aws.amazon.com/lexv2/latest/APIReference/API_MessageGroup.html
    """
    key = next((key for key in ("messageGroupsList", "messageGroups") if key in holder), "messageGroupsList")
    messages = []
    for group in holder.objects(key):
        wordings = [group.object("message"), *group.objects("variations")]
        variants = [variant for each in wordings if (variant := _read_v2_message(each)) is not None]
        if variants:
            messages.append(Message(tuple(variants), group.place))
        elif "message" not in group:
            group.wrong("has no 'message'")
    return tuple(messages)


def _read_v2_message(message: Cursor) -> Variant | None:
    for key, kind in (("plainTextMessage", "PlainText"), ("customPayload", "CustomPayload"), ("ssmlMessage", "SSML")):
        if key in message:
            text = message.object(key).text("value", required=True)
            native: dict[str, Any] = {"contentType": kind, "content": text}
            return Variant(native, message.place / key / "value") if text else None
    if "imageResponseCard" in message:
        card = message.object("imageResponseCard")
        card.text("title", required=True)
        given = {key: value for key, value in card.value.items() if value is not None}
        return Variant({"contentType": "ImageResponseCard", "imageResponseCard": given}, card.place)
    if message.value:
        message.wrong("has none of plainTextMessage, customPayload, ssmlMessage, imageResponseCard")
    return None
