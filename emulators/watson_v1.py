"""Play IBM Watson Assistant V1: one call, which brings the conversation's context along and gives it back.

https://cloud.ibm.com/apidocs/assistant/assistant-v1#message
"""

from __future__ import annotations

import uuid
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, ClassVar

from ibm_watson.assistant_v1 import MessageResponse

from emulators.call import Call, VendorError
from emulators.emulator import Emulator
from emulators.faults import Heard

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping
    from pathlib import Path

    from aiohttp import web

    from emulators.dialogue import Dialogue

MAX_TEXT = 2048
"""Characters of a text, in both generations of the API."""


class WatsonV1Emulator(Emulator):
    """The part of the Watson emulator that plays V1; it lives in that one's application and is never started itself."""

    name = "watson-v1"
    default_dialogue = "watson-v1.yaml"
    errors: ClassVar[Mapping[str, int]] = {status.phrase: status.value for status in HTTPStatus if status >= 400}

    def __init__(
        self,
        dialogue: Dialogue | Path | None = None,
        *,
        check_call: Callable[[Call], None],
        workspaces: Collection[str] | None = None,
        **options: Any,
    ) -> None:
        """Let `check_call` see who calls (VendorError when it is nobody). `workspaces` are all that exist (None: any)."""
        super().__init__(dialogue, **options)
        self._check_call = check_call
        self._workspaces = workspaces

    def add_routes(self, app: web.Application) -> None:
        """Add the one call."""
        app.router.add_post("/v1/workspaces/{workspace}/message", self.staged("message", self._message))

    def hear(self, body: Any) -> Heard:
        """Return `input.text`; a turn without text is the welcome."""
        return Heard(text=find_text(body))

    @staticmethod
    def check_answer(answer: Any) -> None:
        """Let IBM's SDK read the answer, once it has what the API always sends."""
        if not isinstance(answer, dict) or not isinstance(answer.get("output"), dict):
            raise ValueError("an answer is an object with an output")  # noqa: TRY004 - one kind of error for a bad answer
        try:
            MessageResponse.from_dict(_complete(answer, "", {}))
        except (AttributeError, IndexError, TypeError) as error:
            # IndexError: the SDK's own slip in its message about an unknown response type.
            raise ValueError(f"not a MessageResponse: {error}") from error

    def error_body(self, status: int, name: str, message: str) -> Any:
        """Return Watson's error shape."""
        return {"error": message or name, "code": status}

    def headers(self) -> Mapping[str, str]:
        """Give every answer a transaction id."""
        return {"X-Global-Transaction-Id": str(uuid.uuid4())}

    async def _message(self, call: Call) -> web.Response:
        self._check_call(call)
        if self._workspaces is not None and call.params["workspace"] not in self._workspaces:
            raise VendorError(404, None, f"Resource not found: workspace {call.params['workspace']}")
        body = call.object()
        check_input(body)
        context = _begin_turn(body)
        memory = self.remember(context["conversation_id"], name=context["conversation_id"])
        memory.variables = context
        turn = self.find_turn(call, call.params["workspace"], memory)
        if turn.raw or not isinstance(turn.answer, dict):
            return self.reply(turn.answer)
        context |= {**turn.attributes, **turn.answer.get("context", {})}
        answer = _complete(turn.answer, call.heard.text or "", context)
        answer["output"].setdefault("nodes_visited", [turn.name])
        if body.get("alternate_intents") is True:
            answer["alternate_intents"] = True
        else:
            answer["intents"] = answer["intents"][:1]
        return self.reply(answer)


def find_text(body: Any) -> str:
    """Find `input.text` in whatever was received; empty where there is none."""
    given = body.get("input") if isinstance(body, dict) else None
    text = given.get("text") if isinstance(given, dict) else None
    return text if isinstance(text, str) else ""


def check_input(body: Mapping[str, Any]) -> None:
    """Raise the error for an `input` that Watson refuses."""
    given = body.get("input", {})
    if not isinstance(given, dict) or not isinstance(given.get("options", {}), dict):
        raise VendorError(400, None, "input and input.options must be objects")
    text = given.get("text", "")
    if not isinstance(text, str) or len(text) > MAX_TEXT:
        raise VendorError(400, None, f"input.text must be a string of at most {MAX_TEXT} characters")
    if any(character in text for character in "\n\r\t"):
        raise VendorError(400, None, "input.text cannot contain carriage return, newline or tab characters")


def _begin_turn(body: Mapping[str, Any]) -> dict[str, Any]:
    """Give the context of this turn: that of the request, counted on, or that of a new conversation."""
    given = _object(body, "context")
    system, metadata = _object(given, "system"), _object(given, "metadata")
    counted = system.get("dialog_turn_counter")
    turn = counted + 1 if isinstance(counted, int) else 1
    conversation_id = given.get("conversation_id") or str(uuid.uuid4())
    return {
        **given,
        "conversation_id": conversation_id,
        "system": {
            "initialized": True,
            "dialog_stack": [{"dialog_node": "root"}],
            **system,
            "dialog_turn_counter": turn,
            "dialog_request_counter": turn,
        },
        "metadata": {"user_id": conversation_id, **metadata},
    }


def _object(parent: Mapping[str, Any], name: str) -> dict[str, Any]:
    """Return a member that is an object, empty where there is none, or raise the error for one that is not."""
    value = parent.get(name, {})
    if not isinstance(value, dict):
        raise VendorError(400, None, f"{name} must be an object")
    return value


def _complete(answer: Mapping[str, Any], text: str, context: Mapping[str, Any]) -> dict[str, Any]:
    """Add to an answer what the API always sends; `output.text` repeats the texts of `output.generic`."""
    output = answer["output"]
    generic = output.get("generic", [])
    said = [item["text"] for item in generic if isinstance(item, dict) and isinstance(item.get("text"), str)]
    return {
        "intents": [],
        "entities": [],
        "input": {"text": text},
        **answer,
        "output": {"text": said, "log_messages": [], **output},
        "context": {**context, **answer.get("context", {})},
        "user_id": context.get("conversation_id", ""),
    }
