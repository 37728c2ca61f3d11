"""Lex V2's RecognizeText: build its request, keep its session's attributes, read its answer. Pure.

docs/contract/vendors/lex.md, "Lex V2"; docs/contract/hooks.md for the shape that hooks see.
https://docs.aws.amazon.com/lexv2/latest/APIReference/API_runtime_RecognizeText.html
"""

import re
from hashlib import sha256
from typing import Any, Final

from gateway.contract.draft import Path, ReplyDraft
from gateway.contract.errors import InvalidRequest
from gateway.contract.types import ActionName, Event, EventKind, Json, ReadingContext, Reply, VendorSession
from gateway.contract.wire import dumps, name_type
from vendors.lex.payload import add_card, add_custom_payload, crashed, unsupported_format

WELCOME: Final = "WELCOME-INTENT"
"""Lex knows no events: an utterance of the intent that greets."""
FALLBACK: Final = "FallbackIntent"
"""The built-in intent for what the bot did not understand."""
MAX_TEXT: Final = 1024
"""Characters; Lex refuses longer texts."""
_SESSION_ID: Final = re.compile(r"[0-9a-zA-Z._:-]{2,100}")


def build_request(event: Event, session: VendorSession) -> Json:
    """Build the request in the shape of docs/contract/hooks.md: the native body, and the session's id."""
    context = {"lpEvent": event.lp_event, "lpSdes": event.lp_sdes}
    request: Json = {
        "sessionId": make_session_id(event.conversation_id),
        "text": WELCOME if event.kind is EventKind.WELCOME else event.text[:MAX_TEXT],
        "requestAttributes": {"BC-LP-CONTEXT": dumps(context).decode()},
    }
    if _needs_attributes(session):
        request["sessionState"] = {
            "sessionAttributes": {**session.get("attributes", {}), "convId": event.conversation_id}
        }
    return request


def make_session_id(conversation_id: str) -> str:
    """Give the conversation's id where Lex takes it, and otherwise one that is always the same for it."""
    if _SESSION_ID.fullmatch(conversation_id):
        return conversation_id
    return sha256(conversation_id.encode()).hexdigest()


def quote_session_id(session_id: str) -> str:
    """Quote an id that `make_session_id` gave as botocore would quote it in a path: of its characters only the `:` is."""
    return session_id.replace(":", "%3A")


def finish_request(request: Json, session: VendorSession) -> tuple[str, Json]:
    """Make (session id, body) of what the pre hooks left: the session stays ours, its attributes stay the bot's.

    Sent attributes replace the stored ones at Lex, so `sessionState` goes along only where it says something that Lex
    does not hold yet, and then it carries all that Lex last returned. Raise InvalidRequest.
    """
    text = request.get("text")
    if not isinstance(text, str) or not text.strip():
        raise InvalidRequest("text", "must be a string that is not blank")
    body = request.copy()
    given, state = body.pop("sessionId", None), body.pop("sessionState", None)
    body["text"] = text[:MAX_TEXT]
    conversation_id = session.get("convId", given)
    if not isinstance(conversation_id, str):
        raise InvalidRequest("sessionId", "must be a string")
    if state is not None and (state := _merge_state(state, session, conversation_id)) is not None:
        body["sessionState"] = state
    return make_session_id(conversation_id), body


def _merge_state(given: Any, session: VendorSession, conversation_id: str) -> Json | None:
    """Give the `sessionState` to send, or None where Lex holds all of it already."""
    if not isinstance(given, dict):
        raise InvalidRequest("sessionState", f"must be an object, not {name_type(given)}")
    attributes = given.get("sessionAttributes")
    if attributes is not None and not isinstance(attributes, dict):
        raise InvalidRequest("sessionState.sessionAttributes", f"must be an object, not {name_type(attributes)}")
    held: Json = {**session.get("attributes", {}), "convId": conversation_id}
    merged: Json = {**held, **(attributes or {}), "convId": conversation_id}
    # After a turn that may have been taken (a retry, a lost answer) Lex holds attributes that nobody here has seen:
    # a request that brings nothing of its own must not replace them.
    if merged == held and not _needs_attributes(session):
        others = {key: value for key, value in given.items() if key != "sessionAttributes"}
        if not others:
            return None
        if "attributes" not in session:
            return others
    return {**given, "sessionAttributes": merged}


def _needs_attributes(session: VendorSession) -> bool:
    """Say whether Lex does not hold convId: a session not begun, or one that ended in silence and began anew."""
    if not session.get("started"):
        return True
    return "attributes" in session and "convId" not in session["attributes"]


def remember(answer: Json, session: VendorSession) -> None:
    """Keep the attributes that Lex holds after this answer."""
    session["started"] = True
    state = answer.get("sessionState")
    attributes = state.get("sessionAttributes") if isinstance(state, dict) else None
    if isinstance(attributes, dict):
        session["attributes"] = attributes


def read_reply(answer: Json, context: ReadingContext) -> Reply:
    """Read an answer. Raise VendorFailure with a parser code (docs/contract/errors.md section 2)."""
    draft = ReplyDraft()
    messages = answer.get("messages")
    if messages is not None and not isinstance(messages, list):
        raise crashed("messages", f"must be an array, not {name_type(messages)}")
    for index, message in enumerate(messages or []):
        _read_message(message, draft, ("messages", index))
    _read_intents(answer.get("interpretations"), draft)
    if context.default_skill is not None and _has_failed(answer):
        draft.set_action(ActionName.TRANSFER, {"skill": context.default_skill}, "sessionState.intent.state")
    return draft.finish()


def _read_message(message: Any, draft: ReplyDraft, path: Path) -> None:
    if not isinstance(message, dict):
        raise crashed(path, f"must be an object, not {name_type(message)}")
    match message.get("contentType"):
        case "PlainText":
            draft.add_text(_read_content(message, path), path)
        case "CustomPayload":
            add_custom_payload(_read_content(message, path), draft, path)
        case "ImageResponseCard":
            add_card(message.get("imageResponseCard"), draft, (path, "imageResponseCard"))
        case str():
            raise unsupported_format((path, "contentType"))
        case other:
            raise crashed((path, "contentType"), f"must be a string, not {name_type(other)}")


def _read_content(message: Json, path: Path) -> str:
    content = message.get("content")
    if not isinstance(content, str):
        raise crashed((path, "content"), f"must be a string, not {name_type(content)}")
    return content


def _read_intents(interpretations: Any, draft: ReplyDraft) -> None:
    """Take the first as the intent and the others as alternatives; what has no name or score is no intent."""
    if interpretations is None:
        return
    if not isinstance(interpretations, list):
        draft.warn(f"must be an array, not {name_type(interpretations)}; no intents were read", "interpretations")
        return
    for index, interpretation in enumerate(interpretations):
        intent, confidence = _get(interpretation, "intent"), _get(interpretation, "nluConfidence")
        name = _get(intent, "name")
        if name == FALLBACK:
            continue
        (draft.set_intent if index == 0 else draft.add_alternative)(name, name, _get(confidence, "score"))


def _has_failed(answer: Json) -> bool:
    """Say whether the bot gave up: its intent has failed, all retries spent."""
    return bool(_get(_get(_get(answer, "sessionState"), "intent"), "state") == "Failed")


def _get(value: Any, key: str) -> Any:
    """Give an object's member; None where there is none, and of what is no object."""
    return value.get(key) if isinstance(value, dict) else None
