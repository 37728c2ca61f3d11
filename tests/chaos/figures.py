"""What a scenario showed: its figures, what was wrong with them, and the table of all of them (docs/chaos.md)."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

from rich.console import Console
from rich.table import Table

from gateway.pipeline import ERROR_HOOKS_TIME
from gateway.sessions.visits import KEEP_TIME

SLACK: Final = 1.5
"""Seconds that a busy machine may add to a turn: everything here shares a core or two."""


@dataclass(slots=True)
class Figures:
    """Of one scenario."""

    scenario: str
    sent: int = 0
    """Events, each counted once however often it was sent."""
    answered: int = 0
    """Events whose first 200 was the bot's answer."""
    escalated: int = 0
    """Events whose first 200 was a transfer to people."""
    errors: int = 0
    """Tries that ended without a 200: error replies, and connections that broke."""
    doubled: int = 0
    """Times that a vendor was given an event once more than it may be."""
    late: float = 0.0
    """Seconds beyond the bot's deadline that the slowest answer took."""
    error_hooks: bool = False
    """Whether the bots have error hooks, which have time of their own."""
    faults: int = 0
    """Faults played."""
    seconds: float = 0.0
    note: str = ""
    problems: list[str] = field(default_factory=list)
    """What else went wrong; a good run has none."""

    @property
    def lost(self) -> int:
        """Count the events that got no 200 however often they were sent."""
        return self.sent - self.answered - self.escalated

    @property
    def allowance(self) -> float:
        """Seconds that an answer may come after its deadline: error hooks, keeping what is to be kept, a busy machine."""
        return KEEP_TIME + SLACK + (ERROR_HOOKS_TIME if self.error_hooks else 0.0)

    def judge(self) -> list[str]:
        """Give what is wrong, in words; nothing when all is well."""
        wrong = list(self.problems)
        if self.lost:
            wrong.append(f"{self.lost} lost")
        if self.doubled:
            wrong.append(f"{self.doubled} doubled")
        if self.late > self.allowance:
            wrong.append(f"an answer came {self.late:.1f} s after its deadline; {self.allowance:.1f} s are allowed")
        if not self.sent:
            wrong.append("no event was sent: the scenario shows nothing")
        return wrong


def print_table(all_figures: Iterable[Figures], console: Console) -> None:
    """Print one row per scenario, and below them what was wrong."""
    table = Table(title="Chaos: lost and doubled must be 0")
    table.add_column("scenario", no_wrap=True)
    for name in ("faults", "sent", "answered", "escalated", "errors", "doubled", "lost", "late s", "took s"):
        table.add_column(name, justify="right", no_wrap=True)
    table.add_column("note", overflow="fold")
    wrong = []
    for of in all_figures:
        bad = of.judge()
        numbers = (of.faults, of.sent, of.answered, of.escalated, of.errors, of.doubled, of.lost)
        cells = [str(number) for number in numbers] + [f"{of.late:.2f}", f"{of.seconds:.1f}"]
        table.add_row(of.scenario, *cells, of.note, style="red" if bad else None)
        wrong += [f"{of.scenario}: {problem}" for problem in bad]
    console.print(table)
    for line in wrong:
        console.print(line, style="red", markup=False, highlight=False)
