"""An event's visit to its conversation: the first answer if it is a repeat, its turn if it is not, and what is kept at the end.

A backend knows bytes under names; here they become conversations and answers. What cannot be read is dropped with a log line,
never an error: a conversation then begins anew, a repeat is answered anew.
"""

import asyncio
from collections.abc import Sequence
from typing import Final

import structlog

from gateway.contract.ports import Archive, Backend, HeldPlace, Place, StoreFailed
from gateway.sessions.conversations import Conversation, read_conversation, write_conversation
from gateway.sessions.memory import MemoryStore
from gateway.sessions.repeats import Answer, read_answer, write_answer
from gateway.sessions.sealing import Seal, UnreadableValue
from gateway.sessions.unkept import UnkeptAnswers

KEEP_TIME: Final = 1.5
"""Seconds that a turn waits at its end until what it leaves behind is kept; its answer does not depend on it."""


class Sessions:
    """Makes visits, and counts what went wrong with what is kept."""

    def __init__(
        self,
        backend: Backend,
        seal: Seal,
        *,
        unkept: UnkeptAnswers,
        archive: Archive,
        hide_names: bool = True,
        memory: MemoryStore | None = None,
    ) -> None:
        self.backend = backend
        self.unkept = unkept
        self.archive = archive
        """In the same store, beside the conversations."""
        self.seal = seal
        self.memory = memory
        """The store, where it is this process's memory."""
        self.hide_names = hide_names
        """Whether conversation ids may not show in the store's keys: not needed within this process's memory."""
        self.unreadable = 0
        """Values dropped because they could not be read."""
        self.not_kept = 0
        """Turns that ended without keeping what they should have: the store failed."""
        self.turns_lost = 0
        """Turns that another process took over while they were under way."""
        self.log = structlog.get_logger(part="sessions")

    def visit(self, conversation: str, events: Sequence[str]) -> "Visit":
        """Begin a visit: `conversation` names the conversation, `events` are the names by which the event is known again."""
        if self.hide_names:
            conversation, events = self.seal.hide(conversation), [self.seal.hide(event) for event in events]
        return Visit(self, conversation, events)


