"""Where a conversation lives at Dialogflow: the id of its session, and the address of the service."""

import hashlib
import re
from typing import Final

from yarl import URL

from vendors.dialogflow.settings import GoogleSettings

MAX_SESSION_ID: Final = 36
"""Google's limit, in characters."""
_SESSION_ID: Final = re.compile(rf"[A-Za-z0-9_-]{{1,{MAX_SESSION_ID}}}")


def session_id(conversation_id: str) -> str:
    """Give the session id of a conversation: its own id where Google takes it, else a hash that stays the same.

    Source: docs/contract/vendors/dialogflow-es.md, "Query". Chat's ids have about 59 characters.
    """
    if _SESSION_ID.fullmatch(conversation_id):
        return conversation_id
    return hashlib.sha256(conversation_id.encode(errors="surrogatepass")).hexdigest()[:MAX_SESSION_ID]


def service_url(settings: GoogleSettings, location: str | None) -> URL:
    """Give the root of the service: the configured endpoint, or Google's own for the location."""
    return URL(f"{'http' if settings.insecure else 'https'}://{_endpoint(settings, location)}")


def service_target(settings: GoogleSettings, location: str | None) -> str:
    """Give the same as `host` or `host:port`, as gRPC wants it."""
    return _endpoint(settings, location)


def _endpoint(settings: GoogleSettings, location: str | None) -> str:
    regional = "" if location in (None, "global") else f"{location}-"
    return settings.api_endpoint or f"{regional}dialogflow.googleapis.com"
