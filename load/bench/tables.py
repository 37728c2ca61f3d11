"""Tables for the terminal."""

from collections.abc import Iterable, Sequence

from rich.console import Console
from rich.table import Table

from load.bench.figures import Measured, spread
from load.bench.flood import Flood
from load.bench.targets import judge


def print_comparison(measured: Sequence[Measured], console: Console) -> None:
    """Print what each subject of each row costs."""
    verdicts = {(verdict.row, verdict.subject): verdict for verdict in judge(measured)}
    table = Table("row", "subject", title="Cost of an event")
    for heading in ("CPU µs", "spread", "instructions", "x floor", "target", "x usual", "events/s", "MiB"):
        table.add_column(heading, justify="right")
    last = ""
    for one in measured:
        verdict = verdicts.get((one.row, one.subject))
        ratio = "" if verdict is None else f"{verdict.ratio:.2f}"
        if verdict is not None and verdict.is_met is not None:
            ratio = f"[{'green' if verdict.is_met else 'red'}]{ratio}[/]"
        counted = [sample.instructions for sample in one.samples if sample.instructions is not None]
        table.add_row(
            one.row if one.row != last else "",
            one.subject,
            f"{one.cpu_us:.0f}",
            f"{spread([sample.cpu_us for sample in one.samples]):.0%}",
            f"{sorted(counted)[len(counted) // 2]:.0f}" if counted else "",
            ratio,
            f"{verdict.target}" if verdict is not None and verdict.target is not None else "",
            f"{verdict.to_usual:.2f}" if verdict is not None and verdict.to_usual is not None else "",
            f"{one.per_second:.0f}",
            f"{one.mib:.0f}",
        )
        last = one.row
    console.print(table)


def print_rows(title: str, headings: Iterable[str], rows: Iterable[Sequence[str]], console: Console) -> None:
    """Print a plain table; all but the first column are figures."""
    first, *others = headings
    table = Table(first, title=title)
    for heading in others:
        table.add_column(heading, justify="right")
    for row in rows:
        table.add_row(*row)
    console.print(table)


def print_floods(floods: Iterable[Flood], console: Console) -> None:
    """Print what became of the floods."""
    headings = (
        "row",
        "turns",
        "vendor s",
        "all answered in s",
        "CPU µs",
        "MiB before",
        "MiB peak",
        "lag p50 ms",
        "lag max ms",
    )
    rows = [
        (
            one.row,
            f"{one.turns}",
            f"{one.delay:g}",
            f"{one.seconds:.1f}",
            f"{one.cpu_us:.0f}",
            f"{one.mib_before:.0f}",
            f"{one.mib_peak:.0f}",
            f"{one.lag_p50_ms:.1f}",
            f"{one.lag_max_ms:.0f}",
        )
        for one in floods
    ]
    print_rows("Turns at once", headings, rows, console)
