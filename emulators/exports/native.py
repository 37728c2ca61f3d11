"""Make whole answers of the runtime APIs out of what a bot says."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, assert_never

from emulators.exports.watson import SERVER_KINDS

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from emulators.exports.bot import Action, Answer, Bot, Intent, Message

FALLBACK = "FallbackIntent"
AGENT = "projects/emulator/agent"


def build_answer(bot: Bot, answer: Answer) -> dict[str, Any]:
    """Make the answer of the vendor's API that one answer of the bot leads to, its intent matched with confidence 1.

    References to parameters, slots and variables stay unresolved.
    """
    messages = first_variants(answer.messages)
    intent = next((intent for intent in bot.intents if intent.answer is answer), None)
    match bot.vendor:
        case "dialogflow-es":
            parameters = answer.actions[0].parameters if answer.actions else {}
            return build_dialogflow(messages, intent=intent, parameters=parameters)
        case "lex-v2":
            return build_lex(messages, intent=intent)
        case "watson-v2":
            return build_watson(messages, answer.actions)
        case vendor:
            assert_never(vendor)


def first_variants(messages: Iterable[Message]) -> list[Any]:
    """Return the messages as they are sent: the first variant of each, so that a bot always says the same."""
    return [message.variants[0].native for message in messages]


def build_dialogflow(
    messages: Sequence[Any],
    *,
    intent: Intent | None,
    parameters: Mapping[str, Any],
    score: float = 1.0,
    agent: str = AGENT,
    contexts: Sequence[Mapping[str, Any]] = (),
    is_complete: bool = True,
) -> dict[str, Any]:
    """Make a DetectIntentResponse, without what the emulator fills in (response id, query text, language).

    https://cloud.google.com/dialogflow/es/docs/reference/rest/v2/DetectIntentResponse
    """
    texts = [
        text for message in messages if "platform" not in message for text in message.get("text", {}).get("text", ())
    ]
    result: dict[str, Any] = {
        "fulfillmentText": next((text for text in texts if text), ""),
        "fulfillmentMessages": list(messages),
        "allRequiredParamsPresent": is_complete,
    }
    if intent is None:
        return {"queryResult": result}
    if intent.answer is not None and intent.answer.actions:
        result["action"] = intent.answer.actions[0].name
    if parameters:
        result["parameters"] = dict(parameters)
    if contexts:
        result["outputContexts"] = list(contexts)
    result["intent"] = {"name": f"{agent}/intents/{intent.id}", "displayName": intent.name}
    if intent.is_fallback:
        result["intent"]["isFallback"] = True
    result["intentDetectionConfidence"] = score
    return {"queryResult": result}


def build_lex(
    messages: Sequence[Any],
    *,
    intent: Intent | None,
    score: float = 1.0,
    state: str = "ReadyForFulfillment",
    confirmation: str = "None",
    dialog_action: Mapping[str, Any] | None = None,
    slots: Mapping[str, str] | None = None,
    originals: Mapping[str, str] | None = None,
    contexts: Sequence[Mapping[str, Any]] = (),
) -> dict[str, Any]:
    """Make a RecognizeTextResponse, without what the emulator fills in (session id, attributes).

    https://docs.aws.amazon.com/lexv2/latest/APIReference/API_runtime_RecognizeText.html
    """
    played: dict[str, Any] = {
        "name": FALLBACK if intent is None else intent.name,
        "state": state,
        "confirmationState": confirmation,
        "slots": _build_slots(intent, slots or {}, originals or {}),
    }
    understood: list[dict[str, Any]] = []
    if intent is not None and not intent.is_fallback:
        understood.append({"intent": played, "nluConfidence": {"score": score}, "interpretationSource": "Lex"})
        other: dict[str, Any] = {"name": FALLBACK, "slots": {}}
    else:
        other = played
    understood.append({"intent": other, "interpretationSource": "Lex"})
    action = dict(dialog_action) if dialog_action is not None else {"type": "Close"}
    session: dict[str, Any] = {"dialogAction": action, "intent": played}
    if contexts:
        session["activeContexts"] = list(contexts)
    answer: dict[str, Any] = {"sessionState": session, "interpretations": understood}
    # Lex leaves the member out when there is nothing to say.
    return {"messages": list(messages), **answer} if messages else answer


def _build_slots(intent: Intent | None, values: Mapping[str, str], originals: Mapping[str, str]) -> dict[str, Any]:
    names = [parameter.name for parameter in intent.parameters] if intent is not None else []
    return {
        name: {
            "value": {
                "originalValue": originals.get(name, values[name]),
                "interpretedValue": values[name],
                "resolvedValues": [values[name]],
            }
        }
        if name in values
        else None
        for name in names
    }


def build_watson(
    messages: Sequence[Any],
    actions: Iterable[Action],
    *,
    intents: Sequence[tuple[str, float]] = (),
    entities: Sequence[Mapping[str, Any]] = (),
) -> dict[str, Any]:
    """Make a message response, without what the emulator fills in (session and user id).

    https://cloud.ibm.com/apidocs/assistant-v2#message
    """
    output: dict[str, Any] = {
        "intents": [{"intent": name, "confidence": score} for name, score in intents],
        "entities": list(entities),
        "generic": list(messages),
    }
    asked = [
        {
            "name": action.name,
            "type": action.kind,
            "parameters": dict(action.parameters),
            "result_variable": action.result_variable or "",
        }
        for action in actions
        if action.kind.lower() not in SERVER_KINDS
    ]
    return {"output": {**output, "actions": asked} if asked else output}


def translate_to_watson_v1(answer: Mapping[str, Any]) -> dict[str, Any]:
    """Give an answer of V2 the form that V1 has: the same members, in other places.

    https://cloud.ibm.com/apidocs/assistant-v1#message
    """
    output = answer["output"]
    result: dict[str, Any] = {
        "intents": output["intents"],
        "entities": output["entities"],
        "output": {"generic": output["generic"]},
    }
    if "actions" in output:
        result["actions"] = output["actions"]
    variables = [
        variables for skill in answer.get("context", {}).get("skills", {}).values() for variables in skill.values()
    ]
    return {**result, "context": variables[0]} if variables else result
