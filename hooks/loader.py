"""An account file's entries under `hooks:` -> hooks that can be called."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from gateway.contract.targets import CallableNotFound, load_callable
from gateway.contract.types import Json
from hooks.options import InvalidOptions, check_options


@dataclass(frozen=True, slots=True)
class HookSpec:
    """One entry of an account file: what it names, and what stands under `with:`."""

    target: str
    """`module:function`."""
    options: Mapping[str, Any] = field(default_factory=dict, repr=False)


@dataclass(frozen=True, slots=True)
class Hook:
    """A hook that was found and takes two arguments. `target` names it in messages."""

    target: str
    function: Callable[..., Any]
    options: Json = field(default_factory=lambda: _freeze({}), repr=False)
    """Read-only."""
    remote: bool = False
    """Whether `function` is I/O of the gateway's own: awaited on its loop as function(payload, timeout=seconds), and never
    in the sandbox. It raises CallableFailed like what runs there."""


def load_hook(spec: HookSpec) -> Hook:
    """Import a hook and check that it takes (payload, ctx) and, where it says so itself, its options.

    Raise CallableNotFound, whose message says what is wrong.
    """
    function = load_callable(spec.target, arguments=2)
    options = _freeze(dict(spec.options))
    try:
        check_options(function, options)
    except InvalidOptions as error:
        raise CallableNotFound(f"{spec.target!r} refuses its options: {error}") from error
    return Hook(spec.target, function, options)


def _freeze(options: Json) -> Json:
    # Imported when there is a hook: it brings structlog along, which takes as long as all else that checking needs.
    from hooks.context import read_only  # noqa: PLC0415

    frozen: Json = read_only(options)
    return frozen
