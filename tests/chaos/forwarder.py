"""The consumers' side: sends events as LivePerson's forwarding function does, again until there is an answer, and keeps count."""

import asyncio
import random
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import count
from time import monotonic
from typing import Any, Final, Self

import aiohttp
import orjson

from emulators.emulator import Emulator
from gateway.contract.catalogue import CATALOGUE
from tests.chaos.figures import Figures
from tests.gateways import KEY, make_event

INSISTENCE: Final = 60.0
"""Seconds for which an event is sent again before it counts as lost: longer than a gateway takes to start on a busy machine."""
PAUSE: Final = 0.1
"""Seconds between two tries."""
PATIENCE: Final = 40.0
"""Seconds after which an answer counts as never coming."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """An event's 200."""

    body: bytes
    is_escalation: bool
    seconds: float


class Forwarder:
    """Speaks to any of several gateways; `urls` may change while it runs. An asynchronous context."""

    def __init__(self, figures: Figures, urls: Sequence[str], *, deadline: float, seed: int) -> None:
        """Take the bots' `timeouts.total` as the deadline, in seconds."""
        self.figures = figures
        self.urls = urls
        self.cut_off: Counter[str] = Counter()
        """Messages whose connection broke while they were under way: their gateway was killed then."""
        self._deadline = deadline
        self._chance = random.Random(f"forwarder/{seed}")  # noqa: S311 - not for secrets
        # A connection for each try: one that breaks then surely carried that event.
        self._client = aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0, force_close=True))

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_exception: object) -> None:
        await self._client.close()

    async def deliver(
        self,
        bot: str,
        text: str,
        *,
        conversation: str,
        sequence: int,
        copies: int = 1,
        account: str = "83482904",
        key: str = KEY,
    ) -> Delivery | None:
        """Send one event, `copies` times at once, until each has its 200; give the earliest. None: it is lost.

        Copies go to one gateway after the other. What the bot says must be the same in all of them.
        """
        path = f"/v1/accounts/{account}/bots/{bot}/events"
        event = make_event(text, conversation=conversation, sequence=sequence)
        self.figures.sent += 1
        first = self._chance.randrange(len(self.urls))
        sending = [self._insist(path, event, key, start=first + copy) for copy in range(copies)]
        deliveries = [delivery for delivery in await asyncio.gather(*sending) if delivery is not None]
        if len(deliveries) < copies:
            return None
        earliest = min(deliveries, key=lambda delivery: delivery.seconds)
        if earliest.is_escalation:
            self.figures.escalated += 1
        else:
            self.figures.answered += 1
        said = {delivery.body for delivery in deliveries if not delivery.is_escalation}
        if len(said) > 1:
            self.figures.problems.append(f"{text!r} got {len(said)} different answers of the bot: {said}")
        return earliest

    async def _insist(self, path: str, event: dict[str, Any], key: str, *, start: int) -> Delivery | None:
        began = monotonic()
        for number in count(start):
            if monotonic() - began > INSISTENCE:
                return None
            asked = monotonic()
            try:
                status, headers, body = await self._post(self.urls[number % len(self.urls)] + path, event, key)
            except aiohttp.ClientConnectorError:
                self.figures.errors += 1  # nobody listens: nothing was sent
            except aiohttp.ClientError:
                self.figures.errors += 1
                self.cut_off[event["message"]] += 1
            except TimeoutError:
                self.figures.problems.append(f"{event['message']!r} had no answer after {PATIENCE:g} s")
                return None
            else:
                self.figures.late = max(self.figures.late, monotonic() - asked - self._deadline)
                name = headers.get("X-Error-Name") if status == 200 else _read_name(body)
                if (status != 200 or name is not None) and name not in CATALOGUE:
                    self.figures.problems.append(f"{event['message']!r} got {status} with no code of the catalogue")
                if status == 200:
                    return Delivery(body, "X-Error-Name" in headers, monotonic() - began)
                self.figures.errors += 1
                if status < 500 and status != 429:
                    self.figures.problems.append(f"{event['message']!r} was answered with {status}")
            await asyncio.sleep(PAUSE)
        raise AssertionError

    async def _post(self, url: str, event: dict[str, Any], key: str) -> tuple[int, Any, bytes]:
        limit = aiohttp.ClientTimeout(total=PATIENCE)
        headers = {"Authorization": f"Bearer {key}"}
        async with self._client.post(url, json=event, headers=headers, timeout=limit) as answer:
            return answer.status, answer.headers, await answer.read()

    def count_doubled(self, emulators: Iterable[Emulator]) -> None:
        """Count what vendors were given once too often; a call that was cut off by a kill may be repeated."""
        given = count_given(emulators)
        self.figures.doubled = sum(
            max(0, times - 1 - self.cut_off[text]) for text, times in given.items() if text is not None
        )


def _read_name(body: bytes) -> Any:
    """Find the code in an error reply; None in anything else."""
    try:
        return orjson.loads(body)["error"]["name"]
    except (orjson.JSONDecodeError, KeyError, TypeError):
        return None


def count_given(emulators: Iterable[Emulator]) -> Counter[str | None]:
    """Count how often the vendors were given each message: every message of a scenario is unique."""
    return Counter(
        request.heard.text
        for emulator in emulators
        for request in list(emulator.requests)
        if request.stage == "message"
    )
