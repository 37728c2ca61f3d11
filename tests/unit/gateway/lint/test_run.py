from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.lint.codes import CODES
from gateway.lint.findings import LintedExport, Refusal, Report, Rules
from gateway.lint.run import NO_EXPORT, lint_paths, lint_source
from gateway.lint.sources import Source, open_export
from tests.unit.gateway.lint.mistakes import DATA, expand, lint_folder, make_source, read_export, show

FOLDERS = sorted(path.name for path in (DATA / "exports").iterdir())
CASES = [(folder, case) for folder in FOLDERS for case in orjson.loads((DATA / f"{folder}.json").read_bytes())]
FORMATS = {
    "dialogflow-es": "Dialogflow ES",
    "lex-v1": "Amazon Lex V1",
    "lex-v2": "Amazon Lex V2",
    "watson-actions": "Watson Assistant",
    "watson-dialog": "Watson Assistant",
}
INTENTS = {
    "dialogflow-es": ("Fallback", "Long", "Order", "Person", "Welcome"),
    "lex-v1": ("Welcome", "Order", "Person"),
    "lex-v2": ("FallbackIntent", "Order", "Person", "Welcome"),
    "watson-actions": ("Greet", "Order", "No match"),
    "watson-dialog": ("Welcome", "Order", "Person", "Choose", "node_5", "Folder", "Anything else"),
}


@pytest.mark.parametrize(("folder", "case"), CASES, ids=[f"{folder}: {case['id']}" for folder, case in CASES])
def test_finds_the_mistake_and_nothing_else(folder: str, case: dict[str, Any]) -> None:
    found = lint_folder(folder, case["changes"], case.get("options", {})).findings

    assert [show(finding) for finding in found] == case["findings"]
    assert [finding.remedy for finding in found] == [CODES[finding.code].remedy for finding in found]


@pytest.mark.parametrize("folder", FOLDERS)
def test_finds_nothing_in_a_good_export(folder: str) -> None:
    assert lint_folder(folder, [], {}) == LintedExport(
        file="bot", is_folder=True, format=FORMATS[folder], intents=INTENTS[folder], findings=()
    )


def test_every_code_is_found_in_each_of_its_severities_and_no_other() -> None:
    found = {(finding["code"], finding["severity"]) for _, case in CASES for finding in case["findings"]}
    said = {(code, severity.value) for code, entry in CODES.items() for severity in entry.severities}

    assert found == said


@pytest.mark.parametrize("folder", FOLDERS)
def test_a_zip_is_read_as_its_folder_is(folder: str, tmp_path: Path) -> None:
    folder_case = next(case for name, case in CASES if name == folder and case["findings"])
    source = make_source(folder, folder_case["changes"])
    zipped = tmp_path / "bot.zip"
    with ZipFile(zipped, "w") as archive:
        for name, data in source.members.items():
            archive.writestr(name, data)
    expected = lint_folder(folder, folder_case["changes"], {})

    report = lint_paths([zipped], Rules())

    assert report.refusals == ()
    assert [(each.file, each.is_folder, each.findings) for each in report.exports] == [
        (str(zipped), False, expected.findings)
    ]


def test_an_agent_in_a_folder_of_its_zip_is_read() -> None:
    members = {f"agent/{name}": data for name, data in make_source("dialogflow-es").members.items()}

    linted = lint_source(Source("bot.zip", False, members), Rules())

    assert isinstance(linted, LintedExport)
    assert (linted.intents, linted.findings) == (INTENTS["dialogflow-es"], ())


@pytest.mark.parametrize(
    "members",
    [
        {"Manifest.json": b"{}", "b/BotLocales/en_US/BotLocale.json": b"{}"},
        {"b/Bot.json": b"{}"},
        {"intents/Order.json": b'{"name": "Order"}'},
        {"a.json": b"[1]", "b.json": b'{"resource": {}, "metadata": {}}'},
        {"": b'{"dialog_nodes": {}}'},
        {"": b'{"assistant_skills": [[], {"workspace": []}]}'},
        {},
    ],
    ids=str,
)
def test_what_lacks_the_marks_of_an_export_is_refused(members: dict[str, bytes]) -> None:
    assert lint_source(Source("x", False, members), Rules()) == Refusal("x", NO_EXPORT)


def test_skills_of_an_assistant_are_read_together() -> None:
    skills = [read_export(folder)["skill.json"] for folder in ("watson-dialog", "watson-actions")]
    skills[1]["workspace"]["actions"][1]["steps"][0]["output"]["generic"][0]["user_defined"] = {"card": 1}

    linted = lint_source(Source("a.json", False, {"": orjson.dumps({"assistant_skills": skills})}), Rules())

    assert isinstance(linted, LintedExport)
    assert linted.intents == tuple(dict.fromkeys(INTENTS["watson-dialog"] + INTENTS["watson-actions"]))
    assert [(finding.code, finding.place.path) for finding in linted.findings] == [
        (
            "watson-assistant-invalid-body",
            "assistant_skills[1].workspace.actions[1].steps[0].output.generic[0].user_defined",
        )
    ]


