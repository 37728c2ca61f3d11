"""Conversations that a front door opens and closes by requests of their own; their events come through the pipeline."""

import asyncio

from gateway.bot import Bot
from gateway.contract.catalogue import OWN_PREFIX
from gateway.contract.errors import RequestRefused, UnforeseenFault
from gateway.contract.ports import StoreFailed
from gateway.contract.types import ConversationId, Json
from gateway.sessions.conversations import Conversation
from gateway.sessions.visits import Sessions
from gateway.telemetry.logging import get_logger

OVERLOADED = OWN_PREFIX + "overloaded"


class Openings:
    """Opens and closes conversations, each in its turn: what is under way ends first."""

    def __init__(self, sessions: Sessions) -> None:
        self._sessions = sessions
        self._log = get_logger("openings")

    async def open(self, bot: Bot, conversation_id: ConversationId, opening: Json) -> None:
        """Keep what the conversation is opened with; one that is open goes on where it is, with the new opening.

        Raise RequestRefused (503) when its turn does not come in the bot's total time, UnforeseenFault when the store fails.
        """
        await self._change(bot, conversation_id, opening)

    async def close(self, bot: Bot, conversation_id: ConversationId) -> None:
        """Forget the conversation; one that is not open is closed already. Raise what `open` raises."""
        await self._change(bot, conversation_id, None)

    async def _change(self, bot: Bot, conversation_id: ConversationId, opening: Json | None) -> None:
        visit = self._sessions.visit(bot.name_conversation(conversation_id), [])
        kept = False
        try:
            async with asyncio.timeout(bot.total_timeout):
                # Nothing is ever found, for there is no event; a shared store gives the place in the line here.
                await visit.find_answer()
                await visit.wait_turn()
            if opening is None:
                visit.conversation = Conversation()
            else:
                visit.conversation.opening = opening
            visit.save()
        except TimeoutError:
            raise RequestRefused(
                OVERLOADED, "The conversation's earlier events are still under way.", retryable=True, retry_after=1.0
            ) from None
        except StoreFailed as fault:
            raise self._report(bot, fault) from fault
        finally:
            kept = await visit.leave(None)
        if not kept:
            raise self._report(bot, None)

    def _report(self, bot: Bot, fault: StoreFailed | None) -> UnforeseenFault:
        failure = UnforeseenFault()
        self._log.error(
            "conversation-not-kept", account=bot.account, bot=bot.name, error_id=failure.error_id, exc_info=fault
        )
        return failure
