"""Figures of a run: repeated measurements with median and spread."""

import platform
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from os import cpu_count
from pathlib import Path
from statistics import median


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

    def best_ratio_to(self, other: "Measured") -> float:
        """Give the ratio of the cheapest rounds: noise only ever adds, so this is what a busy machine changes least."""
        return min(sample.cost for sample in self.samples) / min(sample.cost for sample in other.samples)

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


@dataclass(frozen=True, slots=True)
class Machine:
    """What the figures were measured on, and when."""

    date: str
    cpu: str
    cores: int
    python: str
    kernel: str


def describe_machine() -> Machine:
    """Describe this one."""
    cpus = Path("/proc/cpuinfo").read_text("utf-8").splitlines()
    model = next((line.partition(":")[2].strip() for line in cpus if line.startswith("model name")), "unknown")
    return Machine(
        date=datetime.now(UTC).date().isoformat(),
        cpu=model,
        cores=cpu_count() or 0,
        python=platform.python_version(),
        kernel=platform.release().partition("-")[0],
    )
