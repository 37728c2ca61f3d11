"""docs/hooks.md says what is so: its code runs, its hooks load, its tables are the code's."""

import dataclasses
import re
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from config.sections import Hooks
from gateway.contract.types import Json
from gateway.contract.wire import loads
from hooks.context import HookContext
from hooks.escalate import after_fallbacks
from hooks.loader import HookSpec, load_hook
from hooks.options import InvalidOptions, check_options
from hooks.redact import read_options, redact, redact_text

PAGE = (Path(__file__).parents[3] / "docs/hooks.md").read_text(encoding="utf-8")


def blocks(language: str) -> list[str]:
    found: list[str] = re.findall(rf"^```{language}\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)
    return found


def section(heading: str) -> str:
    return re.split(r"^#{2,3} ", PAGE.split(f"{heading}\n", 1)[1], maxsplit=1, flags=re.MULTILINE)[0]


def test_the_code_runs_in_the_order_of_the_page() -> None:
    namespace: Json = {}
    for block in blocks("python"):
        exec(block, namespace)  # noqa: S102 - our own page
    assert namespace["payload"] == {"text": "hi", "queryParams": {"sentiment": "good"}}
    hook = namespace["hold_back"]
    with pytest.raises(InvalidOptions, match="threshold: must be a number"):
        check_options(hook, {"threshold": 2})


def test_every_built_in_of_the_page_loads_with_its_options() -> None:
    sections: list[Any] = [YAML(typ="safe").load(StringIO(block))["hooks"] for block in blocks("yaml")]
    entries = [entry for found in sections for entry in [*found.get("pre", []), *found.get("post", [])]]
    loaded = [load_hook(HookSpec(entry["use"], entry["with"])).target for entry in entries if "use" in entry]
    assert loaded.count("hooks.redact:redact") == loaded.count("hooks.escalate:after_fallbacks") == 2


def test_every_hooks_section_of_the_page_is_one() -> None:
    sections = [Hooks.model_validate(YAML(typ="safe").load(StringIO(block))["hooks"]) for block in blocks("yaml")]
    targets = [spec.use or spec.url or spec.lambda_uuid for hooks in sections for spec in [*hooks.pre, *hooks.post]]
    assert "https://hooks.example.org/pre" in targets
    assert "4f9a4c1e-6a0a-4a43-9f5e-7b1d2e3f4a5b" in targets


def test_the_context_table_names_every_member() -> None:
    named = set(re.findall(r"`(\w+)`", "".join(re.findall(r"^\|([^|]*)\|", section("## The context"), re.MULTILINE))))
    members = {field.name for field in dataclasses.fields(HookContext)} - {"snapshot"} | {"event"}
    assert named == members


@pytest.mark.parametrize(
    ("heading", "hook", "good"),
    [
        ("### `hooks.redact:redact` (pre)", redact, {}),
        ("### `hooks.escalate:after_fallbacks` (post)", after_fallbacks, {"skill": "human"}),
    ],
    ids=["redact", "escalate"],
)
def test_the_options_table_is_the_codes(heading: str, hook: Any, good: Json) -> None:
    rows = section(heading).split("|---|---|---|\n", 1)[1].split("\n\n", 1)[0]
    named = re.findall(r"^\| `(\w+)` \|", rows, re.MULTILINE)
    with pytest.raises(InvalidOptions) as caught:
        check_options(hook, {**good, "of another hook": 1})
    assert caught.value.problem == f"is unknown; there is {', '.join(named)}"


def test_the_examples_of_redact_are_so() -> None:
    rows = re.findall(r"^\| `([^`]*)` \| `([^`]*)` \|$", section("### `hooks.redact:redact` (pre)"), re.MULTILINE)
    examples = [row for row in rows if "removed" in row[1]]
    assert len(examples) == 2
    settings = read_options({"mask": "<{kind} removed>"})
    assert [redact_text(text, settings) for text, _ in examples] == [masked for _, masked in examples]


def test_the_error_report_is_json() -> None:
    (report,) = map(loads, blocks("json"))
    assert list(report) == ["error", "vendor", "lexQuery", "convId"]
