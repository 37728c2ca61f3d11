"""Check rich content before it leaves: element types, required members, limits, and where images come from.

The rules are those of docs/contract/structured-content.md; they stand as a table in `gateway.contract.structured.elements`.
`tests/differential` holds them against LivePerson's own validator.
"""

from collections.abc import Set as AbstractSet
from functools import lru_cache
from typing import Final

from gateway.contract.structured.elements import MAX_BYTES, QUICK_REPLIES, ROOT
from gateway.contract.structured.finding import Code, Finding, Severity
from gateway.contract.structured.rules import Report, Rule
from gateway.contract.types import Json
from gateway.contract.wire import WireError, dumps, loads

__all__ = ["Code", "Finding", "Severity", "check_quick_replies", "check_structured_content"]


REMEMBERED: Final = 4096
"""Bytes of the longest item whose findings are remembered; with the number of items it bounds the memory that this takes."""


def check_structured_content(content: Json, *, image_hosts: AbstractSet[str] | None = None) -> list[Finding]:
    """Say everything that is wrong with a rich item (`structuredContent` without quick replies); never raises.

    `image_hosts` are lower-case host names; None when the account lists none, which allows any host.
    """
    return _check(content, ROOT, image_hosts)


def check_quick_replies(content: Json) -> list[Finding]:
    """Say everything that is wrong with quick replies: the object that holds `message` and `quickReplies`; never raises."""
    return _check(content, QUICK_REPLIES, None)


def _check(content: Json, rule: Rule, image_hosts: AbstractSet[str] | None) -> list[Finding]:
    # Writing it first also bounds what follows: 15 kB, and no deeper than JSON can be written.
    try:
        text = dumps(content)
    except WireError as error:
        return [Finding("", Code.NOT_JSON, str(error))]
    if len(text) > MAX_BYTES:
        return [Finding("", Code.TOO_LARGE, f"has {len(text)} bytes of JSON, at most {MAX_BYTES} are allowed")]
    if len(text) > REMEMBERED or b"null" in text:  # a null may have been no number before it was written
        return _find(content, rule, image_hosts)
    try:
        return list(_find_again(text, rule, None if image_hosts is None else frozenset(image_hosts)))
    except WireError:  # nested deeper than is read, and not deeper than is written
        return _find(content, rule, image_hosts)


def _find(content: Json, rule: Rule, image_hosts: AbstractSet[str] | None) -> list[Finding]:
    report = Report(image_hosts)
    rule(content, None, report)
    return report.findings


@lru_cache(maxsize=1024)
def _find_again(text: bytes, rule: Rule, image_hosts: frozenset[str] | None) -> tuple[Finding, ...]:
    """Look at what most bots send again and again once: looking it up costs a tenth of checking it."""
    return tuple(_find(loads(text), rule, image_hosts))
