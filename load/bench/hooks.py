"""The plain Python hooks of a gateway with hooks: one before, one after, as small as useful ones are; and both marked quick."""

from typing import Any

from hooks.context import HookContext
from hooks.quick import quick


def tag(payload: dict[str, Any], ctx: HookContext) -> None:
    """Count the conversation's turns before the bot is asked."""
    ctx.state["turns"] = ctx.state.get("turns", 0) + 1 if payload else 0


def count(payload: dict[str, Any], ctx: HookContext) -> None:
    """Count the answers."""
    ctx.state["answers"] = ctx.state.get("answers", 0) + 1 if payload else 0


@quick
def quick_tag(payload: dict[str, Any], ctx: HookContext) -> None:
    """Do what `tag` does."""
    tag(payload, ctx)


@quick
def quick_count(payload: dict[str, Any], ctx: HookContext) -> None:
    """Do what `count` does."""
    count(payload, ctx)
