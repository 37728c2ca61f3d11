import pathlib
from collections.abc import Callable
from typing import Any

import orjson
import pytest

from gateway.contract.draft import MalformedPayload, Path, ReplyDraft, read_metadata, write_path
from gateway.contract.reply import render
from gateway.contract.types import Intent

DATA = pathlib.Path(__file__).parents[3] / "data" / "contract"
CASES = orjson.loads((DATA / "drafts.json").read_bytes())
MALFORMED = orjson.loads((DATA / "malformed_payloads.json").read_bytes())
BuildDraft = Callable[[dict[str, Any]], ReplyDraft]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["id"])
def test_gathers(case: dict[str, Any], build_draft: BuildDraft) -> None:
    reply = build_draft(case).finish()

    assert {
        "answer": render(reply),
        "warnings": list(reply.warnings),
        "unsupported_action": reply.unsupported_action,
    } == {
        "answer": {"messages": [], "context": {}} | case.get("answer", {}),
        "warnings": case.get("warnings", []),
        "unsupported_action": case.get("unsupported_action"),
    }


@pytest.mark.parametrize("case", MALFORMED, ids=lambda case: case["id"])
def test_refuses_a_malformed_payload(case: dict[str, Any]) -> None:
    draft = ReplyDraft()

    with pytest.raises(MalformedPayload) as caught:
        draft.add_payload(case["payload"], "items[0]")

    assert (caught.value.path, caught.value.problem) == (f"items[0].{case['path']}", case["problem"])
    assert str(caught.value) == f"items[0].{case['path']}: {case['problem']}"
    assert "secret" not in str(caught.value)
    assert draft.is_empty
    assert draft.finish().warnings == ()


@pytest.mark.parametrize("payload", [{}, {"text": "no audience"}, {"type": "ACTION"}, {"structuredcontent": {}}])
def test_leaves_an_object_that_is_none_of_livepersons_to_the_vendor(payload: dict[str, Any]) -> None:
    draft = ReplyDraft()

    assert draft.add_payload(payload, "items[0]") is False
    assert draft.is_empty
    assert draft.finish().warnings == ()


@pytest.mark.parametrize(
    ("step", "empty"),
    [
        (["text", "hi", "x"], False),
        (["text", " ", "x"], True),
        (["payload", {"delay": 1}, "x"], False),
        (["action", "CLOSE_CONVERSATION", None, "x"], False),
        (["action", "DANCE", None, "x"], True),
        (["intent", "book", None, 0.5], True),
    ],
    ids=str,
)
def test_is_empty_until_something_usable_came(step: list[Any], empty: bool, build_draft: BuildDraft) -> None:
    assert build_draft({"steps": [step]}).is_empty is empty


@pytest.mark.parametrize(
    ("path", "written"),
    [
        ("output", "output"),
        (("output", "generic"), "output.generic"),
        (((("output", "generic"), 2), "text"), "output.generic[2].text"),
        ((("a", 0), 1), "a[0][1]"),
    ],
)
def test_places_are_written_as_people_read_them(path: Path, written: str) -> None:
    draft = ReplyDraft()

    draft.warn("dropped", path)
    with pytest.raises(MalformedPayload) as caught:
        draft.add_payload({"delay": -1}, path)

    assert (write_path(path), draft.warnings, caught.value.path) == (
        written,
        [f"{written}: dropped"],
        f"{written}.delay",
    )


@pytest.mark.parametrize(
    ("intent", "taken"),
    [(("a", "A", 0.5), True), (("a", None, 1), True), (("", "A", 0.5), False), (("a", "A", 2), False)],
)
def test_says_whether_there_is_an_intent(intent: tuple[Any, Any, Any], *, taken: bool) -> None:
    draft = ReplyDraft()

    assert draft.set_intent(*intent) is taken
    assert (draft.finish().intent is not None) is taken


def test_legacy_content_is_something_usable(build_draft: BuildDraft) -> None:
    assert not build_draft({"fields": {"legacy_content": {"type": "vertical"}}}).is_empty


def test_long_intents_are_cut_to_livepersons_limit(build_draft: BuildDraft) -> None:
    reply = build_draft({"steps": [["intent", "i" * 300, "n" * 300, 1]]}).finish()

    assert reply.intent == Intent("i" * 256, 1, "n" * 256)


@pytest.mark.parametrize("number", [float("nan"), float("inf"), 10**400, -1.0, True])
def test_numbers_that_only_a_program_can_make_are_refused(number: float) -> None:
    with pytest.raises(MalformedPayload) as caught:
        ReplyDraft().add_payload({"delay": number}, "items[0]")

    assert str(caught.value) == "items[0].delay: must be a number of seconds, 0 or more"


def test_metadata_that_is_absent_is_none() -> None:
    draft = ReplyDraft()

    assert read_metadata(None, draft, "metadata") is None
    assert draft.warnings == []