def test_a_folder_is_searched_and_only_what_is_named_or_broken_is_refused(tmp_path: Path) -> None:
    for folder in ("dialogflow-es", "lex-v2"):
        for name, data in make_source(folder).members.items():
            (tmp_path / folder / name).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / folder / name).write_bytes(data)
    (tmp_path / "skill.json").write_bytes(make_source("watson-dialog").members["skill.json"])
    (tmp_path / "other.json").write_text('{"name": "no export"}')
    (tmp_path / "broken.zip").write_bytes(b"PK\x03\x04")
    (tmp_path / ".hidden").mkdir()
    (tmp_path / ".hidden" / "skill.json").write_text("{}")

    report = lint_paths([tmp_path, tmp_path / "other.json", tmp_path / "nowhere.json"], Rules())

    assert [Path(export.file).name for export in report.exports] == ["dialogflow-es", "lex-v2", "skill.json"]
    assert [(Path(refusal.file).name, refusal.reason) for refusal in report.refusals] == [
        ("broken.zip", "is a zip file that cannot be read: File is not a zip file"),
        ("other.json", NO_EXPORT),
        ("nowhere.json", "cannot be read: No such file or directory"),
    ]


def test_a_folder_without_an_export_is_refused(tmp_path: Path) -> None:
    (tmp_path / "package.json").write_text("{}")

    assert lint_paths([tmp_path], Rules()) == Report((), (Refusal(str(tmp_path), "holds no export"),))


@pytest.mark.parametrize(
    ("changes", "strict", "code"),
    [
        ([], True, 0),
        ([{"member": "intents/Long.json"}], True, 0),
        ([{"member": "intents/Person.json", "path": ["responses", 0, "action"], "value": "transfer"}], False, 0),
        ([{"member": "intents/Person.json", "path": ["responses", 0, "action"], "value": "transfer"}], True, 1),
        ([{"member": "intents/Fallback.json"}], False, 1),
    ],
    ids=["nothing", "a note, strict", "a warning", "a warning, strict", "an error"],
)
def test_says_how_the_command_ends(changes: list[dict[str, Any]], strict: bool, code: int) -> None:
    report = Report((lint_folder("dialogflow-es", changes, {}),), ())

    assert report.exit_code(strict=strict) == code
    assert Report(report.exports, (Refusal("x", "y"),)).exit_code(strict=strict) == 2


FIELDS = """
    resource intents messages contentType content dialog_nodes output generic text values workspace actions steps
    structuredContent quickReplies delay textResponse messageAudience encodedMetadata metadata type params action data
    skill responses speech payload parameters name value response_type options
"""
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**63) | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda children: (
        st.lists(children, max_size=4)
        | st.dictionaries(st.sampled_from(FIELDS.split()) | st.text(max_size=5), children, max_size=5)
    ),
    max_leaves=25,
)


@given(data=st.binary(max_size=200) | st.binary(max_size=200).map(lambda tail: b"PK\x03\x04" + tail))
def test_any_bytes_are_an_export_or_refused(data: bytes) -> None:
    source = open_export("x", data)

    assert isinstance(source, Refusal) or isinstance(lint_source(source, Rules()), LintedExport | Refusal)


@given(document=JSON)
def test_any_json_is_an_export_or_refused(document: Any) -> None:
    source = Source("x", False, {"": orjson.dumps(document)})

    assert isinstance(lint_source(source, Rules()), LintedExport | Refusal)


def find_paths(value: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    yield path
    for key, child in value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ():
        yield from find_paths(child, (*path, key))


PLACES = [
    (folder, member, path)
    for folder in FOLDERS
    for member, document in read_export(folder).items()
    for path in find_paths(document)
    if path
]
STRANGE: list[Any] = [None, True, 5, -1e300, "x", "{", [], {}, [[]], [{}], {"a": []}, ["x", 5]]


@pytest.mark.parametrize("strange", STRANGE, ids=str)
def test_any_value_in_any_place_of_an_export_is_survived(strange: Any) -> None:
    for folder, member, path in PLACES:
        members = read_cached(folder)
        document = orjson.loads(members[member])
        *steps, last = path
        target = document
        for step in steps:
            target = target[step]
        target[last] = strange

        linted = lint_source(Source("x", True, {**members, member: orjson.dumps(document)}), Rules())

        assert isinstance(linted, LintedExport | Refusal), (folder, member, path)


@cache
def read_cached(folder: str) -> dict[str, bytes]:
    return {name: orjson.dumps(document) for name, document in read_export(folder).items()}


def test_shorthands_of_the_tables_are_written_out() -> None:
    assert expand([{"$json": {"a": {"$repeat": ["x", 3]}}}]) == ['{"a":"xxx"}']
