from __future__ import annotations

from emulators.lp_events import Consumer


def test_events_are_numbered_for_each_conversation() -> None:
    one, other = Consumer(), Consumer()
    assert [one.text("a")["sequence"], one.raw()["sequence"], other.text("a")["sequence"]] == [1, 2, 1]
    assert one.conv_id != other.conv_id


def test_a_payload_may_lack_message_and_event() -> None:
    assert Consumer(conv_id="c-1", sdes={}).payload({"sequence": 1}, None) == {
        "convId": "c-1",
        "context": {"lpEvent": {"sequence": 1}, "lpSdes": {}},
    }
