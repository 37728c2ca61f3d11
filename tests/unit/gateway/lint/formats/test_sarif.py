from dataclasses import replace
from typing import Any

import jsonschema
import orjson
import pytest

import gateway
from gateway.lint.findings import Report
from gateway.lint.formats.sarif import write_sarif
from tests.unit.gateway.lint.mistakes import DATA
from tests.unit.gateway.lint.reports import make_report

SHAPE = orjson.loads((DATA / "sarif.schema.json").read_bytes())
"""The part of SARIF 2.1.0's schema that this tool writes, with its rules, and no member besides."""


def write(report: Report) -> dict[str, Any]:
    written: dict[str, Any] = orjson.loads(write_sarif(report))
    return written


def test_writes_the_report() -> None:
    expected = orjson.loads((DATA / "reports" / "report.sarif").read_bytes())
    expected["runs"][0]["tool"]["driver"]["version"] = gateway.__version__

    assert write(make_report()) == expected


@pytest.mark.parametrize("report", [make_report(), Report((), ())], ids=["with findings", "empty"])
def test_is_valid(report: Report) -> None:
    jsonschema.validate(write(report), SHAPE, cls=jsonschema.Draft7Validator)


def test_every_result_points_to_its_rule() -> None:
    run = write(make_report())["runs"][0]
    rules = run["tool"]["driver"]["rules"]

    assert [rules[result["ruleIndex"]]["id"] for result in run["results"]] == [
        result["ruleId"] for result in run["results"]
    ]
    assert len({rule["id"] for rule in rules}) == len(rules)


def test_an_absolute_path_is_a_file_uri() -> None:
    report = make_report()
    moved = replace(report.exports[0], file="/builds/an agent")

    results = write(Report((moved,), ()))["runs"][0]["results"]

    assert results[0]["locations"][0]["physicalLocation"]["artifactLocation"] == {
        "uri": "file:///builds/an%20agent/agent.json"
    }


def test_fingerprints_tell_findings_apart_and_stay_when_lines_move() -> None:
    report = make_report()
    moved = replace(
        report.exports[0], findings=tuple(replace(finding, line=99) for finding in report.exports[0].findings)
    )

    before = [result["partialFingerprints"] for result in write(report)["runs"][0]["results"]]
    after = [
        result["partialFingerprints"] for result in write(Report((moved, report.exports[1]), ()))["runs"][0]["results"]
    ]

    assert before == after
    assert len({str(fingerprint) for fingerprint in before}) == len(before)
