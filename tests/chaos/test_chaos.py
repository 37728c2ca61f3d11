"""The short form: every scenario once, with few events. `make chaos` plays more of each."""

from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Final

import pytest

from tests.chaos.all import SCENARIOS
from tests.chaos.rig import Setting

SEED: Final = 1


@pytest.mark.parametrize("name", SCENARIOS)
async def test_nothing_is_lost_or_given_twice(
    name: str, record_property: Callable[[str, object], None], tmp_path: Path
) -> None:
    figures = await SCENARIOS[name](Setting(tmp_path, seed=SEED, conversations=2, events=3))
    record_property("figures", asdict(figures))
    assert figures.judge() == []
