"""Lint a skill of Watson Assistant: the nodes of a dialog, the steps of actions. docs/contract/vendors/watson.md."""

import re
from collections.abc import Iterator
from typing import Any, Final

from gateway.contract.types import Json
from gateway.contract.wire import name_type
from gateway.lint import codes
from gateway.lint.actions import UNRESOLVED
from gateway.lint.answer import Answer, check_encoded_metadata
from gateway.lint.documents import Documents, name_of
from gateway.lint.places import Place
from gateway.lint.watson_items import check_output

TITLE: Final = "Watson Assistant"
WELCOME: Final = ("welcome", "conversation_start")
FALLBACK: Final = "anything_else"
_OLD_HOST: Final = "watsonplatform.net"
_EXPRESSION: Final = re.compile(r"[$@]\w|<\?")
"""What Watson puts a value in for: `$variable`, `@entity`, `<? … ?>`."""
_GOES_ON: Final = ("jump_to", "skip_user_input", "skip_slot")


def find_workspaces(document: Any) -> list[tuple[Json, Place]]:
    """Find the workspaces of a document: itself, its `workspace`, or those of its `assistant_skills`; [] when it is no skill."""
    if not isinstance(document, dict):
        return []
    skills = document.get("assistant_skills")
    found: list[tuple[Any, Place]] = [(document, Place(""))]
    for index, skill in enumerate(skills if isinstance(skills, list) else ()):
        found.append((skill, Place("").at("assistant_skills", index)))
    spaces = []
    for skill, place in found:
        if not isinstance(skill, dict):
            continue
        for space, at in ((skill, place), (skill.get("workspace"), place.at("workspace"))):
            if isinstance(space, dict) and (_is_dialog(space) or _is_actions(space)):
                spaces.append((space, at))
    return spaces


def _is_dialog(space: Json) -> bool:
    return isinstance(space.get("dialog_nodes"), list)


def _is_actions(space: Json) -> bool:
    return isinstance(space.get("actions"), list) and "dialog_nodes" not in space


def check(documents: Documents, member: str, document: Json) -> None:
    """Check every node and step, and that the skills together have a fallback."""
    conditions: list[str] = []
    spaces = find_workspaces(document)
    for space, found in spaces:
        place = Place(member, "", found.path)
        if _is_dialog(space):
            conditions += _check_dialog(documents, space, place)
        else:
            conditions += _check_actions(documents, space, place)
        for at in _find_text(space, _OLD_HOST, place):
            documents.findings.warning(codes.OLD_URL, at, f"names an address under {_OLD_HOST}")
    place = Place(member, "", spaces[0][1].path)
    if not any(FALLBACK in condition or condition.strip() == "true" for condition in conditions):
        documents.findings.error(codes.NO_FALLBACK, place, f"nothing has the condition {FALLBACK}")
    if not any(word in condition for word in WELCOME for condition in conditions):
        documents.findings.note(codes.NO_WELCOME, place, f"nothing has the condition {WELCOME[0]}")


def _check_dialog(documents: Documents, space: Json, place: Place) -> Iterator[str]:
    """Check the nodes, and give the conditions of those at the root."""
    nodes = list(documents.objects(space, "dialog_nodes", place))
    folders = [node.get("dialog_node") for node, _ in nodes if node.get("type") == "folder"]
    # Nodes with conditional responses, slots or handlers below them, which answer in their place.
    parents = {
        str(node.get("parent")) for node, _ in nodes if node.get("type", "standard") not in ("standard", "folder")
    }
    for index, (node, found) in enumerate(nodes):
        if node.get("disabled") is True:
            continue
        title = name_of(node, "title", "dialog_node", default=f"node {index}")
        documents.findings.intents[title] = None
        at = Place(found.member, title, found.path)
        answer = Answer(documents.findings, codes.WATSON, at)
        output = node.get("output")
        written: Json = output if isinstance(output, dict) else {}
        # Actions first, and before every message, as at run time: one that LivePerson carries out is an answer.
        actions = [
            *documents.objects(node, "actions", at),
            *documents.objects(written, "actions", at.at("output")),
        ]
        for step, (action, here) in enumerate(actions, -len(actions)):
            _check_action(answer, action, here, step)
        check_output(documents, answer, written, at.at("output"))
        variable = documents.object(node, "context", at).get("encodedMetadata")
        _check_variable(documents, variable, at.at("context", "encodedMetadata"))
        answer.finish()
        if not answer.is_useful and _must_answer(node, parents):
            documents.findings.error(
                codes.NO_ANSWER,
                at,
                "has no response, and does not go on to a node that has: LivePerson gets an empty answer",
            )
        is_root = not node.get("parent") or node.get("parent") in folders
        if is_root and isinstance(node.get("conditions"), str):
            yield node["conditions"]


