from pathlib import Path

import pytest

from load.users.gateway_log import KEPT, copy_problems, is_problem


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        (b'{"event":"turn","level":"info"}\n', False),
        (b'{"event":"turn","level":"debug"}\n', False),
        (b'{"event":"turn","level":"warning"}\n', True),
        (b'{"event":"request-failed","level":"error"}\n', True),
        (b'{"event":"turn"}\n', True),
        (b"Segmentation fault\n", True),
        (b"42\n", True),
    ],
)
def test_what_is_usual_is_left_out(line: bytes, expected: bool) -> None:
    assert is_problem(line) is expected


def test_a_flood_of_problems_is_cut(tmp_path: Path) -> None:
    (tmp_path / "log").write_bytes(b'{"level":"info"}\n' + b'{"level":"error"}\n' * (KEPT + 5))
    copy_problems(tmp_path / "log", tmp_path / "kept")
    assert (tmp_path / "kept").read_bytes() == b'{"level":"error"}\n' * KEPT
