"""Draw what a soak saw: one small plot for each figure, with its line and what the line is worth."""

from collections.abc import Sequence
from pathlib import Path
from typing import Final

from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from load.soak_verdict import WATCHED, Finding
from load.users.watch import Sample

COLUMNS: Final = 2
GOOD: Final = "#2a7d4f"
BAD: Final = "#b3261e"
SEEN: Final = "#4a6fa5"


def draw_soak(samples: Sequence[Sample], findings: Sequence[Finding], steady: tuple[float, float], to: Path) -> None:
    """Draw a PNG. Blocks for a second or two."""
    rows = -(-len(findings) // COLUMNS)
    figure = Figure(figsize=(12, 2.6 * rows), layout="constrained")
    FigureCanvasAgg(figure)
    for place, finding in enumerate(findings, start=1):
        axes = figure.add_subplot(rows, COLUMNS, place)
        _draw(axes, samples, finding, steady)
    figure.savefig(to, dpi=110)


def _draw(axes: Axes, samples: Sequence[Sample], finding: Finding, steady: tuple[float, float]) -> None:
    watched = WATCHED[finding.name]
    seen = [(sample.at, value) for sample in samples if (value := watched.read(sample)) is not None]
    axes.plot([at for at, _ in seen], [value for _, value in seen], color=SEEN, linewidth=1)
    axes.axvspan(*steady, color="#000000", alpha=0.04)
    title = watched.title + (f" ({watched.unit})" if watched.unit else "")
    if (trend := finding.trend) is not None:
        line = [trend.start + trend.per_hour / 3600 * at for at in steady]
        axes.plot(steady, line, color=BAD if finding.problems else GOOD, linewidth=1.5, linestyle="--")
        title += f": {trend.per_hour:+.1f} an hour ({trend.low:+.1f} to {trend.high:+.1f})"
    axes.set_title(title, fontsize=9, color=BAD if finding.problems else "black")
    axes.set_xlabel("seconds", fontsize=8)
    axes.tick_params(labelsize=8)
    axes.set_ylim(bottom=0)
