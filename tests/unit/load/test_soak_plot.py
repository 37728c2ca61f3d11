from pathlib import Path

from load.soak_plot import draw_soak
from load.soak_verdict import judge_soak
from load.users.watch import Sample

STEADY = (100.0, 500.0)


def test_a_picture_is_drawn_also_of_what_was_too_short_for_a_line(tmp_path: Path) -> None:
    samples = [
        Sample(at=float(at), cpu=1, rss=100 + at, files=5, threads=2, clients=1, vendors=1, half_closed=0, tasks=tasks)
        for at, tasks in ((at, 7.0 if at < 200 else None) for at in range(600))
    ]
    findings = judge_soak(samples, STEADY, 10)
    assert [finding.trend is not None for finding in findings] == [True] * 6 + [True, False]
    draw_soak(samples, findings, STEADY, tmp_path / "soak.png")
    assert (tmp_path / "soak.png").read_bytes().startswith(b"\x89PNG\r\n")
