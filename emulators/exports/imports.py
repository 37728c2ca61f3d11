"""Take in several exports: name the bots, give each an id at its vendor, and make them answer."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from emulators.exports.player import make_player, make_v1_player
from emulators.exports.reader import read_export
from emulators.exports.source import name_source

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence
    from pathlib import Path

    from emulators.dialogue import Script
    from emulators.exports.bot import Bot, Problem, Vendor

MAX_NAME = 36
LEX_ID = 10
"""The length of a bot's id in Lex V2."""


class ImportRefused(Exception):
    """Exports that contradict their vendor's format."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        """Keep what is wrong, in all of them."""
        super().__init__("\n".join(map(str, problems)))
        self.problems = problems


@dataclass(frozen=True, slots=True)
class ImportedBot:
    """A bot that an emulator plays."""

    name: str
    """Letters, digits and hyphens, at most 36; made of the file's name."""
    id: str
    """How the vendor's API calls it: the Lex bot id, the project of an ES agent, the Watson assistant or workspace."""
    bot: Bot
    remarks: tuple[Problem, ...]


def import_bots(paths: Iterable[Path]) -> list[ImportedBot]:
    """Read exports, or raise ImportRefused with the problems of all. This reads the disk: call it in a thread."""
    exports = [(path, read_export(path)) for path in paths]
    if problems := [problem for _, export in exports for problem in export.problems]:
        raise ImportRefused(problems)
    imported: list[ImportedBot] = []
    for path, export in exports:
        if export.bot is None:
            continue
        name = _unused(_make_name(name_source(path)), [each.name for each in imported], MAX_NAME)
        taken = [each.id for each in imported if each.bot.vendor == export.bot.vendor]
        imported.append(ImportedBot(name, _make_id(name, export.bot.vendor, taken), export.bot, export.remarks))
    return imported


def make_scripts(imported: Iterable[ImportedBot]) -> dict[str, dict[str, Script]]:
    """Make the bots answer: scripts by vendor, as account files name it, and by id.

    A Watson skill answers through both generations of the API.
    """
    scripts: dict[str, dict[str, Script]] = {}
    for each in imported:
        scripts.setdefault(each.bot.vendor, {})[each.id] = make_player(each.bot)
        if each.bot.vendor == "watson-v2":
            scripts.setdefault("watson-v1", {})[each.id] = make_v1_player(each.bot)
    return scripts


def _make_name(file: str) -> str:
    return re.sub(r"[^A-Za-z0-9]+", "-", file).strip("-")[:MAX_NAME].strip("-") or "bot"


def _make_id(name: str, vendor: Vendor, taken: Collection[str]) -> str:
    if vendor == "lex-v2":
        letters = name.replace("-", "").upper()
        return _unused(letters[:LEX_ID].ljust(LEX_ID, "0"), taken, LEX_ID, joint="")
    return name.lower() if vendor == "dialogflow-es" else name


def _unused(wanted: str, taken: Collection[str], longest: int, joint: str = "-") -> str:
    """Return what is wanted, or with the first number that makes it another than those taken, whatever their case."""
    folded = {each.casefold() for each in taken}
    found, number = wanted, 1
    while found.casefold() in folded:
        number += 1
        tail = f"{joint}{number}"
        found = f"{wanted[: longest - len(tail)]}{tail}"
    return found
