"""Talk to a Watson V1 workspace: messages that carry the whole conversation's state with them."""

import logging

from ibm_cloud_sdk_core import ApiException
from ibm_cloud_sdk_core.authenticators import Authenticator

from gateway.contract.types import Event, HookKeys, Json, ReadingContext, Reply, VendorSession
from vendors.exchange import TransportFailure
from vendors.services import Services
from vendors.watson import errors, v1
from vendors.watson.connection import Connection
from vendors.watson.errors import TokenFailure, translate, unusable
from vendors.watson.members import MAX_TEXT
from vendors.watson.settings import WatsonV1Settings
from vendors.watson.transport import AsyncAssistantV1

_log = logging.getLogger(__name__)


class WatsonV1:
    """One bot at one workspace of Watson Assistant V1."""

    keys = HookKeys("WatsonAssistant", "watsonV1Payload", "watson")
    send_code = errors.V1_SEND_QUERY
    test_code: str | None = None

    def __init__(self, settings: WatsonV1Settings, services: Services) -> None:
        self._workspace = settings.workspace_id
        self._clock = services.clock

        def build(authenticator: Authenticator) -> AsyncAssistantV1:
            return AsyncAssistantV1(
                url=settings.url,
                version=settings.version,
                authenticator=authenticator,
                http_session=services.http,
            )

        self._connection = Connection(settings, build, clock=services.clock)

    async def open(self) -> None:
        """Make the SDK's client; the first token is fetched by the first turn."""
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
        message = v1.build_message(request, session)
        until = self._clock.monotonic() + timeout
        try:
            answer = await self._connection.call(
                lambda sdk, left: sdk.say(self._workspace, message, timeout=left), until=until
            )
        except (ApiException, TransportFailure, TokenFailure) as error:
            raise translate(error, code=errors.V1_SEND_QUERY) from error
        decoded = answer.json_object()
        if decoded is None:
            raise unusable(errors.PARSER_CRASHED, "Watson's answer is not a JSON object.")
        v1.keep_context(decoded, session)
        return decoded

    def read_reply(self, answer: Json, context: ReadingContext) -> Reply:
        """Translate the answer."""
        return v1.read_reply(answer, context)
