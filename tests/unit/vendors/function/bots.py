"""Functions as a brand would write them: good ones, and bad ones of every kind."""

import asyncio
import threading
from typing import Any

CONSTANT = 1


def echo(payload: dict[str, Any]) -> dict[str, Any]:
    return {"messages": [f"You said: {payload['message']}"], "context": {}}


async def echo_later(payload: dict[str, Any]) -> dict[str, Any]:
    await asyncio.sleep(0)
    return echo(payload)


def hand_back(payload: dict[str, Any]) -> Any:
    """Answer with what the payload says to answer, whatever it is."""
    return payload["context"]["lpEvent"].get("answer")


def spoil(payload: dict[str, Any]) -> dict[str, Any]:
    payload["context"].clear()
    payload["convId"] = "another"
    return {"messages": ["spoilt"]}


def takes_two(payload: dict[str, Any], more: int) -> dict[str, Any]:
    return {"messages": [str(more)], **payload}


def raise_value_error(payload: dict[str, Any]) -> dict[str, Any]:
    raise ValueError(f"secret: {payload['message']}")


def leave(payload: dict[str, Any]) -> dict[str, Any]:
    raise SystemExit(payload["message"])


def hang(payload: dict[str, Any]) -> dict[str, Any]:
    threading.Event().wait()
    return payload


async def hang_later(payload: dict[str, Any]) -> dict[str, Any]:
    await asyncio.Event().wait()
    return payload


def give_an_object(payload: dict[str, Any]) -> Any:
    return {"messages": [object()]}


def give_a_number_too_large(payload: dict[str, Any]) -> Any:
    return {"messages": ["Hi"], "context": {"confidenceScore": 2**70}}


def give_a_tuple(payload: dict[str, Any]) -> Any:
    return {"messages": ("Hi", "there")}
