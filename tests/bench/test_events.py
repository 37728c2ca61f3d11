"""Prepared requests are whole HTTP requests, each with another event in it."""

import re

from gateway.contract.event import parse_event
from gateway.contract.wire import loads
from load.bench.events import MESSAGE, Requests, events_path, make_event, make_requests

LINES = [
    "POST /v1/accounts/bench/bots/bot/events HTTP/1.1",
    "host: 127.0.0.1",
    "connection: keep-alive",
    "authorization: Bearer key-of-the-bench",
    "content-type: application/json",
    "accept: */*",
    "accept-encoding: gzip, deflate",
    "user-agent: node",
]


def split(request: bytes) -> tuple[list[str], bytes]:
    head, _, body = request.partition(b"\r\n\r\n")
    return head.decode().split("\r\n"), body


def read(requests: Requests) -> tuple[int, int]:
    """Give conversation and sequence of the next request."""
    lines, body = split(requests.next())
    event = loads(body)
    conversation, sequence = int(event["convId"].rpartition("-")[2]), event["context"]["lpEvent"]["sequence"]
    assert f"content-length: {len(body)}" in lines
    assert f"idempotency-key: {event['convId']}%3A{sequence}" in lines
    assert event["context"]["lpEvent"]["dialogId"] == event["convId"]
    return conversation, sequence


def test_a_request_is_what_the_forwarding_function_sends() -> None:
    lines, body = split(make_requests([events_path()]).next())

    own = [line for line in lines if not line.startswith(("content-length", "idempotency-key"))]
    assert own == LINES
    assert len(lines) == len(LINES) + 2
    event = parse_event(loads(body))
    assert (event.text, event.sequence) == (MESSAGE, str(loads(body)["context"]["lpEvent"]["sequence"]))


def test_every_request_is_another_event_of_one_of_the_conversations() -> None:
    requests = make_requests([events_path()], conversations=3)

    sent = [read(requests) for _ in range(7)]

    first = sent[0]
    assert [conversation - first[0] for conversation, _ in sent] == [0, 1, 2, 0, 1, 2, 0]
    assert [sequence - first[1] for _, sequence in sent] == [0, 1, 2, 3, 4, 5, 6]


def test_bots_are_asked_in_turns() -> None:
    requests = make_requests([events_path("a"), events_path("b", "x")])

    paths = [split(requests.next())[0][0] for _ in range(3)]

    assert paths == [
        "POST /v1/accounts/a/bots/bot/events HTTP/1.1",
        "POST /v1/accounts/b/bots/x/events HTTP/1.1",
        "POST /v1/accounts/a/bots/bot/events HTTP/1.1",
    ]


def test_no_two_targets_are_sent_the_same_events() -> None:
    one, other = make_requests([events_path()]), make_requests([events_path()])

    assert {read(one) for _ in range(50)} & {read(other) for _ in range(50)} == set()


def test_an_event_is_as_large_as_livepersons() -> None:
    assert re.fullmatch(rb'\{"convId":"[^"]{36}".*\}', make_event(1, 2))
    assert 900 < len(make_event(1, 2)) < 2000
