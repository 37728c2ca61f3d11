"""Play IBM Watson Assistant, both generations of its API, and the token endpoint that goes with them.

V1 is in `emulators.watson_v1`, the tokens are in `emulators.iam`. https://cloud.ibm.com/apidocs/assistant/assistant-v2
"""

from __future__ import annotations

import re
import uuid
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, ClassVar

from ibm_watson.assistant_v2 import StatefulMessageResponse

from emulators.call import Call, VendorError
from emulators.emulator import Emulator
from emulators.faults import Heard
from emulators.iam import APIKEY, PASSWORD, USERNAME, Callers, TokenRefusedError
from emulators.watson_v1 import WatsonV1Emulator, check_input, find_text

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from pathlib import Path

    from aiohttp import web

    from emulators.dialogue import Dialogue, Script

MAIN_SKILL = "main skill"
_VERSION = re.compile(r"\d{4}-\d{2}-\d{2}")
_SESSIONS = ("/v2/assistants/{assistant}/sessions", "/v2/assistants/{assistant}/environments/{environment}/sessions")


class WatsonSession:
    """One session of an assistant, and what its skills remember."""

    def __init__(self, assistant: str, now: float) -> None:
        """Open a session."""
        self.assistant = assistant
        self.used = now
        self.skills: dict[str, dict[str, Any]] = {}

    @property
    def variables(self) -> Mapping[str, Any]:
        """Return what all skills remember, as one: a dialog reads its own variables, actions read theirs."""
        merged: dict[str, Any] = {}
        for skill in self.skills.values():
            for variables in (skill.get("skill_variables"), skill.get("user_defined")):
                merged |= variables if isinstance(variables, dict) else {}
        return merged

    def remember(self, context: Mapping[str, Any]) -> None:
        """Merge variables into those of each skill: what is not named stays as it was."""
        for name, skill in context.get("skills", {}).items():
            stored = self.skills.setdefault(name, {})
            for member, variables in skill.items():
                if isinstance(variables, dict):
                    stored[member] = {**stored.get(member, {}), **variables}
                else:
                    stored[member] = variables


