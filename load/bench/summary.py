"""All figures of a run, as one JSON file: what docs/performance.md and its plots are made from."""

import hashlib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from pydantic import TypeAdapter

from load.bench.counting import Counted
from load.bench.figures import Machine, Measured
from load.bench.flood import Flood
from load.bench.latency import Latency
from load.bench.scale import Accounts, InFlight, Workers
from load.bench.stages import Profile

RESULTS: Final = Path(__file__).parents[1] / "results"
SUMMARY: Final = RESULTS / "summary.json"
"""Of the last whole run that was found worth keeping; the only results that are kept in the repository."""


@dataclass(slots=True)
class Summary:
    """Empty lists are what was not measured."""

    machine: Machine
    rounds: int = 0
    events: int = 0
    """Per round and subject."""
    in_flight: int = 0
    measured: list[Measured] = field(default_factory=list)
    latencies: list[Latency] = field(default_factory=list)
    floods: list[Flood] = field(default_factory=list)
    levels: list[InFlight] = field(default_factory=list)
    accounts: list[Accounts] = field(default_factory=list)
    workers: list[Workers] = field(default_factory=list)
    profiles: list[Profile] = field(default_factory=list)
    counted: list[Counted] = field(default_factory=list)
    seconds: float = 0.0
    """That it took to measure all this."""


_ADAPTER: Final = TypeAdapter(Summary)


def write_summary(summary: Summary, file: Path) -> None:
    """Write figures, rounded to what they are good for."""
    file.parent.mkdir(parents=True, exist_ok=True)
    rounded = _ADAPTER.validate_python(_round(_ADAPTER.dump_python(summary)))
    file.write_bytes(_ADAPTER.dump_json(rounded, indent=1) + b"\n")


def read_summary(file: Path = SUMMARY) -> Summary:
    """Read what `write_summary` wrote."""
    return _ADAPTER.validate_json(file.read_bytes())


def digest(file: Path = SUMMARY) -> str:
    """Give a mark of a file's figures, which plots made from them carry."""
    return hashlib.sha256(file.read_bytes()).hexdigest()


def _round(value: Any) -> Any:
    match value:
        case float():
            return round(value, 3)
        case dict():
            return {name: _round(member) for name, member in value.items()}
        case list():
            return [_round(member) for member in value]
        case _:
            return value
