"""How detectIntent is spoken: REST, or gRPC where an account asks for it. Both take and give the same plain JSON."""

from importlib import import_module
from typing import Any, Protocol

from google.protobuf.message import Message as Proto

from gateway.contract.types import Json
from vendors.dialogflow.errors import Codes
from vendors.dialogflow.rest import RestTransport
from vendors.dialogflow.settings import GoogleSettings
from vendors.services import Services


class Transport(Protocol):
    """Carries requests of one bot."""

    async def open(self) -> None:
        """Find the credentials; network failures are left to `detect_intent`."""

    async def close(self) -> None:
        """Let go of credentials and connections."""

    async def detect_intent(self, session: str, body: Json, *, timeout: float) -> Json:  # noqa: ASYNC109 - one attempt's limit
        """Send one request within `timeout` seconds. Raise VendorFailure, and InvalidRequest for what cannot be sent."""


def load_sdk(settings: GoogleSettings) -> Any:
    """Import Google's package for the bot's generation of the API: half a second, where it has not been imported before."""
    return import_module(settings.SDK)


def load_message(settings: GoogleSettings) -> type[Proto]:
    """Give Google's own DetectIntentRequest, of the bot's generation of the API; imports what `load_sdk` does."""
    message: type[Proto] = load_sdk(settings).DetectIntentRequest.pb()
    return message


def make_transport(
    settings: GoogleSettings, services: Services, *, version: str, location: str | None, codes: Codes
) -> Transport:
    """Make the transport that the settings name; `version` is the API's name in REST's paths (`v2`)."""
    if settings.transport == "rest":
        return RestTransport(settings, services, version=version, location=location, codes=codes)
    from vendors.dialogflow.rpc import GrpcTransport  # noqa: PLC0415 - only bots that use gRPC bring it along

    return GrpcTransport(settings, services, sdk=load_sdk(settings), location=location, codes=codes)
