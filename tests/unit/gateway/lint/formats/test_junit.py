from xml.etree import ElementTree as ET

import pytest

from gateway.lint.findings import Report
from gateway.lint.formats.junit import write_junit
from tests.unit.gateway.lint.mistakes import DATA
from tests.unit.gateway.lint.reports import make_report


@pytest.mark.parametrize(("strict", "page"), [(False, "junit.xml"), (True, "junit_strict.xml")])
def test_writes_the_report(strict: bool, page: str) -> None:
    expected = (DATA / "reports" / page).read_text(encoding="utf-8")

    assert ET.canonicalize(write_junit(make_report(), strict=strict)) == ET.canonicalize(expected)


def test_is_xml_that_counts_what_failed() -> None:
    root = ET.fromstring(write_junit(make_report(), strict=False))  # noqa: S314 - what we have just written

    assert {key: root.get(key) for key in ("tests", "failures", "errors")} == {
        "tests": "10",
        "failures": "2",
        "errors": "1",
    }
    assert [case.get("name") for case in root.iter("testcase") if case.find("failure") is not None] == [
        "Order\\n\\x1b[31m<1>",
        "Order",
    ]


def test_writes_an_empty_report() -> None:
    assert ET.fromstring(write_junit(Report((), ()), strict=True)).findall("testsuite") == []  # noqa: S314 - as above
