"""Play LivePerson's connector for a custom integration: events into a function, and what LivePerson makes of its result.

docs/contract/custom-integration.md, docs/contract/function.md "Forwarder duties".
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote

import aiohttp
import orjson

from emulators.lp_events import FILE, RICH_CONTENT, Consumer

if TYPE_CHECKING:
    from collections.abc import Mapping

Function = Callable[[dict[str, Any]], Awaitable[Any]]
"""A LivePerson Function: takes `{headers, payload}`, returns its result, raises to call back with an error."""

FAAS: Final = "com.liveperson.bot-connectors-worker.error.aivendor.faas."
PIPES: Final = "com.liveperson.bot-connectors-worker.error.pipes.verify-ai-response."
ACTIONS: Final = frozenset({"TRANSFER", "CLOSE_CONVERSATION", "CHANGE_TTR", "INVOCATION"})


class FunctionFailed(Exception):
    """The function called back with an error."""


def forwarding_function(
    client: aiohttp.ClientSession,
    url: str,
    key: str,
    *,
    skill: str | None = None,
    message: str = "One moment, I will connect you.",
    timeout: float = 27.0,
) -> Function:
    """Make a function that posts its payload to the gateway, as the one in `functions/` does: outcome A with a skill, else B.

    `url` is the bot's whole events URL, `timeout` is seconds for the whole call.
    """
    limit = aiohttp.ClientTimeout(total=timeout)

    async def function(given: dict[str, Any]) -> Any:
        try:
            status, answer = await _post(client, url, key, given["payload"], limit)
        except (TimeoutError, aiohttp.ClientError) as error:
            status, answer = 503, type(error).__name__
        if status == 200 and isinstance(answer, dict):
            return answer
        is_outage = (
            status in (200, 429) or status >= 500
        )  # anything else is a mistake in the set-up, and should be seen
        if skill is None or not is_outage:
            raise FunctionFailed(f"the gateway did not answer: {status}")
        return {"messages": [message], "context": {"action": "TRANSFER", "actionParameters": {"skill": skill}}}

    return function


async def _post(
    client: aiohttp.ClientSession, url: str, key: str, payload: Any, limit: aiohttp.ClientTimeout
) -> tuple[int, Any]:
    headers = {"Authorization": f"Bearer {key}"}
    lp_event = payload.get("context", {}).get("lpEvent", {})
    if isinstance(sequence := lp_event.get("sequence"), int | str):
        headers["Idempotency-Key"] = quote(f"{payload['convId']}:{sequence}", safe="!~*'()")
    async with client.post(url, json=payload, headers=headers, timeout=limit, allow_redirects=False) as response:
        body = await response.read()
        try:
            return response.status, orjson.loads(body)
        except orjson.JSONDecodeError:
            return response.status, None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What LivePerson does with one event: the answer that it carries out, or the error that it raises."""

    messages: list[Any] = field(default_factory=list)
    action: str | None = None
    parameters: Mapping[str, Any] = field(default_factory=dict)
    error: str | None = None
    """LivePerson's code. The conversation then goes to the bot's transfer skill."""
    context: Mapping[str, Any] = field(default_factory=dict)


class Conversation:
    """One conversation of a custom integration's bot. A failed event is not sent again: LivePerson escalates at once."""

    def __init__(self, function: Function, consumer: Consumer | None = None) -> None:
        """Speak to the function; `consumer` chooses conversation id, channel and engagement attributes."""
        self.consumer = consumer or Consumer()
        self.sent: list[dict[str, Any]] = []
        """The payloads, in order."""
        self._function = function

    async def welcome(self, last_consumer_message: str | None = None) -> Outcome:
        """Begin; with the consumer's last text, as after a transfer."""
        lp_event = self.consumer.welcome(last_consumer_message)
        return await self.send(self.consumer.payload(lp_event, "", "WELCOME"))

    async def say(self, text: str, *metadata: Any) -> Outcome:
        """Send a text; `metadata` is that of a clicked button."""
        return await self.send(self.consumer.payload(self.consumer.text(text, *metadata), text))

    async def send_rich_content(self, content: Any) -> Outcome:
        """Send structured content."""
        return await self.send(self.consumer.payload(self.consumer.rich(content), RICH_CONTENT))

    async def send_file(self, **data: Any) -> Outcome:
        """Send a file: relativePath, fileType, caption, preview."""
        return await self.send(self.consumer.payload(self.consumer.file(**data), FILE))

    async def send(self, payload: dict[str, Any]) -> Outcome:
        """Send a payload as it is: a repeat, or a broken one."""
        self.sent.append(payload)
        try:
            result = await self._function({"headers": [], "payload": payload})
        except Exception:  # noqa: BLE001 - whatever a function raises or calls back with
            return Outcome(error=FAAS + "invoke-lambda")
        return read_result(result)


def read_result(result: Any) -> Outcome:
    """Do LivePerson's first checks on a function's result. docs/contract/function.md "Failure of a function, as LP sees it"."""
    if not isinstance(result, dict):
        return Outcome(error=FAAS + "missing-response-body")
    messages, context = result.get("messages") or [], result.get("context") or {}
    action = context.get("action")
    if not messages and action is None:
        return Outcome(error=PIPES + "missing-action-and-messages", context=context)
    if not messages and action not in ACTIONS:
        return Outcome(error=PIPES + "no-messages-and-not-supported-action", context=context)
    known = action if action in ACTIONS else None  # an unknown one is ignored, and the conversation goes on
    parameters = context.get("actionParameters") or {} if known else {}
    return Outcome(messages=messages, action=known, parameters=parameters, context=context)