class WatsonEmulator(Emulator):
    """Watson Assistant: tokens or basic auth; V2's sessions that expire and its dialogue; V1, with a dialogue of its own."""

    name = "watson"
    default_dialogue = "watson-v2.yaml"
    errors: ClassVar[Mapping[str, int]] = {status.phrase: status.value for status in HTTPStatus if status >= 400}

    def __init__(
        self,
        *args: Any,
        apikey: str = APIKEY,
        username: str = USERNAME,
        password: str = PASSWORD,
        assistants: Collection[str] | None = None,
        workspaces: Collection[str] | None = None,
        v1_dialogue: Dialogue | Path | None = None,
        v1_scripts: Mapping[str, Script] | None = None,
        session_timeout: float = 300,
        token_lifetime: int = 3600,
        **options: Any,
    ) -> None:
        """Know one caller.

        `assistants` and `workspaces` (V1) are all that exist (None: any); a session ends `session_timeout` s after use.
        """
        super().__init__(*args, **options)
        self._callers = Callers(apikey, username, password, token_lifetime)
        self._assistants = assistants
        self._session_timeout = session_timeout
        self.sessions: dict[str, WatsonSession] = {}
        self.v1 = WatsonV1Emulator(
            v1_dialogue,
            check_call=self._check_query,
            workspaces=workspaces,
            scripts=v1_scripts,
            # Asked anew each time: a test may put others in their place.
            clock=lambda: self.clock(),  # noqa: PLW0108
            sleep=lambda seconds: self.sleep(seconds),  # noqa: PLW0108
        )
        """The part that plays V1: its dialogue and `say`. What it receives and how it fails is noted here."""
        self.v1.requests, self.v1.faults = self.requests, self.faults

    async def load(self) -> None:
        """Read both dialogues."""
        await super().load()
        await self.v1.load()

    def clear(self) -> None:
        """Forget requests, faults and answers, V1's too."""
        super().clear()
        self.v1.clear()

    def expire_sessions(self) -> None:
        """End every session now."""
        self.sessions.clear()

    def expire_tokens(self) -> None:
        """Accept none of the tokens issued so far."""
        self._callers.expire_tokens()

    def add_routes(self, app: web.Application) -> None:
        """Add the token endpoint, V1's messages and, with and without an environment, V2's sessions and messages."""
        app.router.add_post("/{prefix:.*}identity/token", self.staged("token", self._issue_token))
        self.v1.add_routes(app)
        for sessions in _SESSIONS:
            app.router.add_post(sessions, self.staged("session", self._create_session))
            app.router.add_delete(f"{sessions}/{{session}}", self.staged("session", self._delete_session))
            app.router.add_post(f"{sessions}/{{session}}/message", self.staged("message", self._message))
        app.router.add_route("*", "/{path:.*}", self.staged("message", self._unknown))

    def hear(self, body: Any) -> Heard:
        """Return `input.text`; Watson has no events, and a turn without text is its welcome."""
        return Heard(text=find_text(body))

    @staticmethod
    def check_answer(answer: Any) -> None:
        """Let IBM's SDK read the answer, which demands what the API always sends."""
        if not isinstance(answer, dict):
            raise ValueError("an answer is an object")  # noqa: TRY004 - one kind of error for a bad answer
        try:
            StatefulMessageResponse.from_dict({"session_id": "", "user_id": "", **answer})
        except (AttributeError, TypeError) as error:
            raise ValueError(f"not a StatefulMessageResponse: {error}") from error

    def error_body(self, status: int, name: str, message: str) -> Any:
        """Return Watson's error shape."""
        return {"error": message or name, "code": status}

    def headers(self) -> Mapping[str, str]:
        """Give every answer a transaction id."""
        return {"X-Global-Transaction-Id": str(uuid.uuid4())}

    async def _unknown(self, _: Call) -> web.Response:
        raise VendorError(404, None, "Resource not found")

    async def _issue_token(self, call: Call) -> web.Response:
        try:
            return self.reply(self._callers.issue_token(call.body, issuer=self.url, now=self.clock()))
        except TokenRefusedError as refused:
            return self.reply(refused.body, 400)

    async def _create_session(self, call: Call) -> web.Response:
        self._check_call(call)
        session_id = str(uuid.uuid4())
        self.sessions[session_id] = WatsonSession(call.params["assistant"], self.clock())
        return self.reply({"session_id": session_id}, 201)

    async def _delete_session(self, call: Call) -> web.Response:
        self._check_call(call)
        self._session(call)
        del self.sessions[call.params["session"]]
        return self.reply({})

    async def _message(self, call: Call) -> web.Response:
        self._check_call(call)
        session = self._session(call)
        body = call.object()
        check_input(body)
        session.used = self.clock()
        session.remember(_context(body))
        memory = self.remember(call.params["session"], name=call.params["session"])
        memory.variables = session.variables
        turn = self.find_turn(call, call.params["assistant"], memory)
        session.remember({"skills": {MAIN_SKILL: {"user_defined": turn.attributes}}} if turn.attributes else {})
        if turn.raw or not isinstance(turn.answer, dict):
            return self.reply(turn.answer)
        session.remember(_context(turn.answer))
        answer = {name: value for name, value in turn.answer.items() if name != "context"}
        if body.get("input", {}).get("options", {}).get("return_context"):
            system = {"system": {"session_id": call.params["session"]}}
            answer["context"] = {"global": system, "skills": session.skills}
        return self.reply({**answer, "user_id": call.params["session"], "session_id": call.params["session"]})

    def _check_call(self, call: Call) -> None:
        """Check what all calls of V2 have in common: who calls, which version, which assistant."""
        self._check_query(call)
        if self._assistants is not None and call.params["assistant"] not in self._assistants:
            raise VendorError(404, None, f"Resource not found: assistant {call.params['assistant']}")

    def _check_query(self, call: Call) -> None:
        """Check what the calls of both generations have in common."""
        if not self._callers.are_let_in(call.request.headers.get("Authorization", ""), now=self.clock()):
            raise VendorError(401, None, "Unauthorized", {"WWW-Authenticate": "Bearer"})
        if not _VERSION.fullmatch(call.request.query.get("version", "")):
            raise VendorError(400, None, "A valid version date is required: version=YYYY-MM-DD")

    def _session(self, call: Call) -> WatsonSession:
        session = self.sessions.get(call.params["session"])
        if session is None or session.assistant != call.params["assistant"]:
            raise VendorError(404, None, "Invalid Session")
        if self.clock() - session.used >= self._session_timeout:
            del self.sessions[call.params["session"]]
            raise VendorError(404, None, "Invalid Session")
        return session


def _context(body: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the context in a request or an answer, or raise the error for a shape that Watson does not know."""
    context = body.get("context") or {}
    skills = context.get("skills", {}) if isinstance(context, dict) else None
    if not isinstance(skills, dict) or not all(isinstance(skill, dict) for skill in skills.values()):
        raise VendorError(400, None, "context.skills must map names of skills to objects")
    return {"skills": skills}
