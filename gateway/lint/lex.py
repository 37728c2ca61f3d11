"""What exports of Lex V1 and V2 share: custom payloads, lengths, message groups. docs/contract/vendors/lex.md."""

from collections.abc import Callable, Collection, Iterator
from typing import Any, Final

from gateway.contract.types import Json
from gateway.contract.wire import WireError, loads
from gateway.lint import codes
from gateway.lint.actions import UNRESOLVED
from gateway.lint.answer import Answer
from gateway.lint.codes import Severity
from gateway.lint.findings import Findings
from gateway.lint.near import find_near
from gateway.lint.places import Place

WELCOME: Final = "WELCOME-INTENT"
"""The utterance that LivePerson sends in place of a welcome event."""
FALLBACK: Final = "AMAZON.FallbackIntent"
MAX_GROUPS: Final = 5


def check_content(answer: Answer, kind: Any, content: Any, place: Place, step: int, *, limit: int) -> None:
    """Check one message: PlainText, CustomPayload or SSML, of at most `limit` characters."""
    if isinstance(content, str) and len(content) > limit:
        answer.findings.error(codes.CONTENT_LENGTH, place, f"has {len(content)} characters, Lex takes at most {limit}")
    match kind:
        case "PlainText":
            answer.add_text(content, place, step)
        case "CustomPayload":
            _check_custom_payload(answer, content, place, step)
        case _:
            answer.is_useful = True
            answer.findings.error(
                codes.LEX_FORMAT, place, "SSML is not supported" if kind == "SSML" else "this format is not supported"
            )


def _check_custom_payload(answer: Answer, content: Any, place: Place, step: int) -> None:
    answer.is_useful = True
    try:
        payload = loads(content if isinstance(content, str) else "")
    except WireError as error:
        answer.findings.error(codes.LEX_JSON, place, str(error))
        return
    place = place.inside()
    kind = payload.get("type") if isinstance(payload, dict) else None
    if kind is None:
        answer.add_payload(payload, place, step)
    elif kind == "ACTION":
        _check_action(answer, payload, place, step)
    elif isinstance(kind, str) and find_near(kind, ("ACTION",)):
        answer.findings.error(codes.LEX.action, place.at("type"), "must be ACTION, in capitals")
    else:
        answer.findings.error(
            codes.LEX_FORMAT,
            place.at("type"),
            "is no type that LivePerson knows: only an action has one, which is ACTION",
        )


def _check_action(answer: Answer, payload: Json, place: Place, step: int) -> None:
    params = payload.get("params")
    if not isinstance(params, dict):
        answer.findings.error(codes.LEX.action, place.at("params"), "is required: an object with action and data")
        return
    data = params.get("data")
    if isinstance(data, dict):
        data = {key: UNRESOLVED if _is_variable(value) else value for key, value in data.items()}
    answer.add_action(
        params.get("action"),
        data,
        place.at("params", "action"),
        step,
        parameters_place=place.at("params", "data"),
        unknown=Severity.ERROR,
    )


def _is_variable(value: Any) -> bool:
    """Say whether Lex puts in a slot `{…}` or a session attribute `[…]`."""
    return isinstance(value, str) and (value[:1], value[-1:]) in {("{", "}"), ("[", "]")} and not _is_json(value)


def _is_json(value: str) -> bool:
    try:
        loads(value)
    except WireError:
        return False
    return True


def find_members(
    value: Any, keys: Collection[str], place: Place, *, skip: Callable[[Json], bool]
) -> Iterator[tuple[Json, str, Place]]:
    """Find all objects, at any depth, that have one of these members, and which; not below one that is skipped."""
    if isinstance(value, dict):
        if skip(value):
            return
        for name, child in value.items():
            if name not in keys:
                yield from find_members(child, keys, place.at(name), skip=skip)
            elif child is not None:
                yield value, name, place
    elif isinstance(value, list):
        for index, child in enumerate(value):
            yield from find_members(child, keys, place.at(index), skip=skip)


def check_coverage(findings: Findings, place: Place, *, has_fallback: bool, has_welcome: bool) -> None:
    """Report a bot that leaves unknown texts or welcomes without an answer."""
    if not has_fallback:
        findings.error(codes.NO_FALLBACK, place, "no fallback with an answer or a Lambda function")
    if not has_welcome:
        findings.note(codes.NO_WELCOME, place, f"no intent has the utterance {WELCOME}")


def is_welcome(utterance: Any) -> bool:
    """Recognise the welcome's utterance; Lex does not mind case."""
    return isinstance(utterance, str) and utterance.strip().casefold() == WELCOME.casefold()
