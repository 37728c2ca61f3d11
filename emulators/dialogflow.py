"""Play Google Dialogflow ES over REST: detectIntent, and the token endpoint for service accounts.

https://cloud.google.com/dialogflow/es/docs/reference/rest/v2/projects.agent.sessions/detectIntent
"""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any, ClassVar

import orjson
from google.cloud import dialogflow_v2
from google.protobuf import json_format

from emulators.call import Call, VendorError
from emulators.emulator import Emulator
from emulators.faults import Heard
from emulators.google_tokens import GRANT_TYPE, GoogleTokens, InvalidGrantError, ServiceAccount

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from aiohttp import web

MAX_SESSION_ID = 36
MAX_TEXT = 256
_AGENTS = ("/v2/projects/{project}/agent", "/v2/projects/{project}/locations/{location}/agent")
_SESSIONS = ("/sessions/{session:[^/]+}", "/environments/{environment}/users/{user}/sessions/{session:[^/]+}")


class DialogflowEmulator(Emulator):
    """Dialogflow ES: bodies are checked against the real protos in both directions."""

    name = "dialogflow"
    default_dialogue = "dialogflow-es.yaml"
    errors: ClassVar[Mapping[str, int]] = {
        # https://cloud.google.com/apis/design/errors#handling_errors
        "INVALID_ARGUMENT": 400,
        "FAILED_PRECONDITION": 400,
        "UNAUTHENTICATED": 401,
        "PERMISSION_DENIED": 403,
        "NOT_FOUND": 404,
        "ABORTED": 409,
        "RESOURCE_EXHAUSTED": 429,
        "CANCELLED": 499,
        "INTERNAL": 500,
        "UNIMPLEMENTED": 501,
        "UNAVAILABLE": 503,
        "DEADLINE_EXCEEDED": 504,
    }

    def __init__(
        self,
        *args: Any,
        tokens: Collection[str] | None = None,
        account: ServiceAccount | None = None,
        projects: Collection[str] | None = None,
        max_session_id: int = MAX_SESSION_ID,
        **options: Any,
    ) -> None:
        """Demand a Bearer token when `tokens` or `account` is given. `projects` are all that exist; None means any."""
        super().__init__(*args, **options)
        self._tokens = GoogleTokens(tokens, account)
        self._projects = projects
        self._max_session_id = max_session_id

    def expire_tokens(self) -> None:
        """Accept none of the tokens issued so far."""
        self._tokens.expire()

    def add_routes(self, app: web.Application) -> None:
        """Add the token endpoint and every form of a session's path."""
        app.router.add_post("/token", self.staged("token", self._issue_token))
        for agent in _AGENTS:
            for session in _SESSIONS:
                app.router.add_post(f"{agent}{session}:detectIntent", self.staged("message", self._detect_intent))
        app.router.add_route("*", "/{path:.*}", self.staged("message", self._unknown))

    def hear(self, body: Any) -> Heard:
        """Return the text or the event of `queryInput`."""
        query = _member(body, "queryInput", "query_input")
        text = _member(_member(query, "text"), "text")
        event = _member(_member(query, "event"), "name")
        return Heard(text if isinstance(text, str) else None, event if isinstance(event, str) else None)

    @staticmethod
    def check_answer(answer: Any) -> None:
        """Let the real proto read the answer."""
        _parse(answer, dialogflow_v2.DetectIntentResponse())

    def error_body(self, status: int, name: str, message: str) -> Any:
        """Return Google's error shape."""
        return {"error": {"code": status, "message": message, "status": name}}

    async def _unknown(self, call: Call) -> web.Response:
        raise VendorError(404, "NOT_FOUND", f"The requested URL {call.request.path} was not found.")

    async def _issue_token(self, call: Call) -> web.Response:
        form = call.body if isinstance(call.body, dict) else {}
        if form.get("grant_type") != GRANT_TYPE:
            return self.reply({"error": "unsupported_grant_type", "error_description": "Invalid grant_type"}, 400)
        try:
            return self.reply(self._tokens.issue(form.get("assertion", ""), f"{self.url}/token", self.clock()))
        except InvalidGrantError as error:
            return self.reply({"error": "invalid_grant", "error_description": str(error)}, 400)

    async def _detect_intent(self, call: Call) -> web.Response:
        if not self._tokens.accepts(call.request.headers.get("Authorization", ""), self.clock()):
            raise VendorError(401, "UNAUTHENTICATED", "Request had invalid authentication credentials.")
        if self._projects is not None and call.params["project"] not in self._projects:
            raise VendorError(404, "NOT_FOUND", f"No DesignTimeAgent found for project '{call.params['project']}'.")
        query = self._check_request(call).query_input
        turn = self.find_turn(call)
        if turn.raw or not isinstance(turn.answer, dict):
            return self.reply(turn.answer)
        said = query.text.text if "text" in query else query.event.name
        language = query.text.language_code if "text" in query else query.event.language_code
        result = {"queryText": said, "languageCode": language, **turn.answer.get("queryResult", {})}
        return self.reply({"responseId": str(uuid.uuid4()), **turn.answer, "queryResult": result})

    def _check_request(self, call: Call) -> dialogflow_v2.DetectIntentRequest:
        session = call.params["session"]
        if len(session) > self._max_session_id:
            raise VendorError(400, "INVALID_ARGUMENT", f"Session ID must be at most {self._max_session_id} characters.")
        request = dialogflow_v2.DetectIntentRequest()
        try:
            _parse(call.object(), request)
        except ValueError as error:
            raise VendorError(400, "INVALID_ARGUMENT", f"Invalid JSON payload received. {error}") from error
        query = request.query_input
        if "text" not in query and "event" not in query:
            raise VendorError(400, "INVALID_ARGUMENT", "Input is empty: neither text nor event.")
        if "text" in query and not 1 <= len(query.text.text) <= MAX_TEXT:
            raise VendorError(400, "INVALID_ARGUMENT", f"Input text must have 1 to {MAX_TEXT} characters.")
        if not (query.text.language_code if "text" in query else query.event.language_code):
            raise VendorError(400, "INVALID_ARGUMENT", "Input language code is missing.")
        return request


def _parse(data: Any, message: Any) -> None:
    """Fill a proto-plus message from JSON data; ValueError names what does not fit."""
    try:
        json_format.Parse(orjson.dumps(data), type(message).pb(message))
    except json_format.ParseError as error:
        raise ValueError(str(error)) from error


def _member(data: Any, *names: str) -> Any:
    """Return the first of the members that is there; None when data is no object."""
    return next((data[name] for name in names if name in data), None) if isinstance(data, dict) else None
