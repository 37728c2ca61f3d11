"""Any answer, for the readers of both generations: what Watson could never say included."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from hypothesis import strategies as st

from gateway.contract.errors import TurnFailed
from gateway.contract.reply import MISSING_ACTION_AND_MESSAGES, NOT_SUPPORTED_ACTION, ReplyRules, render, verify
from gateway.contract.types import Reply
from gateway.contract.wire import dumps, loads
from vendors.watson import errors
from vendors.watson.generic import READERS

ANSWERED = "answered"
PARSER_CODES = {
    errors.UNDEFINED_STRUCTURED_CONTENT,
    errors.UNDEFINED_SOURCE,
    errors.UNDEFINED_OPTIONS,
    errors.UNDEFINED_TEXT,
    errors.UNDEFINED_TIME,
    errors.FORMAT_NOT_SUPPORTED,
    errors.MALFORMED_PAYLOAD,
    errors.PARSER_CRASHED,
}
CASES = loads((Path(__file__).parents[3] / "data" / "watson" / "replies.json").read_bytes())


def words_of(value: Any) -> Iterator[str]:
    """Give every key and every short text of a JSON value."""
    match value:
        case dict():
            yield from value
            for member in value.values():
                yield from words_of(member)
        case list():
            for entry in value:
                yield from words_of(entry)
        case str() if len(value) < 100:
            yield value


# The words of the contract's own cases, in any nesting: far more likely to meet a rule than random JSON.
WORDS = st.sampled_from(sorted({word for case in CASES for word in words_of(case["answer"])}))
TEXTS = st.one_of(WORDS, st.text(st.characters(exclude_categories=["Cs"]), max_size=300))
LEAVES = st.one_of(st.none(), st.booleans(), st.integers(-(2**63), 2**63 - 1), st.floats(allow_nan=False), TEXTS)
JSON = st.recursive(
    LEAVES,
    lambda inner: st.one_of(
        st.lists(inner, max_size=4),
        st.dictionaries(WORDS, inner, max_size=5),
        st.dictionaries(WORDS, inner, max_size=3).map(lambda value: dumps(value).decode()),
    ),
    max_leaves=12,
)
ITEMS = st.builds(
    lambda kind, members: {"response_type": kind, **members},
    st.sampled_from([*READERS, "date"]),
    st.dictionaries(WORDS, JSON),
)
ANSWERS = st.one_of(
    JSON,
    st.fixed_dictionaries(
        {
            "output": st.fixed_dictionaries(
                {}, optional={"generic": st.lists(ITEMS, max_size=4), "actions": JSON, "intents": JSON, "text": JSON}
            )
        },
        optional={"context": JSON, "actions": JSON, "intents": JSON},
    ),
)


ENDS = {ANSWERED, errors.WATSON_ERROR, *PARSER_CODES, MISSING_ACTION_AND_MESSAGES, NOT_SUPPORTED_ACTION}


def outcome(read: Callable[[], Reply]) -> str:
    """Read an answer as a turn would, with a call that gives the reply; give its end, or the code."""
    try:
        sent = loads(dumps(render(verify(read(), ReplyRules()))))
    except TurnFailed as failure:
        return failure.code
    return ANSWERED if sent["messages"] or sent["context"]["action"] else "nothing to send"
