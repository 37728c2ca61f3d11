"""Keep of a gateway's log what is worth reading after a run."""

from pathlib import Path
from typing import Final

from gateway.contract.wire import WireError, loads

KEPT: Final = 1000
"""Lines."""
USUAL: Final = frozenset({"debug", "info"})


def copy_problems(log: Path, to: Path) -> None:
    """Copy the lines that are warnings or worse, and what is no line of the log's form (a crash); the first KEPT. Blocks."""
    with log.open("rb") as lines, to.open("wb") as kept:
        number = 0
        for line in lines:
            if number < KEPT and is_problem(line):
                kept.write(line)
                number += 1


def is_problem(line: bytes) -> bool:
    """Say whether a line of a log is worth keeping."""
    try:
        told = loads(line)
    except WireError:
        return True
    return not isinstance(told, dict) or told.get("level") not in USUAL
