"""Play Google Dialogflow CX: detectIntent of API v3.

https://cloud.google.com/dialogflow/cx/docs/reference/rest/v3/projects.locations.agents.sessions/detectIntent
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from google.cloud import dialogflowcx_v3

from emulators.call import VendorError
from emulators.dialogflow_sessions import DialogflowSessions, check_said, hear_query

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from emulators.faults import Heard

MAX_TEXT = 256
_AGENT = "projects/{project}/locations/{location}/agents/{agent}"


class DialogflowCxEmulator(DialogflowSessions):
    """The part of the Dialogflow emulator that plays CX; it lives in that one's application and is never started itself."""

    name = "dialogflow-cx"
    default_dialogue = "dialogflow-cx.yaml"
    version = "v3"
    service = "google.cloud.dialogflow.cx.v3.Sessions"
    sdk: ClassVar[Any] = dialogflowcx_v3
    sessions = (
        f"{_AGENT}/sessions/{{session:[^/]+}}",
        f"{_AGENT}/environments/{{environment}}/sessions/{{session:[^/]+}}",
    )

    bot_variable = "agent"
    lifetime = 1800

    def __init__(self, *args: Any, agents: Collection[str] | None = None, **options: Any) -> None:
        """Take the agents that exist; None means any."""
        super().__init__(*args, **options)
        self._agents = agents

    def hear(self, body: Any) -> Heard:
        """Return the text or the event of `queryInput`."""
        return hear_query(body, "event")

    def check_place(self, where: Mapping[str, str]) -> None:
        """Know the agents."""
        if self._agents is not None and where["agent"] not in self._agents:
            raise VendorError(404, "NOT_FOUND", f"Agent '{where['agent']}' not found.")

    def check_query(self, query: Any) -> dict[str, Any]:
        """Demand a text or an event, and the language beside it."""
        if "text" not in query and "event" not in query:
            raise VendorError(400, "INVALID_ARGUMENT", "QueryInput is empty: neither text nor event.")
        text = query.text.text if "text" in query else None
        check_said(text, query.language_code, MAX_TEXT)
        said = {"triggerEvent": query.event.event} if text is None else {"text": text}
        return {**said, "languageCode": query.language_code}
