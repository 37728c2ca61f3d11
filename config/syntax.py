"""Parse a file's bytes as YAML 1.2 into the nodes of its one mapping, which know their lines."""

from typing import Final

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError
from ruamel.yaml.nodes import MappingNode, Node
from ruamel.yaml.reader import ReaderError

from config.problems import KeyPath

TAG: Final = "tag:yaml.org,2002:"
"""Before the name of every type that YAML knows."""


class Unusable(Exception):
    """A file of which nothing can be checked, and the place that makes it so."""

    def __init__(self, line: int, path: KeyPath, text: str) -> None:
        super().__init__(text)
        self.line = line
        self.path = path
        self.text = text


def line_of(node: Node) -> int:
    """Give the line on which a node begins, from 1."""
    line: int = node.start_mark.line + 1
    return line


def compose(data: bytes) -> MappingNode:
    """Parse a file. Raise Unusable."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Unusable(data.count(b"\n", 0, error.start) + 1, (), "is not UTF-8 text") from None
    documents = _parse(text)
    if len(documents) > 1:
        raise Unusable(line_of(documents[1]), (), "has more than one YAML document; one file describes one account")
    if not documents or documents[0].tag == TAG + "null":
        raise Unusable(1, (), "is empty")
    if not isinstance(documents[0], MappingNode):
        raise Unusable(line_of(documents[0]), (), "must be a mapping")
    return documents[0]


def _parse(text: str) -> list[Node]:
    yaml = YAML(typ="safe", pure=True)
    yaml.composer.warn_double_anchors = False  # an anchor may be set anew (YAML 1.2 section 3.2.2.2)
    try:
        return list(yaml.compose_all(text))
    except ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        raise Unusable(line, (), "is not YAML: a character that YAML does not allow") from None
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise Unusable(mark.line + 1 if mark else 1, (), f"is not YAML: {error.problem or error.context}") from None
    except RecursionError:
        raise Unusable(1, (), "is nested too deeply") from None
    except Exception as error:  # noqa: BLE001 - the parser trips over some malformed files in ways of its own
        raise Unusable(1, (), f"is not YAML ({type(error).__name__})") from None
