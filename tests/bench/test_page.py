"""docs/performance.md and its plots are made from the figures that are kept, and from nothing else."""

from pathlib import Path

import pytest
from matplotlib.figure import Figure
from PIL import Image

from load.bench.page import PAGE, list_marks, render_markdown, render_page
from load.bench.plots import IMAGES, MARK, PLOTS, write_plots
from load.bench.summary import SUMMARY, digest, read_summary, write_summary
from load.bench.tables import TABLES, Table

TEXT = PAGE.read_text("utf-8")
AGAIN = "make it again: python -m load.bench page"


def test_the_page_shows_the_figures_that_are_kept() -> None:
    assert render_page(TEXT, read_summary()) == TEXT, AGAIN


def test_the_page_shows_every_table_once() -> None:
    assert sorted(list_marks(TEXT)) == sorted([*TABLES, "machine"])


@pytest.mark.parametrize("name", PLOTS)
def test_a_plot_is_made_from_the_figures_that_are_kept(name: str) -> None:
    with Image.open(IMAGES / name) as image:
        assert image.info[MARK] == digest(), AGAIN
        assert image.width > 600
    assert f"(images/{name})" in TEXT


def test_plots_carry_the_mark_of_their_figures(tmp_path: Path) -> None:
    write_plots(SUMMARY, tmp_path)

    marks = set()
    for name in PLOTS:
        with Image.open(tmp_path / name) as image:
            marks.add(image.info[MARK])
    assert marks == {digest()}


@pytest.mark.parametrize("plot", PLOTS.values())
def test_a_plot_names_its_axes(plot: object) -> None:
    assert callable(plot)
    axes = Figure().add_subplot()

    plot(axes, read_summary())

    assert "CPU µs per event" in {axes.get_xlabel(), axes.get_ylabel()}
    assert axes.get_legend() is not None


@pytest.mark.parametrize("name", TABLES)
def test_every_table_has_rows_as_long_as_its_headings(name: str) -> None:
    table = TABLES[name](read_summary())

    assert len(table.rows) > 1
    assert {len(row) for row in table.rows} == {len(table.headings)}
    assert all(cell for row in table.rows for cell in row[:1])


def test_a_changed_figure_changes_the_page(tmp_path: Path) -> None:
    summary = read_summary()
    summary.measured[0].mib += 1000
    write_summary(summary, tmp_path / "other.json")

    assert render_page(TEXT, read_summary(tmp_path / "other.json")) != TEXT


def test_a_mark_without_a_table_is_an_error() -> None:
    with pytest.raises(KeyError, match="weather"):
        render_page("<!-- figures: weather -->\n<!-- end -->", read_summary())


def test_markdown_has_names_to_the_left_and_figures_to_the_right() -> None:
    table = Table("T", ("row", "subject", "µs"), [("a", "b", "1"), ("c", "d", "2")], names=2)

    assert render_markdown(table) == "| row | subject | µs |\n| --- | --- | ---: |\n| a | b | 1 |\n| c | d | 2 |"
