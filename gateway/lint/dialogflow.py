"""Lint the export of a Dialogflow ES agent: agent.json, and a file for every intent. docs/contract/vendors/dialogflow-es.md."""

from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from pathlib import PurePosixPath
from typing import Any, Final

from gateway.contract.types import ActionName, Json
from gateway.contract.wire import name_type
from gateway.lint import codes
from gateway.lint.actions import NAMES, UNRESOLVED
from gateway.lint.answer import Answer
from gateway.lint.documents import Documents, name_of
from gateway.lint.near import find_near
from gateway.lint.places import Place

TITLE: Final = "Dialogflow ES"
WELCOME: Final = "WELCOME"
LONG_TEXT: Final = "DIALOGFLOW_CHAR_LIMIT"
_TEXT, _PAYLOAD = "0", "4"
_KINDS: Final = {"1": "card", "2": "quick replies of Dialogflow", "3": "image of Dialogflow"}


def is_agent(names: list[str]) -> bool:
    """Recognise the export of an agent by its files."""
    return any(PurePosixPath(name).name == "agent.json" for name in names)


def check(documents: Documents) -> None:
    """Check every response of every intent."""
    paths = [PurePosixPath(name) for name in documents.names]
    known = frozenset(paths)
    root = min((path for path in paths if path.name == "agent.json"), key=lambda path: len(path.parts))
    documents.load(str(root))
    events: set[str] = set()
    has_fallback = False
    for path in paths:
        if path.parent != root.parent / "intents" or _is_training(path, known):
            continue
        intent = documents.load(str(path), intent=path.stem)
        if intent is None:
            continue
        title = name_of(intent, "name", default=path.stem)
        place = Place(str(path), title)
        documents.findings.intents[title] = None
        answers = _check_intent(documents, intent, place)
        # One with input contexts answers only where they are active.
        has_fallback |= answers and intent.get("fallbackIntent") is True and not intent.get("contexts")
        events |= {
            event["name"]
            for event, _ in documents.objects(intent, "events", place)
            if isinstance(event.get("name"), str)
        }
    _check_coverage(documents, Place(str(root)), events, has_fallback=has_fallback)


def _is_training(path: PurePosixPath, known: AbstractSet[PurePosixPath]) -> bool:
    """Tell INTENT_usersays_LANGUAGE.json with the training phrases, an array, from the intent beside it."""
    intent, found, _ = path.stem.rpartition("_usersays_")
    return bool(found) and path.with_name(f"{intent}.json") in known


def _check_coverage(documents: Documents, place: Place, events: set[str], *, has_fallback: bool) -> None:
    if not has_fallback:
        documents.findings.error(codes.NO_FALLBACK, place, "no fallback intent with an answer or a webhook")
    if WELCOME not in events:
        documents.findings.note(codes.NO_WELCOME, place, f"no intent has the event {WELCOME}")
    if LONG_TEXT not in events:
        documents.findings.note(codes.LONG_TEXT_EVENT, place, f"no intent has the event {LONG_TEXT}")


def _check_intent(documents: Documents, intent: Json, place: Place) -> bool:
    """Check an intent; True when it has an answer."""
    answers = intent.get("webhookUsed") is True
    for response, at in documents.objects(intent, "responses", place):
        answers |= _check_response(documents, response, at)
    if not answers:
        documents.findings.error(
            codes.NO_ANSWER,
            place,
            "has neither a response, an action of LivePerson's nor a webhook: LivePerson gets an empty answer",
        )
    return answers


def _check_response(documents: Documents, response: Json, place: Place) -> bool:
    messages = list(documents.objects(response, "messages", place))
    # A language's messages are one answer. Without any, the oldest exports have the texts beside them.
    languages = list(dict.fromkeys(_language(message) for message, _ in messages))
    answers = False
    for language in languages or [""]:
        answer = Answer(documents.findings, codes.DIALOGFLOW_ES, place)
        for step, (message, at) in enumerate(messages):
            if _language(message) == language:
                _check_message(answer, message, at, step)
        if not messages and response.get("speech"):
            _check_texts(answer, response.get("speech"), place.at("speech"), 0)
        answer.finish()
        answers |= answer.is_useful
    _check_platforms(documents, messages)
    action = Answer(documents.findings, codes.DIALOGFLOW_ES, place)
    _check_action(documents, action, response, place)
    return answers or action.is_useful


def _language(message: Json) -> str:
    language = message.get("lang")
    return language if isinstance(language, str) else ""


def _is_for_another_platform(message: Json) -> bool:
    return message.get("platform") not in (None, "", "PLATFORM_UNSPECIFIED")


def _check_platforms(documents: Documents, messages: list[tuple[Json, Place]]) -> None:
    """Report each other platform once, however much there is for it."""
    others: dict[str, list[Place]] = {}
    for message, at in messages:
        if _is_for_another_platform(message):
            others.setdefault(str(message["platform"])[:40], []).append(at)
    for platform, places in others.items():
        number = "1 message" if len(places) == 1 else f"{len(places)} messages"
        documents.findings.warning(codes.IGNORED, places[0], f"{number} for the platform {platform!r}: ignored")


def _check_message(answer: Answer, message: Json, place: Place, step: int) -> None:
    if _is_for_another_platform(message):
        return
    kind = str(message.get("type"))
    if kind == _TEXT:
        _check_texts(answer, message.get("speech"), place.at("speech"), step)
    elif kind == _PAYLOAD:
        answer.add_payload(message.get("payload"), place.at("payload"), step)
    else:
        answer.findings.warning(
            codes.IGNORED, place, f"{_KINDS.get(kind, 'a message of an unknown type')}: LivePerson has no form for it"
        )


def _check_texts(answer: Answer, speech: Any, place: Place, step: int) -> None:
    """Check the variants of a text, of which Dialogflow chooses one; a single one may be no array."""
    if isinstance(speech, list) and speech:
        for index, text in enumerate(speech):
            answer.add_text(text, place.at(index), step)
    else:
        answer.add_text(speech or "", place, step)


def _check_action(documents: Documents, answer: Answer, response: Json, place: Place) -> None:
    """Check an action that is LivePerson's, or nearly; an agent's own (`input.welcome`) say nothing to LivePerson."""
    name = response.get("action")
    if name is None or name == "":
        return
    if not isinstance(name, str):
        documents.findings.error(codes.BROKEN_FILE, place.at("action"), f"must be a string, not {name_type(name)}")
        return
    if name not in ActionName.__members__:
        if near := find_near(name, NAMES):
            documents.findings.warning(
                codes.DIALOGFLOW_ES.action,
                place.at("action"),
                f"LivePerson does not know the action {name[:40]!r}, and ignores it; did you mean {near}?",
            )
        return
    parameters, places = {}, {}
    for key, value, at in _read_parameters(documents, response, place):
        parameters[key], places[key] = value, at
    answer.add_action(
        name,
        parameters or None,
        place.at("action"),
        0,
        parameters_place=place.at("parameters"),
        places=places,
        are_scalars=True,
    )


def _read_parameters(documents: Documents, response: Json, place: Place) -> Iterator[tuple[str, Any, Place]]:
    """Read names, values and where they are. One that refers to something (`$skill`, `#a.skill`) is known at run time only."""
    for parameter, at in documents.objects(response, "parameters", place):
        name, value = parameter.get("name"), parameter.get("value")
        if isinstance(name, str):
            refers = isinstance(value, str) and value[:1] in {"$", "#", "@"}
            yield name, UNRESOLVED if refers else value, at.at("value")
