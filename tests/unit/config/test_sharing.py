from config.sections import Limits, Retry
from config.sharing import Sharing


def test_equal_values_are_kept_once() -> None:
    sharing = Sharing()
    first = sharing.share(Retry(attempts=2))
    assert sharing.share(Retry(attempts=2)) is first
    assert sharing.share(Retry(attempts=3)) is not first
    assert sharing.share(None) is None


def test_values_of_different_types_are_not_equal() -> None:
    sharing = Sharing()
    assert isinstance(sharing.share(Retry()), Retry)
    assert isinstance(sharing.share(Limits()), Limits)
