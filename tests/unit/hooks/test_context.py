import copy
import dataclasses
import pickle
from collections.abc import Callable
from typing import Any

import orjson
import pytest
import structlog
from hypothesis import given
from hypothesis import strategies as st

from gateway.contract.types import Channel, Json
from hooks.context import EventSnapshot, HookContext, HookScope, ReadOnlyDict, ReadOnlyList, plain, read_only

EVENT: Json = {"convId": "c-1", "message": "hi", "context": {"lpEvent": {"metadata": [{"id": "m1"}]}, "lpSdes": {}}}

DICT_CHANGES: dict[str, Callable[[Any], Any]] = {
    "set": lambda d: d.__setitem__("a", 1),
    "delete": lambda d: d.__delitem__("convId"),
    "or": lambda d: d.__ior__({"a": 1}),
    "init": lambda d: d.__init__({"a": 1}),
    "clear": lambda d: d.clear(),
    "pop": lambda d: d.pop("convId"),
    "popitem": lambda d: d.popitem(),
    "setdefault": lambda d: d.setdefault("a", 1),
    "update": lambda d: d.update(a=1),
}
LIST_CHANGES: dict[str, Callable[[Any], Any]] = {
    "set": lambda x: x.__setitem__(0, 1),
    "set slice": lambda x: x.__setitem__(slice(0, 1), []),
    "delete": lambda x: x.__delitem__(0),
    "add": lambda x: x.__iadd__([1]),
    "multiply": lambda x: x.__imul__(2),
    "init": lambda x: x.__init__([1]),
    "append": lambda x: x.append(1),
    "clear": lambda x: x.clear(),
    "extend": lambda x: x.extend([1]),
    "insert": lambda x: x.insert(0, 1),
    "pop": lambda x: x.pop(),
    "remove": lambda x: x.remove({"id": "m1"}),
    "reverse": lambda x: x.reverse(),
    "sort": lambda x: x.sort(key=str),
}
JSON: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=20,
)


def _pickled(value: Any) -> Any:
    return pickle.loads(pickle.dumps(value))  # noqa: S301 - our own bytes


def make_scope(payload: Json, state: Json | None = None) -> HookScope:
    return HookScope(
        account="1",
        bot="concierge",
        vendor="lex-v2",
        channel=Channel.MESSAGING,
        conversation_id="c-1",
        event_payload=payload,
        state={} if state is None else state,
        log=structlog.get_logger(),
    )


@pytest.mark.parametrize("change", DICT_CHANGES.values(), ids=DICT_CHANGES.keys())
@pytest.mark.parametrize("at", [lambda e: e, lambda e: e["context"]["lpEvent"]["metadata"][0]], ids=["top", "deep"])
def test_no_dict_of_an_event_can_be_changed(change: Callable[[Any], Any], at: Callable[[Any], Any]) -> None:
    event = read_only(EVENT)
    with pytest.raises(TypeError, match="read-only"):
        change(at(event))
    assert event == EVENT


@pytest.mark.parametrize("change", LIST_CHANGES.values(), ids=LIST_CHANGES.keys())
def test_no_list_of_an_event_can_be_changed(change: Callable[[Any], Any]) -> None:
    event = read_only(EVENT)
    with pytest.raises(TypeError, match="read-only"):
        change(event["context"]["lpEvent"]["metadata"])
    assert event == EVENT


def test_every_method_that_changes_a_dict_or_a_list_is_refused() -> None:
    # What a plain one has and a tuple or a mapping proxy has not, is what changes it.
    reading = {"__getitem__", "__reversed__", "__class_getitem__", "copy", "fromkeys", "__ror__", "__or__", "__init__"}
    for base, made, still in ((dict, ReadOnlyDict, type(type.__dict__)), (list, ReadOnlyList, tuple)):
        changing = set(vars(base)) - set(dir(still)) - reading
        assert changing <= set(vars(made)), base


@given(JSON)
def test_a_read_only_value_is_the_same_json(value: Any) -> None:
    made = read_only(value)
    assert made == value
    assert orjson.loads(orjson.dumps(made)) == value
    assert plain(made) == value


@pytest.mark.parametrize("duplicate", [copy.deepcopy, copy.copy, _pickled, plain], ids=lambda f: f.__name__)
def test_a_copy_of_an_event_can_be_changed(duplicate: Callable[[Json], Json]) -> None:
    event = read_only(EVENT)
    made = duplicate(event)
    made["context"]["lpEvent"]["metadata"].append({"id": "m2"})
    made["message"] = "changed"
    assert (type(made), type(made["context"]["lpEvent"]["metadata"])) == (dict, list)
    assert event == EVENT


def test_a_list_copies_as_a_plain_list() -> None:
    items = read_only([1, [2]])
    for made in (copy.deepcopy(items), copy.copy(items), _pickled(items), items[:], items + []):  # noqa: RUF005 - the operator is what is tested
        assert type(made) is list


def test_an_event_nested_deeper_than_the_stack_is_still_read() -> None:
    deep: list[Any] = []
    for _ in range(1000):
        deep = [deep]
    event = EventSnapshot({"deep": deep}).read()
    depth, level = 0, event["deep"]
    while level:
        depth, level = depth + 1, level[0]
    assert depth == 1000


