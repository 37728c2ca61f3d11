"""Build Watson V2's message request, and read its answer. Pure: no I/O, no clock.

Source: docs/contract/vendors/watson.md; the request's shape is that of docs/contract/hooks.md, "Watson V2".
"""

from typing import Any, Final

from gateway.contract.draft import ReplyDraft
from gateway.contract.errors import InvalidRequest
from gateway.contract.types import Event, EventKind, Json, ReadingContext, Reply, VendorSession
from gateway.contract.wire import WireError, dumps_to_hold, name_type
from vendors.watson.generic import read_output
from vendors.watson.members import clean_text, find_output, read_actions, read_encoded_metadata, read_intents

DIALOG: Final = "main skill"
"""The name under which Watson keeps the variables of a dialog, in `user_defined`."""
ACTIONS: Final = "actions skill"
"""The name under which Watson keeps the variables of actions, in `skill_variables`."""
_SKILLS: Final = frozenset({DIALOG, ACTIONS})
_VARIABLES: Final = (
    ("user_defined", "context.skills.user_defined"),
    ("skill_variables", "context.skills.skill_variables"),
)
"""Where a skill keeps variables, and the path that warnings name."""
_MEMBERS: Final[tuple[tuple[str, type], ...]] = (("input", dict), ("context", dict), ("user_id", str))
"""What a message may have."""
SESSION_ID: Final = "session_id"
"""Our own session's key: in the stored session, and (for hooks to see, not to change) in the request."""


def build_request(event: Event, session: VendorSession) -> Json:
    """Build the request; `session_id` is there once Watson has given one."""
    request: Json = {SESSION_ID: session[SESSION_ID]} if session.get(SESSION_ID) else {}
    # Two copies: a hook that changes the one skill's variables must not change the other's by accident.
    request["input"] = {
        "message_type": "text",
        "text": "" if event.kind is EventKind.WELCOME else clean_text(event.text),
        "options": {"return_context": True, "alternate_intents": True},
    }
    request["context"] = {
        "skills": {
            DIALOG: {"user_defined": _build_variables(event)},
            ACTIONS: {"skill_variables": _build_variables(event)},
        }
    }
    return request


def _build_variables(event: Event) -> Json:
    return {"convId": event.conversation_id, "lpEvent": event.lp_event, "lpSdes": event.lp_sdes}


def build_message(request: Json) -> Json:
    """Make the body of what pre hooks have left: `input`, `context`, `user_id`. Raise InvalidRequest.

    Other members have no place in Watson's API and are left out; the session is the gateway's own affair.
    """
    message: Json = {}
    for key, wanted in _MEMBERS:
        value = request.get(key)
        if value is not None:
            if not isinstance(value, wanted):
                raise InvalidRequest(key, f"must be {name_type(wanted())}, not {name_type(value)}")
            message[key] = value
    if "input" not in message:
        raise InvalidRequest("input", "is required")
    if isinstance(text := message["input"].get("text"), str) and (cleaned := clean_text(text)) != text:
        # Once more: a hook may have brought back what Watson refuses.
        message["input"] = {**message["input"], "text": cleaned}
    return message


def write_message(request: Json) -> bytes:
    """Write that body. Raise InvalidRequest."""
    try:
        return dumps_to_hold(build_message(request))
    except WireError as error:
        raise InvalidRequest("$", str(error)) from None


def read_reply(answer: Any, context: ReadingContext) -> Reply:
    """Read the answer to a message. Raise VendorFailure."""
    output = find_output(answer)
    draft = ReplyDraft()
    # Before the items, so that an action the author names wins over a hand-over that Watson itself proposes.
    read_actions(output.get("actions"), draft, "output.actions")
    read_output(output, draft, context)
    read_intents(output.get("intents"), draft, "output.intents")
    read_encoded_metadata(_variables(answer.get("context")), draft)
    return draft.finish()


def _variables(context: Any) -> list[tuple[str, Any]]:
    """Collect the variables of all skills with their paths, the dialog's first: it has precedence."""
    skills = context.get("skills") if isinstance(context, dict) else None
    if not isinstance(skills, dict):
        return []
    found = []
    for name in (DIALOG, ACTIONS, *[name for name in skills if name not in _SKILLS]):
        skill = skills.get(name)
        if isinstance(skill, dict):
            for kind, path in _VARIABLES:
                if kind in skill:
                    found.append((path, skill[kind]))
    return found
