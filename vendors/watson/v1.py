"""Build Watson V1's message request, keep its context, and read its answer. Pure: no I/O, no clock.

Source: docs/contract/vendors/watson.md; the request's shape is that of docs/contract/hooks.md, "Watson V1", which is LivePerson's
and not IBM's. V1 has no sessions: the conversation is its `context`, which every answer gives and every message brings back.
"""

from typing import Any, Final

from gateway.contract.draft import ReplyDraft
from gateway.contract.errors import InvalidRequest
from gateway.contract.types import Event, EventKind, Json, ReadingContext, Reply, VendorSession
from gateway.contract.wire import WireError, dumps_to_hold, name_type
from vendors.watson.generic import read_output
from vendors.watson.members import clean_text, find_output, read_actions, read_encoded_metadata, read_intents

CONTEXT: Final = "context"
"""The key of the last answer's context, in the stored session."""
OWNER: Final = "convId"
"""The key of the conversation's own id, in the stored session and in the context."""
CONVERSATION_ID: Final = "conversation_id"
"""The member of the context by which Watson knows the conversation."""


def build_request(event: Event, session: VendorSession) -> Json:
    """Build the request: the text, and the context as Watson last gave it with LivePerson's members of this event."""
    return {
        "message": "" if event.kind is EventKind.WELCOME else clean_text(event.text),
        "context": {
            **_stored_context(session),
            OWNER: event.conversation_id,
            "lpEvent": event.lp_event,
            "lpSdes": event.lp_sdes,
        },
    }


def build_message(request: Json, session: VendorSession) -> Json:
    """Make IBM's body of what pre hooks have left: `message` and `context`. Raise InvalidRequest.

    The ids by which LivePerson and Watson know the conversation stay the gateway's own, all else is what the hooks made of
    it. Other members have no place in the body and are left out.
    """
    for key, wanted in (("message", str), ("context", dict)):
        if request.get(key) is None:
            raise InvalidRequest(key, "is required")
        if not isinstance(request[key], wanted):
            raise InvalidRequest(key, f"must be {name_type(wanted())}, not {name_type(request[key])}")
    context: Json = dict(request["context"])
    context.pop(CONVERSATION_ID, None)
    if CONVERSATION_ID in (stored := _stored_context(session)):
        context[CONVERSATION_ID] = stored[CONVERSATION_ID]
    if OWNER in session:
        context[OWNER] = session[OWNER]
    # The text once more: a hook may have brought back what Watson refuses.
    return {"input": {"text": clean_text(request["message"])}, "alternate_intents": True, "context": context}


def write_message(request: Json, session: VendorSession) -> bytes:
    """Write that body. Raise InvalidRequest."""
    try:
        return dumps_to_hold(build_message(request, session))
    except WireError as error:
        raise InvalidRequest("$", str(error)) from None


def keep_context(answer: Json, session: VendorSession) -> None:
    """Keep the conversation's context of an answer; one that reports an error leaves the conversation where it was.

    So does one whose id is no string: brought back, it would be refused on every turn to come.
    """
    context = answer.get("context")
    if answer.get("error") is None and isinstance(context, dict) and isinstance(context.get(CONVERSATION_ID, ""), str):
        session[CONTEXT] = context


def read_reply(answer: Any, context: ReadingContext) -> Reply:
    """Read the answer to a message. Raise VendorFailure."""
    output = find_output(answer)
    draft = ReplyDraft()
    # Before the items, so that an action the author names wins over a hand-over that Watson itself proposes.
    read_actions(answer.get("actions"), draft, "actions")
    # A dialog node may write its actions into the output itself; the same ones twice are meant once.
    if output.get("actions") != answer.get("actions"):
        read_actions(output.get("actions"), draft, "output.actions")
    read_output(output, draft, context)
    read_intents(answer.get("intents"), draft, "intents")
    read_encoded_metadata([("context", answer.get("context"))], draft)
    return draft.finish()


def _stored_context(session: VendorSession) -> Json:
    """Give the conversation's context, empty before its first answer."""
    context = session.get(CONTEXT)
    return context if isinstance(context, dict) else {}
