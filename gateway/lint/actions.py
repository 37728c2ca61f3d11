"""Check LivePerson's actions and their parameters: docs/contract/custom-integration.md section 2.3, errors.md section 9."""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, Final, TypeAlias

from gateway.contract.draft import MalformedPayload, read_action_parameters
from gateway.contract.types import ActionName, Channel, Json
from gateway.contract.wire import name_type
from gateway.lint import codes
from gateway.lint.codes import Dialect, Severity
from gateway.lint.findings import Findings
from gateway.lint.near import find_near
from gateway.lint.places import Place

Where: TypeAlias = Callable[[str], Place]
"""Finds the place of a parameter."""

NAMES: Final = tuple(ActionName)
PARAMETERS: Final[Mapping[ActionName, tuple[str, ...]]] = {
    ActionName.TRANSFER: ("skill", "agentId"),
    ActionName.CLOSE_CONVERSATION: ("withoutPcs",),
    ActionName.CHANGE_TTR: ("ttrType", "value"),
    ActionName.INVOCATION: ("lambdaUuid", "payload", "failOnError"),
}
_STAND_INS: Final[Json] = {
    "skill": "x",
    "agentId": "x",
    "withoutPcs": True,
    "ttrType": "NORMAL",
    "value": "1",
    "lambdaUuid": "x",
    "payload": {},
    "failOnError": True,
}
"""Good values, for parameters whose value is known only at run time."""


class Unresolved:
    """The value of a parameter that a variable of the bot stands for: any value is possible."""


UNRESOLVED: Final = Unresolved()


def check_action(
    findings: Findings,
    dialect: Dialect,
    name: Any,
    parameters: Any,
    place: Place,
    *,
    parameters_place: Place,
    places: Mapping[str, Place] = MappingProxyType({}),
    are_scalars: bool = False,
    unknown: Severity = Severity.WARNING,
) -> bool:
    """Check one action; True when LivePerson carries it out.

    `places`: where parameters are that are no members of the object at `parameters_place`. `are_scalars`: the vendor's
    parameters can only be strings, so "true" is how to write a boolean. `unknown`: how bad it is when LivePerson does not
    know the action.
    """
    if not isinstance(name, str):
        findings.error(dialect.action, place, f"the action must be a string, not {name_type(name)}")
        return False
    if name not in ActionName.__members__:
        near = find_near(name, NAMES)
        hint = f"; did you mean {near}?" if near else f" (it knows {', '.join(NAMES)})"
        what = f"LivePerson does not know the action {name[:40]!r}, and ignores it{hint}"
        findings.report(unknown, dialect.action, place, what)
        return False

    def where(parameter: str) -> Place:
        if parameter in places:
            return places[parameter]
        # One that is missing has no place; where they stand otherwise, the whole list has.
        return parameters_place if places else parameters_place.at(parameter)

    action = ActionName(name)
    given = _stand_in(parameters)
    try:
        read_action_parameters(action, given)
    except MalformedPayload as error:
        at = parameters_place if error.path == "parameters" else where(error.path)
        hint = _hint(action, given, error.path)
        findings.error(dialect.action, at, f"{name} is ignored: {error.path} {error.problem}{hint}")
        return False
    if isinstance(parameters, dict):
        if not are_scalars:
            _check_types(findings, dialect, action, parameters, where)
        return _check_values(findings, action, parameters, where)
    return True


def _stand_in(parameters: Any) -> Any:
    if not isinstance(parameters, dict):
        return parameters
    return {key: _STAND_INS.get(key) if value is UNRESOLVED else value for key, value in parameters.items()}


def _hint(action: ActionName, given: Any, path: str) -> str:
    """Point at a parameter whose name is nearly the one that is missing."""
    if not isinstance(given, dict) or path in given:
        return ""
    near = next((key for key in given if find_near(key, (path,))), None)
    if near is None:
        near = next((key for key in given if key not in PARAMETERS[action] and path.casefold() in key.casefold()), None)
    return f"; did you mean it by {near!r}?" if near else ""


def _check_types(findings: Findings, dialect: Dialect, action: ActionName, parameters: Json, where: Where) -> None:
    """Report what botbridge reads and the Conversation Tester refuses: strings for booleans and objects, and the like."""
    wanted: dict[str, type] = {"withoutPcs": bool, "failOnError": bool, "payload": dict, "agentId": str}
    for key in PARAMETERS[action]:
        value = parameters.get(key)
        if key in wanted and value not in (None, "", UNRESOLVED) and not isinstance(value, wanted[key]):
            findings.warning(
                dialect.action,
                where(key),
                f"must be {_article(name_type(wanted[key]()))}, not {name_type(value)}: "
                "LivePerson's Conversation Tester refuses it, botbridge reads it",
            )


def _check_values(findings: Findings, action: ActionName, parameters: Json, where: Where) -> bool:
    skills, channel = findings.rules.skills, findings.rules.channel
    skill = parameters.get("skill")
    if action is ActionName.TRANSFER and skills is not None and isinstance(skill, str) and skill not in skills:
        near = find_near(skill, tuple(sorted(skills)))
        hint = f"; did you mean {near!r}?" if near else ""
        findings.error(codes.UNKNOWN_SKILL, where("skill"), f"the account has no skill {skill[:40]!r}{hint}")
    if action is ActionName.CHANGE_TTR:
        if channel is Channel.CHAT:
            findings.warning(codes.CHANGE_TTR, where("ttrType"), "dropped: chat does not know CHANGE_TTR")
            return False
        if "CUSTOM" in (parameters.get("ttrType"), parameters.get("ttrtype")):
            findings.warning(
                codes.CHANGE_TTR, where("ttrType"), "CUSTOM is dropped unless the account has it switched on"
            )
    return True


def _article(noun: str) -> str:
    return f"an {noun}" if noun[0] in "aeiou" else f"a {noun}"
