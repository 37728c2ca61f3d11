"""Check the output of a Watson node or step: its response types as authors write them, and LivePerson's objects in texts.

docs/contract/vendors/watson.md, "Native response types" and "LP objects inside Watson answers".
"""

from collections.abc import Callable, Mapping
from typing import Any, Final, TypeAlias

from gateway.contract.draft import PAYLOAD_KEYS, MalformedPayload, read_boolean, read_seconds
from gateway.contract.types import Json
from gateway.contract.wire import WireError, loads
from gateway.lint import codes
from gateway.lint.answer import Answer, check_delay_length
from gateway.lint.codes import Severity
from gateway.lint.content import check_image
from gateway.lint.documents import Documents
from gateway.lint.places import Place

CheckItem: TypeAlias = Callable[[Answer, Json, Place, int], None]

MAX_TYPES: Final = 5
MAX_PUBLISHED: Final = 256
"""Characters that a button can send."""
MAX_TITLE: Final = 128
MAX_LINK: Final = 1024
_VARIANTS: Final = ("sequential", "random")


def check_output(documents: Documents, answer: Answer, output: Json, place: Place) -> None:
    """Check all items of an output; after the actions, which may be all there is to do."""
    items = list(documents.objects(output, "generic", place))
    step, ignored = 0, []
    for item, at in items:
        kind = item.get("response_type")
        if kind is None:
            kind = "text" if "text" in item or "values" in item else "user_defined" if "user_defined" in item else None
        check = _CHECKS.get(kind) if isinstance(kind, str) else None
        if check is None:
            ignored.append((codes.HAND_OVER if kind == "connect_to_agent" else codes.WATSON_FORMAT, at))
        else:
            check(answer, item, at, step)
        # A text item may be several messages.
        values = item.get("values")
        step += max(len(values), 1) if isinstance(values, list) else 1
    # Beside `generic` only those entries of the old `text` are used that are objects.
    _check_legacy(answer, output.get("text"), place.at("text"), step, objects_only=bool(items))
    # Beside something else it goes unnoticed, alone it is an answer that LivePerson fails at.
    severity = Severity.WARNING if answer.is_useful else Severity.ERROR
    for code, at in ignored:
        documents.findings.report(
            severity, code, at.at("response_type"), "ignored: LivePerson has no form for this response type"
        )
    answer.is_useful |= bool(ignored)
    if len(items) > MAX_TYPES:
        documents.findings.warning(
            codes.RESPONSE_TYPES,
            place.at("generic"),
            f"has {len(items)} response types, at most {MAX_TYPES} are possible",
        )


def _check_legacy(answer: Answer, text: Any, place: Place, step: int, *, objects_only: bool = False) -> None:
    """Check `output.text`: a text, several, or the authoring form {values}; entries may be LivePerson's objects."""
    if isinstance(text, dict):
        text, place = text.get("values"), place.at("values")
    if isinstance(text, list):
        for index, entry in enumerate(text):
            if isinstance(entry, dict) or not objects_only:
                _check_value(answer, entry, place.at(index), step)
    elif text is not None and not objects_only:
        _check_value(answer, text, place, step)


def _check_value(answer: Answer, value: Any, place: Place, step: int) -> None:
    if isinstance(value, dict):
        answer.add_payload(value, place, step)
    elif isinstance(value, str) and value.lstrip().startswith("{") and any(f'"{key}"' in value for key in PAYLOAD_KEYS):
        # Watson's authors write LivePerson's objects as text, and what cannot be parsed is shown as it stands.
        try:
            payload = loads(value)
        except WireError as error:
            answer.add_visible(step)
            answer.findings.error(codes.WATSON_BODY, place, f"{error}: the consumer would see it as text")
        else:
            answer.add_payload(payload, place.inside(), step)
    else:
        answer.add_text(value, place, step)


def _check_text(answer: Answer, item: Json, place: Place, step: int) -> None:
    values = item.get("values")
    if "text" in item or not isinstance(values, list):
        answer.is_useful = True
        _check_value(answer, item.get("text"), place.at("text"), step)
        return
    if not values:
        answer.add_text("", place.at("values"), step)
    for index, value in enumerate(values):
        at = place.at("values", index)
        here = step if item.get("selection_policy") in _VARIANTS else step + index
        match value:
            case {"output": {"text": nested}}:
                _check_legacy(answer, nested, at.at("output", "text"), here)
            case {"text_expression": _}:  # of actions: put together at run time
                answer.add_visible(here)
            case {"text": text} if not any(key in value for key in PAYLOAD_KEYS):
                _check_value(answer, text, at.at("text"), here)
            case _:
                _check_value(answer, value, at, here)


