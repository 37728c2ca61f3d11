"""Check rich content before it leaves: element types, required members, limits, and where images come from.

The rules are those of docs/contract/structured-content.md; they stand as a table in `gateway.contract.structured.elements`.
`tests/differential` holds them against LivePerson's own validator.
"""

from collections.abc import Set as AbstractSet

from gateway.contract.structured.elements import MAX_BYTES, QUICK_REPLIES, ROOT
from gateway.contract.structured.finding import Code, Finding, Severity
from gateway.contract.structured.rules import Report, Rule
from gateway.contract.types import Json
from gateway.contract.wire import WireError, dumps

__all__ = ["Code", "Finding", "Severity", "check_quick_replies", "check_structured_content"]


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
        size = len(dumps(content))
    except WireError as error:
        return [Finding("", Code.NOT_JSON, str(error))]
    if size > MAX_BYTES:
        return [Finding("", Code.TOO_LARGE, f"has {size} bytes of JSON, at most {MAX_BYTES} are allowed")]
    report = Report(image_hosts)
    rule(content, None, report)
    return report.findings
