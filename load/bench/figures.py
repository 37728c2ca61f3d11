"""Figures of a run: repeated measurements with median and spread, kept as plain JSON."""

import platform
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from os import cpu_count
from pathlib import Path
from statistics import median
from typing import Any, Final

from gateway.contract.wire import dumps, loads

RESULTS: Final = Path(__file__).parents[1] / "results"


@dataclass(frozen=True, slots=True)
class Sample:
    """One measurement of one subject."""

    cpu_us: float
    """CPU microseconds of the process and its children, per event."""
    per_second: float
    """Events a second."""
    instructions: float | None = None
    """Per event, where the machine counts them."""

    @property
    def cost(self) -> float:
        """Give what ratios are made of: instructions where they are counted, CPU time elsewhere."""
        return self.cpu_us if self.instructions is None else self.instructions


@dataclass(slots=True)
class Measured:
    """One subject of one row."""

    row: str
    subject: str
    samples: list[Sample] = field(default_factory=list)
    mib: float = 0.0
    """Resident, at the end."""

    @property
    def cpu_us(self) -> float:
        """Give the median."""
        return median(sample.cpu_us for sample in self.samples)

    @property
    def per_second(self) -> float:
        """Give the median."""
        return median(sample.per_second for sample in self.samples)

    def ratio_to(self, other: "Measured") -> float:
        """Give the median of the ratios of each round: what both suffered in a round cancels out."""
        return median(mine.cost / others.cost for mine, others in zip(self.samples, other.samples, strict=True))


def spread(values: Sequence[float]) -> float:
    """Give how far values are apart, as a share of their median."""
    return (max(values) - min(values)) / median(values)


def percentile(values: Sequence[float], share: float) -> float:
    """Give the value below which this share of the values lies."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def describe_machine() -> dict[str, Any]:
    """Say what the figures were measured on."""
    cpus = Path("/proc/cpuinfo").read_text("utf-8").splitlines()
    model = next((line.partition(":")[2].strip() for line in cpus if line.startswith("model name")), "unknown")
    return {
        "date": datetime.now(UTC).date().isoformat(),
        "cpu": model,
        "cores": cpu_count(),
        "python": platform.python_version(),
        "kernel": platform.release().partition("-")[0],
    }


def plain(value: Any) -> Any:
    """Make a dataclass, or a list of them, plain JSON."""
    return [plain(one) for one in value] if isinstance(value, list) else asdict(value)


def write_results(name: str, content: Any, directory: Path = RESULTS) -> Path:
    """Write results to a file of this name."""
    directory.mkdir(parents=True, exist_ok=True)
    file = directory / f"{name}.json"
    file.write_bytes(dumps(content) + b"\n")
    return file


def read_results(name: str, directory: Path = RESULTS) -> Any:
    """Read what `write_results` wrote."""
    return loads((directory / f"{name}.json").read_bytes())
