"""Whatever comes in: JSON or not, an event or not, there is a typed value or the one error that says why not."""

from typing import Any

import orjson
from hypothesis import given
from hypothesis import strategies as st

from gateway.contract import wire
from gateway.contract.event import InvalidEvent, parse_event
from gateway.contract.types import Channel, Event, EventKind

SCALARS = (
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**64 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=8)
)
JSON = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3)
)
OBJECTS = st.dictionaries(st.text(max_size=8), JSON, max_size=3)


@st.composite
def members(draw: st.DrawFn, /, **strategies: st.SearchStrategy[Any]) -> dict[str, Any]:
    """Draw an object some of whose members are absent, and a few anything."""
    drawn = {}
    for name, strategy in strategies.items():
        fate = draw(st.integers(0, 19))
        if fate > 9:
            drawn[name] = draw(strategy)
        elif fate == 9:
            drawn[name] = draw(JSON)
    return drawn


MESSAGES = st.sampled_from(
    [
        "",
        " ",
        "hi",
        "com.liveperson.bot-connectors.consumer.send-rich-content",
        "com.liveperson.bot-connectors.consumer.send-file",
    ]
)
INNER = members(
    type=st.sampled_from(["ContentEvent", "RichContentEvent"]), content=OBJECTS, relativePath=st.text(max_size=8)
)
LP_EVENTS = members(
    sequence=SCALARS,
    isWelcomeEvent=st.booleans(),
    content=st.just("welcome"),
    contentType=st.just("welcome"),
    lastConsumerMessage=st.text(max_size=8),
    relativePath=st.text(max_size=8),
    event=INNER,
    conversationContext=members(type=st.sampled_from(["CHAT", "MESSAGING"])),
)
PAYLOADS = st.builds(
    dict[str, Any],
    members(
        message=MESSAGES, event=members(name=st.just("WELCOME")), context=members(lpEvent=LP_EVENTS, lpSdes=OBJECTS)
    ),
    convId=st.just("c"),
)


def parse(payload: Any) -> Event | InvalidEvent:
    """Parse; every other exception than InvalidEvent fails the test."""
    try:
        return parse_event(payload)
    except InvalidEvent as error:
        return error


def load(data: bytes | str) -> Any:
    """Load, or give the WireError; every other exception fails the test."""
    try:
        return wire.loads(data)
    except wire.WireError as error:
        return error


@given(JSON | PAYLOADS)
def test_json_is_an_event_or_an_invalid_event(payload: Any) -> None:
    event = parse(payload)

    if isinstance(event, Event):
        check(event, payload)
    else:
        assert event.path.split(".")[0] in {"$", "convId", "message", "event", "context"}
        assert event.problem


def check(event: Event, payload: dict[str, Any]) -> None:
    """Hold an event against what the rest of the gateway relies on."""
    assert event.payload is payload
    assert event.conversation_id == payload["convId"]
    assert event.text == (payload.get("message") or event.text)
    assert event.text.strip() or event.kind is EventKind.WELCOME
    assert event.content is None or event.kind in {EventKind.RICH_CONTENT, EventKind.FILE}
    assert event.channel in {None, Channel.CHAT, Channel.MESSAGING}
    assert event.sequence != ""
    assert isinstance(event.lp_event, dict)
    assert isinstance(event.lp_sdes, dict)


@given(PAYLOADS)
def test_the_same_payload_is_the_same_event(payload: dict[str, Any]) -> None:
    """What has been through the wire says the same."""
    first, second = parse(payload), parse(wire.copy(payload))

    if isinstance(first, Event):
        assert second == first
    else:
        assert str(second) == str(first)


@st.composite
def damaged_json(draw: st.DrawFn) -> bytes:
    """Draw JSON with some of its bytes replaced, doubled or left out."""
    data = bytearray(orjson.dumps(draw(JSON)))
    for _ in range(draw(st.integers(1, 3))):
        at = draw(st.integers(0, len(data)))
        data[at : at + draw(st.integers(0, 2))] = draw(st.binary(max_size=3))
    return bytes(data)


@given(st.binary(max_size=64) | damaged_json() | st.text(max_size=64))
def test_bytes_are_a_value_or_a_wire_error(data: bytes | str) -> None:
    value = load(data)

    if isinstance(value, wire.WireError):
        assert str(value).startswith("not JSON: line ")
    else:
        assert wire.loads(wire.dumps(value)) == value, "what can be read can be written"


@given(st.integers(0, 300), st.sampled_from(["[]", '{"a":1}', '"x"']))
def test_what_is_read_is_never_too_deep_to_be_written(levels: int, core: str) -> None:
    value = load("[" * levels + core + "]" * levels)

    if levels + (core[0] in "[{") > wire.MAX_DEPTH:
        assert str(value) == f"nested deeper than {wire.MAX_DEPTH} levels"
    else:
        assert wire.dumps({"context": {"lpEvent": value}})
