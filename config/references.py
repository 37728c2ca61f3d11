"""Check that what a bot refers to exists: its escalation's skill, and its hooks.

What a vendor's settings refer to (an environment, a callable), their own model checks.
"""

from collections.abc import Iterator
from typing import Any, Final

from config.layers import Layers
from config.problems import KeyPath, Report, suggest
from gateway.contract.callables import CallableNotFound
from hooks.loader import HookSpec, load_hook

HOOK_KINDS: Final = ("pre", "post", "error")


def check_references(layers: Layers, skills: Any, report: Report) -> None:
    """Check a bot, merged with its defaults. `skills` are the account's, anything but a list when it gives none.

    Values whose shape is wrong are passed over: they have their problem already.
    """
    for path, text in [*_check_skill(layers.merged, skills), *_check_hooks(layers.merged)]:
        place, _ = layers.place(path)
        report.add(layers.line(place), place, text)


def _check_skill(bot: dict[str, Any], skills: Any) -> Iterator[tuple[KeyPath, str]]:
    match bot.get("escalation"), skills:
        case {"skill": str(skill)}, list() if skill not in skills:
            near = suggest(skill, [known for known in skills if isinstance(known, str)])
            yield ("escalation", "skill"), f"is not one of the account's skills{near}"
        case _:
            pass


def _check_hooks(bot: dict[str, Any]) -> Iterator[tuple[KeyPath, str]]:
    for path, hook in _hooks(bot.get("hooks")):
        try:
            load_hook(hook)
        except CallableNotFound as error:
            yield path, str(error)


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
