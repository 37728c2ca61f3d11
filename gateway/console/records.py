"""A turn as the console shows it: what came in, every step with its time, what went out, and what is wrong with it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final, TypeAlias
from uuid import uuid4

from gateway.contract.errors import BridgeError, ReplyRejected
from gateway.contract.reply import QUICK_REPLIES_NOT_SUPPORTED, TRANSFER_SKILL_NOT_EXISTING, ReplyRules, render
from gateway.contract.structured_content import Finding, Severity, check_quick_replies, check_structured_content
from gateway.contract.types import Json, Reply, StructuredContent, StructuredContentMode
from gateway.contract.wire import copy
from gateway.figures.times import write_time
from gateway.turn import Turn

READ: Final = "read"
"""The step without which nobody has looked at the bot's answer."""
SUMMARY: Final = ("id", "at", "account", "bot", "conversation", "kind", "outcome", "totalMs", "error")

Record: TypeAlias = Json
"""TURN of docs/console.md."""


@dataclass(frozen=True, slots=True)
class Source:
    """Where a record comes from."""

    name: str
    """`tester` or `recorded`."""
    at: float
    """When the turn began: seconds since 1970."""


def write_record(turn: Turn, source: Source, *, reply: Json | None = None) -> Record:
    """Write a turn that has ended. `reply` is what was answered, where that is known better than by the turn: a repeat's."""
    bot = turn.bot
    draft = _read_draft(turn)
    if reply is None and turn.reply is not None:
        reply = render(turn.reply)
    return {
        "id": str(uuid4()),
        "at": write_time(source.at),
        "account": bot.account,
        "bot": bot.name,
        "environment": bot.environment,
        "vendor": bot.vendor_name,
        "channel": bot.rules.channel.value,
        "conversation": turn.event.conversation_id,
        "source": source.name,
        "kind": turn.event.kind.value,
        "outcome": turn.outcome,
        "totalMs": _to_ms(turn.steps.get("total", 0.0)),
        "attempts": turn.attempts,
        "event": turn.event.payload,
        "spans": [
            {"step": span.step, "beganMs": _to_ms(span.began), "ms": _to_ms(span.seconds), "failure": span.failure}
            for span in turn.spans
        ],
        "request": {"built": turn.built, "sent": turn.request},
        "answer": {"given": turn.given, "read": turn.answer},
        "draft": None if draft is None else render(draft),
        "reply": reply,
        "warnings": [] if turn.reply is None else list(turn.reply.warnings),
        "findings": [] if draft is None else list(_find(draft, bot.rules, turn.error)),
        "error": None if turn.error is None else write_failure(turn.error),
    }


def write_summary(record: Record) -> Json:
    """Write what lists show of a turn."""
    return {key: record[key] for key in SUMMARY}


def write_failure(error: BridgeError) -> Json:
    """Write an error with what it means and what to do about it."""
    return {
        "code": error.code,
        "errorId": error.error_id,
        "message": error.message,
        "meaning": error.entry.meaning,
        "remedy": error.entry.remedy,
    }


def _read_draft(turn: Turn) -> Reply | None:
    """Read the bot's answer as the turn has read it, before LivePerson's rules; None where it came to no reading, or to nothing.

    Read once more, and only for those turns that somebody looks at, so that turns need not carry it.
    """
    if turn.answer is None or READ not in turn.steps:
        return None
    try:
        return turn.bot.vendor.read_reply(copy(turn.answer), turn.bot.reading)
    except Exception:  # noqa: BLE001 - the turn's own reading has failed alike, and its error says how
        return None


def _find(draft: Reply, rules: ReplyRules, error: BridgeError | None) -> Iterator[Json]:
    """Find what LivePerson's rules say of a bot's answer; paths lead into `draft`."""
    for number, message in enumerate(draft.messages):
        if isinstance(message, StructuredContent):
            place = f"$.messages[{number}].structuredContent"
            yield from _write_findings(_check(message, rules), place, rules)
    if draft.legacy_content is not None:
        found = check_structured_content(draft.legacy_content, image_hosts=rules.image_hosts)
        yield from _write_findings(found, "$.context.structuredContent", rules)
    if isinstance(error, ReplyRejected):
        locate = _PLACES.get(error.code)
        yield {"path": "$" if locate is None else locate(draft), "message": error.message, "severity": "error"}


def _check(message: StructuredContent, rules: ReplyRules) -> list[Finding]:
    if message.is_quick_replies:
        return check_quick_replies(message.content)
    return check_structured_content(message.content, image_hosts=rules.image_hosts)


def _write_findings(findings: list[Finding], place: str, rules: ReplyRules) -> Iterator[Json]:
    """Write findings; an error is what costs the message: here in strict mode, on every channel where nothing can show it."""
    strict = rules.structured_content is StructuredContentMode.STRICT
    for finding in findings:
        costs = finding.severity is Severity.UNUSABLE or (strict and finding.severity is not Severity.NOTE)
        path = f"{place}.{finding.path}" if finding.path else place
        yield {"path": path, "message": finding.text, "severity": "error" if costs else "warning"}


def _find_quick_replies(draft: Reply) -> str:
    for number, message in enumerate(draft.messages):
        if isinstance(message, StructuredContent) and message.is_quick_replies:
            return f"$.messages[{number}].structuredContent.quickReplies"
    return "$.context.structuredContent.quickReplies"


_PLACES: Final[dict[str, Callable[[Reply], str]]] = {
    QUICK_REPLIES_NOT_SUPPORTED: _find_quick_replies,
    **dict.fromkeys(TRANSFER_SKILL_NOT_EXISTING.values(), lambda _: "$.context.actionParameters.skill"),
}


def _to_ms(seconds: float) -> float:
    return round(seconds * 1000, 2)
