import math
import re
from pathlib import Path
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.contract.structured_content import (
    Code,
    Finding,
    Severity,
    check_quick_replies,
    check_structured_content,
)
from tests.structured_cases import build, read

TESTS = Path(__file__).parents[3]
PAGE = (TESTS.parent / "docs" / "structured-content.md").read_text()
DIFFERENCES = orjson.loads((TESTS / "differential" / "differences.json").read_bytes())
VALID = read("valid.json")
MISTAKES = read("mistakes.json")
QUICK_REPLIES = read("quick_replies.json")
HOSTS = frozenset({"img.example.com"})


def as_case(findings: list[Finding]) -> list[list[str]]:
    return [[finding.path, finding.code, finding.text] for finding in findings]


@pytest.mark.parametrize("case", VALID, ids=lambda case: case["id"])
@pytest.mark.parametrize("hosts", [None, HOSTS], ids=["any host", "listed host"])
def test_nothing_is_found_in_what_keeps_every_rule(case: dict[str, Any], hosts: frozenset[str] | None) -> None:
    assert check_structured_content(case["content"], image_hosts=hosts) == []


@pytest.mark.parametrize("case", MISTAKES, ids=lambda case: case["id"])
def test_one_mistake_is_found_where_it_is(case: dict[str, Any]) -> None:
    hosts = frozenset(case["hosts"]) if "hosts" in case else None

    assert as_case(check_structured_content(build(case, VALID), image_hosts=hosts)) == case["findings"]


@pytest.mark.parametrize("case", QUICK_REPLIES["valid"], ids=lambda case: case["id"])
def test_nothing_is_found_in_quick_replies_that_keep_every_rule(case: dict[str, Any]) -> None:
    assert check_quick_replies(case["content"]) == []


@pytest.mark.parametrize("case", QUICK_REPLIES["mistakes"], ids=lambda case: case["id"])
def test_one_mistake_in_quick_replies_is_found_where_it_is(case: dict[str, Any]) -> None:
    assert as_case(check_quick_replies(build(case, QUICK_REPLIES["valid"]))) == case["findings"]


def test_every_severity() -> None:
    assert {code: code.severity for code in Code if code.severity is not Severity.BREACH} == {
        Code.NOT_JSON: Severity.UNUSABLE,
        Code.TOO_LARGE: Severity.UNUSABLE,
        Code.UNKNOWN_ROOT: Severity.UNUSABLE,
        Code.IMAGE_FORMAT: Severity.NOTE,
        Code.NAVIGATIONS: Severity.NOTE,
        Code.UNKNOWN_MEMBER: Severity.NOTE,
    }


def test_every_code_is_shown_by_a_case() -> None:
    shown = {code for case in MISTAKES for _, code, _ in case["findings"]}

    assert shown == set(Code) - {Code.NOT_JSON}, "what is not JSON cannot stand in a JSON file"


def test_the_documentation_lists_every_code_with_its_severity() -> None:
    rows = re.findall(r"^\| (`[a-z, `-]+`) \| .* \| (note|breach|unusable) \|$", PAGE, re.MULTILINE)

    assert {code: severity for codes, severity in rows for code in re.findall(r"[a-z-]+", codes)} == {
        code.value: code.severity.value for code in Code
    }


def test_the_documentation_explains_every_difference_from_livepersons_schemas() -> None:
    listed = PAGE.split("| exception | why we report it |\n|---|---|\n")[1].split("\n\n")[0]

    assert listed.splitlines() == [f"| {difference['id']} | {difference['reason']} |" for difference in DIFFERENCES]


def test_a_finding_reads_as_a_line() -> None:
    [finding] = check_structured_content({"type": "text", "text": "x" * 5001})

    assert (str(finding), finding.severity) == (
        "text: has 5001 characters, at most 5000 are allowed",
        Severity.BREACH,
    )


def test_a_finding_about_the_whole_has_no_path() -> None:
    [finding] = check_structured_content({"type": "text", "text": "x" * 15_000})

    assert str(finding) == "has 15025 bytes of JSON, at most 15000 are allowed"


