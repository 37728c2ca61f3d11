"""Dialogflow's bots as vendors. Importing this imports Google's SDK; sending is `rest.py`'s."""

from typing import Final

from google.cloud.dialogflow_v2 import DetectIntentRequest

from gateway.contract.errors import InvalidRequest
from gateway.contract.types import Event, HookKeys, Json, ReadingContext, Reply, VendorSession
from vendors.dialogflow import es
from vendors.dialogflow.errors import ES_SEND_QUERY
from vendors.dialogflow.proto import MalformedStruct, check_message, plain_struct
from vendors.dialogflow.rest import RestTransport
from vendors.dialogflow.settings import DialogflowEsSettings
from vendors.services import Services

SESSION: Final = "session"
"""Where a turn's session path stands in its VendorSession."""


class DialogflowEs:
    """A Dialogflow ES agent."""

    keys = HookKeys("DialogflowV2", "dfV2request", "dialogflowv2")
    send_code = ES_SEND_QUERY

    def __init__(self, settings: DialogflowEsSettings, services: Services) -> None:
        """Take the bot's settings; nothing is read or sent before `open`."""
        self._settings = settings
        self._transport = RestTransport(
            settings, services, version="v2", location=settings.location, code=ES_SEND_QUERY
        )

    async def open(self) -> None:
        """Find the credentials; where there are none, `ask` says so."""
        await self._transport.open()

    async def close(self) -> None:
        """Let go of the credentials."""
        await self._transport.close()

    def build_request(self, event: Event, session: VendorSession) -> Json:
        """Build the request of docs/contract/hooks.md, and note its session: no hook may change that."""
        request = es.build_request(event, self._settings)
        session[SESSION] = request["session"]
        return request

    async def ask(self, request: Json, session: VendorSession, *, timeout: float) -> Json:  # noqa: ASYNC109 - one attempt's limit
        """Send detectIntent with all that the hooks left in the request, but under our own session."""
        if SESSION not in session:
            raise InvalidRequest("session", "the turn's session is not known: build_request notes it")
        body = read_request(request)
        return await self._transport.detect_intent(session[SESSION], body, timeout=timeout)

    def read_reply(self, answer: Json, context: ReadingContext) -> Reply:  # noqa: ARG002 - an ES agent hands over by its own action
        """Translate the answer."""
        return es.read_reply(answer)


def read_request(request: Json) -> Json:
    """Give the body of a request as the hooks left it: all but its session, the payload in plain JSON.

    Raise InvalidRequest when no DetectIntentRequest can be made of it. Checked against Google's own message only when its
    shape is not the one we built, which costs a turn without hooks next to nothing.
    """
    body = {name: value for name, value in request.items() if name != "session"}
    params = body.get("queryParams")
    if isinstance(params, dict) and isinstance(params.get("payload"), dict):
        try:
            body["queryParams"] = {**params, "payload": plain_struct(params["payload"])}
        except MalformedStruct as error:
            raise InvalidRequest("queryParams.payload", "is a malformed Struct") from error
    if not es.is_as_built({"session": "", **body}):
        check_message(body, DetectIntentRequest.pb())
        if not body.get("queryInput") and not body.get("query_input"):
            raise InvalidRequest("queryInput", "is required")
    return body
