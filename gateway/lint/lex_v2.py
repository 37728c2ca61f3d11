"""Lint the export of a Lex V2 bot: Manifest.json, and a folder with a file for every intent and slot of every locale."""

from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any, Final

from gateway.contract.types import Json
from gateway.lint import codes
from gateway.lint.answer import Answer
from gateway.lint.documents import Documents
from gateway.lint.lex import FALLBACK, MAX_GROUPS, check_content, check_coverage, find_members, is_welcome
from gateway.lint.places import Place

TITLE: Final = "Amazon Lex V2"
MAX_CONTENT: Final = 1024
"""Characters of a message."""
_FORMS: Final = {"plainTextMessage": "PlainText", "customPayload": "CustomPayload", "ssmlMessage": "SSML"}
"""Member of a message -> its content type."""
_GROUPS: Final = ("messageGroupsList", "messageGroups")
"""The list, as exports and as the API spell it."""
_CLOSING: Final = "intentClosingSetting.closingResponse"
_HOOKS: Final = ("enabled", "enableCodeHookInvocation")


def is_bot(names: list[str]) -> bool:
    """Recognise the export of a bot by its files."""
    paths = [PurePosixPath(name) for name in names]
    return any(path.name == "Manifest.json" for path in paths) and any(path.name == "Bot.json" for path in paths)


def check(documents: Documents) -> None:
    """Check every message of every intent and slot, and that each locale answers what it does not understand."""
    paths = [PurePosixPath(name) for name in documents.names]
    locales = {path.parent: _Locale(path) for path in paths if path.name == "BotLocale.json"}
    for path in paths:
        if path.name not in {"Intent.json", "Slot.json"}:
            continue
        # …/LOCALE/Intents/INTENT/Intent.json, and below the intent Slots/SLOT/Slot.json.
        folder = path.parent if path.name == "Intent.json" else path.parent.parent.parent
        home = folder.parent.parent
        locale = locales.setdefault(home, _Locale(home))
        title = f"{folder.name} ({home.name})" if len(locales) > 1 else folder.name
        document = documents.load(str(path), intent=title)
        if document is None:
            continue
        place = Place(str(path), title)
        if path.name == "Slot.json":
            _check_messages(documents, document, place)
        else:
            documents.findings.intents[title] = None
            _check_intent(documents, document, place, locale)
    for locale in locales.values():
        check_coverage(
            documents.findings,
            Place(str(locale.path)),
            has_fallback=locale.has_fallback,
            has_welcome=locale.has_welcome,
        )


@dataclass(slots=True)
class _Locale:
    """What the intents of one language have together."""

    path: PurePosixPath
    has_fallback: bool = False
    has_welcome: bool = False


def _check_intent(documents: Documents, intent: Json, place: Place, locale: _Locale) -> None:
    speaks = _check_messages(documents, intent, place)
    parent = intent.get("parentIntentSignature")
    # Intents of other parents, such as AMAZON.QnAIntent, find their answers themselves.
    answers = speaks or _has_hook(intent) or parent not in (None, "", FALLBACK)
    if parent == FALLBACK:
        locale.has_fallback |= answers
    if not answers:
        documents.findings.error(
            codes.NO_ANSWER, place, "has neither a response nor a Lambda function: LivePerson gets an empty answer"
        )
    locale.has_welcome |= any(
        is_welcome(utterance.get("utterance")) for utterance, _ in documents.objects(intent, "sampleUtterances", place)
    )


def _is_inactive(value: Json) -> bool:
    return value.get("isActive") is False or value.get("active") is False


def _has_hook(value: Any) -> bool:
    """Say whether a Lambda function, or another intent, takes part anywhere."""
    if isinstance(value, dict):
        if any(value.get(key) is True for key in _HOOKS) or value.get("type") == "StartIntent":
            return True
        return any(map(_has_hook, value.values()))
    return isinstance(value, list) and any(map(_has_hook, value))


def _check_messages(documents: Documents, owner: Json, place: Place) -> bool:
    """Check all message groups; True when there is any besides those that ask for a confirmation."""
    speaks = False
    # What is said of the fulfilment and then in closing goes out in one turn.
    end = Answer(documents.findings, codes.LEX, place)
    end_step = 0
    found = sorted(
        find_members(owner, _GROUPS, place, skip=_is_inactive), key=lambda each: each[2].path.endswith(_CLOSING)
    )
    for specification, key, at in found:
        groups = list(documents.objects(specification, key, at))
        if len(groups) > MAX_GROUPS:
            documents.findings.error(
                codes.MESSAGE_GROUPS, at.at(key), f"has {len(groups)} groups, Lex takes {MAX_GROUPS}"
            )
        is_end = at.path.endswith((".successResponse", _CLOSING))
        answer = end if is_end else Answer(documents.findings, codes.LEX, at)
        for step, (group, where) in enumerate(groups, end_step if is_end else 0):
            message = documents.object(group, "message", where)
            for variant, here in [(message, where.at("message")), *documents.objects(group, "variations", where)]:
                _check_message(documents, answer, variant, here, step)
        if is_end:
            end_step += len(groups)
        else:
            answer.finish()
        speaks |= answer.is_useful and not at.path.startswith("intentConfirmationSetting")
    end.finish()
    return speaks


def _check_message(documents: Documents, answer: Answer, message: Json, place: Place, step: int) -> None:
    for key, kind in _FORMS.items():
        if form := documents.object(message, key, place):
            check_content(answer, kind, form.get("value"), place.at(key, "value"), step, limit=MAX_CONTENT)
    if message.get("imageResponseCard") is not None:
        answer.add_visible(step)
        card = documents.object(message, "imageResponseCard", place)
        _check_card(documents, card, place.at("imageResponseCard"))


def _check_card(documents: Documents, card: Json, place: Place) -> None:
    """Check what a card must have for botbridge to show it as structured content."""
    documents.findings.note(codes.RESPONSE_CARD, place, "LivePerson's own connector may not show it")
    buttons = list(documents.objects(card, "buttons", place))
    required = [(card, place, "title"), *((button, at, key) for button, at in buttons for key in ("text", "value"))]
    for owner, at, key in required:
        if not isinstance(owner.get(key), str) or not owner[key].strip():
            documents.findings.error(codes.RESPONSE_CARD, at.at(key), "must be a text that is not blank")
