"""The types against the examples and tables of docs/contract/hooks.md."""

import re
from pathlib import Path
from typing import Any, get_type_hints, is_typeddict

import pytest

from gateway.contract.wire import loads
from hooks import payloads

PAGE = (Path(__file__).parents[3] / "docs/contract/hooks.md").read_text(encoding="utf-8")
TYPES: dict[str, dict[str, Any]] = {
    "Pre examples": {
        "Dialogflow ES": payloads.DialogflowEsRequest,
        "Dialogflow CX": payloads.DialogflowCxRequest,
        "Custom integration": payloads.FunctionRequest,
        "Lex V2": payloads.LexV2Request,
        "Watson V1": payloads.WatsonV1Request,
        "Watson V2": payloads.WatsonV2Request,
    },
    "Post examples": {
        "Dialogflow ES": payloads.DialogflowEsAnswer,
        "Dialogflow CX": payloads.DialogflowCxAnswer,
        "Custom integration": payloads.FunctionAnswer,
        "Lex V2": payloads.LexV2Answer,
        "Watson V1": payloads.WatsonV1Answer,
        "Watson V2": payloads.WatsonV2Answer,
    },
}
EXAMPLE = re.compile(r"^([A-Z][^\n,\[:]*?)(?: \[[^\n]*|,[^\n]*)?:?\n```json\n(.*?)^```", re.MULTILINE | re.DOTALL)


def examples(heading: str) -> list[tuple[str, Any]]:
    section = PAGE.split(f"### {heading}\n")[1].split("\n## ")[0]
    return [(vendor, loads(text)) for vendor, text in EXAMPLE.findall(section)]


def unnamed(value: Any, shape: Any, path: str = "$") -> list[str]:
    """Give the paths of the members that a type does not name."""
    if not is_typeddict(shape) or not isinstance(value, dict):
        return []
    hints = get_type_hints(shape)
    found = [f"{path}.{key}" for key in value if key not in hints]
    return found + [
        place for key, item in value.items() if key in hints for place in unnamed(item, hints[key], f"{path}.{key}")
    ]


@pytest.mark.parametrize("heading", TYPES)
def test_every_vendor_of_ours_has_an_example(heading: str) -> None:
    assert set(TYPES[heading]) <= {vendor for vendor, _ in examples(heading)}


@pytest.mark.parametrize(
    ("shape", "example"),
    [
        pytest.param(shapes[vendor], example, id=f"{heading}: {vendor}")
        for heading, shapes in TYPES.items()
        for vendor, example in examples(heading)
        # LivePerson's Struct form is read, never handed out.
        if vendor in shapes and "fields" not in example.get("queryParams", {}).get("payload", {})
    ],
)
def test_a_type_names_every_member_of_its_example(shape: Any, example: Any) -> None:
    assert unnamed(example, shape) == []


def test_the_error_report_knows_every_key_of_the_vendors_table() -> None:
    table = PAGE.split("## Vendor keys\n")[1].split("\n## ")[0]
    keys = set()
    for vendor, request, answer in re.findall(r"^\| ([^|]*?) \|[^|]*\| `(\w+)` \| `(\w+)` \|$", table, re.MULTILINE):
        if not vendor.startswith("Microsoft"):
            keys |= {request, answer}
    assert len(keys) == 12
    assert set(get_type_hints(payloads.ErrorReport)) == {"error", "vendor", "convId"} | keys


def test_the_error_report_names_every_member_of_its_example() -> None:
    text = PAGE.split("## Error hook payload\n")[1].split("```json\n")[1].split("```")[0]
    # The example carries a request of Lex V1.
    report = {key: value for key, value in loads(text).items() if key != "lexQuery"}
    assert unnamed(report, payloads.ErrorReport) == []
