"""load/bench/counting.py: what callgrind says of an event."""

import os
import shutil
from io import StringIO

import pytest
from rich.console import Console

from load.bench.counting import Counted, NotCounted, count, has_callgrind, read_total
from load.bench.ground import open_ground
from load.bench.rows import find_rows
from load.bench.subjects import FLOOR, open_stage
from load.bench.summary import read_summary
from load.bench.tables import tabulate_counts


@pytest.mark.parametrize("dump", ["events: Ir\nsummary: 1200\n", "events: Ir\nfn=(1) a\n1 2\ntotals: 1200\n"])
def test_a_dump_tells_its_total(dump: str) -> None:
    assert read_total(dump) == 1200


def test_a_dump_without_a_total_is_said_to_be_none() -> None:
    with pytest.raises(NotCounted, match="no total"):
        read_total("events: Ir\n")


async def test_the_floor_s_instructions_are_counted() -> None:
    if not has_callgrind():
        assert "CI" not in os.environ, "valgrind is not installed"
        pytest.skip("valgrind is not installed (apt-get install valgrind)")
    rows = find_rows("function")
    async with (
        open_ground(rows, Console(file=StringIO())) as ground,
        open_stage(ground.directory, rows[0], ground.recordings) as stage,
    ):
        (counted,) = await count(stage, (FLOOR,))
    assert (counted.row, counted.subject) == ("function", FLOOR)
    assert 200_000 < counted.instructions < 2_000_000


def test_without_valgrind_nothing_can_be_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    assert shutil.which("valgrind") is None
    assert not has_callgrind()


def test_counts_are_set_beside_their_row_s_floor() -> None:
    summary = read_summary()
    summary.counted = [Counted("a", FLOOR, 600_000), Counted("a", "gateway", 900_400), Counted("b", "gateway", 1)]
    assert tabulate_counts(summary).rows == [
        ("a", FLOOR, "600", "1.00", "", ""),
        ("a", "gateway", "900", "1.50", "1.5", "no"),
        ("b", "gateway", "0", "", "1.5", ""),
    ]
