"""Lint and the emulators go through exports each with code of their own, and must come by the same answers.

Wherever the emulators' reader says that something to be said stands, a mistake is put, and lint has to find it there.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson
import pytest

from emulators.exports.bot import Place
from emulators.exports.reader import read_export
from gateway.lint.codes import Severity
from gateway.lint.findings import LintedExport, Rules
from gateway.lint.run import lint_source
from gateway.lint.sources import Source, find_sources

EXPORTS = Path(__file__).parents[3] / "data" / "exports"
NAMES = ("dialogflow-es", "lex-v1.json", "lex-v2", "watson-actions.json", "watson-v1.json", "watson-v2.json")
STEP = re.compile(r"\.([A-Za-z_]\w*)|\[(\d+)\]|\['([^']*)'\]")


def find_answers(name: str) -> Iterator[Place]:
    """Give the place of everything that a bot can say in an answer."""
    bot = read_export(EXPORTS / name).bot
    assert bot is not None
    for answer in bot.answers:
        for message in answer.messages:
            yield from (variant.place for variant in message.variants)


PLACES = [(name, place) for name in NAMES for place in find_answers(name)]


def open_source(name: str) -> Source:
    (source,) = find_sources(EXPORTS / name)
    assert isinstance(source, Source)
    return source


def split(path: str) -> list[str | int]:
    return [int(index) if index else key or quoted for key, index, quoted in STEP.findall(path.removeprefix("$"))]


def spoil(value: Any) -> Any:
    """Make a mistake of a kind that any place for something to be said can have."""
    match value:
        case str():
            return " "
        case {"response_type": _}:
            return {"response_type": "pause"}
        case _:
            return {"delay": "soon"}


def lint_spoilt(name: str, place: Place) -> list[str]:
    """Lint an export with a mistake at a place, and give the paths where something is wrong."""
    source = open_source(name)
    documents = {member: orjson.loads(data) for member, data in source.members.items()}
    *steps, last = split(place.path)
    target = documents[place.member]
    for step in steps:
        target = target[step]
    target[last] = spoil(target[last])
    members = {member: orjson.dumps(document) for member, document in documents.items()}
    linted = lint_source(Source(source.file, source.is_folder, members), Rules())
    assert isinstance(linted, LintedExport)
    return [
        finding.place.path
        for finding in linted.findings
        if finding.place.member == place.member and finding.severity is not Severity.NOTE
    ]


@pytest.mark.parametrize(
    ("name", "place"), PLACES, ids=[f"{name}: {place.member} {place.path}" for name, place in PLACES]
)
def test_a_mistake_wherever_a_bot_says_something_is_found(name: str, place: Place) -> None:
    path = place.path.removeprefix("$.")

    assert any(found.startswith(path) for found in lint_spoilt(name, place))


@pytest.mark.parametrize("name", NAMES)
def test_nothing_is_wrong_with_the_bots_themselves(name: str) -> None:
    linted = lint_source(open_source(name), Rules())

    assert isinstance(linted, LintedExport)
    assert [finding for finding in linted.findings if finding.severity is not Severity.NOTE] == []
    assert len(linted.intents) >= 10
    assert len(list(find_answers(name))) >= 10
