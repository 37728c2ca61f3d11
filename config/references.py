"""Check that what a bot refers to exists: its escalation's skill, and its hooks.

What a vendor's settings refer to (an environment, a callable), their own model checks.
"""

from collections.abc import Iterator
from typing import Any, Final

from config.layers import Layers
from config.problems import KeyPath, Report, suggest
from gateway.contract.targets import CallableNotFound
from gateway.contract.wire import WireError, dumps
from hooks.loader import HookSpec, load_hook

HOOK_KINDS: Final = ("pre", "post", "error")


class References:
    """Checks the bots of all files, each hook once: thousands of bots may name the same one."""

    def __init__(self) -> None:
        self._hooks: dict[tuple[str, bytes], str | None] = {}
        """Target and options -> what is wrong with it."""

    def check(self, layers: Layers, skills: Any, report: Report) -> None:
        """Check a bot, merged with its defaults. `skills` are the account's, anything but a list when it gives none.

        Values whose shape is wrong are passed over: they have their problem already.
        """
        for path, text in [*_check_skill(layers.merged, skills), *self._check_hooks(layers.merged)]:
            place, _ = layers.place(path)
            report.add(layers.line(place), place, text)

    def _check_hooks(self, bot: dict[str, Any]) -> Iterator[tuple[KeyPath, str]]:
        for path, hook in _hooks(bot.get("hooks")):
            if (problem := self._check_hook(hook)) is not None:
                yield path, problem

    def _check_hook(self, hook: HookSpec) -> str | None:
        try:
            key = hook.target, dumps(dict(hook.options))
        except WireError:
            return _try_hook(hook)
        if key not in self._hooks:
            self._hooks[key] = _try_hook(hook)
        return self._hooks[key]


def _try_hook(hook: HookSpec) -> str | None:
    """Say what is wrong with a hook."""
    try:
        load_hook(hook)
    except CallableNotFound as error:
        return str(error)
    return None


def _check_skill(bot: dict[str, Any], skills: Any) -> Iterator[tuple[KeyPath, str]]:
    match bot.get("escalation"), skills:
        case {"skill": str(skill)}, list() if skill not in skills:
            near = suggest(skill, [known for known in skills if isinstance(known, str)])
            yield ("escalation", "skill"), f"is not one of the account's skills{near}"
        case _:
            pass


def _hooks(section: Any) -> Iterator[tuple[KeyPath, HookSpec]]:
    """Give the hooks of a `hooks` section, as far as they have the right shape."""
    if not isinstance(section, dict):
        return
    for kind in HOOK_KINDS:
        entries = section.get(kind)
        for index, entry in enumerate(entries if isinstance(entries, list) else []):
            match entry:
                case str(target):
                    yield ("hooks", kind, index), HookSpec(target)
                case {"use": str(target), "with": dict(options)}:
                    yield ("hooks", kind, index, "use"), HookSpec(target, options)
                case {"use": str(target)}:
                    yield ("hooks", kind, index, "use"), HookSpec(target)
                case _:
                    pass
