"""Play a Dialogflow ES agent: intents by phrase or event, contexts with a lifespan, prompts for required parameters."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from emulators.dialogue import Turn
from emulators.exports.matching import Match, Matcher
from emulators.exports.native import build_dialogflow, first_variants
from emulators.exports.references import fill_dialogflow, fill_strings, is_dialogflow_reference
from emulators.faults import fold

if TYPE_CHECKING:
    from collections.abc import Mapping

    from emulators.dialogue import Memory
    from emulators.exports.bot import Bot, Intent, Parameter
    from emulators.faults import Heard

_NUMBERS = frozenset({"sys.number", "sys.number-integer"})


class DialogflowPlayer:
    """An agent, ready to answer. `memory.hidden` holds the active contexts and the parameters being asked for."""

    def __init__(self, bot: Bot) -> None:
        """Prepare the phrases; intents with a negative priority are switched off."""
        self._intents = [intent for intent in bot.intents if intent.priority >= 0]
        # Of equal overlap the intent with the greater priority wins.
        by_priority = sorted(self._intents, key=lambda intent: -intent.priority)
        self._matcher = Matcher(by_priority, bot.entities)

    def play(self, heard: Heard, memory: Memory) -> Turn:
        """Answer one turn."""
        contexts = memory.hidden.setdefault("contexts", {})
        for name in [name for name, context in contexts.items() if context["until"] <= memory.now]:
            del contexts[name]
        asked = memory.hidden.pop("asked", None)
        match = self._understand(heard, contexts)
        # A phrase of the agent's own, or an event, leads away from a question; anything else is the answer to it.
        leads_away = heard.event is not None or (
            match is not None and match.score == 1 and not match.intent.is_fallback
        )
        if asked is not None and not leads_away:
            match = self._take_value(asked, heard.text or "")
        # What the contexts hold can be referred to in their last turn as well.
        known = {name: context["parameters"] for name, context in contexts.items()}
        for name, context in list(contexts.items()):
            context["lifespan"] -= 1
            if context["lifespan"] <= 0:
                del contexts[name]
        if match is None:
            return Turn("no intent", build_dialogflow([], intent=None, parameters={}))
        return self._answer(match, known, memory)

    def _understand(self, heard: Heard, contexts: Mapping[str, Any]) -> Match | None:
        open_now = [intent for intent in self._intents if set(intent.input_contexts) <= contexts.keys()]
        # The intent that needs the most contexts is the one that continues the conversation.
        open_now.sort(key=lambda intent: -len(intent.input_contexts))
        if heard.event is not None:
            called = [intent for intent in open_now if any(fold(event) == fold(heard.event) for event in intent.events)]
            return Match(called[0], 1.0) if called else None
        allowed = {id(intent) for intent in open_now}
        matches = self._matcher.rank(heard.text or "", lambda intent: id(intent) in allowed)
        # The phrases of a fallback intent are examples of what must not be understood: only the very phrase counts.
        matches = [match for match in matches if match.score == 1 or not match.intent.is_fallback]
        if matches:
            return min(matches, key=lambda match: (-match.score, -len(match.intent.input_contexts)))
        return next((Match(intent, 1.0) for intent in open_now if intent.is_fallback), None)

    def _take_value(self, asked: Mapping[str, Any], text: str) -> Match:
        """Take what was said as the value that was asked for; when it is none, the question is asked again."""
        match: Match = asked["match"]
        parameter: Parameter = asked["parameter"]
        return match.take(_alias(parameter), self._matcher.lexicon.pick(parameter.entity or "sys.any", text))

    def _answer(self, match: Match, known: Mapping[str, Mapping[str, Any]], memory: Memory) -> Turn:
        intent = match.intent
        contexts = memory.hidden["contexts"]
        said = {**match.values, **{f"{alias}.original": text for alias, text in match.originals.items()}}
        parameters = {each.name: _value(each, said, known) for each in intent.parameters}
        missing = next(
            (
                each
                for each in intent.parameters
                if each.required and each.prompts and parameters[each.name] in ("", [])
            ),
            None,
        )
        if missing is None:
            self._set_contexts(intent, parameters, memory)
            messages = first_variants(intent.answer.messages if intent.answer else ())
        else:
            memory.hidden["asked"] = {"match": match, "parameter": missing}
            messages = first_variants(missing.prompts[:1])
        references = said | parameters
        answer = build_dialogflow(
            [fill_strings(message, lambda text: fill_dialogflow(text, references, known)) for message in messages],
            intent=intent,
            parameters=parameters,
            score=match.score,
            agent=f"{memory.session.partition('/agent')[0]}/agent",
            contexts=[
                {
                    "name": f"{memory.session}/contexts/{name}",
                    "lifespanCount": context["lifespan"],
                    **({"parameters": context["parameters"]} if context["parameters"] else {}),
                }
                for name, context in contexts.items()
            ],
            is_complete=missing is None,
        )
        return Turn(intent.name, answer)

    @staticmethod
    def _set_contexts(intent: Intent, parameters: Mapping[str, Any], memory: Memory) -> None:
        contexts = memory.hidden["contexts"]
        if intent.resets_contexts:
            contexts.clear()
        for context in intent.output_contexts:
            before = contexts.pop(context.name, {"parameters": {}})
            if context.lifespan > 0:
                contexts[context.name] = {
                    "lifespan": context.lifespan,
                    "until": memory.now + context.seconds,
                    "parameters": {**before["parameters"], **parameters},
                }


def _alias(parameter: Parameter) -> str:
    """Return the name under which phrases hold a parameter's value: `$city` says city."""
    value = parameter.value
    if isinstance(value, str) and value.startswith("$"):
        return value[1:].removesuffix(".original")
    return parameter.name


def _value(parameter: Parameter, said: Mapping[str, Any], contexts: Mapping[str, Mapping[str, Any]]) -> Any:
    """Return a parameter's value: what was said, a constant, or the default; the empty text where there is none."""
    value = parameter.value
    if isinstance(value, str):
        value = fill_dialogflow(value, said, contexts)
        if value == parameter.value and is_dialogflow_reference(value):
            value = None
    if value in (None, ""):
        value = parameter.default
    if parameter.entity in _NUMBERS and isinstance(value, str):
        value = _number(value)
    if parameter.is_list:
        return [value] if value not in (None, "") and not isinstance(value, list) else value or []
    return "" if value is None else value


def _number(text: str) -> Any:
    try:
        number = float(text.replace(",", "."))
    except ValueError:
        return text
    if not math.isfinite(number):
        return text
    return int(number) if number.is_integer() else number
