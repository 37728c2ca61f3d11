"""The request of a function bot: LivePerson's own event, as a LivePerson Function would get it.

docs/contract/vendors/function.md, "Query"; docs/contract/hooks.md, "Custom integration".
"""

from gateway.contract.errors import InvalidRequest
from gateway.contract.types import Event, EventKind, Json, VendorSession
from gateway.contract.wire import WireError, copy


def build_request(event: Event, session: VendorSession) -> Json:
    """Build the payload, and note in the session whose it is. It shares nothing with the event: hooks change it freely."""
    session["convId"] = event.conversation_id
    request: Json = {"convId": event.conversation_id, "message": event.text}
    if event.kind is EventKind.WELCOME:
        request["event"] = {"name": "WELCOME"}
    request["context"] = copy({"lpEvent": event.lp_event, "lpSdes": event.lp_sdes})
    return request


def finish_request(request: Json, session: VendorSession) -> Json:
    """Make a copy with the conversation's own id, whatever a hook did to it. Raise InvalidRequest."""
    try:
        finished: Json = copy(request)
    except WireError as error:
        raise InvalidRequest("$", str(error)) from error
    return {**finished, "convId": session.get("convId", request.get("convId"))}
