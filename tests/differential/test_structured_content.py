"""Hold our checker against LivePerson's own validator, over hand-made and generated documents.

Run by `make differential`, which installs the validator. Every difference is listed in differences.json with its reason.
"""

import re
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

import orjson
import pytest

from gateway.contract.structured_content import Code, Finding, Severity, check_structured_content
from tests.differential.schemas import Document, Schemas
from tests.differential.spoiling import make_uri, spoil
from tests.structured_cases import build, read

HERE = Path(__file__).parent
MODULES = HERE.parents[1] / "build" / "differential" / "node_modules"
DIFFERENCES = orjson.loads((HERE / "differences.json").read_bytes())
VALID = read("valid.json")
SEED = 20_240_601
RANDOM_DOCUMENTS = 4_000
RANDOM_URIS = 4_000
SHOWN = 5
"""Disagreements that a failing test prints."""


@dataclass(frozen=True)
class Judged:
    """A document with both judgements."""

    document: Document
    taken: bool
    """LivePerson's."""
    findings: list[Finding]
    """Ours."""


@pytest.fixture(scope="module")
def judged() -> list[Judged]:
    documents = list({orjson.dumps(document.content): document for document in make_documents()}.values())
    verdicts = ask_liveperson([document.content for document in documents])
    return [
        Judged(document, verdict, check_structured_content(document.content))
        for document, verdict in zip(documents, verdicts, strict=True)
    ]


def make_documents() -> Iterator[Document]:
    for case in VALID:
        yield Document(case["content"])
    for mistake in read("mistakes.json"):
        yield Document(build(mistake, VALID))
    schemas = Schemas(MODULES / "json-pollock" / "js" / "schema")
    yield from schemas.every_keyword()
    random = Random(SEED)  # noqa: S311 - a fixed seed, so that a failure comes again
    for number in range(RANDOM_DOCUMENTS):
        content = schemas.invent(random)
        for _ in range(number % 3):
            content = spoil(content, random)
        yield Document(content)
    for _ in range(RANDOM_URIS):
        click = {"actions": [{"type": "link", "uri": make_uri(random)}]}
        yield Document({"type": "button", "title": "x", "click": click}, ("click", "actions", 0))


def ask_liveperson(contents: list[Any]) -> list[bool]:
    assert MODULES.is_dir(), "LivePerson's validator is not installed: run make differential"
    answer = subprocess.run(  # noqa: S603 - our own script
        ["node", str(HERE / "validate.cjs"), str(MODULES)],  # noqa: S607 - the node of the machine
        input=b"".join(orjson.dumps(content) + b"\n" for content in contents),
        capture_output=True,
        check=True,
        timeout=120,
    )
    return [orjson.loads(line) for line in answer.stdout.splitlines()]


def list_reasons(finding: Finding) -> set[str]:
    """Name the listed differences that explain a finding in a document that LivePerson takes."""
    return {
        difference["id"]
        for difference in DIFFERENCES
        if finding.code in difference["codes"]
        and re.fullmatch(difference["path"], finding.path)
        and finding.text.startswith(difference["text"])
    }


def test_there_are_enough_documents_of_both_kinds(judged: list[Judged]) -> None:
    taken = sum(one.taken for one in judged)

    assert taken > 2000
    assert len(judged) - taken > 2000


def test_liveperson_takes_every_hand_made_document_without_a_mistake() -> None:
    assert ask_liveperson([case["content"] for case in VALID]) == [True] * len(VALID)


def test_what_liveperson_takes_we_take(judged: list[Judged]) -> None:
    unexplained = [
        (str(finding), one.document.content)
        for one in judged
        if one.taken
        for finding in one.findings
        if not list_reasons(finding)
    ]

    assert unexplained[:SHOWN] == []


def test_what_liveperson_refuses_we_report(judged: list[Judged]) -> None:
    missed = [one.document.content for one in judged if not one.taken and not one.findings]

    assert missed[:SHOWN] == []


def test_what_liveperson_refuses_is_a_breach_unless_it_is_an_unknown_member(judged: list[Judged]) -> None:
    too_mild = [
        (one.document.content, one.findings)
        for one in judged
        if not one.taken
        if all(finding.severity is Severity.NOTE for finding in one.findings)
        if not any(finding.code is Code.UNKNOWN_MEMBER for finding in one.findings)
    ]

    assert too_mild[:SHOWN] == []


def test_we_report_a_mistake_where_it_was_made(judged: list[Judged]) -> None:
    elsewhere = [
        (one.document, one.findings)
        for one in judged
        if not one.taken and one.document.changed is not None
        # What is too large is looked at no further.
        if not any(
            finding.code is Code.TOO_LARGE or finding.path.startswith(render(one.document.changed))
            for finding in one.findings
        )
    ]

    assert elsewhere[:SHOWN] == []


def render(steps: tuple[str | int, ...]) -> str:
    return "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in steps).removeprefix(".")


@pytest.mark.parametrize("difference", [difference["id"] for difference in DIFFERENCES])
def test_every_listed_difference_occurs(difference: str, judged: list[Judged]) -> None:
    assert any(difference in list_reasons(finding) for one in judged if one.taken for finding in one.findings)
