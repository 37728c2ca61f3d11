"""Play Google Dialogflow, both generations of its API, over REST and gRPC, and the token endpoint for service accounts.

CX is in `emulators.dialogflow_cx`, gRPC in `emulators.dialogflow_grpc`.
https://cloud.google.com/dialogflow/es/docs/reference/rest/v2/projects.agent.sessions/detectIntent
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from google.cloud import dialogflow_v2

from emulators.call import Call, VendorError
from emulators.dialogflow_cx import DialogflowCxEmulator
from emulators.dialogflow_grpc import GrpcFront
from emulators.dialogflow_sessions import MAX_SESSION_ID, DialogflowSessions, check_said, hear_query
from emulators.google_tokens import GRANT_TYPE, GoogleTokens, InvalidGrantError, ServiceAccount

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from pathlib import Path

    from aiohttp import web

    from emulators.dialogue import Dialogue
    from emulators.faults import Heard

MAX_TEXT = 256
_AGENTS = ("projects/{project}/agent", "projects/{project}/locations/{location}/agent")
_SESSIONS = ("sessions/{session:[^/]+}", "environments/{environment}/users/{user}/sessions/{session:[^/]+}")


class DialogflowEmulator(DialogflowSessions):
    """Dialogflow: ES with its dialogue; CX, with one of its own, in the attribute `cx`. What both receive is noted here."""

    name = "dialogflow"
    default_dialogue = "dialogflow-es.yaml"
    version = "v2"
    service = "google.cloud.dialogflow.v2.Sessions"
    sdk: ClassVar[Any] = dialogflow_v2
    sessions = tuple(f"{agent}/{session}" for agent in _AGENTS for session in _SESSIONS)
    bot_variable = "project"
    lifetime = 1200

    def __init__(
        self,
        *args: Any,
        tokens: Collection[str] | None = None,
        account: ServiceAccount | None = None,
        projects: Collection[str] | None = None,
        agents: Collection[str] | None = None,
        max_session_id: int = MAX_SESSION_ID,
        cx_dialogue: Dialogue | Path | None = None,
        **options: Any,
    ) -> None:
        """Demand a Bearer token when `tokens` or `account` is given.

        `projects` (ES) and `agents` (CX) are all that exist; None means any.
        """
        super().__init__(*args, tokens=GoogleTokens(tokens, account), max_session_id=max_session_id, **options)
        self._projects = projects
        self.cx = DialogflowCxEmulator(
            cx_dialogue,
            tokens=self.tokens,
            agents=agents,
            max_session_id=max_session_id,
            # Looked up when they are needed: tests exchange them.
            clock=lambda: self.clock(),  # noqa: PLW0108
            sleep=lambda seconds: self.sleep(seconds),  # noqa: PLW0108
        )
        """The part that plays CX: its dialogue and `say`. What it receives and how it fails is noted here."""
        self.cx.requests, self.cx.faults = self.requests, self.faults
        self._grpc = GrpcFront((self, self.cx))

    @property
    def grpc_address(self) -> str:
        """Return where gRPC is spoken, such as 127.0.0.1:40002, once it is bound: both APIs, in plaintext."""
        return self._grpc.address

    async def load(self) -> None:
        """Read both dialogues."""
        await super().load()
        await self.cx.load()

    async def start(self) -> str:
        """Load the dialogues, listen (gRPC on a port of its own), and return the address."""
        url = await super().start()
        try:
            await self._grpc.start()
        except BaseException:
            await super().stop()
            raise
        return url

    async def stop(self) -> None:
        """Stop listening and drop whatever is still under way."""
        await self._grpc.stop()
        await super().stop()

    def clear(self) -> None:
        """Forget requests, faults and answers, CX's too."""
        super().clear()
        self.cx.clear()

    def expire_tokens(self) -> None:
        """Accept none of the tokens issued so far."""
        self.tokens.expire()

    def add_routes(self, app: web.Application) -> None:
        """Add the token endpoint and both APIs."""
        app.router.add_post("/token", self.staged("token", self._issue_token))
        super().add_routes(app)
        self.cx.add_routes(app)
        app.router.add_route("*", "/{path:.*}", self.staged("message", self._unknown))

    def hear(self, body: Any) -> Heard:
        """Return the text or the event of `queryInput`."""
        return hear_query(body, "name")

    def check_place(self, where: Mapping[str, str]) -> None:
        """Know the projects."""
        if self._projects is not None and where["project"] not in self._projects:
            raise VendorError(404, "NOT_FOUND", f"No DesignTimeAgent found for project '{where['project']}'.")

    def check_query(self, query: Any) -> dict[str, Any]:
        """Demand a text or an event, and a language in it."""
        if "text" not in query and "event" not in query:
            raise VendorError(400, "INVALID_ARGUMENT", "Input is empty: neither text nor event.")
        if "text" in query:
            check_said(query.text.text, query.text.language_code, MAX_TEXT)
            return {"queryText": query.text.text, "languageCode": query.text.language_code}
        check_said(None, query.event.language_code, MAX_TEXT)
        return {"queryText": query.event.name, "languageCode": query.event.language_code}

    async def _unknown(self, call: Call) -> web.Response:
        raise VendorError(404, "NOT_FOUND", f"The requested URL {call.request.path} was not found.")

    async def _issue_token(self, call: Call) -> web.Response:
        form = call.body if isinstance(call.body, dict) else {}
        if form.get("grant_type") != GRANT_TYPE:
            return self.reply({"error": "unsupported_grant_type", "error_description": "Invalid grant_type"}, 400)
        try:
            return self.reply(self.tokens.issue(form.get("assertion", ""), f"{self.url}/token", self.clock()))
        except InvalidGrantError as error:
            return self.reply({"error": "invalid_grant", "error_description": str(error)}, 400)