def test_all_hooks_of_a_turn_share_one_event_and_one_state() -> None:
    scope = make_scope(EVENT, {"seen": 1})
    first, second = scope.make_context("acme:one", {"a": 1}), scope.make_context("acme:two", {})
    assert first.event is second.event
    assert first.state is second.state is scope.state
    assert (first.options, second.options) == ({"a": 1}, {})


def test_a_scope_without_a_logger_makes_one_that_knows_the_turn() -> None:
    scope = make_scope(EVENT)
    scope.log = None
    with structlog.testing.capture_logs() as lines:
        scope.make_context("acme:tag", {}).log.info("tagged", tags=2)
    assert lines == [
        {
            "event": "tagged",
            "part": "hooks",
            "account": "1",
            "bot": "concierge",
            "conversation": "c-1",
            "hook": "acme:tag",
            "tags": 2,
            "log_level": "info",
        }
    ]
    assert scope.get_log() is scope.get_log()


FIELDS = {
    "account": "1",
    "bot": "concierge",
    "vendor": "lex-v2",
    "channel": Channel.MESSAGING,
    "conversation_id": "c-1",
    "options": {"a": 1},
    "state": {"seen": 1},
    "event": EVENT,
}


@pytest.mark.parametrize("name", FIELDS)
def test_each_field_is_there_when_it_is_looked_at_and_stays(name: str) -> None:
    context = make_scope(EVENT, {"seen": 1}).make_context("acme:tag", {"a": 1})
    first = getattr(context, name)
    assert first == FIELDS[name]
    assert getattr(context, name) is first


def test_what_a_context_has_not_is_missed_by_its_usual_name() -> None:
    made = HookContext(account="1", bot="b", vendor="v", channel=Channel.CHAT, conversation_id="c")
    in_a_turn = make_scope(EVENT).make_context("acme:tag", {})
    for context in (made, in_a_turn):
        with pytest.raises(AttributeError, match=r"^'HookContext' object has no attribute 'text'$"):
            context.text  # type: ignore[attr-defined]  # noqa: B018 - that it is not there is the point
    assert isinstance(in_a_turn, HookContext)


@pytest.mark.parametrize(
    "change", [lambda c: dataclasses.replace(c, options={"b": 2}), copy.copy], ids=["replace", "copy"]
)
def test_a_context_can_be_handed_on_with_other_options(change: Callable[[HookContext], HookContext]) -> None:
    context = make_scope(EVENT, {"seen": 1}).make_context("acme:tag", {"b": 2})
    other = change(context)
    assert {name: getattr(other, name) for name in FIELDS} == FIELDS | {"options": {"b": 2}}
    assert other.state is context.state
    with pytest.raises(AttributeError):
        other.state = {}  # type: ignore[misc]  # that it cannot be done is the point


def test_a_context_of_a_turn_cannot_be_rebound_and_shows_as_any_other() -> None:
    context = make_scope({"message": "hi there"}, {"last": "hi there"}).make_context("acme:tag", {})
    for name in (*FIELDS.keys() - {"event"}, "log"):
        with pytest.raises(AttributeError):
            setattr(context, name, {})
    assert repr(context) == (
        "HookContext(account='1', bot='concierge', vendor='lex-v2', channel=<Channel.MESSAGING: 'messaging'>, "
        "conversation_id='c-1')"
    )


STATES = {"a set": {1}, "a circle": [], "a number as a key": {1: 2}}


@pytest.mark.parametrize("left", STATES.values(), ids=STATES.keys())
def test_a_state_goes_back_to_what_it_was_when_it_was_last_json(left: Any) -> None:
    if left == []:
        left.append(left)
    scope = make_scope(EVENT, {"seen": [1]})
    before = scope.write_state()
    scope.state["seen"].append(2)
    assert scope.restore_unless_json(before) is None
    before = scope.write_state()
    scope.state["bad"] = left
    assert "cannot be written as JSON" in (scope.restore_unless_json(before) or "")
    assert (scope.state, scope.write_state()) == ({"seen": [1, 2]}, before)


def test_a_context_cannot_be_rebound_and_its_repr_holds_no_words_of_the_consumer() -> None:
    context = HookContext(
        account="1",
        bot="b",
        vendor="lex-v2",
        channel=Channel.CHAT,
        conversation_id="c-1",
        state={"last": "hi there"},
        snapshot=EventSnapshot({"message": "hi there"}),
    )
    with pytest.raises(AttributeError):
        context.state = {}  # type: ignore[misc]  # that it cannot be done is the point
    assert repr(context) == (
        "HookContext(account='1', bot='b', vendor='lex-v2', channel=<Channel.CHAT: 'chat'>, conversation_id='c-1')"
    )
    assert (context.event, context.options) == ({"message": "hi there"}, {})
    assert "hi" not in repr(make_scope({"message": "hi there"}, {"last": "hi there"}))


def test_the_logger_of_a_context_knows_its_hook() -> None:
    captured = structlog.testing.LogCapture()
    scope = make_scope(EVENT)
    scope.log = structlog.wrap_logger(structlog.PrintLogger(), processors=[captured])
    scope.make_context("acme:tag", {}).log.info("tagged", tags=2)
    assert captured.entries == [{"event": "tagged", "hook": "acme:tag", "tags": 2, "log_level": "info"}]