@pytest.mark.parametrize(("size", "codes"), [(15_000, []), (15_001, [Code.TOO_LARGE])])
def test_the_whole_document_may_have_15000_bytes(size: int, codes: list[Code]) -> None:
    texts = [{"type": "text", "text": "x" * length} for length in (5000, 5000, 0)]
    content = {"type": "vertical", "elements": texts}
    texts[-1]["text"] = "x" * (size - len(orjson.dumps(content)))

    assert [finding.code for finding in check_structured_content(content)] == codes


@pytest.mark.parametrize("value", [{1, 2}, 2**70, "\ud800"], ids=["a set", "beyond 64 bits", "a lone surrogate"])
def test_what_json_cannot_hold_is_said(value: Any) -> None:
    [finding] = check_structured_content({"type": "text", "text": value})

    assert (finding.path, finding.code, finding.severity) == ("", Code.NOT_JSON, Severity.UNUSABLE)


def test_what_is_nested_deeper_than_json_is_written_is_said() -> None:
    content: dict[str, Any] = {"type": "text", "text": "x"}
    for _ in range(5000):
        content = {"type": "vertical", "elements": [content]}

    assert [finding.code for finding in check_structured_content(content)] == [Code.NOT_JSON]


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_a_number_that_would_leave_as_null_is_no_number(value: float) -> None:
    findings = check_structured_content({"type": "map", "la": value, "lo": 4})

    assert as_case(findings) == [["la", "wrong-type", "must be a finite number"]]


def test_notes_do_not_crowd_out_breaches() -> None:
    content = {"type": "vertical", "elements": [{"type": "text", "text": "", "x": 1}] * 250 + [{"type": "text"}]}

    findings = check_structured_content(content)

    assert [(finding.path, finding.code) for finding in findings] == [
        *((f"elements[{index}].x", Code.UNKNOWN_MEMBER) for index in range(100)),
        ("elements[250].text", Code.MISSING),
    ]


NAMES = st.sampled_from(
    [
        *("type", "text", "title", "url", "elements", "click", "actions", "metadata", "style", "accessibility", "web"),
        *(
            "selectMode",
            "titles",
            "resp",
            "slots",
            "message",
            "quickReplies",
            "replies",
            "itemsPerRow",
            "uri",
            "la",
            "start",
        ),
    ]
)
KINDS = st.sampled_from(
    [
        *(
            "text",
            "button",
            "image",
            "map",
            "linkPreview",
            "template",
            "keyValuePairList",
            "vertical",
            "horizontal",
            "carousel",
        ),
        *(
            "carouselSelect",
            "accordionSelect",
            "tabs",
            "list",
            "sectionList",
            "section",
            "checklist",
            "checkbox",
            "buttonList",
        ),
        *("submitButton", "publishText", "link", "navigate", "addToCart", "custom", "datePicker", "scheduleSlotList"),
        *("scheduleSlot", "checked", "submitAsText", "quickReplies", "ExternalId"),
    ]
)
SCALARS = st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=5), KINDS)
ANY_JSON = st.recursive(
    SCALARS,
    lambda inner: st.one_of(
        st.lists(inner, max_size=4),
        st.dictionaries(NAMES | st.text(max_size=3), inner, max_size=6),
        st.builds(lambda kind, rest: {**rest, "type": kind}, KINDS, st.dictionaries(NAMES, inner, max_size=6)),
    ),
    max_leaves=25,
)


@given(content=ANY_JSON, hosts=st.none() | st.frozensets(st.text(max_size=3), max_size=2))
def test_whatever_comes_is_judged_and_left_as_it_is(content: Any, hosts: frozenset[str] | None) -> None:
    before = repr(content)

    rich = check_structured_content(content, image_hosts=hosts)
    quick = check_quick_replies(content)

    assert repr(content) == before
    assert quick or ("message" in content and "quickReplies" in content)
    assert rich or content["type"] in before


@given(content=ANY_JSON)
def test_a_mistake_is_found_at_every_depth(content: Any) -> None:
    inside = check_structured_content(content)
    around = check_structured_content({"type": "vertical", "elements": [content]})

    dots = ["" if finding.path.startswith("[") or not finding.path else "." for finding in inside]
    expected = [f"elements[0]{dot}{finding.path}" for dot, finding in zip(dots, inside, strict=True)]
    assert [finding.path for finding in around] == expected or {finding.code for finding in inside + around} & {
        Code.NOT_JSON
    }
