"""The tables of the load kit's tests."""

from pathlib import Path
from random import Random
from typing import Any

import orjson

FOLDER = Path(__file__).parent / "data" / "load"


def chance(seed: int) -> Random:
    """Make chance that repeats itself."""
    return Random(seed)  # noqa: S311 - nobody has to guess it


def read_table(name: str) -> list[dict[str, Any]]:
    """Read a table of cases, each with a name."""
    cases: list[dict[str, Any]] = orjson.loads((FOLDER / name).read_bytes())
    return cases
