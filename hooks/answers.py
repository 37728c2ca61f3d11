"""What `hooks.escalate` knows of each vendor's native answer: a fallback, an action, and how to add a TRANSFER.

The shapes are those of docs/contract/vendors/*.md. An answer that is not as it should be is never a fallback and has no
action; whoever reads it later says what is wrong with it.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Final

from gateway.contract.types import ActionName, Json
from gateway.contract.wire import WireError, dumps, loads

LEX_FALLBACKS: Final = frozenset({"FallbackIntent", "AMAZON.FallbackIntent"})
"""The built-in intent's name in a bot, and that of what it is made from."""


@dataclass(frozen=True, slots=True)
class AnswerShape:
    """One vendor's answer, as three functions."""

    is_fallback: Callable[[Json, float, tuple[str, ...]], bool]
    """(answer, least confidence, intents that are fallbacks) -> whether the bot did not understand."""
    find_action: Callable[[Json], str | None]
    """The name of the first of LivePerson's actions in the answer."""
    add_transfer: Callable[[Json, str, str | None], None]
    """(answer, skill, message): change the answer in place."""
    needs_text: bool = False
    """Whether an answer is only a fallback when it answers a text: without one, nothing was to be understood."""


def shape_of(vendor: str) -> AnswerShape:
    """Find the shape by the vendor's name in the account file. Raise LookupError for one that is not known here."""
    if vendor not in _SHAPES:
        raise LookupError(f"the answers of {vendor} are not known here")
    return _SHAPES[vendor]


# --- Dialogflow ES ----------------------------------------------------------------------------------------------------


def _es_is_fallback(answer: Json, _below: float, _intents: tuple[str, ...]) -> bool:
    return _at(answer, "queryResult", "intent", "isFallback") is True


def _es_find_action(answer: Json) -> str | None:
    return _known(_at(answer, "queryResult", "action"))


def _es_add_transfer(answer: Json, skill: str, message: str | None) -> None:
    result = _object(answer, "queryResult")
    # LivePerson runs no action whose parameters are still being asked for.
    result.update(action=ActionName.TRANSFER.value, parameters={"skill": skill}, allRequiredParamsPresent=True)
    if message is None:
        return
    messages = _list(result, "fulfillmentMessages")
    if not messages and isinstance(text := result.get("fulfillmentText"), str) and text.strip():
        # It is read only where there are no fulfillmentMessages.
        messages.append({"text": {"text": [text]}})
    messages.append({"text": {"text": [message]}})


# --- Dialogflow CX ----------------------------------------------------------------------------------------------------


def _cx_is_fallback(answer: Json, _below: float, _intents: tuple[str, ...]) -> bool:
    return bool(_at(answer, "queryResult", "match", "matchType") == "NO_MATCH")


def _cx_find_action(answer: Json) -> str | None:
    for message in _objects(_at(answer, "queryResult", "responseMessages")):
        if name := _known(_at(message, "payload", "action", "name")):
            return name
        if "liveAgentHandoff" in message:
            # Read as a TRANSFER; with another action beside it the whole answer would be refused.
            return ActionName.TRANSFER
    return None


def _cx_add_transfer(answer: Json, skill: str, message: str | None) -> None:
    messages = _list(_object(answer, "queryResult"), "responseMessages")
    if message is not None:
        messages.append({"text": {"text": [message]}})
    messages.append({"payload": {"action": {"name": ActionName.TRANSFER.value, "parameters": {"skill": skill}}}})


# --- Lex V2 -----------------------------------------------------------------------------------------------------------


def _lex_is_fallback(answer: Json, _below: float, _intents: tuple[str, ...]) -> bool:
    name = _at(answer, "sessionState", "intent", "name")
    if name is None:
        best = next(_objects(answer.get("interpretations")), {})
        name = _at(best, "intent", "name")
    return isinstance(name, str) and name in LEX_FALLBACKS


def _lex_find_action(answer: Json) -> str | None:
    for message in _objects(answer.get("messages")):
        content = message.get("content")
        if message.get("contentType") != "CustomPayload" or not isinstance(content, str):
            continue
        try:
            payload = loads(content)
        except WireError:
            continue
        if _at(payload, "type") == "ACTION" and (name := _known(_at(payload, "params", "action"))):
            return name
    return None


def _lex_add_transfer(answer: Json, skill: str, message: str | None) -> None:
    messages = _list(answer, "messages")
    if message is not None:
        messages.append({"contentType": "PlainText", "content": message})
    action = {"type": "ACTION", "params": {"action": ActionName.TRANSFER.value, "data": {"skill": skill}}}
    messages.append({"contentType": "CustomPayload", "content": dumps(action).decode()})


