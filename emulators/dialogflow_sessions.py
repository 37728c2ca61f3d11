"""What Dialogflow's two generations have in common: sessions, detectIntent as JSON in and out, and Google's errors."""

from __future__ import annotations

import uuid
from abc import abstractmethod
from typing import TYPE_CHECKING, Any, ClassVar

import orjson
from google.protobuf import json_format

from emulators.call import Call, VendorError
from emulators.emulator import Emulator
from emulators.faults import Heard

if TYPE_CHECKING:
    from collections.abc import Mapping

    from aiohttp import web

    from emulators.dialogue import Turn
    from emulators.faults import Fault
    from emulators.google_tokens import GoogleTokens

MAX_SESSION_ID = 36


class DialogflowSessions(Emulator):
    """One generation of the API: bodies are checked against the real protos in both directions."""

    version: ClassVar[str]
    """Of REST's paths."""
    service: ClassVar[str]
    """gRPC's name of it."""
    sdk: ClassVar[Any]
    """Google's package, with its protos."""
    sessions: ClassVar[tuple[str, ...]]
    """The forms of a session's name, as paths with variables; one of them is `session`."""
    bot_variable: ClassVar[str]
    """Which of them names the bot."""
    lifetime: ClassVar[float]
    """Seconds of silence after which a session begins anew."""
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

    def __init__(self, *args: Any, tokens: GoogleTokens, max_session_id: int = MAX_SESSION_ID, **options: Any) -> None:
        """Demand one of these tokens."""
        super().__init__(*args, **options)
        self.tokens = tokens
        self._max_session_id = max_session_id

    def add_routes(self, app: web.Application) -> None:
        """Add every form of a session's path."""
        for session in self.sessions:
            app.router.add_post(f"/{self.version}/{session}:detectIntent", self.staged("message", self._detect_intent))

    def error_body(self, status: int, name: str, message: str) -> Any:
        """Return Google's error shape."""
        return {"error": {"code": status, "message": message, "status": name}}

    @classmethod
    def check_answer(cls, answer: Any) -> None:
        """Let the real proto read the answer."""
        cls.parse(answer, cls.sdk.DetectIntentResponse)

    @staticmethod
    def parse(data: Any, message: Any) -> Any:
        """Make a proto-plus message of JSON data; ValueError names what does not fit."""
        try:
            return message.wrap(json_format.Parse(orjson.dumps(data), message.pb()()))
        except json_format.ParseError as error:
            raise ValueError(str(error)) from error

    @staticmethod
    def plain(message: Any) -> Any:
        """Write a proto-plus message as Google's REST API does: what has its default value is left out."""
        return json_format.MessageToDict(type(message).pb(message))

    def check_request(self, where: Mapping[str, str], body: dict[str, Any], authorization: str) -> dict[str, Any]:
        """Check a detectIntent or raise the vendor's error; return what its result repeats of it.

        `where` are the variable parts of the session's name.
        """
        if not self.tokens.accepts(authorization, self.clock()):
            raise VendorError(401, "UNAUTHENTICATED", "Request had invalid authentication credentials.")
        self.check_place(where)
        if len(where["session"]) > self._max_session_id:
            raise VendorError(400, "INVALID_ARGUMENT", f"Session ID must be at most {self._max_session_id} characters.")
        try:
            request = self.parse(body, self.sdk.DetectIntentRequest)
        except ValueError as error:
            raise VendorError(400, "INVALID_ARGUMENT", f"Invalid JSON payload received. {error}") from error
        return self.check_query(request.query_input)

    def complete(self, turn: Turn, echo: Mapping[str, Any]) -> Any:
        """Give a turn's answer as Google would write it; that of a `raw` one as it stands, and it may be anything."""
        if turn.raw or not isinstance(turn.answer, dict):
            return turn.answer
        result = {**echo, **turn.answer.get("queryResult", {})}
        whole = {"responseId": str(uuid.uuid4()), **turn.answer, "queryResult": result}
        return self.plain(self.parse(whole, self.sdk.DetectIntentResponse))

    def answer_for(self, heard: Heard, where: Mapping[str, str], session: str) -> Turn:
        """Choose the turn for what was said in the session of that name."""
        memory = self.remember(session, name=session, lifetime=self.lifetime)
        return self.find_heard(heard, where[self.bot_variable], memory)

    @abstractmethod
    def check_place(self, where: Mapping[str, str]) -> None:
        """Raise the vendor's error when there is no such agent."""

    @abstractmethod
    def check_query(self, query: Any) -> dict[str, Any]:
        """Check `query_input` or raise the vendor's error; return what the result repeats of it."""

    def take_fault(self, turn: Turn | None) -> Fault | None:
        """Return what the dialogue says goes wrong in this turn, and count it."""
        return self._scripted_fault(turn)

    async def _detect_intent(self, call: Call) -> web.Response:
        echo = self.check_request(call.params, call.object(), call.request.headers.get("Authorization", ""))
        session = call.request.path.removeprefix(f"/{self.version}/").removesuffix(":detectIntent")
        call.turn = self.answer_for(call.heard, call.params, session)
        return self.reply(self.complete(call.turn, echo))


def hear_query(body: Any, event_name: str) -> Heard:
    """Find the text or the event in `queryInput`, whatever the body is."""
    query = _member(body, "queryInput", "query_input")
    text = _member(_member(query, "text"), "text")
    event = _member(_member(query, "event"), event_name)
    return Heard(text if isinstance(text, str) else None, event if isinstance(event, str) else None)


def check_said(text: str | None, language: str, longest: int) -> None:
    """Raise the vendor's error for a text of a wrong length, or without a language."""
    if text is not None and not 1 <= len(text) <= longest:
        raise VendorError(400, "INVALID_ARGUMENT", f"Input text must have 1 to {longest} characters.")
    if not language:
        raise VendorError(400, "INVALID_ARGUMENT", "Input language code is missing.")


def _member(data: Any, *names: str) -> Any:
    """Return the first of the members that is there; None when data is no object."""
    return next((data[name] for name in names if name in data), None) if isinstance(data, dict) else None