def _check_image(answer: Answer, item: Json, place: Place, step: int) -> None:
    if (source := _read_source(answer, item, place, step)) is None:
        return
    if source.lower().startswith("https://"):
        check_image(answer.findings, source, place.at("source"), codes.WATSON_IMAGE)
    else:
        answer.findings.warning(codes.IMAGE, place.at("source"), "is no https address: it is sent as text")


def _check_media(answer: Answer, item: Json, place: Place, step: int) -> None:
    source = _read_source(answer, item, place, step)
    if source is not None and (not source.lower().startswith(("https://", "http://")) or len(source) > MAX_LINK):
        answer.findings.warning(
            codes.IMAGE, place.at("source"), f"is no web address of at most {MAX_LINK} characters: it is sent as text"
        )


def _read_source(answer: Answer, item: Json, place: Place, step: int) -> str | None:
    answer.add_visible(step)
    source = item.get("source")
    if isinstance(source, str) and source.strip():
        return source.strip()
    answer.findings.error(codes.WATSON_IMAGE, place.at("source"), "is required")
    return None


def _check_option(answer: Answer, item: Json, place: Place, step: int) -> None:
    answer.add_visible(step)
    options, at = item.get("options"), place.at("options")
    if not isinstance(options, list) or not options:
        answer.findings.error(codes.WATSON_OPTIONS, at, "is required: at least one option")
        return
    if not _text(item, "title") and "title_expression" not in item:
        answer.findings.warning(codes.WATSON_OPTIONS, place.at("title"), "is missing: the buttons stand alone")
    for index, option in enumerate(options):
        label = _text(option, "label")
        if len(label) > MAX_TITLE:
            answer.findings.warning(
                codes.WATSON_OPTIONS,
                at.at(index, "label"),
                f"has {len(label)} characters: cut to {MAX_TITLE}, a button's title",
            )
        match option:
            case {"value": {"input": {"text": str(published)}}} if published.strip():
                if len(published) > MAX_PUBLISHED:
                    answer.findings.warning(
                        codes.WATSON_OPTIONS,
                        at.at(index, "value", "input", "text"),
                        f"has {len(published)} characters, a button sends {MAX_PUBLISHED}: all options become one text",
                    )
                if not label:
                    answer.findings.warning(
                        codes.WATSON_OPTIONS, at.at(index, "label"), "is missing: the text stands in"
                    )
            case _ if label:
                answer.findings.warning(
                    codes.WATSON_OPTIONS, at.at(index, "value", "input", "text"), "is missing: the label is sent"
                )
            case _:
                answer.findings.error(codes.WATSON_OPTIONS, at.at(index), "has neither a label nor a text: left out")


def _check_pause(answer: Answer, item: Json, place: Place, _step: int) -> None:
    answer.is_useful = True
    time = item.get("time")
    try:
        if isinstance(time, bool) or not isinstance(time, int | float | str):
            raise MalformedPayload("time", "must be a number of milliseconds")
        seconds = read_seconds(float(time) / 1000, "time")
    except ValueError:
        answer.findings.error(codes.WATSON.delay, place.at("time"), "must be a number of milliseconds, 0 or more")
        return
    check_delay_length(answer.findings, seconds, place.at("time"))
    try:
        read_boolean(item.get("typing"), "typing", default=True)
    except MalformedPayload as error:
        answer.findings.warning(codes.WATSON.delay, place.at("typing"), f"{error.problem}; it is taken as true")


def _check_user_defined(answer: Answer, item: Json, place: Place, step: int) -> None:
    content, at = item.get("user_defined"), place.at("user_defined")
    action = content.get("action") if isinstance(content, dict) else None
    if isinstance(action, dict):
        where = at.at("action")
        answer.add_action(
            action.get("name"),
            action.get("parameters"),
            where.at("name"),
            step,
            parameters_place=where.at("parameters"),
        )
    if not isinstance(action, dict) or any(key in PAYLOAD_KEYS for key in content or ()):
        answer.add_payload(content, at, step)


def _accept(answer: Answer, _item: Json, _place: Place, step: int) -> None:
    """Accept what is filled in at run time alone: search results."""
    answer.add_visible(step)


def _text(value: Any, key: str) -> str:
    text = value.get(key) if isinstance(value, dict) else None
    return text if isinstance(text, str) and text.strip() else ""


_CHECKS: Final[Mapping[str, CheckItem]] = {
    "text": _check_text,
    "image": _check_image,
    "video": _check_media,
    "audio": _check_media,
    "iframe": _check_media,
    "option": _check_option,
    "suggestion": _accept,
    "pause": _check_pause,
    "search": _accept,
    "search_skill": _accept,
    "conversation_search": _accept,
    "user_defined": _check_user_defined,
}
"""Response type -> what is checked; LivePerson has no form for all others."""
