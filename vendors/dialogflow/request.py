"""A request as the hooks left it: what of it is sent, and whether it can be."""

from collections.abc import Callable
from typing import Any

from google.protobuf.message import Message as Proto

from gateway.contract.errors import InvalidRequest
from gateway.contract.types import Json
from vendors.dialogflow.proto import MalformedStruct, check_message, plain_struct


def read_request(request: Json, load_message: Callable[[], type[Proto]], is_as_built: Callable[[Json], bool]) -> Json:
    """Give the body of a request as the hooks left it: all but its session, the payload in plain JSON.

    Raise InvalidRequest when no DetectIntentRequest can be made of it. Checked against Google's own message, which
    `load_message` gives, only when `is_as_built` does not know its shape: without hooks a turn pays next to nothing for it.
    """
    body = request.copy()
    body.pop("session", None)
    params = body.get("queryParams")
    if isinstance(params, dict) and isinstance(payload := params.get("payload"), dict):
        try:
            plain = plain_struct(payload)
        except MalformedStruct as error:
            raise InvalidRequest("queryParams.payload", "is a malformed Struct") from error
        if plain is not payload:
            body["queryParams"] = {**params, "payload": plain}
    if not is_as_built(body):
        check_message(body, load_message())
        if not body.get("queryInput") and not body.get("query_input"):
            raise InvalidRequest("queryInput", "is required")
    return body


def has_payload_alone(params: Any) -> bool:
    """Say whether query parameters are a payload and nothing else, as we build them for both generations of the API."""
    return isinstance(params, dict) and len(params) == 1 and isinstance(params.get("payload"), dict)
