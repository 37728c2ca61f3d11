"""Lex's custom payloads and cards, which are the same in both API generations, and the codes of what cannot be read.

docs/contract/vendors/lex.md, "Lex V1" (the shapes) and "Lex V2" (the card); docs/contract/structured-content.md, "Generated
by the gateway" (the lengths).
"""

from typing import Any, Final

from gateway.contract.catalogue import PREFIX
from gateway.contract.draft import MalformedPayload, Path, ReplyDraft, write_path
from gateway.contract.errors import FailureKind, VendorFailure
from gateway.contract.types import Json, StructuredContent
from gateway.contract.wire import WireError, loads, name_type

MALFORMED: Final = PREFIX + "aivendor.lex.custom-payload-malformed"
NO_PARAMS: Final = PREFIX + "aivendor.lex.custom-payload-no-params"
TYPE_NOT_SUPPORTED: Final = PREFIX + "aivendor.lex.custom-payload-type-not-supported"
FORMAT_NOT_SUPPORTED: Final = PREFIX + "aivendor.lex.message-format-not-supported"
PARSER_CRASHED: Final = PREFIX + "aivendor.lex.parser-crashed"

MAX_TITLE: Final = 128
"""Characters of a button's title."""
MAX_PUBLISH_TEXT: Final = 256
"""Characters that a button may send back."""
MAX_TEXT_ELEMENT: Final = 5000
"""Characters of a text element."""
MAX_URL: Final = 2048
"""Characters of an image's address."""


def crashed(path: Path, problem: str) -> VendorFailure:
    """Make the failure of an answer that cannot be read."""
    return VendorFailure(
        FailureKind.UNUSABLE, PARSER_CRASHED, f"The answer of Lex cannot be read: {write_path(path)}: {problem}"
    )


def unsupported_format(path: Path) -> VendorFailure:
    """Make the failure of a message in a format that LivePerson has no place for, such as SSML."""
    return VendorFailure(
        FailureKind.UNUSABLE,
        FORMAT_NOT_SUPPORTED,
        f"Lex answered in a message format that is not supported: {write_path(path)}",
    )


def add_custom_payload(content: str, draft: ReplyDraft, path: Path) -> None:
    """Read the JSON of a CustomPayload message. Raise VendorFailure."""
    try:
        payload = loads(content)
    except WireError as error:
        raise VendorFailure(
            FailureKind.UNUSABLE, MALFORMED, f"A custom payload of Lex is {error}, at {write_path(path)}"
        ) from error
    if not isinstance(payload, dict):
        raise crashed(path, f"the custom payload must be an object, not {name_type(payload)}")
    match payload.get("type"):
        case "ACTION":
            params = payload.get("params")
            if not isinstance(params, dict):
                raise VendorFailure(
                    FailureKind.UNUSABLE,
                    NO_PARAMS,
                    f"A custom payload of type ACTION has no params, at {write_path(path)}",
                )
            draft.set_action(params.get("action"), params.get("data"), path)
        case None:
            _add_liveperson_payload(payload, draft, path)
        case _:
            raise _unsupported_type(path)


def _add_liveperson_payload(payload: Json, draft: ReplyDraft, path: Path) -> None:
    try:
        if not draft.add_payload(payload, path):
            raise _unsupported_type(path)
    except MalformedPayload as error:
        raise crashed(error.path, error.problem) from error


def _unsupported_type(path: Path) -> VendorFailure:
    return VendorFailure(
        FailureKind.UNUSABLE,
        TYPE_NOT_SUPPORTED,
        f"A custom payload is of no type that LivePerson knows, at {write_path(path)}",
    )


def add_card(card: Any, draft: ReplyDraft, path: Path) -> None:
    """Turn an image response card into vertical structured content. Raise VendorFailure."""
    if not isinstance(card, dict):
        raise crashed(path, f"must be an object, not {name_type(card)}")
    title = _read_text(card, "title", path)
    subtitle = _read_text(card, "subtitle", path) if card.get("subtitle") is not None else None
    buttons = _read_buttons(card.get("buttons"), (path, "buttons"))
    if any(len(value) > MAX_PUBLISH_TEXT for _, value in buttons):
        # Cut, the button would tell the bot something else: the consumer types it instead.
        lines = [title, *([subtitle] if subtitle else []), *(f"- {text}" for text, _ in buttons)]
        draft.warn(f"a card with a button that sends over {MAX_PUBLISH_TEXT} characters became a text", path)
        draft.add_text("\n".join(lines), path)
        return
    elements: list[Json] = []
    if card.get("imageUrl") is not None:
        elements.append(_make_image(_read_text(card, "imageUrl", path)))
    elements += [_make_text(text) for text in (title, subtitle) if text]
    elements += [
        {"type": "button", "title": text[:MAX_TITLE], "click": {"actions": [{"type": "publishText", "text": value}]}}
        for text, value in buttons
    ]
    draft.messages.append(StructuredContent({"type": "vertical", "elements": elements}))


def _read_text(parent: Json, key: str, path: Path) -> str:
    value = parent.get(key)
    if not isinstance(value, str) or not value.strip():
        raise crashed((path, key), "must be a string that is not blank")
    return value


def _read_buttons(buttons: Any, path: Path) -> list[tuple[str, str]]:
    """Read (text, value) of each button."""
    if buttons is None:
        return []
    if not isinstance(buttons, list):
        raise crashed(path, f"must be an array, not {name_type(buttons)}")
    read = []
    for index, button in enumerate(buttons):
        where = (path, index)
        if not isinstance(button, dict):
            raise crashed(where, f"must be an object, not {name_type(button)}")
        read.append((_read_text(button, "text", where), _read_text(button, "value", where)))
    return read


def _make_image(url: str) -> Json:
    """Make an image, or a text with the link where LivePerson would not show it."""
    if url.lower().startswith("https://") and len(url) <= MAX_URL:
        return {"type": "image", "url": url}
    return _make_text(url)


def _make_text(text: str) -> Json:
    return {"type": "text", "text": text[:MAX_TEXT_ELEMENT]}
