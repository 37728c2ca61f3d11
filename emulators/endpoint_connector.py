"""Play LivePerson's Custom Endpoint connector: the client of the gateway's second door.

docs/contract/custom-endpoint.md.
"""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import aiohttp
import orjson

from emulators.lp_events import Consumer
from emulators.sentinel import CONNECTOR, Application

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Iterable

PAUSES: Final = (5.0, 10.0, 15.0)
"""Seconds before each further try after a 5xx, a 429 (whose `Retry-After` counts when it is longer), or no answer."""
TIMEOUT: Final = 60.0
"""Seconds for one request."""
EARLY: Final = 60.0
"""Seconds before its end at which a token is renewed."""


class EndpointFailed(Exception):
    """The connector has given up on a request. `status` is the last one, None without an answer; `body` is what came with it."""

    def __init__(self, status: int | None, body: Any) -> None:
        """Keep both."""
        super().__init__(f"the endpoint answered {status}: {body!r}")
        self.status = status
        self.body = body


@dataclass(frozen=True, slots=True)
class Attempt:
    """One request of the connector, and the status it got; None when there was no answer."""

    method: str
    path: str
    status: int | None


class EndpointConnector:
    """One bot's connector: signs in at Sentinel, asks, tries again."""

    def __init__(
        self,
        client: aiohttp.ClientSession,
        base_url: str,
        token_url: str,
        *,
        bot: str,
        environment: str = "draft",
        application: Application = CONNECTOR,
        clock: Callable[[], float] = time.time,
        sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
        timeout: float = TIMEOUT,
    ) -> None:
        """Call `{base_url}/v1/bots/{bot}/environments/{environment}/…` with tokens from `token_url`."""
        self.attempts: list[Attempt] = []
        self._client = client
        self._base_url = base_url
        self._token_url = token_url
        self._environments = f"/v1/bots/{bot}/environments"
        self._environment = f"{self._environments}/{environment}"
        self._application = application
        self._clock = clock
        self._sleep = sleep
        self._timeout = aiohttp.ClientTimeout(total=timeout)
        self._token = ("", 0.0)

    async def environments(self) -> Any:
        """List the environments."""
        return await self.request("GET", self._environments)

    async def state(self) -> Any:
        """Ask for the health: {state, version}."""
        return await self.request("GET", f"{self._environment}/state")

    def conversation(self, consumer: Consumer | None = None) -> EndpointConversation:
        """Prepare a conversation; nothing is sent yet. `consumer` chooses conversation id, channel and SDEs."""
        return EndpointConversation(self, consumer or Consumer())

    def conversation_path(self, conv_id: str) -> str:
        """Return the path of a conversation."""
        return f"{self._environment}/conversations/{conv_id}"

    async def request(self, method: str, path: str, body: Any = None) -> Any:
        """Ask, again where LivePerson's policy says so, and return the decoded answer. Raise EndpointFailed for good."""
        for pause in (*PAUSES, None):
            status, answer, retry_after = await self._try(method, path, body)
            self.attempts.append(Attempt(method, path, status))
            if status is not None and status < 300:
                return answer
            if pause is None or (status is not None and status < 500 and status != 429):
                raise EndpointFailed(status, answer)
            await self._sleep(max(1.0, retry_after) if status == 429 else pause)
        raise AssertionError("the last try has no pause")

    async def token(self) -> str:
        """Return a good token, from Sentinel when the one at hand is about to expire."""
        token, expires = self._token
        if self._clock() < expires - EARLY:
            return token
        form = {
            "grant_type": "client_credentials",
            "client_id": self._application.client_id,
            "client_secret": self._application.client_secret,
        }
        async with self._client.post(self._token_url, data=form, timeout=self._timeout) as response:
            answer = await response.json(content_type=None)
            if response.status != 200:
                raise EndpointFailed(response.status, answer)
        self._token = (answer["access_token"], self._clock() + answer["expires_in"])
        return self._token[0]

    async def _try(self, method: str, path: str, body: Any) -> tuple[int | None, Any, float]:
        headers = {"Authorization": f"Bearer {await self.token()}"}
        data = None if body is None else orjson.dumps(body)
        if data is not None:
            headers["Content-Type"] = "application/json"
        url = self._base_url + path
        try:
            async with self._client.request(
                method, url, data=data, headers=headers, timeout=self._timeout, allow_redirects=False
            ) as response:
                return response.status, _decode(await response.read()), _seconds(response.headers.get("Retry-After"))
        except (TimeoutError, aiohttp.ClientError) as error:
            return None, type(error).__name__, 0.0


