"""Walk through an export's JSON, keeping the place, and note what is wrong instead of stopping there."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from emulators.exports.bot import Place, Problem
from emulators.exports.source import Source, SourceError

_NAMES = {dict: "an object", list: "an array", str: "text", bool: "true or false", type(None): "null"}


@dataclass(slots=True)
class Notes:
    """What was found while reading one export."""

    problems: list[Problem] = field(default_factory=list)
    remarks: list[Problem] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Cursor:
    """A value of an export and where it stands.

    The members that the readers ask for may be missing, or null, as vendors leave out what is empty; then the empty value
    is returned. What has another type is noted as a problem and read as the empty value too.
    """

    value: Any
    place: Place
    notes: Notes

    def __contains__(self, key: str) -> bool:
        """Tell whether a member is there and not null."""
        return isinstance(self.value, dict) and self.value.get(key) is not None

    def wrong(self, text: str) -> None:
        """Note that this value contradicts the vendor's format."""
        self.notes.problems.append(Problem(self.place, text))

    def remark(self, text: str) -> None:
        """Note that the emulators do not play this."""
        self.notes.remarks.append(Problem(self.place, text))

    def at(self, key: str) -> Cursor:
        """Return a member, which may be missing."""
        value = self.value.get(key) if isinstance(self.value, dict) else None
        return Cursor(value, self.place / key, self.notes)

    def object(self, key: str) -> Cursor:
        """Return a member that is an object."""
        return self.at(key).checked(dict, {})

    def objects(self, key: str) -> list[Cursor]:
        """Return the objects in a list, without those items that are none."""
        return self.at(key).elements(dict)

    def items(self, key: str) -> list[Cursor]:
        """Return the items of a list."""
        return self.at(key).elements()

    def elements(self, kind: type | None = None) -> list[Cursor]:
        """Return the items of the list that this is, without those of another type."""
        value = self.checked(list, []).value
        items = [Cursor(item, self.place / index, self.notes) for index, item in enumerate(value)]
        if kind is None:
            return items
        return [checked for item in items if (checked := item.checked(kind, None)).value is not None]

    def texts(self, key: str) -> list[Cursor]:
        """Return the texts in a list, or the text alone where it stands in place of a list."""
        found = self.at(key)
        if isinstance(found.value, str):
            return [found]
        return found.elements(str)

    def text(self, key: str, default: str = "", *, required: bool = False) -> str:
        """Return a text; one that is required must be there and not blank."""
        found = self.at(key).checked(str, default)
        if required and not found.value.strip():
            if self.at(key).value is None or isinstance(self.at(key).value, str):
                self.wrong(f"has no {key!r}")
            return default
        return str(found.value)

    def flag(self, key: str) -> bool:
        """Return true or false; false where it is missing."""
        return bool(self.at(key).checked(bool, False).value)

    def number(self, key: str, default: int) -> int:
        """Return a whole number, also one written as text."""
        found = self.at(key)
        if isinstance(found.value, str) and found.value.strip().lstrip("-").isdecimal():
            return int(found.value)
        if isinstance(found.value, bool) or (isinstance(found.value, float) and not found.value.is_integer()):
            found.wrong(f"must be a whole number, not {_name(found.value)}")
            return default
        if isinstance(found.value, float):
            return int(found.value)
        return int(found.checked(int, default).value)

    def checked(self, kind: type, default: Any) -> Cursor:
        """Return this when it is of a type, else the default in its place; anything but null is a problem then."""
        if isinstance(self.value, kind):
            return self
        if self.value is not None:
            self.wrong(f"must be {_name(kind())}, not {_name(self.value)}")
        return Cursor(default, self.place, self.notes)


def open_member(source: Source, member: str, notes: Notes, kind: type = dict) -> Cursor | None:
    """Decode a member that must hold an object (a list); None, and a problem, when it does not."""
    place = Place(source.file, member)
    try:
        value = source.load(member)
    except SourceError as error:
        notes.problems.append(Problem(Place(source.file, member, ""), str(error)))
        return None
    cursor = Cursor(value, place, notes)
    if not isinstance(value, kind):
        cursor.wrong(f"must be {_name(kind())}, not {_name(value)}")
        return None
    return cursor


def _name(value: Any) -> str:
    return _NAMES.get(type(value), "a number")
