"""The table of codes in docs/lint.md."""

from gateway.lint.codes import CODES, OWN_PREFIX


def render_codes() -> str:
    """Write Markdown: the Conversation Tester's codes, then lint's own."""
    own = [code for code in CODES if code.startswith(OWN_PREFIX)]
    others = [code for code in CODES if not code.startswith(OWN_PREFIX)]
    lines = [
        "### Of the Conversation Tester",
        "",
        *_table(others),
        "",
        "### Of lint itself",
        "",
        *_table(own),
    ]
    return "\n".join(lines) + "\n"


def _table(codes: list[str]) -> list[str]:
    return [
        "| code | severity | when | what to do |",
        "|---|---|---|---|",
        *(
            f"| `{entry.code}` | {', '.join(entry.severities)} | {entry.meaning} | {entry.remedy} |"
            for entry in (CODES[code] for code in codes)
        ),
    ]
