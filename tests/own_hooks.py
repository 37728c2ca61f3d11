"""Hooks and function bots as somebody's own module has them; the scenarios name them in account files."""

import asyncio
import threading
from typing import Any

from hooks.context import HookContext

SEEN: list[Any] = []
"""What the hooks saw, for the tests to read and clear."""
RELEASE = threading.Event()
"""Lets `hang` go on."""


def tag(payload: dict[str, Any], ctx: HookContext) -> dict[str, Any]:
    SEEN.append(("tag", payload, dict(ctx.options)))
    return {**payload, "message": f"{payload['message']} {ctx.options.get('with', '')}".strip()}


async def tag_async(payload: dict[str, Any], ctx: HookContext) -> None:
    await asyncio.sleep(0)
    SEEN.append(("tag_async", payload))
    payload["message"] = payload["message"].upper()


def sign(payload: dict[str, Any], ctx: HookContext) -> dict[str, Any]:
    SEEN.append(("sign", payload))
    return {**payload, "messages": [*payload["messages"], f"({ctx.bot}, {ctx.vendor}, {ctx.channel})"]}


def count(payload: dict[str, Any], ctx: HookContext) -> dict[str, Any]:
    ctx.state["turns"] = ctx.state.get("turns", 0) + 1
    return {**payload, "messages": [f"turn {ctx.state['turns']}"]}


def meddle(payload: dict[str, Any], ctx: HookContext) -> None:
    ctx.event["context"]["lpEvent"]["changed"] = True


def steal_session(payload: dict[str, Any], ctx: HookContext) -> dict[str, Any]:
    return {**payload, "convId": "somebody-else"}


def steal_watson_v1(payload: dict[str, Any], ctx: HookContext) -> dict[str, Any]:
    SEEN.append(("steal_watson_v1", payload))
    stolen = {"convId": "somebody-else", "conversation_id": "somebody-else", "tier": "gold"}
    return {"message": f"{payload['message']}\n", "context": {**payload["context"], **stolen}}


def fail(payload: dict[str, Any], ctx: HookContext) -> None:
    raise ValueError(f"cannot cope with {payload}")


def leave(payload: dict[str, Any], ctx: HookContext) -> None:
    raise SystemExit(3)


def answer_list(payload: dict[str, Any], ctx: HookContext) -> Any:
    return [payload]


def answer_object(payload: dict[str, Any], ctx: HookContext) -> Any:
    return {"self": object()}


def hang(payload: dict[str, Any], ctx: HookContext) -> None:
    RELEASE.wait(20)


async def hang_async(payload: dict[str, Any], ctx: HookContext) -> None:
    await asyncio.Event().wait()


def spoil_state(payload: dict[str, Any], ctx: HookContext) -> None:
    ctx.state["lock"] = threading.Lock()


def report(payload: dict[str, Any], ctx: HookContext) -> None:
    SEEN.append(("report", payload))


def bot(payload: dict[str, Any]) -> dict[str, Any]:
    return {"messages": [f"you said {payload['message']}"], "context": {}}


async def bot_async(payload: dict[str, Any]) -> dict[str, Any]:
    await asyncio.sleep(0)
    return {"messages": [f"you said {payload['message']}, I awaited"]}


def bot_silent(payload: dict[str, Any]) -> None:
    SEEN.append(("bot_silent", payload))


def bot_broken(payload: dict[str, Any]) -> dict[str, Any]:
    raise RuntimeError(payload["message"])


def bot_leaving(payload: dict[str, Any]) -> dict[str, Any]:
    raise SystemExit


def bot_listing(payload: dict[str, Any]) -> Any:
    return ["hello"]


def bot_hanging(payload: dict[str, Any]) -> dict[str, Any]:
    RELEASE.wait(20)
    return {"messages": ["too late"]}
