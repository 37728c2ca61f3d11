"""The request of a function bot: LivePerson's own event, as a LivePerson Function would get it.

docs/contract/vendors/function.md, "Query"; docs/contract/hooks.md, "Custom integration".
"""

from gateway.contract.errors import InvalidRequest
from gateway.contract.types import Event, EventKind, Json, VendorSession
from gateway.contract.wire import WireError, dumps_to_hold


def build_request(event: Event, session: VendorSession) -> Json:
    """Build the payload, and note in the session whose it is. It shares with the event what is in it: hooks get a copy."""
    session["convId"] = event.conversation_id
    request: Json = {"convId": event.conversation_id, "message": event.text}
    if event.kind is EventKind.WELCOME:
        request["event"] = {"name": "WELCOME"}
    request["context"] = {"lpEvent": event.lp_event, "lpSdes": event.lp_sdes}
    return request


def write_request(request: Json, session: VendorSession) -> bytes:
    """Write it with the conversation's own id, whatever a hook did to it. Raise InvalidRequest."""
    given = request.get("convId")
    owner = session.get("convId", given)
    try:
        return dumps_to_hold(request if owner == given and "convId" in request else {**request, "convId": owner})
    except WireError as error:
        raise InvalidRequest("$", str(error)) from error
