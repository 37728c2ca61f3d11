"""Read an export: find out whose it is, and hand it to the reader of that format."""

from __future__ import annotations

from typing import TYPE_CHECKING

from emulators.exports import dialogflow, lex_v1, lex_v2, watson, watson_actions
from emulators.exports.bot import Export, Place, Problem
from emulators.exports.cursor import Cursor, Notes, open_member
from emulators.exports.source import Source, SourceError, name_source, open_source

if TYPE_CHECKING:
    from pathlib import Path

    from emulators.exports.bot import Bot

UNKNOWN = (
    "is none of the exports that can be read: a Dialogflow ES agent (agent.json, intents/), a Lex V1 bot (resource.intents), "
    "a Lex V2 bot (Bot.json, BotLocales/), a Watson skill (dialog_nodes, or workspace.actions)"
)


CX = "is an agent of Dialogflow CX; of Dialogflow only ES agents can be read"


def read_export(path: Path) -> Export:
    """Read an export; whatever is wrong with it becomes a problem. This reads the disk: call it in a thread."""
    place = Place(str(path), path="")
    try:
        source = open_source(path)
    except SourceError as error:
        return Export(str(path), None, (Problem(place, str(error)),), ())
    notes = Notes()
    try:
        bot = _read(source, name_source(path), notes)
    except RecursionError:
        return Export(str(path), None, (Problem(place, "is nested too deeply"),), ())
    return Export(str(path), bot, tuple(notes.problems), tuple(notes.remarks))


def _read(source: Source, name: str, notes: Notes) -> Bot | None:
    if lex_v2.is_export(source):
        return lex_v2.read(source, name, notes)
    if any("flows" in member.split("/")[:-1] for member in source.members):
        notes.problems.append(Problem(Place(source.file, path=""), CX))
        return None
    if dialogflow.is_export(source):
        return dialogflow.read(source, name, notes)
    for member in source.members:
        if (cursor := open_member(source, member, notes)) is not None and (bot := _read_json(cursor, name)) is not None:
            return bot
    if not notes.problems:
        notes.problems.append(Problem(Place(source.file, path=""), UNKNOWN))
    return None


def _read_json(root: Cursor, name: str) -> Bot | None:
    """Read an export that is one JSON object; None when it is no such."""
    if isinstance(root.at("resource").value, dict) and "intents" in root.at("resource"):
        return lex_v1.read(root, name)
    skills = [root, root.at("workspace")]
    if "assistant_skills" in root:
        skills += [skill.at("workspace") for skill in root.objects("assistant_skills")]
    # A dialog has precedence over actions where an assistant has both.
    for skill in skills:
        if _has(skill, "dialog_nodes"):
            return watson.read(skill, name, skill_name=root.text("name"))
    for skill in skills:
        if _has(skill, "actions"):
            return watson_actions.read(skill, name, skill_name=root.text("name"))
    return None


def _has(skill: Cursor, key: str) -> bool:
    return key in skill and isinstance(skill.value[key], list)
