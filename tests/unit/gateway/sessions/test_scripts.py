"""What the scripts do, told apart from the code that calls them."""

from typing import Any

import pytest

from gateway.sessions.scripts import DROP, ENTER, LEAVE

CONVERSATION, LINE = "botbridge:conversation:c", "botbridge:line:c"
ANSWER, ANSWER_LINE = "botbridge:answer:k", "botbridge:line:k"
KEYS = (CONVERSATION, LINE, ANSWER, ANSWER_LINE)


def enter(redis: Any, ticket: str, *, unreadable: str = "", keys: tuple[str, ...] = KEYS) -> Any:
    process = f"botbridge:process:{ticket.partition(':')[0]}"
    return redis.eval(ENTER, 1 + len(keys), process, *keys, ticket, 5000, 60000, unreadable)


def leave(redis: Any, ticket: str, what: str = "", value: str = "", *answers: str) -> Any:
    process = f"botbridge:process:{ticket.partition(':')[0]}"
    return redis.eval(LEAVE, 1 + len(KEYS), process, *KEYS, ticket, what, value, 86400000, 600000, *answers)


def lines(redis: Any) -> list[list[bytes]]:
    return [redis.lrange(line, 0, -1) for line in (LINE, ANSWER_LINE)]


def test_the_first_has_the_turn_a_repeat_waits_and_gets_the_answer(redis: Any) -> None:
    assert enter(redis, "p:1") == [b"turn", None]
    assert enter(redis, "q:1") == [b"under way"]
    assert leave(redis, "p:1", "keep", "session", "answer") == 1
    assert enter(redis, "q:1") == [b"answer", 0, b"answer"]
    assert lines(redis) == [[], []]
    assert redis.get(CONVERSATION) == b"session"


def test_another_event_of_the_conversation_is_first_of_its_own_and_waits_for_the_turn(redis: Any) -> None:
    other = (CONVERSATION, LINE, "botbridge:answer:l", "botbridge:line:l")
    assert enter(redis, "p:1") == [b"turn", None]
    assert enter(redis, "p:2", keys=other) == [b"first"]
    assert enter(redis, "p:3", keys=KEYS[:2]) == [b"first"]
    leave(redis, "p:1", "keep", "session")
    assert enter(redis, "p:3", keys=KEYS[:2]) == [b"first"]
    assert enter(redis, "p:2", keys=other) == [b"turn", b"session"]


def test_entering_again_keeps_the_place(redis: Any) -> None:
    for _ in range(2):
        assert enter(redis, "p:1") == [b"turn", None]
        assert enter(redis, "q:1") == [b"under way"]
    assert lines(redis) == [[b"p:1", b"q:1"]] * 2


def test_the_dead_are_passed_over(redis: Any) -> None:
    for ticket in ("p:1", "p:2", "q:1", "p:3"):
        enter(redis, ticket)
    redis.delete("botbridge:process:p")
    assert enter(redis, "q:1") == [b"turn", None]
    assert lines(redis) == [[b"q:1", b"p:3"]] * 2


@pytest.mark.parametrize("what", ["keep", "forget"])
def test_who_has_lost_the_turn_changes_no_conversation(what: str, redis: Any) -> None:
    enter(redis, "p:1")
    redis.delete("botbridge:process:p")
    enter(redis, "q:1")
    assert leave(redis, "q:1", "keep", "of q", "answer of q") == 1
    assert leave(redis, "p:1", what, "of p", "answer of p") == 0
    assert (redis.get(CONVERSATION), redis.get(ANSWER)) == (b"of q", b"answer of q")


def test_leaving_twice_is_leaving_once(redis: Any) -> None:
    enter(redis, "p:1")
    assert leave(redis, "p:1", "keep", "session", "answer") == 1
    assert leave(redis, "p:1", "", "", "answer") == 1
    assert lines(redis) == [[], []]


def test_an_unreadable_answer_is_forgotten_and_another_is_not(redis: Any) -> None:
    redis.set(ANSWER, "unreadable")
    assert enter(redis, "p:1", unreadable="something else") == [b"answer", 0, b"unreadable"]
    assert enter(redis, "p:1", unreadable="unreadable") == [b"turn", None]
    assert redis.get(ANSWER) is None


def test_those_who_wait_are_woken_and_wake_who_holds_them_up(redis: Any) -> None:
    with redis.pubsub(ignore_subscribe_messages=True) as channel:
        channel.subscribe("botbridge:wake:p", "botbridge:wake:q")
        channel.get_message(timeout=1)
        channel.get_message(timeout=1)
        enter(redis, "p:1")
        enter(redis, "q:1")
        enter(redis, "q:2")
        leave(redis, "p:1", "", "", "answer")
        woken = []
        while (message := channel.get_message(timeout=0.2)) is not None:
            woken.append((message["channel"][-1:], message["data"]))
    line, answer_line = LINE.encode(), ANSWER_LINE.encode()
    assert woken == [
        (b"p", b"1 " + answer_line),  # q:1 and q:2 stand behind it
        (b"p", b"1 " + answer_line),
        (b"q", b"1 " + answer_line),  # an answer is there: for all of them
        (b"q", b"2 " + answer_line),
        (b"q", b"1 " + line),
    ]


def test_a_dropped_ticket_is_in_that_line_no_more(redis: Any) -> None:
    enter(redis, "p:1")
    redis.eval(DROP, 1, LINE, "p:1")
    assert lines(redis) == [[], [b"p:1"]]
