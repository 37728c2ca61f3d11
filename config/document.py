"""Read one YAML file into plain values, and remember the line of each.

YAML 1.2, its core schema: mappings, lists, strings, numbers, true, false, null. Keys are text, as written. Anchors, aliases
and merge keys work.
"""

from collections.abc import Iterator
from typing import Any, Final

from ruamel.yaml import YAML
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from config.parsed import Document
from config.problems import KeyPath, Report
from config.secrets import SecretMissing, Secrets
from config.syntax import TAG, Unusable, compose, line_of

MAX_VALUES: Final = 100_000
"""Values of one file, aliases written out: a few lines of aliases to aliases can stand for more than memory holds."""
FREE_KEYS: Final = frozenset({"with", "credentials_json"})
"""Keys whose values are other people's JSON, where null may mean something. Elsewhere it is a value that was forgotten:
`auth:` alone must not mean "no auth"."""
_STRINGS: Final = {TAG + name for name in ("str", "timestamp", "value", "merge")}
"""Tags whose scalars are text. YAML 1.2's core schema knows no dates: `version: 2021-11-27` is a string."""
_NUMBERS: Final = {TAG + name for name in ("int", "float", "bool")}

_UNICODE: Final = "text that UTF-8 can write"


def read_document(data: bytes, *, secrets: Secrets, report: Report) -> Document | None:
    """Read a file's bytes. Problems go to `report`; None when they leave nothing to check."""
    try:
        root = compose(data)
        reader = _Reader(secrets, report)
        value = reader.read(root, (), line_of(root))
    except Unusable as error:
        report.add(error.line, error.path, error.text)
        return None
    except RecursionError:
        report.add(1, (), "is nested too deeply")
        return None
    return Document(value, reader.lines, reader.nulls)


class _Reader:
    """Turns nodes into values."""

    def __init__(self, secrets: Secrets, report: Report) -> None:
        self.lines: dict[KeyPath, int] = {}
        self.nulls: list[KeyPath] = []
        self._secrets = secrets
        self._report = report
        self._scalars = YAML(typ="safe", pure=True).constructor
        self._values = 0
        self._open: set[int] = set()
        self._checked: set[int] = set()

    def read(self, node: Node, path: KeyPath, line: int) -> Any:
        """Read a node, whose key stands on `line`, and everything below it."""
        self.lines[path] = line
        self._count(path)
        if isinstance(node, ScalarNode):
            return self._read_scalar(node, path, line)
        if id(node) in self._open:
            raise Unusable(line, path, "contains itself")
        self._open.add(id(node))
        try:
            if isinstance(node, MappingNode):
                return self._read_mapping(node, path, line)
            return self._read_list(node, path, line)
        finally:
            self._open.discard(id(node))

    def _read_scalar(self, node: ScalarNode, path: KeyPath, line: int) -> Any:
        if node.tag == TAG + "null":
            if FREE_KEYS.isdisjoint(path[2:]):
                self.nulls.append(path)
            return None
        if node.tag in _STRINGS:
            return self._read_string(node.value, path, line)
        if node.tag in _NUMBERS:
            try:
                return self._scalars.construct_object(node)
            except (ValueError, KeyError):  # a tag that does not fit: !!int x
                self._report.add(line, path, f"is not of the type {node.tag.removeprefix(TAG)}")
                return node.value
        self._add_unknown_tag(node, path, line)
        return node.value

    def _read_string(self, text: str, path: KeyPath, line: int) -> str:
        try:
            text = self._secrets.replace(text)
        except SecretMissing as error:
            self._report.add(line, path, str(error))
        if not _is_unicode(text):
            self._report.add(line, path, f"must be {_UNICODE}")
            return ""
        return text

    def _read_list(self, node: Node, path: KeyPath, line: int) -> list[Any]:
        if node.tag != TAG + "seq":
            self._add_unknown_tag(node, path, line)
        return [self.read(item, (*path, index), line_of(item)) for index, item in enumerate(node.value)]

    def _read_mapping(self, node: MappingNode, path: KeyPath, line: int) -> dict[str, Any]:
        if node.tag != TAG + "map":
            self._add_unknown_tag(node, path, line)
        return {key: self.read(value, (*path, key), at) for key, (value, at) in self._entries(node, path).items()}

    def _entries(self, node: MappingNode, path: KeyPath) -> dict[str, tuple[Node, int]]:
        """Give the values of a mapping by key, with their keys' lines. Its own keys win over those of merge keys."""
        own: dict[str, tuple[Node, int]] = {}
        merged: dict[str, tuple[Node, int]] = {}
        first_check = id(node) not in self._checked  # an alias repeats no problem of its anchor
        self._checked.add(id(node))
        for key_node, value in node.value:
            line = line_of(key_node)
            self._count(path)
            if not isinstance(key_node, ScalarNode):
                self._report.add_beside(line, path, "a key must be text")
            elif not _is_unicode(key_node.value):
                self._report.add_beside(line, path, f"a key must be {_UNICODE}")
            elif key_node.tag == TAG + "merge":
                for source in self._merge_sources(value, (*path, "<<"), line):
                    merged = self._entries(source, path) | merged
            else:
                if key_node.value in own and first_check:
                    text = f"is given twice, first on line {own[key_node.value][1]}"
                    self._report.add_beside(line, (*path, key_node.value), text)
                own[key_node.value] = (value, line)
        return merged | own

    def _merge_sources(self, node: Node, path: KeyPath, line: int) -> Iterator[MappingNode]:
        sources = node.value if isinstance(node, SequenceNode) else [node]
        for source in sources:
            if not isinstance(source, MappingNode):
                self._report.add(line, path, "must be a mapping, or a list of mappings")
            elif id(source) in self._open:
                raise Unusable(line, path, "contains itself")
            else:
                yield source

    def _count(self, path: KeyPath) -> None:
        self._values += 1
        if self._values > MAX_VALUES:
            top = path[:1]
            raise Unusable(self.lines[top], top, f"makes more than {MAX_VALUES} values, aliases written out")

    def _add_unknown_tag(self, node: Node, path: KeyPath, line: int) -> None:
        self._report.add(line, path, f"has the unknown YAML tag {node.tag!a}")


def _is_unicode(text: str) -> bool:
    """Say whether a string has no half of a surrogate pair: YAML can escape one, and nothing downstream can write it."""
    return not any("\ud800" <= character <= "\udfff" for character in text)