class EndpointConversation:
    """One conversation through the Custom Endpoint. Every method that sends an event returns the whole answer."""

    def __init__(self, connector: EndpointConnector, consumer: Consumer) -> None:
        """Make one through `EndpointConnector.conversation`."""
        self.consumer = consumer
        self.path = connector.conversation_path(consumer.conv_id)
        self._connector = connector

    async def create(self) -> Any:
        """Create the conversation, with its engagement attributes."""
        context = {
            "type": self.consumer.channel,
            "skillId": "12",
            "engagementId": "3",
            "campaignId": "4",
            "visitor": {"consumerId": "consumer-1"},
        }
        return await self._connector.request("PUT", self.path, {"sdes": self.consumer.sdes, "context": context})

    async def start(self, last_consumer_message: str | None = None) -> Any:
        """Tell of the start (reference code's START); with the consumer's last text, after a transfer."""
        lp_event = self.consumer.welcome(last_consumer_message)
        return await self.send({"type": "START", "source": "CONVERSATION", "context": {"lpEvent": lp_event}})

    async def say(self, text: str, *metadata: Any) -> Any:
        """Send a text; `metadata` is that of a clicked button."""
        return await self._consumer_event("TEXT", {"message": text}, self.consumer.text(text, *metadata))

    async def send_rich_content(self, content: Any) -> Any:
        """Send structured content."""
        return await self._consumer_event("RICH_CONTENT", {"content": content}, self.consumer.rich(content))

    async def send_file(self, **data: Any) -> Any:
        """Send a file: relativePath, fileType, caption, preview."""
        return await self._consumer_event("hosted-file", data, self.consumer.file(**data))

    async def tell(self, name: str) -> Any:
        """Tell of the conversation: STARTED, TRANSFERRED or CLOSED (OpenAPI's CONVERSATION)."""
        event = {"type": "CONVERSATION", "source": "CONVERSATION", "data": {"name": name}}
        return await self.send({**event, "context": {"lpEvent": self.consumer.raw()}})

    async def close(self) -> Any:
        """Tell of the end (reference code's CLOSE_CONVERSATION)."""
        lp_event = self.consumer.raw()
        return await self.send(
            {"type": "CLOSE_CONVERSATION", "source": "CONVERSATION", "context": {"lpEvent": lp_event}}
        )

    async def send(self, event: dict[str, Any]) -> Any:
        """Send an event as it is; when the conversation is unknown (404), create it and send the event again, once."""
        path = f"{self.path}/events"
        try:
            return await self._connector.request("POST", path, event)
        except EndpointFailed as failure:
            if failure.status != 404:
                raise
        await self.create()
        return await self._connector.request("POST", path, event)

    async def _consumer_event(self, kind: str, data: dict[str, Any], lp_event: dict[str, Any]) -> Any:
        return await self.send({"type": kind, "source": "CONSUMER", "data": data, "context": {"lpEvent": lp_event}})


async def play(conversation: EndpointConversation, script: Iterable[str]) -> AsyncIterator[tuple[str, list[Any]]]:
    """Create and start the conversation, say the texts, close it; yield what was said (START and CLOSE too) and the items."""
    await conversation.create()
    yield "START", (await conversation.start())["response"]
    for text in script:
        yield text, (await conversation.say(text))["response"]
    yield "CLOSE", (await conversation.close())["response"]


def _decode(body: bytes) -> Any:
    try:
        return orjson.loads(body) if body else None
    except orjson.JSONDecodeError:
        return body.decode(errors="replace")


def _seconds(header: str | None) -> float:
    return float(header) if header is not None and header.isdecimal() else 0.0
