"""Plots for docs/performance.md. Each carries the mark of the figures that it was made from, so that a stale one is noticed."""

from collections.abc import Callable
from pathlib import Path
from typing import Final

from matplotlib import colormaps
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from load.bench.processes import ROOT
from load.bench.stages import STAGES
from load.bench.subjects import FLOOR, GATEWAY, HOOKS, QUICK, REDIS, USUAL
from load.bench.summary import SUMMARY, Summary, digest, read_summary

IMAGES: Final = ROOT / "docs" / "images"
MARK: Final = "Source"
"""Key of the PNG's text that holds the digest of the summary."""
_COLOURS: Final = {
    FLOOR: "#9aa5b1",
    GATEWAY: "#1f6feb",
    HOOKS: "#79b0ff",
    QUICK: "#2da44e",
    REDIS: "#8250df",
    USUAL: "#d1664a",
}


def plot_costs(axes: Axes, summary: Summary) -> None:
    """Draw the CPU time per event of every subject, by row."""
    rows = list(dict.fromkeys(one.row for one in summary.measured))
    subjects = [name for name in _COLOURS if any(one.subject == name for one in summary.measured)]
    width = 0.84 / len(subjects)
    for number, subject in enumerate(subjects):
        shown = [one for one in summary.measured if one.subject == subject]
        places = [rows.index(one.row) + (number - (len(subjects) - 1) / 2) * width for one in shown]
        samples = [[sample.cpu_us for sample in one.samples] for one in shown]
        heights = [one.cpu_us for one in shown]
        below = [height - min(values) for height, values in zip(heights, samples, strict=True)]
        above = [max(values) - height for height, values in zip(heights, samples, strict=True)]
        axes.bar(places, heights, width * 0.94, label=subject, color=_COLOURS[subject])
        axes.errorbar(places, heights, yerr=[below, above], fmt="none", ecolor="#24292f", elinewidth=0.8, capsize=2)
    axes.set_xticks(range(len(rows)), rows)
    axes.set_ylabel("CPU µs per event")
    axes.legend(frameon=False, ncols=len(subjects), loc="upper center", bbox_to_anchor=(0.5, 1.12))


def plot_levels(axes: Axes, summary: Summary) -> None:
    """Draw the CPU time per event against the number of events under way."""
    for subject in (FLOOR, GATEWAY):
        shown = [one for one in summary.levels if one.subject == subject]
        levels = [one.in_flight for one in shown]
        lowest, highest = [min(one.cpu_us) for one in shown], [max(one.cpu_us) for one in shown]
        axes.fill_between(levels, lowest, highest, color=_COLOURS[subject], alpha=0.18, linewidth=0)
        axes.plot(levels, [one.median_us for one in shown], "o-", label=subject, color=_COLOURS[subject])
    axes.set_xscale("log")
    axes.set_ylim(bottom=0)
    axes.set_xlabel("turns in flight")
    axes.set_ylabel("CPU µs per event")
    axes.legend(frameon=False)


def plot_stages(axes: Axes, summary: Summary) -> None:
    """Draw where the gateway's CPU time goes, by row."""
    rows = [one.row for one in summary.profiles]
    left = [0.0] * len(rows)
    for number, stage in enumerate(STAGES):
        widths = [one.stages[stage] for one in summary.profiles]
        colour = colormaps["tab20"](number)
        axes.barh(rows, widths, left=left, label=stage, color=colour, edgecolor="white", linewidth=0.4)
        left = [start + width for start, width in zip(left, widths, strict=True)]
    axes.invert_yaxis()
    axes.set_xlabel("CPU µs per event")
    axes.legend(frameon=False, ncols=8, loc="upper center", bbox_to_anchor=(0.5, -0.16), fontsize=8)


PLOTS: Final[dict[str, Callable[[Axes, Summary], None]]] = {
    "bench-costs.png": plot_costs,
    "bench-in-flight.png": plot_levels,
    "bench-stages.png": plot_stages,
}
"""File names in docs/images."""


def write_plots(file: Path = SUMMARY, directory: Path = IMAGES) -> None:
    """Draw all plots of a summary."""
    summary, mark = read_summary(file), digest(file)
    directory.mkdir(parents=True, exist_ok=True)
    for name, plot in PLOTS.items():
        figure = Figure(figsize=(9, 4.2), dpi=110, layout="constrained")
        axes = figure.add_subplot()
        axes.spines[["top", "right"]].set_visible(False)
        plot(axes, summary)
        figure.savefig(directory / name, metadata={MARK: mark, "Software": None})
