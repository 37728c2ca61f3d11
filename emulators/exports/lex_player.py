"""Play a bot of Amazon Lex: intents by sample utterance, slots asked for in their order, confirmation, contexts."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from emulators.dialogue import Turn
from emulators.exports.lex_v1 import CLARIFICATIONS
from emulators.exports.matching import Match, Matcher
from emulators.exports.native import build_lex, first_variants
from emulators.exports.references import fill_lex
from emulators.exports.words import folded

if TYPE_CHECKING:
    from collections.abc import Mapping

    from emulators.dialogue import Memory
    from emulators.exports.bot import Bot, Intent, Message
    from emulators.faults import Heard

_YES = frozenset({"yes", "y", "yeah", "yep", "sure", "ok", "okay", "correct", "right", "yes please"})
_NO = frozenset({"no", "n", "nope", "nah", "no thanks", "no thank you"})


class LexPlayer:
    """A bot, ready to answer. `memory.hidden` holds the active contexts and what the bot has asked for."""

    def __init__(self, bot: Bot) -> None:
        """Prepare the utterances."""
        self._intents = bot.intents
        self._matcher = Matcher((intent for intent in bot.intents if not intent.is_fallback), bot.entities)

    def play(self, heard: Heard, memory: Memory) -> Turn:
        """Answer one turn."""
        contexts = memory.hidden.setdefault("contexts", {})
        for name in [name for name, context in contexts.items() if context["until"] <= memory.now]:
            del contexts[name]
        asked = memory.hidden.pop("asked", None)
        text = heard.text or ""
        matches = self._matcher.rank(text, lambda intent: set(intent.input_contexts) <= contexts.keys())
        best = min(matches, key=lambda match: (-match.score, -len(match.intent.input_contexts)), default=None)
        # An utterance of the bot's own leads away from a question; anything else is the answer to it.
        if asked is not None and (best is None or best.score < 1):
            return self._continue(asked, text, memory)
        return self._fall_back(memory) if best is None else self._proceed(best, memory)

    def _fall_back(self, memory: Memory) -> Turn:
        intent = next((intent for intent in self._intents if intent.is_fallback), None)
        messages = first_variants(intent.answer.messages) if intent is not None and intent.answer is not None else []
        # What Lex V1 says when no intent was understood is a question; a fallback intent answers and is done.
        asks = intent is None or (intent.answer is not None and intent.answer.name in CLARIFICATIONS)
        action = {"type": "ElicitIntent"} if asks else {"type": "Close"}
        spoken = [_fill(message, {}, memory) for message in messages]
        _age_contexts(memory)
        return Turn(
            "fallback", build_lex(spoken, intent=intent, dialog_action=action, contexts=_build_contexts(memory))
        )

    def _continue(self, asked: Mapping[str, Any], text: str, memory: Memory) -> Turn:
        """Take what was said as the slot's value or the confirmation that was asked for."""
        match: Match = asked["match"]
        slot = asked["slot"]
        if slot is not None:
            return self._proceed(match.take(slot.name, self._matcher.lexicon.pick(slot.entity or "", text)), memory)
        said = " ".join(folded(text))
        if said in _NO:
            # https://docs.aws.amazon.com/lexv2/latest/dg/confirm-intent.html: a declined intent has failed.
            return self._close(match, match.intent.declined, memory, state="Failed", confirmation="Denied")
        return self._proceed(match, memory, confirmed=said in _YES)

    def _proceed(self, match: Match, memory: Memory, *, confirmed: bool = False) -> Turn:
        """Ask for the first required slot that is empty, then for the confirmation; when all is there, answer."""
        intent = match.intent
        defaults = {slot.name: slot.default for slot in intent.parameters if slot.default}
        match = replace(match, values=defaults | dict(match.values))
        for slot in intent.parameters:
            if slot.required and slot.prompts and slot.name not in match.values:
                memory.hidden["asked"] = {"match": match, "slot": slot}
                return self._ask(match, slot.prompts, {"type": "ElicitSlot", "slotToElicit": slot.name}, memory)
        if intent.confirmation and not confirmed:
            memory.hidden["asked"] = {"match": match, "slot": None}
            return self._ask(match, intent.confirmation, {"type": "ConfirmIntent"}, memory)
        messages = intent.answer.messages if intent.answer is not None else ()
        return self._close(match, messages, memory, confirmation="Confirmed" if confirmed else "None")

    def _ask(
        self, match: Match, prompts: tuple[Message, ...], dialog_action: Mapping[str, Any], memory: Memory
    ) -> Turn:
        spoken = [_fill(message, match.values, memory) for message in first_variants(prompts)]
        answer = build_lex(
            spoken,
            intent=match.intent,
            score=match.score,
            state="InProgress",
            dialog_action=dialog_action,
            slots=match.values,
            originals=match.originals,
            contexts=_build_contexts(memory),
        )
        return Turn(match.intent.name, answer)

    def _close(
        self,
        match: Match,
        messages: tuple[Message, ...],
        memory: Memory,
        *,
        state: str = "ReadyForFulfillment",
        confirmation: str = "None",
    ) -> Turn:
        spoken = [_fill(message, match.values, memory) for message in first_variants(messages)]
        _age_contexts(memory)
        if confirmation != "Denied":
            _set_contexts(match.intent, memory)
        answer = build_lex(
            spoken,
            intent=match.intent,
            score=match.score,
            state=state,
            confirmation=confirmation,
            slots=match.values,
            originals=match.originals,
            contexts=_build_contexts(memory),
        )
        return Turn(match.intent.name, answer)


def _fill(message: Mapping[str, Any], slots: Mapping[str, Any], memory: Memory) -> dict[str, Any]:
    if "content" not in message:
        return dict(message)
    return {**message, "content": fill_lex(message["content"], slots, memory.variables)}


def _age_contexts(memory: Memory) -> None:
    contexts = memory.hidden["contexts"]
    for name, context in list(contexts.items()):
        context["turns"] -= 1
        if context["turns"] <= 0:
            del contexts[name]


def _set_contexts(intent: Intent, memory: Memory) -> None:
    for context in intent.output_contexts:
        memory.hidden["contexts"][context.name] = {
            "turns": context.lifespan,
            "seconds": context.seconds,
            "until": memory.now + context.seconds,
        }


def _build_contexts(memory: Memory) -> list[dict[str, Any]]:
    return [
        {
            "name": name,
            "timeToLive": {"timeToLiveInSeconds": context["seconds"], "turnsToLive": context["turns"]},
            "contextAttributes": {},
        }
        for name, context in memory.hidden["contexts"].items()
    ]