def _must_answer(node: Json, parents: set[str]) -> bool:
    """Say whether a node ends a turn by itself: no folder or slot, no jump, nothing below it that answers in its place."""
    if node.get("type", "standard") not in ("standard", None) or "conditions" not in node:
        return False
    step = node.get("next_step")
    goes_on = isinstance(step, dict) and step.get("behavior") in _GOES_ON
    return not goes_on and str(node.get("dialog_node")) not in parents


def _check_action(answer: Answer, action: Json, place: Place, step: int) -> None:
    """Check an action for the client; those of other types are Watson's own to carry out."""
    kind = action.get("type", "client")
    if not isinstance(kind, str) or kind.lower() != "client":
        return
    parameters = action.get("parameters")
    if isinstance(parameters, dict):
        parameters = {key: UNRESOLVED if _is_expression(value) else value for key, value in parameters.items()}
    answer.add_action(action.get("name"), parameters, place.at("name"), step, parameters_place=place.at("parameters"))


def _is_expression(value: Any) -> bool:
    return isinstance(value, str) and _EXPRESSION.search(value) is not None


def _check_variable(documents: Documents, value: Any, place: Place) -> None:
    """Check an encodedMetadata that is put into a variable, from where it goes out with all texts."""
    if value is None or value == "" or _is_expression(value):
        return
    if isinstance(value, str):
        check_encoded_metadata(documents.findings, value, place)
    else:
        documents.findings.error(codes.ENCODED_METADATA, place, f"must be a string, not {name_type(value)}")


def _check_actions(documents: Documents, space: Json, place: Place) -> Iterator[str]:
    """Check the steps of actions, and give the conditions under which an action begins."""
    for index, (action, found) in enumerate(documents.objects(space, "actions", place)):
        title = name_of(action, "title", "action", default=f"action {index}")
        documents.findings.intents[title] = None
        at = Place(found.member, title, found.path)
        for key in ("steps", "handlers"):
            for step, here in documents.objects(action, key, at):
                answer = Answer(documents.findings, codes.WATSON, here)
                check_output(documents, answer, documents.object(step, "output", here), here.at("output"))
                answer.finish()
                context = documents.object(step, "context", here)
                for variable, where in documents.objects(context, "variables", here.at("context")):
                    if variable.get("skill_variable") == "encodedMetadata":
                        value = documents.object(variable, "value", where).get("scalar")
                        _check_variable(documents, value, where.at("value", "scalar"))
        condition = action.get("condition")
        if isinstance(condition, dict) and isinstance(condition.get("expression"), str):
            yield condition["expression"]
        yield str(action.get("action"))


def _find_text(value: Any, text: str, place: Place) -> Iterator[Place]:
    """Find the strings that hold a text."""
    if isinstance(value, str):
        if text in value:
            yield place
    elif isinstance(value, dict):
        for key, child in value.items():
            yield from _find_text(child, text, place.at(key))
    elif isinstance(value, list):
        for index, child in enumerate(value):
            yield from _find_text(child, text, place.at(index))
