from collections.abc import AsyncIterator

import pytest

from gateway.console.live import COMMENT, LINE, MAX_LISTENERS, Feed, Listener
from gateway.console.sign_in import Session
from gateway.contract.errors import RequestRefused
from gateway.contract.ports import StoreFailed
from gateway.contract.types import AccountId, BotName, Json
from gateway.figures.names import BotKey

ONE, OTHER = Session("one", 100), Session("other", 100)
BOT: BotKey = (AccountId("1"), BotName("lex"))


class Over(set[Session]):
    """The sessions that are over."""

    def __call__(self, session: Session) -> bool:
        return session in self


async def drain(listener: Listener) -> list[bytes]:
    """Take what waits for a listener whose stream has ended."""
    taken = []
    while (chunk := await listener.wait()) is not None:
        taken.append(chunk)
    return taken


async def test_everybody_is_told() -> None:
    feed = Feed(Over())
    listeners = [feed.join(ONE), feed.join(OTHER)]
    feed.tell("turn", {"id": "1", "text": "a\nb"})
    told = [await listener.wait() for listener in listeners]
    assert told == [b'event: turn\ndata: {"id":"1","text":"a\\nb"}\n\n'] * 2


async def test_a_sign_of_life_comes_every_few_beats() -> None:
    feed = Feed(Over(), comment_every=3)
    listener = feed.join(ONE)
    for _ in range(3):
        feed.beat()
    feed.tell("turn", {})
    assert [await listener.wait(), await listener.wait()] == [COMMENT, b"event: turn\ndata: {}\n\n"]


async def test_a_stream_ends_with_its_session_and_no_other_does() -> None:
    over = Over()
    feed = Feed(over)
    ended, goes_on = feed.join(ONE), feed.join(OTHER)
    over.add(ONE)
    feed.beat()
    assert await ended.wait() is None
    feed.tell("turn", {})
    assert await goes_on.wait() == b"event: turn\ndata: {}\n\n"
    feed.leave(goes_on)
    assert not feed


async def test_who_falls_behind_is_let_go() -> None:
    feed = Feed(Over())
    listener = feed.join(ONE)
    for _ in range(LINE):
        feed.tell("turn", {})
    assert feed
    feed.tell("turn", {})
    assert not feed
    assert await drain(listener) == []


async def test_streams_are_bounded_and_end_when_the_gateway_does() -> None:
    feed = Feed(Over())
    listeners = [feed.join(ONE) for _ in range(MAX_LISTENERS)]
    with pytest.raises(RequestRefused) as refused:
        feed.join(ONE)
    assert (refused.value.status, refused.value.message) == (503, "Too many consoles are open.")
    feed.leave(listeners.pop())
    listeners.append(feed.join(ONE))
    feed.close()
    assert [await drain(listener) for listener in listeners] == [[]] * MAX_LISTENERS
    with pytest.raises(RequestRefused) as refused:
        feed.join(ONE)
    assert (refused.value.status, refused.value.message) == (503, "The gateway is shutting down.")


async def follow(feed: Feed, *answers: list[Json] | Exception) -> list[frozenset[BotKey]]:
    """Have as many changes come as there are answers of the store; give what was asked for."""
    asked: list[frozenset[BotKey]] = []

    async def change() -> AsyncIterator[frozenset[BotKey]]:
        for _ in answers:
            yield frozenset({BOT})

    async def read(keys: frozenset[BotKey]) -> list[Json]:
        answer = answers[len(asked)]
        asked.append(keys)
        if isinstance(answer, Exception):
            raise answer
        return answer

    await feed.follow(change(), read)
    return asked


async def test_changes_are_told_after_those_that_could_not_be() -> None:
    feed = Feed(Over())
    listener = feed.join(ONE)
    asked = await follow(feed, StoreFailed("gone"), KeyError("a fault of ours"), [], [{"bot": "lex"}])
    assert asked == [frozenset({BOT})] * 4
    assert await listener.wait() == b'event: bots\ndata: {"bots":[{"bot":"lex"}]}\n\n'


async def test_nothing_is_read_while_nobody_listens() -> None:
    assert await follow(Feed(Over()), [{"bot": "lex"}]) == []
