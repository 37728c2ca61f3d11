import pytest

from load.users.policy import next_pause


@pytest.mark.parametrize(
    ("status", "tries", "retry_after", "pause"),
    [
        (500, 1, None, 5),
        (503, 2, "1", 10),
        (502, 3, None, 15),
        (500, 4, None, None),
        (0, 1, None, 5),
        (429, 1, None, 1),
        (429, 1, "0", 1),
        (429, 2, "7", 7),
        (429, 2, "Wed, 21 Oct 2026 07:28:00 GMT", 1),
        (429, 4, "7", None),
        (400, 1, None, None),
        (401, 1, None, None),
        (404, 1, None, None),
    ],
)
def test_the_connector_asks_again_as_liveperson_s_policy_says(
    status: int, tries: int, retry_after: str | None, pause: float | None
) -> None:
    assert next_pause(status, tries, retry_after) == pause
