import pytest

from gateway.figures.times import write_time


@pytest.mark.parametrize(
    ("seconds", "written"),
    [(0, "1970-01-01T00:00:00.000Z"), (1_790_208_000.0625, "2026-09-24T00:00:00.062Z")],
)
def test_moments_are_written_in_utc(seconds: float, written: str) -> None:
    assert write_time(seconds) == written
