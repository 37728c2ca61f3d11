"""Play a service that speaks the custom-integration contract: an event in, messages and context out."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any, ClassVar

from emulators.call import Call, VendorError
from emulators.emulator import Emulator
from emulators.faults import Heard

if TYPE_CHECKING:
    from collections.abc import Mapping

    from aiohttp import web


class FunctionEmulator(Emulator):
    """A brand's own bot behind one URL; any path will do."""

    name = "function"
    default_dialogue = "function.yaml"
    errors: ClassVar[Mapping[str, int]] = {status.phrase: status.value for status in HTTPStatus if status >= 400}

    def __init__(self, *args: Any, required_headers: Mapping[str, str] | None = None, **options: Any) -> None:
        """Answer 401 to requests that lack one of the required headers."""
        super().__init__(*args, **options)
        self._required_headers = required_headers or {}

    def add_routes(self, app: web.Application) -> None:
        """Take a POST to any path."""
        app.router.add_route("*", "/{path:.*}", self.staged("message", self._answer))

    def hear(self, body: Any) -> Heard:
        """Return `message` and `event.name`."""
        if not isinstance(body, dict):
            return Heard()
        event = body.get("event")
        name = event.get("name") if isinstance(event, dict) else None
        message = body.get("message")
        return Heard(message if isinstance(message, str) else None, name if isinstance(name, str) else None)

    @staticmethod
    def check_answer(answer: Any) -> None:
        """Demand an object of messages and context; what is in them is the bot's business."""
        if not isinstance(answer, dict) or answer.keys() - {"messages", "context"}:
            raise ValueError("an answer is an object with 'messages' and 'context', and nothing else")
        if not isinstance(answer.get("messages", []), list) or not isinstance(answer.get("context", {}), dict):
            raise ValueError("'messages' is a list and 'context' an object")  # noqa: TRY004 - as above

    def error_body(self, status: int, name: str, message: str) -> Any:
        """Return a plain error shape: the contract has none."""
        return {"error": {"code": status, "name": name, "message": message}}

    async def _answer(self, call: Call) -> web.Response:
        if call.request.method != "POST":
            raise VendorError(405, None, "only POST is understood", {"Allow": "POST"})
        if any(call.request.headers.get(name) != value for name, value in self._required_headers.items()):
            raise VendorError(401, None, "a required header is missing or wrong")
        if call.request.content_type != "application/json":
            raise VendorError(415, None, "the body must be application/json")
        body = call.object()
        if not isinstance(body.get("convId"), str) or not body["convId"]:
            raise VendorError(400, None, "convId is missing")
        return self.reply(self.find_turn(call).answer)
