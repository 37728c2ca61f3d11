"""What is wrong with an export is told with its place; what is right is read whichever way it is packed."""

from __future__ import annotations

import zipfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import orjson
import pytest

from emulators.exports.reader import read_export

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from emulators.exports.bot import Problem

DATA = Path(__file__).parents[3] / "data" / "exports"
MALFORMED = orjson.loads((DATA / "malformed.json").read_bytes())
FORMATS = {
    "dialogflow-es": "dialogflow-es",
    "lex-v1.json": "lex-v1",
    "lex-v2": "lex-v2",
    "watson-v1.json": "watson-dialog",
    "watson-v2.json": "watson-dialog",
    "watson-actions.json": "watson-actions",
}


def tell(problems: Sequence[Problem], path: Path) -> list[str]:
    return [str(problem).replace(str(path), "EXPORT") for problem in problems]


@pytest.mark.parametrize("case", MALFORMED, ids=lambda case: case["name"])
def test_problems_name_their_place(case: Any, write_export: Callable[[Mapping[str, Any]], Path]) -> None:
    path = write_export(case["export"])
    assert tell(read_export(path).problems, path) == case["problems"]


def test_what_cannot_be_read_is_a_problem(tmp_path: Path) -> None:
    path = tmp_path / "gone.zip"
    export = read_export(path)
    assert (export.bot, tell(export.problems, path)) == (None, ["EXPORT: cannot be read: No such file or directory"])


def test_nodes_within_nodes_without_end_are_a_problem(write_export: Callable[[Mapping[str, Any]], Path]) -> None:
    nodes = [{"dialog_node": str(depth), "parent": str(depth - 1) if depth else None} for depth in range(5_000)]
    path = write_export({"": {"dialog_nodes": nodes}})
    export = read_export(path)
    assert (export.bot, tell(export.problems, path)) == (None, ["EXPORT: is nested too deeply"])


@pytest.mark.parametrize("name", FORMATS)
def test_formats_are_told_apart(name: str) -> None:
    export = read_export(DATA / name)
    assert export.bot is not None
    assert (export.bot.format, export.problems, export.remarks) == (FORMATS[name], (), ())


@pytest.mark.parametrize("top", ["", "parcel-desk-main/"])
@pytest.mark.parametrize("name", FORMATS)
def test_a_zip_says_what_the_folder_or_file_says(name: str, top: str, tmp_path: Path) -> None:
    packed = tmp_path / "packed.zip"
    with zipfile.ZipFile(packed, "w") as zipped:
        zipped.writestr("__MACOSX/._agent.json", b"\x00")
        for file in [DATA / name] if (DATA / name).is_file() else sorted((DATA / name).rglob("*.json")):
            # With a byte order mark, as some editors write it.
            zipped.writestr(
                f"{top}{file.relative_to(DATA / name) if file != DATA / name else name}",
                b"\xef\xbb\xbf" + file.read_bytes(),
            )

    unpacked, read = read_export(DATA / name).bot, read_export(packed).bot

    assert unpacked is not None
    assert read is not None
    assert read.name == unpacked.name
    assert [answer.messages for answer in map(_bare, read.answers)] == [
        answer.messages for answer in map(_bare, unpacked.answers)
    ]
    assert [[phrase.text for phrase in intent.phrases] for intent in read.intents] == [
        [phrase.text for phrase in intent.phrases] for intent in unpacked.intents
    ]


class _Bare:
    """An answer without its places."""

    def __init__(self, answer: Any) -> None:
        self.messages = [[variant.native for variant in message.variants] for message in answer.messages]


def _bare(answer: Any) -> _Bare:
    return _Bare(answer)
