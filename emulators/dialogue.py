"""A scripted conversation: what a vendor answers, in its own wire format, to each utterance or event."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal, Protocol

import orjson
from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError

from emulators.faults import Fault, Heard, fold, parse_fault

if TYPE_CHECKING:
    from pathlib import Path

Key = tuple[Literal["text", "event"], str]
Check = Callable[[Any], None]
"""Raises ValueError when an answer is none that the vendor could give."""


class DialogueError(ValueError):
    """A dialogue file that cannot be used; the text names the file and the entry."""


@dataclass(frozen=True, slots=True)
class Turn:
    """One answer of a vendor."""

    name: str
    answer: Any = None
    """The native answer. Members that the vendor always sends (ids, echoes) are filled in unless `raw`."""
    attributes: Mapping[str, Any] = field(default_factory=dict)
    """What the bot stores in its session in this turn."""
    fault: Fault | None = None
    """What goes wrong in this turn; with `times` it goes well afterwards."""
    raw: bool = False
    """Send the answer as it stands: unchecked, and with nothing filled in."""


@dataclass(slots=True)
class Memory:
    """What a vendor keeps for one session from turn to turn."""

    session: str = ""
    """The session's name in the vendor's API."""
    now: float = 0.0
    """Seconds since the epoch, by the emulator's clock, in the turn that is played."""
    variables: Mapping[str, Any] = field(default_factory=dict)
    """What the session holds for client and bot to see: attributes, context variables. A turn returns what it changes."""
    hidden: dict[str, Any] = field(default_factory=dict)
    """What a script needs to know again in the next turn; changed in place."""


class Script(Protocol):
    """Whatever can answer for a vendor: a dialogue, or a bot that was imported."""

    def play(self, heard: Heard, memory: Memory) -> Turn:
        """Answer what was heard in a session."""
        ...


@dataclass(frozen=True, slots=True)
class Dialogue:
    """Turns by what they answer, and the answer to everything else."""

    turns: Mapping[Key, Turn]
    fallback: Turn

    def find(self, heard: Heard) -> Turn:
        """Return the turn for what was heard: an event's name, or a text after trimming and case folding."""
        return self.turns.get(key_of(heard), self.fallback)

    def play(self, heard: Heard, memory: Memory) -> Turn:  # noqa: ARG002 - a dialogue remembers nothing
        """Answer what was heard, the same in every session."""
        return self.find(heard)


def key_of(heard: Heard) -> Key:
    """Return the key of a turn. An event wins over a text; no text at all is the empty text."""
    if heard.event is not None:
        return ("event", fold(heard.event))
    return ("text", fold(heard.text or ""))


def load_dialogue(path: Path, check: Check) -> Dialogue:
    """Read a dialogue from a YAML or (by its suffix) JSON file. This reads the disk: call it in a thread."""
    source = path.name
    try:
        content = path.read_bytes()
        data = orjson.loads(content) if path.suffix == ".json" else YAML(typ="safe", pure=True).load(content)
    except (OSError, orjson.JSONDecodeError, MarkedYAMLError) as error:
        raise DialogueError(f"{source}: {error}") from error
    return parse_dialogue(data, source, check)


def parse_dialogue(data: Any, source: str, check: Check) -> Dialogue:
    """Build a dialogue from `{turns: [...], fallback: {...}}`, or raise a DialogueError that names source and entry."""
    if not isinstance(data, dict) or not isinstance(data.get("turns"), list):
        raise DialogueError(f"{source}: a dialogue has a list 'turns'")
    if unknown := sorted(data.keys() - {"turns", "fallback"}):
        raise DialogueError(f"{source}: unknown keys {', '.join(unknown)}")
    turns: dict[Key, Turn] = {}
    names: set[str] = set()
    for number, entry in enumerate(data["turns"], start=1):
        place = f"{source}: turn {number}"
        if not isinstance(entry, dict) or not isinstance(entry.get("name"), str):
            raise DialogueError(f"{place}: has no 'name'")
        place = f"{place} ({entry['name']})"
        if entry["name"] in names:
            raise DialogueError(f"{place}: the name is taken")
        names.add(entry["name"])
        turn = _parse_turn(entry, place, check)
        for key in _keys(entry, place):
            if key in turns:
                raise DialogueError(f"{place}: {key[0]} {key[1]!r} is answered by turn {turns[key].name!r} already")
            turns[key] = turn
    if not isinstance(data.get("fallback"), dict):
        raise DialogueError(f"{source}: has no 'fallback' answer")
    return Dialogue(turns, _parse_turn({"name": "fallback", **data["fallback"]}, f"{source}: fallback", check))


def _keys(entry: Mapping[str, Any], place: str) -> list[Key]:
    """Return what a turn answers: its `say` and `event`, each a string or a list; its name when it has neither."""
    if "say" not in entry and "event" not in entry:
        return [("text", fold(entry["name"]))]
    keys: list[Key] = []
    for member, kind in (("say", "text"), ("event", "event")):
        given = entry.get(member, [])
        for said in given if isinstance(given, list) else [given]:
            if not isinstance(said, str):
                raise DialogueError(f"{place}: '{member}' is a string or a list of strings")
            keys.append(("text" if kind == "text" else "event", fold(said)))
    return keys


def _parse_turn(entry: Mapping[str, Any], place: str, check: Check) -> Turn:
    if unknown := sorted(entry.keys() - {"name", "say", "event", "answer", "attributes", "fault", "raw"}):
        raise DialogueError(f"{place}: unknown keys {', '.join(unknown)}")
    raw = entry.get("raw", False)
    attributes = entry.get("attributes", {})
    if not isinstance(raw, bool) or not isinstance(attributes, dict):
        raise DialogueError(f"{place}: 'raw' is true or false, 'attributes' an object")
    try:
        fault = parse_fault(entry["fault"]) if "fault" in entry else None
        if "answer" in entry and not raw:
            check(entry["answer"])
    except ValueError as error:
        raise DialogueError(f"{place}: {error}") from error
    if "answer" not in entry and (fault is None or fault.times is not None):
        raise DialogueError(f"{place}: has neither an 'answer' nor a 'fault' that never ends")
    return Turn(entry["name"], entry.get("answer"), attributes, fault, raw)
