"""The plain Python hooks that a gateway with hooks runs: one before, one after, as small as useful ones are."""

from typing import Any

from hooks.context import HookContext


def tag(payload: dict[str, Any], ctx: HookContext) -> None:
    """Count the conversation's turns before the bot is asked."""
    ctx.state["turns"] = ctx.state.get("turns", 0) + 1 if payload else 0


def count(payload: dict[str, Any], ctx: HookContext) -> None:
    """Count the answers."""
    ctx.state["answers"] = ctx.state.get("answers", 0) + 1 if payload else 0
