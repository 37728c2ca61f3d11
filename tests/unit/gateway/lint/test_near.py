import pytest

from gateway.lint.near import find_near

KNOWN = ("TRANSFER", "CLOSE_CONVERSATION", "CHANGE_TTR", "INVOCATION")


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("transfer", "TRANSFER"),
        ("Transfer ", "TRANSFER"),
        ("TRANFER", "TRANSFER"),
        ("close-conversation", "CLOSE_CONVERSATION"),
        ("closeConversation", "CLOSE_CONVERSATION"),
        ("CLOSE", None),
        ("input.welcome", None),
        ("", None),
        ("\u0130", None),
    ],
)
def test_finds_what_was_meant(name: str, meant: str | None) -> None:
    assert find_near(name, KNOWN) == meant
