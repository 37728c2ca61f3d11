import orjson

from gateway.lint.findings import Report
from gateway.lint.formats.json import write_json
from tests.unit.gateway.lint.mistakes import DATA
from tests.unit.gateway.lint.reports import make_report


def test_writes_the_report() -> None:
    assert orjson.loads(write_json(make_report())) == orjson.loads((DATA / "reports" / "report.json").read_bytes())


def test_writes_an_empty_report() -> None:
    assert orjson.loads(write_json(Report((), ()))) == {
        "exports": [],
        "refused": [],
        "summary": {"error": 0, "warning": 0, "note": 0},
    }
