"""Whatever a turn holds, a record of it keeps its form and none of its secrets."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from gateway.console.redaction import MASKED, PERSONAL_GROUPS, PERSONAL_KEYS, SECRET, SECRET_WORDS, redact_record
from gateway.contract.wire import dumps, loads

CANARY = "canary-of-a-consumer"
KEYS = st.sampled_from(["message", "context", "lpEvent", "lpSdes", "text", "n", *PERSONAL_KEYS, *PERSONAL_GROUPS])
SCALARS = st.one_of(st.none(), st.booleans(), st.integers(-(2**53), 2**53), st.text(max_size=20))
VALUES = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=4), max_leaves=20
)


@st.composite
def spellings(draw: st.DrawFn, words: st.SearchStrategy[str]) -> str:
    """Spell a word as people do: in any case, with dashes or underscores anywhere."""
    letters = draw(words)
    parts = [draw(st.sampled_from(["", "", "", "-", "_"])) + letter for letter in letters]
    return "".join(draw(st.sampled_from([part.upper(), part])) for part in parts)


@st.composite
def secrets(draw: st.DrawFn) -> dict[str, Any]:
    """Hide the canary under a key that names it, as a text or deeper, perhaps in JSON in a string."""
    named = st.sampled_from(sorted(PERSONAL_KEYS | PERSONAL_GROUPS)) | st.sampled_from(SECRET_WORDS)
    key = draw(spellings(named))
    value = draw(st.sampled_from([CANARY, [CANARY], {"n": [{"text": CANARY}]}]))
    hidden: dict[str, Any] = {key: value}
    for _ in range(draw(st.integers(0, 5))):
        hidden = {"n": draw(st.sampled_from([hidden, [hidden], dumps(hidden).decode(), dumps([hidden]).decode()]))}
    return hidden


def make_record(value: Any) -> dict[str, Any]:
    nothing = {"built": None, "sent": None}
    record = {"conversation": "c-1", "request": nothing, "answer": {"given": value, "read": None}}
    return record | {"event": {}, "draft": None, "reply": None}


def shape(value: Any) -> Any:
    """Give what must stay: the objects' keys and the lists' lengths, as far as nothing is masked whole."""
    if isinstance(value, dict):
        return {key: shape(item) for key, item in value.items()}
    if isinstance(value, list):
        return [shape(item) for item in value]
    return None


@given(secrets(), VALUES)
def test_no_secret_survives(hidden: dict[str, Any], beside: Any) -> None:
    kept = redact_record(make_record({"hidden": hidden, "beside": beside}))
    text = dumps(kept).decode()
    assert CANARY not in text
    assert MASKED in text or SECRET in text


@given(VALUES)
def test_the_form_stays_and_nothing_is_left_to_redact(value: Any) -> None:
    record = make_record(loads(dumps(value)))
    kept = redact_record(record)
    assert shape(kept) == shape(record)
    assert redact_record(kept) == kept
