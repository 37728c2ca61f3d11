"""A CX agent as a vendor; sending is `rest.py`'s, or `rpc.py`'s."""

from functools import partial
from typing import Final

from gateway.contract.errors import InvalidRequest
from gateway.contract.types import Event, HookKeys, Json, ReadingContext, Reply, VendorSession
from vendors.dialogflow import cx
from vendors.dialogflow.errors import CX_CODES, CX_SEND_REQUEST, CX_TEST_CONNECTION
from vendors.dialogflow.request import read_request
from vendors.dialogflow.settings import DialogflowCxSettings
from vendors.dialogflow.transport import load_message, make_transport
from vendors.services import Services

SESSION: Final = "session"
"""Where a turn's session path stands in its VendorSession."""


class DialogflowCx:
    """A Dialogflow CX agent."""

    keys = HookKeys("DialogflowCX", "dfCxrequest", "dialogflowcx")
    send_code = CX_SEND_REQUEST
    test_code: str | None = CX_TEST_CONNECTION

    def __init__(self, settings: DialogflowCxSettings, services: Services) -> None:
        """Take the bot's settings; nothing is read or sent before `open`."""
        self._settings = settings
        self._load_message = partial(load_message, settings)
        self._transport = make_transport(settings, services, version="v3", location=settings.location, codes=CX_CODES)

    async def open(self) -> None:
        """Find the credentials; where there are none, `ask` says so."""
        await self._transport.open()

    async def close(self) -> None:
        """Let go of the credentials and the connections."""
        await self._transport.close()

    def build_request(self, event: Event, session: VendorSession) -> Json:
        """Build the request of docs/contract/hooks.md, and note its session: no hook may change that."""
        request = cx.build_request(event, self._settings)
        session[SESSION] = request["session"]
        return request

    async def ask(self, request: Json, session: VendorSession, *, timeout: float) -> Json:  # noqa: ASYNC109 - one attempt's limit
        """Send detectIntent with all that the hooks left in the request, but under our own session."""
        if SESSION not in session:
            raise InvalidRequest("session", "the turn's session is not known: build_request notes it")
        body = read_request(request, self._load_message, cx.is_as_built)
        return await self._transport.detect_intent(session[SESSION], body, timeout=timeout)

    def read_reply(self, answer: Json, context: ReadingContext) -> Reply:
        """Translate the answer; a handoff that names no skill goes to the bot's default skill."""
        return cx.read_reply(answer, context)
