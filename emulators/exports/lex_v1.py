"""Read a bot export of Amazon Lex V1. AWS has ended that service; its bots are played by Lex V2.

https://docs.aws.amazon.com/lex/latest/dg/import-export-format.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from emulators.exports.bot import Answer, Bot, Context, Entity, EntityValue, Intent, Message, Parameter
from emulators.exports.lex_messages import note_built_in, read_utterance, read_v1_messages

if TYPE_CHECKING:
    from emulators.exports.cursor import Cursor

FALLBACK = "FallbackIntent"
CLARIFICATIONS = ("clarificationPrompt", "abortStatement")
"""What a bot without a fallback intent says when it has not understood, the better one first; names of answers as well."""
FALLBACK_SIGNATURE = "AMAZON.FallbackIntent"


def read(root: Cursor, name: str) -> Bot:
    """Read the bot, `{"metadata": …, "resource": {…}}`."""
    if "metadata" in root and (kind := root.object("metadata").text("importType")) not in ("", "LEX"):
        root.at("metadata").wrong(f"is an export of {kind!r}, not of LEX")
    resource = root.object("resource")
    intents = [_read_intent(intent) for intent in resource.objects("intents")]
    if not any(intent.is_fallback for intent in intents) and (fallback := _read_clarification(resource)) is not None:
        intents.append(fallback)
    return Bot(
        name=resource.text("name") or name,
        format="lex-v1",
        # V1 has hyphens where V2 has underscores.
        language=(resource.text("locale") or "en-US").replace("-", "_"),
        intents=tuple(intents),
        entities=tuple(_read_slot_type(slot_type) for slot_type in resource.objects("slotTypes")),
        place=resource.place,
    )


def _read_clarification(resource: Cursor) -> Intent | None:
    """Make a fallback of what the bot says when it has not understood: its question, or else its last word."""
    for key in CLARIFICATIONS:
        holder = resource.object(key)
        if messages := read_v1_messages(holder):
            answer = Answer(key, messages, (), holder.place)
            return Intent(FALLBACK, FALLBACK, (), holder.place, answer, is_fallback=True)
    return None


def _read_intent(intent: Cursor) -> Intent:
    name = intent.text("name", required=True)
    slots = sorted(intent.objects("slots"), key=lambda slot: slot.number("priority", 100))
    types = {slot.text("name"): slot.text("slotType") or None for slot in slots}
    if intent.object("fulfillmentActivity").text("type") == "CodeHook":
        intent.at("fulfillmentActivity").remark("the code hook is not called; the intent's own messages are sent")
    if "dialogCodeHook" in intent:
        intent.at("dialogCodeHook").remark("the code hook is not called")
    note_built_in(intent, FALLBACK_SIGNATURE)
    confirmation = intent.object("confirmationPrompt")
    return Intent(
        name=name,
        id=name,
        phrases=tuple(read_utterance(each.value, types, each.place) for each in intent.texts("sampleUtterances")),
        place=intent.place,
        answer=_read_answer(intent, name),
        is_fallback=intent.text("parentIntentSignature") == FALLBACK_SIGNATURE,
        input_contexts=tuple(context.text("name", required=True) for context in intent.objects("inputContexts")),
        output_contexts=tuple(
            Context(
                context.text("name", required=True),
                context.number("turnsToLive", 20),
                context.place,
                context.number("timeToLiveInSeconds", 1200),
            )
            for context in intent.objects("outputContexts")
        ),
        parameters=tuple(_read_slot(slot) for slot in slots),
        confirmation=read_v1_messages(confirmation),
        declined=read_v1_messages(intent.object("rejectionStatement")),
    )


def _read_answer(intent: Cursor, name: str) -> Answer:
    """Read what is said in the end: the conclusion, or the question that follows it."""
    follow_up = intent.object("followUpPrompt")
    conclusion = intent.object("conclusionStatement")
    messages: tuple[Message, ...] = read_v1_messages(conclusion)
    if messages:
        return Answer(name, messages, (), conclusion.place)
    prompt = follow_up.object("prompt") if "prompt" in follow_up else follow_up
    if messages := read_v1_messages(prompt):
        return Answer(name, messages, (), prompt.place)
    # An intent may also be declined without ever having been confirmed: then this is all it can say.
    rejection = intent.object("rejectionStatement")
    if "confirmationPrompt" not in intent and (messages := read_v1_messages(rejection)):
        return Answer(name, messages, (), rejection.place)
    return Answer(name, (), (), intent.place)


def _read_slot(slot: Cursor) -> Parameter:
    prompt = slot.object("valueElicitationPrompt")
    return Parameter(
        name=slot.text("name", required=True),
        value=None,
        entity=slot.text("slotType") or None,
        required=slot.text("slotConstraint") == "Required",
        is_list=False,
        default=next(
            (each.text("defaultValue") for each in slot.object("defaultValueSpec").objects("defaultValueList")), None
        ),
        prompts=read_v1_messages(prompt),
        place=slot.place,
    )


def _read_slot_type(slot_type: Cursor) -> Entity:
    patterns = [
        configuration.object("regexConfiguration").text("pattern")
        for configuration in slot_type.objects("slotTypeConfigurations")
    ]
    values = [
        EntityValue(value.text("value"), tuple(way.value for way in value.texts("synonyms")))
        for value in slot_type.objects("enumerationValues")
    ]
    values += [EntityValue(pattern, (), (pattern,)) for pattern in patterns if pattern]
    return Entity(
        name=slot_type.text("name", required=True),
        values=tuple(values),
        place=slot_type.place,
        closed=slot_type.text("valueSelectionStrategy") == "TOP_RESOLUTION" or bool(patterns),
    )