# --- Watson -----------------------------------------------------------------------------------------------------------


def _watson_intents_miss(intents: Any, below: float) -> bool:
    if not isinstance(intents, list):
        return False
    best = next(_objects(intents), None)
    if best is None:
        return True
    confidence = best.get("confidence")
    return isinstance(confidence, int | float) and confidence < below


def _watson_v1_is_fallback(answer: Json, below: float, _intents: tuple[str, ...]) -> bool:
    return _watson_intents_miss(answer.get("intents"), below)


def _watson_v2_is_fallback(answer: Json, below: float, _intents: tuple[str, ...]) -> bool:
    return _watson_intents_miss(_at(answer, "output", "intents"), below)


def _watson_find_action(answer: Json) -> str | None:
    for actions in (answer.get("actions"), _at(answer, "output", "actions")):
        for action in _objects(actions):
            kind = action.get("type", "client")
            if isinstance(kind, str) and kind.lower() == "client" and (name := _known(action.get("name"))):
                return name
    for item in _objects(_at(answer, "output", "generic")):
        if name := _known(_at(item, "user_defined", "action", "name")):
            return name
    return None


def _watson_add_message(answer: Json, message: str | None) -> Json:
    output = _object(answer, "output")
    if message is None:
        return output
    generic, old = output.get("generic"), output.get("text")
    if not generic and isinstance(old, list) and old:
        # V1's older place is read only where `generic` is empty.
        old.append(message)
    else:
        _list(output, "generic").append({"response_type": "text", "text": message})
    return output


def _watson_transfer(skill: str) -> Json:
    name = ActionName.TRANSFER.value
    return {"name": name, "type": "client", "parameters": {"skill": skill}, "result_variable": "none"}


def _watson_v1_add_transfer(answer: Json, skill: str, message: str | None) -> None:
    _watson_add_message(answer, message)
    _list(answer, "actions").append(_watson_transfer(skill))


def _watson_v2_add_transfer(answer: Json, skill: str, message: str | None) -> None:
    _list(_watson_add_message(answer, message), "actions").append(_watson_transfer(skill))


# --- Function ---------------------------------------------------------------------------------------------------------


def _function_is_fallback(answer: Json, _below: float, intents: tuple[str, ...]) -> bool:
    return any(_at(answer, "context", key) in intents for key in ("intentId", "intentName"))


def _function_find_action(answer: Json) -> str | None:
    return _known(_at(answer, "context", "action"))


def _function_add_transfer(answer: Json, skill: str, message: str | None) -> None:
    if message is not None:
        _list(answer, "messages").append(message)
    _object(answer, "context").update(action=ActionName.TRANSFER.value, actionParameters={"skill": skill})


_SHAPES: Final = {
    "dialogflow-es": AnswerShape(_es_is_fallback, _es_find_action, _es_add_transfer),
    "dialogflow-cx": AnswerShape(_cx_is_fallback, _cx_find_action, _cx_add_transfer),
    "lex-v2": AnswerShape(_lex_is_fallback, _lex_find_action, _lex_add_transfer),
    "watson-v1": AnswerShape(_watson_v1_is_fallback, _watson_find_action, _watson_v1_add_transfer, needs_text=True),
    "watson-v2": AnswerShape(_watson_v2_is_fallback, _watson_find_action, _watson_v2_add_transfer, needs_text=True),
    "function": AnswerShape(_function_is_fallback, _function_find_action, _function_add_transfer),
}


def _at(value: Any, *path: str) -> Any:
    """Follow keys into a JSON value; None where there is nothing."""
    for key in path:
        if not isinstance(value, dict):
            return None
        value = value.get(key)
    return value


def _objects(value: Any) -> Iterator[Json]:
    """Give the objects of what should be an array of them."""
    return (entry for entry in value if isinstance(entry, dict)) if isinstance(value, list) else iter(())


def _object(parent: Json, key: str) -> Json:
    """Give the object under a key, made anew where there is none."""
    if not isinstance(parent.get(key), dict):
        parent[key] = {}
    found: Json = parent[key]
    return found


def _list(parent: Json, key: str) -> list[Any]:
    """Give the array under a key, made anew where there is none."""
    if not isinstance(parent.get(key), list):
        parent[key] = []
    found: list[Any] = parent[key]
    return found


def _known(name: Any) -> str | None:
    return name if isinstance(name, str) and name in ActionName.__members__ else None
