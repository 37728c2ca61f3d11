from pathlib import Path

import pytest

from gateway.cli.schema import schema


def test_schema_is_printed_as_it_is_committed(capsys: pytest.CaptureFixture[str]) -> None:
    schema()
    assert capsys.readouterr().out == (Path(__file__).parents[4] / "config" / "schema.json").read_text()