class Visit:
    """One event's visit. However it goes, it ends with `leave`."""

    __slots__ = (
        "_events",
        "_failed",
        "_held",
        "_in_turn",
        "_name",
        "_place",
        "_sessions",
        "_to_keep",
        "_was_kept",
        "conversation",
    )

    def __init__(self, sessions: Sessions, conversation: str, events: Sequence[str]) -> None:
        self._sessions = sessions
        self._name = conversation
        self._events = events
        self._place: Place | None = None
        """Its place in the line, where it has to wait for something."""
        self._held: HeldPlace | None = None
        """Its place, where its turn came at once."""
        self._was_kept = False
        self._to_keep: bytes | None = None
        self._in_turn = False
        self._failed = False
        self.conversation = Conversation()
        """The conversation's memory; empty until the turn has come."""

    def begin_now(self) -> bool:
        """Do what `find_answer` and `wait_turn` do, where it is known at once that there is nothing to find or to wait for.

        False: nothing has been done. True: `leave_now` may end the visit.
        """
        if self._sessions.unkept:
            return False
        held = self._held = self._sessions.backend.begin_now(self._name, self._events)
        if held is None:
            return False
        self._take_turn(held.kept)
        return True

    async def find_answer(self) -> Answer | None:
        """Give the first answer, waiting while it is under way; None when this event is the first. Raise StoreFailed."""
        if self._sessions.unkept and (answer := await self._find_unkept()) is not None:
            return answer
        place = self._take_place()
        try:
            found = await place.find_answer()
            while found is not None:
                name, kept = found
                if (content := self._open(name, kept, what="answer")) is not None:
                    if (answer := read_answer(content)) is not None:
                        return answer
                    self._drop("answer", "not an answer")
                found = await place.find_answer(unreadable=kept)
        except StoreFailed:
            self._failed = True
            raise
        # Once more: the first may have ended while this one waited for it.
        return await self._find_unkept() if self._sessions.unkept else None

    async def wait_turn(self) -> None:
        """Wait for the turn; `conversation` is then what was kept, or a new one. Raise StoreFailed."""
        try:
            kept = await self._take_place().wait_turn()
        except StoreFailed:
            self._failed = True
            raise
        self._take_turn(kept)

    def _take_place(self) -> Place:
        if self._place is None:
            self._place = self._sessions.backend.place(self._name, self._events)
        return self._place

    def _take_turn(self, kept: bytes | None) -> None:
        self._in_turn = True
        if kept is None:
            return
        self._was_kept = True
        content = self._open(self._name, kept, what="conversation")
        if content is None:
            return
        if (conversation := read_conversation(content)) is not None:
            self.conversation = conversation
        else:
            self._drop("conversation", "not a conversation")

    @property
    def is_new(self) -> bool:
        """Whether the turn has come and no turn before it had left anything."""
        return self._in_turn and (not self._was_kept or (self._is_opened and self.conversation.is_fresh))

    @property
    def _is_opened(self) -> bool:
        return self.conversation.opening is not None

    def save(self) -> None:
        """Have the conversation kept as it is now, on leaving. Raise WireError when a hook left there what is not JSON.

        Does nothing when the turn never came: the conversation belongs to another then.
        """
        if not self._in_turn:
            return
        if self.conversation.is_empty:
            self._to_keep = b"" if self._was_kept else None
        else:
            self._to_keep = self._sessions.seal.close(self._name, write_conversation(self.conversation))

    def leave_now(self, answer: Answer | None) -> bool:
        """End the visit as `leave` does, at once; False where that cannot be, and nothing has been done."""
        if self._held is None:
            return False
        self._held.leave_now(conversation=self._to_keep, answers=self._write_answers(answer))
        return True

    async def leave(self, answer: Answer | None) -> bool:
        """End the visit: keep what was saved and the answer, and let the next event through. Say whether that is kept.

        A store that fails is logged.
        """
        if self.leave_now(answer):
            return True
        answers = self._write_answers(answer)
        place = self._take_place()
        try:
            if self._sessions.memory is not None:  # it keeps at once, and a timer would be most of what keeping costs
                in_turn = await place.leave(conversation=self._to_keep, answers=answers)
            else:
                async with asyncio.timeout(KEEP_TIME):
                    in_turn = await place.leave(conversation=self._to_keep, answers=answers)
        except (StoreFailed, TimeoutError) as fault:
            if answer is not None and answers:
                await self._sessions.unkept.keep(self._events, write_answer(answer))
            self._sessions.not_kept += 1
            self._sessions.log.error("turn-not-kept", reason=str(fault) or f"it took more than {KEEP_TIME:g} s")  # noqa: TRY400 - a failure of the store, not of ours
            return False
        if not in_turn:
            self._sessions.turns_lost += 1
            self._sessions.log.warning("turn-lost")
        return in_turn

    def _write_answers(self, answer: Answer | None) -> dict[str, bytes]:
        """Write what is kept under each name of the event; `{}` where nothing is."""
        # The answer to a turn that the store has failed is for now: the repeat may find a store, and gets the bot's.
        if answer is None or answer.repeated or self._failed:
            return {}
        content = write_answer(answer)
        return {name: self._sessions.seal.close(name, content) for name in self._events}

    async def _find_unkept(self) -> Answer | None:
        content = await self._sessions.unkept.find(self._events)
        return None if content is None else read_answer(content)

    def _open(self, name: str, value: bytes, *, what: str) -> bytes | None:
        try:
            return self._sessions.seal.open(name, value)
        except UnreadableValue as problem:
            self._drop(what, str(problem))
            return None

    def _drop(self, what: str, reason: str) -> None:
        self._sessions.unreadable += 1
        self._sessions.log.warning("value-dropped", what=what, reason=reason)
