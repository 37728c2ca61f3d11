"""Every look of the profiler is put to the stage that it belongs to."""

from pathlib import Path
from typing import Any

import pytest

from gateway.contract.wire import loads
from load.bench.stages import OTHER, STAGES, TABLE, count_stages, find_stage

ROOT = Path(__file__).parents[2]
CASES = loads((ROOT / "tests" / "data" / "bench" / "stages.json").read_bytes())
OWN = sorted(
    str(path.relative_to(ROOT))
    for pattern in ("gateway/*.py", "gateway/ingress/*.py", "gateway/sessions/*.py", "vendors/**/*.py")
    for path in ROOT.glob(pattern)
)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_a_stack_belongs_to_the_innermost_stage(case: dict[str, Any]) -> None:
    assert find_stage(case["frames"]) == case["stage"]


def test_every_stage_has_a_case_and_a_description() -> None:
    assert {case["stage"] for case in CASES} == set(STAGES) == {stage for stage, _ in TABLE} | {OTHER}


@pytest.mark.parametrize("module", OWN)
def test_no_module_on_the_way_of_an_event_is_unknown(module: str) -> None:
    assert find_stage([f"anything ({module}:1)"]) != OTHER


def test_looks_are_counted_and_idle_threads_are_not() -> None:
    counted = count_stages(
        [
            "main (a.py:1);Runner.run (asyncio/runners.py:118) 3",
            "main (a.py:1);Runner.run (asyncio/runners.py:118);f (gateway/pipeline.py:7) 2",
            "Thread._bootstrap (threading.py:1);_worker (concurrent/futures/thread.py:81) 400",
            "Thread._bootstrap (threading.py:1);Condition.wait (threading.py:327) 5",
        ]
    )

    assert counted == {"loop": 3, "steps": 2}
