"""A mark for hooks that only compute: they are called at once, where others go through a thread."""

from collections.abc import Callable
from typing import Any, TypeVar

from gateway.contract.callables import QUICK

F = TypeVar("F", bound=Callable[..., Any])


def quick(hook: F) -> F:
    """Mark a plain hook as quick: it waits for nothing, no file, no lock, no network, and is done in well under a millisecond.

    The way to a thread and back costs more than such a hook does, so it is called on the event loop that serves the consumers.
    Nothing can cut it there: whoever marks a hook answers for it. One that takes long all the same is told to the log and goes
    through threads from then on.
    """
    setattr(hook, QUICK, True)
    return hook
