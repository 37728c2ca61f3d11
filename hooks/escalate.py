"""A built-in post hook: after some fallback answers in a row, the conversation goes to people.

    hooks:
      post: [{use: "hooks.escalate:after_fallbacks", with: {count: 3, skill: human_skill, message: "One moment."}}]

| option | default | |
|---|---|---|
| `skill` | required | where to transfer to |
| `count` | 3 | fallback answers in a row; the last of them transfers |
| `message` | none | a text after the bot's own, before the transfer |
| `below` | 0 | Watson: a best intent of less confidence than this is a fallback too |
| `intents` | `[fallback]` | function bots: the intent ids or names that are fallbacks |

What is a fallback, by the answer's structure: Dialogflow ES `intent.isFallback`; Dialogflow CX `matchType` NO_MATCH; Lex
the built-in FallbackIntent; Watson no intent for a text; a function one of `intents`. The count is kept in `ctx.state`; any
other answer sets it back, and so does the transfer. An answer that carries one of LivePerson's actions is left alone.
"""

from dataclasses import dataclass
from typing import Final

from gateway.contract.event import InvalidEvent, parse_event
from gateway.contract.types import ActionName, EventKind, Json
from hooks import answers
from hooks.context import HookContext
from hooks.options import InvalidOptions, options_checked_by, refuse_unknown
from hooks.quick import quick

STATE_KEY: Final = "hooks.escalate.fallbacks"
"""The count in `ctx.state`."""


@dataclass(frozen=True, slots=True)
class Settings:
    """The options, read."""

    skill: str
    count: int
    message: str | None
    below: float
    intents: tuple[str, ...]


def read_options(options: Json) -> Settings:
    """Read the `with:` mapping. Raise InvalidOptions."""
    refuse_unknown(options, ("skill", "count", "message", "below", "intents"))
    skill, count, message = options.get("skill"), options.get("count", 3), options.get("message")
    below, intents = options.get("below", 0), options.get("intents", ["fallback"])
    if not isinstance(skill, str) or not skill:
        raise InvalidOptions("skill", "is required, a string")
    if isinstance(count, bool) or not isinstance(count, int) or count < 1:
        raise InvalidOptions("count", "must be a whole number, 1 or more")
    if message is not None and (not isinstance(message, str) or not message.strip()):
        raise InvalidOptions("message", "must be a string that is not blank")
    if isinstance(below, bool) or not isinstance(below, int | float) or not 0 <= below <= 1:
        raise InvalidOptions("below", "must be a number in 0..1")
    if not isinstance(intents, list) or not all(isinstance(name, str) for name in intents):
        raise InvalidOptions("intents", "must be a list of strings")
    return Settings(skill, count, message, below, tuple(intents))


@quick
@options_checked_by(read_options)
def after_fallbacks(payload: Json, ctx: HookContext) -> Json:
    """Count fallback answers, and let the last of `count` in a row transfer to `skill`."""
    settings = read_options(ctx.options)
    shape = answers.shape_of(ctx.vendor)
    fallback = shape.is_fallback(payload, settings.below, settings.intents) and (
        not shape.needs_text or _has_text(ctx.event)
    )
    count = ctx.state.get(STATE_KEY, 0) + 1 if fallback else 0
    action = shape.find_action(payload)
    if action in {ActionName.TRANSFER, ActionName.CLOSE_CONVERSATION}:
        count = 0  # the bot itself hands over
    elif action is None and count >= settings.count:
        shape.add_transfer(payload, settings.skill, settings.message)
        count = 0
    # With another action there is no room for a transfer: the count stays, and the next fallback transfers.
    ctx.state[STATE_KEY] = count
    return payload


def _has_text(event: Json) -> bool:
    """Say whether the consumer wrote something; either door's event (docs/contract/custom-endpoint.md, "POST body")."""
    try:
        return parse_event(event).kind is EventKind.TEXT
    except InvalidEvent:
        data = event.get("data")
        return isinstance(data, dict) and isinstance(data.get("message"), str) and bool(data["message"].strip())
