"""Read the JSON of an export's files, and go through it without trusting its shape."""

from collections.abc import Iterator
from typing import Any

from gateway.contract.types import Json
from gateway.contract.wire import WireError, loads, name_type
from gateway.lint import codes
from gateway.lint.findings import Findings
from gateway.lint.places import Place
from gateway.lint.sources import Source

_BOM = b"\xef\xbb\xbf"


class Documents:
    """The files of one export. What cannot be read is reported, and None or nothing stands in."""

    def __init__(self, source: Source, findings: Findings) -> None:
        self.names = sorted(source.members)
        self.findings = findings
        self._source = source

    def load(self, name: str, *, intent: str = "") -> Json | None:
        """Read a file that holds an object."""
        place = Place(name, intent)
        try:
            value = loads(strip_bom(self._source.members[name]))
        except WireError as error:
            self.findings.error(codes.BROKEN_FILE, place, str(error))
            return None
        if isinstance(value, dict):
            return value
        self.findings.error(codes.BROKEN_FILE, place, f"must be an object, not {name_type(value)}")
        return None

    def objects(self, parent: Json, key: str, place: Place) -> Iterator[tuple[Json, Place]]:
        """Go through the objects of an array that is a member of `parent`, which stands at `place`."""
        entries = parent.get(key)
        if entries is None:
            return
        if not isinstance(entries, list):
            self._complain(place.at(key), "an array", entries)
            return
        for index, entry in enumerate(entries):
            if isinstance(entry, dict):
                yield entry, place.at(key, index)
            else:
                self._complain(place.at(key, index), "an object", entry)

    def object(self, parent: Json, key: str, place: Place) -> Json:
        """Give the object that is a member of `parent`; {} when it is absent, null or none."""
        value = parent.get(key)
        if isinstance(value, dict):
            return value
        if value is not None:
            self._complain(place.at(key), "an object", value)
        return {}

    def _complain(self, place: Place, expected: str, value: Any) -> None:
        self.findings.error(codes.BROKEN_FILE, place, f"must be {expected}, not {name_type(value)}")


def strip_bom(data: bytes) -> bytes:
    """Leave out the byte order mark that editors on Windows put in front."""
    return data.removeprefix(_BOM)


def name_of(value: Json, *keys: str, default: str) -> str:
    """Give the first of some members that is a name."""
    return next((name for key in keys if isinstance(name := value.get(key), str) and name.strip()), default)
