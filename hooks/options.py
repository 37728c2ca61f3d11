"""Let a hook say what its `with:` mapping may hold, so that `botbridge check` finds a slip before any consumer does.

def read_options(options):
    if "skill" not in options:
        raise InvalidOptions("skill", "is required")
    ...

@options_checked_by(read_options)
def hook(payload, ctx):
    settings = read_options(ctx.options)
"""

from collections.abc import Callable
from typing import Any, Final, TypeVar

from gateway.contract.types import Json

HookFunction = TypeVar("HookFunction", bound=Callable[..., Any])

_CHECK: Final = "__botbridge_check_options__"


class InvalidOptions(ValueError):
    """A `with:` mapping that a hook cannot work with; `name` is the option, "" when it is the mapping itself."""

    def __init__(self, name: str, problem: str) -> None:
        super().__init__(f"{name}: {problem}" if name else problem)
        self.name = name
        self.problem = problem


def options_checked_by(check: Callable[[Json], Any]) -> Callable[[HookFunction], HookFunction]:
    """Have `check` called with the hook's options when the hook is loaded. It raises InvalidOptions, or returns."""

    def mark(hook: HookFunction) -> HookFunction:
        setattr(hook, _CHECK, check)
        return hook

    return mark


def check_options(hook: Callable[..., Any], options: Json) -> None:
    """Call the check that a hook names, if it names one. Raise InvalidOptions, whatever the check raised."""
    check = getattr(hook, _CHECK, None)
    if check is None:
        return
    try:
        check(options)
    except InvalidOptions:
        raise
    except Exception as error:
        raise InvalidOptions("", f"its own check of them raised {type(error).__name__}") from error


def refuse_unknown(options: Json, known: tuple[str, ...]) -> None:
    """Raise InvalidOptions for an option that is none of `known`."""
    for name in options:
        if name not in known:
            raise InvalidOptions(str(name), f"is unknown; there is {', '.join(known)}")
