from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from emulators.dialogue import DialogueError, load_dialogue, parse_dialogue
from emulators.faults import Fault, Heard

if TYPE_CHECKING:
    from pathlib import Path

FALLBACK = {"answer": "what?"}


def check(answer: Any) -> None:
    if answer == "bad":
        raise ValueError("a bad answer")


def parse(*turns: Any, **members: Any) -> Any:
    return parse_dialogue({"turns": list(turns), "fallback": FALLBACK, **members}, "talk.yaml", check)


@pytest.mark.parametrize(
    ("heard", "expected"),
    [
        (Heard(text="Hello"), "hi"),
        (Heard(text="  HELLO\n"), "hi"),
        (Heard(text="STRASSE"), "street"),
        (Heard(text="hello there"), "what?"),
        (Heard(text=""), "silence"),
        (Heard(), "silence"),
        (Heard(event="WELCOME"), "welcome"),
        (Heard(text="hello", event="WELCOME"), "welcome"),
        (Heard(text="WELCOME"), "what?"),
        (Heard(event="hello"), "what?"),
    ],
)
def test_turns_are_found_by_text_or_event(heard: Heard, expected: str) -> None:
    dialogue = parse(
        {"name": "hello", "answer": "hi"},
        {"name": "b", "say": ["street", "straße"], "answer": "street"},
        {"name": "c", "say": "", "answer": "silence"},
        {"name": "d", "event": "WELCOME", "answer": "welcome"},
    )
    assert dialogue.find(heard).answer == expected


def test_a_turn_may_answer_both_a_text_and_an_event() -> None:
    dialogue = parse({"name": "a", "say": "hi", "event": "WELCOME", "answer": 1})
    assert dialogue.find(Heard(text="hi")) is dialogue.find(Heard(event="welcome"))


def test_other_members_of_a_turn() -> None:
    turn = parse(
        {"name": "a", "answer": "bad", "raw": True, "attributes": {"k": "v"}, "fault": {"status": 503, "times": 1}}
    ).find(Heard(text="a"))
    assert (turn.answer, turn.attributes, turn.raw) == ("bad", {"k": "v"}, True)
    assert turn.fault == Fault(status=503, times=1)


@pytest.mark.parametrize(
    ("turn", "message"),
    [
        ("text", "turn 1: has no 'name'"),
        ({"answer": 1}, "turn 1: has no 'name'"),
        ({"name": "a"}, "turn 1 (a): has neither an 'answer' nor a 'fault' that never ends"),
        ({"name": "a", "fault": {"status": 500, "times": 2}}, "turn 1 (a): has neither an 'answer'"),
        ({"name": "a", "answer": "bad"}, "turn 1 (a): a bad answer"),
        ({"name": "a", "answer": 1, "reply": 2}, "turn 1 (a): unknown keys reply"),
        ({"name": "a", "answer": 1, "say": 3}, "turn 1 (a): 'say' is a string or a list of strings"),
        ({"name": "a", "answer": 1, "raw": "yes"}, "turn 1 (a): 'raw' is true or false"),
        ({"name": "a", "fault": {"kind": "explode"}}, "turn 1 (a): kind is one of"),
    ],
)
def test_errors_name_the_file_and_the_entry(turn: Any, message: str) -> None:
    with pytest.raises(DialogueError) as caught:
        parse(turn)
    assert str(caught.value).startswith(f"talk.yaml: {message}")


def test_names_and_utterances_are_given_once() -> None:
    with pytest.raises(DialogueError, match=r"turn 2 \(a\): the name is taken"):
        parse({"name": "a", "answer": 1}, {"name": "a", "say": "b", "answer": 1})
    with pytest.raises(DialogueError, match=r"turn 2 \(b\): text 'a' is answered by turn 'a' already"):
        parse({"name": "a", "answer": 1}, {"name": "b", "say": " A ", "answer": 1})


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (None, "a dialogue has a list 'turns'"),
        ({"turns": {}}, "a dialogue has a list 'turns'"),
        ({"turns": []}, "has no 'fallback' answer"),
        ({"turns": [], "fallback": {}}, "fallback: has neither"),
        ({"turns": [], "fallback": FALLBACK, "extra": 1}, "unknown keys extra"),
    ],
)
def test_a_dialogue_has_turns_and_a_fallback(data: Any, message: str) -> None:
    with pytest.raises(DialogueError, match=f"talk.yaml: {message}"):
        parse_dialogue(data, "talk.yaml", check)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("talk.yaml", "turns: [{name: hello, answer: {a: 1}}]\nfallback: {answer: 2}"),
        ("talk.json", '{"turns": [{"name": "hello", "answer": {"a": 1}}], "fallback": {"answer": 2}}'),
    ],
)
def test_yaml_and_json_are_read(tmp_path: Path, name: str, content: str) -> None:
    path = tmp_path / name
    path.write_text(content)
    assert load_dialogue(path, check).find(Heard(text="hello")).answer == {"a": 1}


@pytest.mark.parametrize(("name", "content"), [("a.yaml", "turns: ["), ("a.yaml", "a: 1\na: 2"), ("a.json", "{")])
def test_broken_files_are_named(tmp_path: Path, name: str, content: str) -> None:
    (tmp_path / name).write_text(content)
    with pytest.raises(DialogueError, match=f"^{name}: "):
        load_dialogue(tmp_path / name, check)


def test_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(DialogueError, match=r"^none.yaml: "):
        load_dialogue(tmp_path / "none.yaml", check)
