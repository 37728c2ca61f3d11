"""What is aimed at, and what is let through: ratios of CPU (instructions where they are counted) to the floor of the same run."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from load.bench.figures import Measured
from load.bench.subjects import FLOOR, GATEWAY, HOOKS, QUICK, REDIS, USUAL

TARGETS: Final[Mapping[str, float]] = {GATEWAY: 1.5, HOOKS: 1.8, QUICK: 1.8, REDIS: 2.2}
"""Times the floor, at most."""
USUAL_TARGET: Final = 1 / 3
"""Times the usual way, at most."""
LET_THROUGH: Final[Mapping[str, float]] = {GATEWAY: 2.4, HOOKS: 3.4}
"""Times the floor, at most, where a regression is looked for (`make bench-short`): what there is, and room for noise."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """One subject's ratio to the floor, beside its target."""

    row: str
    subject: str
    ratio: float
    best_ratio: float
    """Of the cheapest rounds."""
    target: float | None
    to_usual: float | None
    """The gateway's cost as a share of the usual way's."""

    @property
    def is_met(self) -> bool | None:
        """Say whether the target is met; None where there is none."""
        return None if self.target is None else self.ratio <= self.target


def complain(verdicts: Iterable[Verdict]) -> list[str]:
    """Say which ratios are higher than what is let through."""
    return [
        f"{verdict.row}: {verdict.subject} costs {verdict.best_ratio:.2f} times the floor, more than {limit:g}"
        for verdict in verdicts
        if (limit := LET_THROUGH.get(verdict.subject)) is not None and verdict.best_ratio > limit
    ]


def judge(measured: Iterable[Measured]) -> list[Verdict]:
    """Set each subject of each row beside its row's floor and usual way."""
    by_row: dict[str, dict[str, Measured]] = {}
    for one in measured:
        by_row.setdefault(one.row, {})[one.subject] = one
    verdicts = []
    for row, subjects in by_row.items():
        floor, usual = subjects.get(FLOOR), subjects.get(USUAL)
        for name, one in subjects.items():
            if floor is None:
                continue
            target = None if row.endswith("-grpc") else TARGETS.get(name)
            to_usual = one.ratio_to(usual) if usual is not None and name == GATEWAY else None
            verdicts.append(Verdict(row, name, one.ratio_to(floor), one.best_ratio_to(floor), target, to_usual))
    return verdicts
