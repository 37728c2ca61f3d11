"""Talk to a Watson V1 workspace: messages that carry the whole conversation's state with them."""

import logging
from functools import partial

from gateway.contract.types import Event, HookKeys, Json, ReadingContext, Reply, VendorSession
from vendors.services import Services
from vendors.watson import errors, v1
from vendors.watson.connection import Connection
from vendors.watson.errors import unusable
from vendors.watson.members import MAX_TEXT
from vendors.watson.settings import WatsonV1Settings
from vendors.watson.transport import prepare_v1

_log = logging.getLogger(__name__)


class WatsonV1:
    """One bot at one workspace of Watson Assistant V1."""

    keys = HookKeys("WatsonAssistant", "watsonV1Payload", "watson")
    send_code = errors.V1_SEND_QUERY
    test_code: str | None = None

    def __init__(self, settings: WatsonV1Settings, services: Services) -> None:
        self._clock = services.clock
        prepare = partial(prepare_v1, url=settings.url, version=settings.version, workspace=settings.workspace_id)
        self._connection = Connection(settings, prepare, http=services.http, clock=services.clock)

    async def open(self) -> None:
        """Have the SDK prepare the request; the first token is fetched by the first turn."""
        await self._connection.open()

    async def close(self) -> None:
        """Let go of the connection."""
        await self._connection.close()

    def build_request(self, event: Event, session: VendorSession) -> Json:
        """Build the request, and note in the session whose it is: `ask` puts that back, whatever a hook does."""
        session[v1.OWNER] = event.conversation_id
        if len(event.text) > MAX_TEXT:
            _log.warning("watson-text-cut: %d characters, Watson takes %d", len(event.text), MAX_TEXT)
        return v1.build_request(event, session)

    async def ask(self, request: Json, session: VendorSession, *, timeout: float) -> Json:  # noqa: ASYNC109 - one attempt's limit
        """Send a message and keep the context of its answer. Raise VendorFailure or InvalidRequest.

        A failure leaves the stored context as it was, and with it the conversation: Watson keeps nothing of its own.
        """
        body = v1.write_message(request, session)
        until = self._clock.monotonic() + timeout
        requests = self._connection.requests or await self._connection.open()
        answer = await self._connection.call(requests.say, body, until=until, code=errors.V1_SEND_QUERY)
        decoded = answer.json_object()
        if decoded is None:
            raise unusable(errors.PARSER_CRASHED, "Watson's answer is not a JSON object.")
        v1.keep_context(decoded, session)
        return decoded

    def read_reply(self, answer: Json, context: ReadingContext) -> Reply:
        """Translate the answer."""
        return v1.read_reply(answer, context)
