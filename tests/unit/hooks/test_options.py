import pytest

from gateway.contract.types import Json
from hooks.context import HookContext
from hooks.options import InvalidOptions, check_options, options_checked_by, refuse_unknown


def test_a_hook_without_a_check_takes_anything() -> None:
    def hook(payload: Json, ctx: HookContext) -> None: ...

    check_options(hook, {"anything": 1})


def test_the_check_sees_the_options_and_the_hook_stays_itself() -> None:
    seen: list[Json] = []

    def hook(payload: Json, ctx: HookContext) -> None: ...

    assert options_checked_by(seen.append)(hook) is hook
    check_options(hook, {"skill": "human"})
    assert seen == [{"skill": "human"}]


def test_an_invalid_option_is_named() -> None:
    with pytest.raises(InvalidOptions) as caught:
        refuse_unknown({"skil": "human"}, ("skill", "count"))
    assert (str(caught.value), caught.value.name) == ("skil: is unknown; there is skill, count", "skil")


def test_a_check_that_breaks_is_told_without_its_words() -> None:
    def check(options: Json) -> None:
        raise KeyError(options["secret"])

    @options_checked_by(check)
    def hook(payload: Json, ctx: HookContext) -> None: ...

    with pytest.raises(InvalidOptions) as caught:
        check_options(hook, {"secret": "hush"})
    assert str(caught.value) == "its own check of them raised KeyError"
