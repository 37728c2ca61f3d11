from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from config.document import read_document
from config.problems import Report
from config.schema import build_schema, write_schema
from config.secrets import Secrets

ROOT = Path(__file__).parents[3]
DATA = ROOT / "tests" / "data" / "config"
SCHEMA = build_schema()
MALFORMED = [
    path
    for path in sorted((DATA / "malformed").glob("*.yaml"))
    if not path.stem.startswith(("file-", "yaml-", "twice-"))  # a schema sees values, not how they are written
]
VALID = sorted([*(ROOT / "config" / "examples").glob("*.yaml"), *(DATA / "whole").glob("*.yaml")])

BEYOND = {
    "callable", "custom-endpoint-insecure-url", "custom-endpoint-no-host", "escalation-no-skills", "escalation-skill-unknown",
    "defaults-incomplete", "defaults-incomplete-alone", "hooks-options",
    "secret-malformed", "secret-missing", "secret-in-unknown-place",
}  # fmt: skip
"""Malformed files in which only botbridge check finds something: it looks at more than one value, or outside the file."""


class Verbatim(dict[str, str]):
    """An environment in which every variable is a reference to itself: what an editor sees."""

    def get(self, name: str, _default: Any = None) -> Any:
        return f"${{env:{name}}}"


def read_as_an_editor_does(path: Path) -> dict[str, Any]:
    document = read_document(path.read_bytes(), secrets=Secrets(path.parent, Verbatim()), report=Report(str(path)))
    assert document is not None
    return document.value


def test_schema_is_one() -> None:
    Draft202012Validator.check_schema(SCHEMA)


def test_committed_schema_is_the_current_one() -> None:
    assert (ROOT / "config" / "schema.json").read_text() == write_schema(), "run: botbridge schema > config/schema.json"


@pytest.mark.parametrize("path", VALID, ids=lambda path: path.stem)
def test_schema_objects_to_no_valid_file(path: Path) -> None:
    errors = Draft202012Validator(SCHEMA).iter_errors(read_as_an_editor_does(path))
    assert [error.message for error in errors] == []


@pytest.mark.parametrize("path", [path for path in MALFORMED if path.stem not in BEYOND], ids=lambda path: path.stem)
def test_editor_objects_to_what_one_value_shows(path: Path) -> None:
    assert not Draft202012Validator(SCHEMA).is_valid(read_as_an_editor_does(path))


@pytest.mark.parametrize("path", [path for path in MALFORMED if path.stem in BEYOND], ids=lambda path: path.stem)
def test_editor_knows_less_than_check(path: Path) -> None:
    assert Draft202012Validator(SCHEMA).is_valid(read_as_an_editor_does(path))


def keys_of(schema: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Give every key that the schema names, with the key's own schema."""
    for name, definition in [("file", schema), *schema["$defs"].items()]:
        for form in [definition, *definition.get("anyOf", [])]:
            for key, value in form.get("properties", {}).items():
                if name != "CompleteBot":
                    yield f"{name}.{key}", value


def test_every_key_of_an_account_file_is_described() -> None:
    described = {key: "description" in _target(value) for key, value in keys_of(SCHEMA) if "Settings." not in key}
    assert len(described) > 40
    assert [key for key, is_described in described.items() if not is_described] == []


def _target(value: dict[str, Any]) -> dict[str, Any]:
    definition = value.get("$ref", "").rpartition("/")[2]
    return {**value, **SCHEMA["$defs"].get(definition, {})}


def test_null_is_nowhere_allowed() -> None:
    assert '"null"' not in write_schema()


def test_documentation_names_every_key() -> None:
    text = (ROOT / "docs" / "accounts.md").read_text()
    assert [key for key, _ in keys_of(SCHEMA) if f"`{key.rpartition('.')[2]}`" not in text] == []


def test_an_example_shows_every_key() -> None:
    text = "\n".join(path.read_text() for path in (ROOT / "config" / "examples").glob("*.yaml"))
    assert [key for key, _ in keys_of(SCHEMA) if f"{key.rpartition('.')[2]}:" not in text] == []
