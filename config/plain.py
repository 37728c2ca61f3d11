"""Read a file that holds nothing but plain YAML, and quickly: thousands of them at start-up.

libyaml parses it. What it reads is YAML 1.1, which for most files is the same: whatever may mean something else, or be wrong in
any way, is left to `config.document`, which reads YAML 1.2, knows every line, and tells what is wrong.
"""

import re
from typing import Any, Final

from yaml._yaml import CParser
from yaml.error import YAMLError
from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from config.secrets import SecretMissing, Secrets

MAX_NODES: Final = 20_000
"""Of one file; what is larger takes its time."""
_PLAIN: Final = "plain"
_QUOTED: Final = "quoted"
_IMPLICIT: Final = "implicit"
_TAGGED: Final = "tagged"
"""What a node without a tag has in its place; a tag that was written stays as it is, and is none of these."""

_UNUSUAL: Final = re.compile(
    rb"[^\n\r\x20-\x7e\x80-\xff]|\xc2\x85|\xe2\x80[\xa8\xa9]|\xef\xbb\xbf"  # what YAML 1.1 alone takes for line breaks; a BOM
    rb"|^%"  # a directive
    rb"|[|>][-+0-9]*#"  # a comment where none may begin
    rb"|(?:^|[\s\[{,])[&*!]\S",  # an anchor, an alias, a tag
    re.MULTILINE,
)
"""Bytes of which the two versions, or the two parsers, make different things."""
_WHOLE: Final = re.compile(r"-?(?:0|[1-9][0-9]{0,17})")
_DECIMAL: Final = re.compile(r"-?(?:0|[1-9][0-9]{0,14})\.[0-9]{1,15}")
_LIKE_A_NUMBER: Final = re.compile(
    r"[-+]?[0-9_]*\.?[0-9_]*(?:[eE][-+]?[0-9]*)?|[-+]?0[box][0-9a-fA-F_]*|[-+]?\.(?:inf|nan)", re.IGNORECASE
)
"""Every number of YAML 1.2's core schema as the other reader knows it, and more."""
_NUMERIC: Final = frozenset("+-.0123456789")
_WORDS: Final = {"true": True, "false": False}
_ODD_WORDS: Final = frozenset({"", "~", "=", "<<", "null", "Null", "NULL", "True", "TRUE", "False", "FALSE"})
"""What is no text, but for the two words above."""


class _Odd(Exception):
    """Something that is not plain."""


class _Parser(CParser):  # type: ignore[misc]  # libyaml's parser has no types
    """Asks nobody what a scalar is: the reader knows."""

    def resolve(self, kind: type[Node], _value: object, implicit: Any) -> str:
        """Give a node its tag."""
        if kind is not ScalarNode:
            return _IMPLICIT if implicit else _TAGGED
        return _PLAIN if implicit[0] else _QUOTED

    def descend_resolver(self, _parent: Node | None, _index: object) -> None:
        """Do nothing: tags depend on no path."""

    def ascend_resolver(self) -> None:
        """Do nothing."""


def read_plain(data: bytes, secrets: Secrets) -> dict[str, Any] | None:
    """Read a file's bytes; None for whatever is not a mapping in plain YAML with all its secrets at hand."""
    if _UNUSUAL.search(data):
        return None
    try:
        parser = _Parser(data)
        try:
            root = parser.get_single_node()
        finally:
            parser.dispose()
        if isinstance(root, MappingNode):
            return _Reader(secrets).read_mapping(root)
    except (YAMLError, UnicodeError, RecursionError, SecretMissing, _Odd):
        pass
    return None


class _Reader:
    """Turns nodes into values. Raises _Odd and SecretMissing."""

    def __init__(self, secrets: Secrets) -> None:
        self._secrets = secrets
        self._seen: set[int] = set()

    def read_mapping(self, node: MappingNode) -> dict[str, Any]:
        """Read a mapping and everything below it."""
        self._enter(node)
        value: dict[str, Any] = {}
        for key, held in node.value:
            # A key is text however it is written, but for the merge key.
            if not _is_text(key) or (key.tag == _PLAIN and key.value == "<<") or key.value in value:
                raise _Odd
            value[key.value] = self._read(held)
        return value

    def _read(self, node: Node) -> Any:
        tag = node.tag
        if tag == _PLAIN:
            return self._read_plain(node.value)
        if _is_text(node):
            return self._read_text(node.value)
        if isinstance(node, MappingNode):
            return self.read_mapping(node)
        if isinstance(node, SequenceNode):
            self._enter(node)
            return [self._read(item) for item in node.value]
        raise _Odd

    def _enter(self, node: Node) -> None:
        """Take a mapping or a list, once: an alias stands for what may be large, or contain itself."""
        if node.tag != _IMPLICIT or id(node) in self._seen or len(self._seen) > MAX_NODES:
            raise _Odd
        self._seen.add(id(node))

    def _read_plain(self, text: str) -> Any:
        if text in _WORDS:
            return _WORDS[text]
        if text in _ODD_WORDS:
            raise _Odd
        if text[0] in _NUMERIC:
            if _WHOLE.fullmatch(text):
                return int(text)
            if _DECIMAL.fullmatch(text):
                return float(text)
            if _LIKE_A_NUMBER.fullmatch(text):
                raise _Odd
        return self._read_text(text)

    def _read_text(self, text: str) -> str:
        read = self._secrets.replace(text)
        if not read.isascii():
            read.encode()  # half of a surrogate pair, as in a variable that is not UTF-8, is a problem
        return read


def _is_text(node: Node) -> bool:
    """Say whether a node is a scalar without a tag. One without quotes that is not plain has the tag `!`."""
    return node.tag == _PLAIN or (node.tag == _QUOTED and bool(node.style))
