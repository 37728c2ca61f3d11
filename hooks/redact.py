"""A built-in pre hook: takes card numbers and e-mail addresses out of what goes to the vendor.

    hooks:
      pre: [{use: "hooks.redact:redact", with: {kinds: [card, email], mask: "[{kind}]"}}]

| option | default | |
|---|---|---|
| `kinds` | `[card, email]` | what to take out |
| `mask` | `[{kind}]` | what to put in its place; `{kind}` becomes `card` or `email` |

A card number is 13 to 19 digits whose Luhn sum is right, written in one or in groups with spaces or dashes between them; a
group is never cut, so a longer run of digits is none. Every string of the request is looked through, at any depth, also
inside Lex' BC-LP-CONTEXT, which is JSON in a string. Left alone are the keys of objects, and the values under KEPT_KEYS.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import accumulate
from typing import Any, Final

from gateway.contract.types import Json
from gateway.contract.wire import WireError, dumps, loads
from hooks.context import HookContext
from hooks.options import InvalidOptions, options_checked_by, refuse_unknown
from hooks.quick import quick

LP_CONTEXT: Final = "BC-LP-CONTEXT"
"""Lex' request attribute with {lpEvent, lpSdes} as JSON."""

# fmt: off
KEPT_KEYS: Final = frozenset({
    # What LivePerson, the vendor or the bot recognise a conversation, a dialog or an event by: changed, the turn would
    # land in another session, or in none.
    "convId", "conversationId", "conversation_id", "msConversationId", "session", "sessionId", "session_id",
    "userId", "user_id", "dialogId", "originatorId", "participantId", "consumerId", "visitorId", "sharkVisitorId",
    "sharkSessionId", "rtSessionId", "chatSessionKey",
    "id", "@id", "sequence", "sequenceId", "systemMessageId", "requestId",
    # Where it was routed to.
    "agentId", "skillId", "campaignId", "engagementId", "integrationId",
    # Times in milliseconds have 13 digits, and every tenth of them has the right sum.
    "serverTimestamp", "serverTimeStamp", "timestamp", "time", "startTime", "lastUpdate",
    # Watson's own state, which must go back as it came.
    "system",
})
# fmt: on
"""The values under these keys are left alone."""


@dataclass(frozen=True, slots=True)
class Settings:
    """The options, read."""

    kinds: tuple[str, ...]
    mask: str


def read_options(options: Json) -> Settings:
    """Read the `with:` mapping. Raise InvalidOptions."""
    refuse_unknown(options, ("kinds", "mask"))
    kinds = options.get("kinds", list(REDACTIONS))
    if not isinstance(kinds, list) or not kinds:
        raise InvalidOptions("kinds", "must be a list that is not empty")
    for kind in kinds:
        if not isinstance(kind, str) or kind not in REDACTIONS:
            raise InvalidOptions("kinds", f"may hold {', '.join(REDACTIONS)}")
    mask = options.get("mask", "[{kind}]")
    if not isinstance(mask, str) or not mask.strip():
        # A request whose text was all secret would become an empty one, which vendors refuse or take for a welcome.
        raise InvalidOptions("mask", "must be a string that is not blank")
    return Settings(tuple(kinds), mask)


@quick
@options_checked_by(read_options)
def redact(payload: Json, ctx: HookContext) -> Json:
    """Mask card numbers and e-mail addresses in every string of a payload."""
    settings = read_options(ctx.options)
    _redact_values(payload, settings)
    return payload


def redact_text(text: str, settings: Settings) -> str:
    """Mask what is found in one text."""
    for kind in settings.kinds:
        text = REDACTIONS[kind](text, settings.mask.replace("{kind}", kind))
    return text


def _redact_values(root: Any, settings: Settings) -> None:
    """Change strings where they stand, without recursion: a request may nest deeply."""
    todo = [root]
    while todo:
        parent = todo.pop()
        entries = parent.items() if isinstance(parent, dict) else enumerate(parent)
        for key, value in list(entries):
            if isinstance(value, str):
                parent[key] = _redact_string(key, value, settings)
            elif isinstance(value, dict | list) and key not in KEPT_KEYS:
                todo.append(value)


def _redact_string(key: Any, value: str, settings: Settings) -> str:
    if key in KEPT_KEYS or (key == "name" and value.startswith("projects/")):
        # Google's resource names hold the session's id.
        return value
    if key == LP_CONTEXT:
        try:
            context = loads(value)
        except WireError:
            return redact_text(value, settings)
        if isinstance(context, dict | list):
            _redact_values(context, settings)
            return dumps(context).decode()
    return redact_text(value, settings)


# Digits of any script, since int() reads them all; possessive, so that nothing is tried twice.
_DIGITS: Final = re.compile(r"\d++(?:[ \u00a0\u2010-\u2015-]{1,3}+\d++)*+")
_GROUP: Final = re.compile(r"\d++")
_CARD_LENGTHS: Final = range(13, 20)

# The characters that addresses are made of in practice. The look-behind lets a match begin only where such a run begins.
_EMAIL: Final = re.compile(r"(?<![\w.%+'-])[\w.%+'-]++@[\w-]++(?:\.[\w-]++)++")


def _mask_emails(text: str, mask: str) -> str:
    return _EMAIL.sub(lambda _: mask, text) if "@" in text else text


def _mask_cards(text: str, mask: str) -> str:
    return _DIGITS.sub(lambda run: _mask_run(run.group(), mask), text)


def _mask_run(run: str, mask: str) -> str:
    """Mask the cards in one run of groups of digits; whatever else is in it (a date, a number before) stays."""
    groups = [match.span() for match in _GROUP.finditer(run)]
    parts, end = [], 0
    for first, last in _join(_find_cards(run, groups)):
        parts += [run[end : groups[first][0]], mask]
        end = groups[last][1]
    return "".join([*parts, run[end:]])


def _find_cards(run: str, groups: list[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """Find every sequence of whole groups that could be a card, as (first group, last group)."""
    ends = list(accumulate((end - start for start, end in groups), initial=0))
    if ends[-1] < _CARD_LENGTHS.start:
        return
    sums = _sum_digits("".join(run[start:end] for start, end in groups))
    shortest = 0
    for first, start in enumerate(ends[:-1]):
        while shortest < len(groups) and ends[shortest + 1] - start < _CARD_LENGTHS.start:
            shortest += 1
        for last in range(shortest, len(groups)):
            end = ends[last + 1]
            if end - start >= _CARD_LENGTHS.stop:
                break
            # The last digit counts once, the one before it twice, and so on.
            doubled = sums[end % 2]
            if (doubled[end] - doubled[start]) % 10 == 0:
                yield first, last


def _sum_digits(digits: str) -> tuple[list[int], list[int]]:
    """Give the running Luhn sums (ISO/IEC 7812-1, annex B) with the digits at even, and at odd places counted twice."""
    values = [int(digit) for digit in digits]
    twice = [value * 2 - 9 if value > 4 else value * 2 for value in values]
    even, odd = values.copy(), values
    even[::2], odd[1::2] = twice[::2], twice[1::2]
    return list(accumulate(even, initial=0)), list(accumulate(odd, initial=0))


def _join(spans: Iterator[tuple[int, int]]) -> list[tuple[int, int]]:
    """Join spans that overlap; they come ordered by their beginning."""
    joined: list[tuple[int, int]] = []
    for first, last in spans:
        if joined and first <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(last, joined[-1][1]))
        else:
            joined.append((first, last))
    return joined


REDACTIONS: Final[dict[str, Callable[[str, str], str]]] = {"card": _mask_cards, "email": _mask_emails}
"""Kind -> what masks it in a text."""
