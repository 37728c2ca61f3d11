"""Connections for gRPC: several channels, each kept below the number of calls that a server lets one connection carry.

A lane is one channel for the life of one connection, and a call is sent on a lane that is connected. So a call that fails to
connect surely never left, and one whose connection broke surely may have arrived: gRPC itself calls both UNAVAILABLE.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final

from grpc import ChannelConnectivity, aio

from gateway.contract.ports import Clock
from vendors.http import MAX_CONNECT

STREAMS: Final = 90
"""Calls under way on one lane. Servers let a connection carry 100, and what is beyond that waits unseen in the channel."""
MAX_LANES: Final = 64
SETTLE: Final = 0.05
"""Seconds after a failed call in which its connection would show as broken, if that was the reason."""
DIAL_AGAIN: Final = 0.1
"""Seconds after a failed connection before the next is tried: a vendor that is down is not dialled for every turn."""


class NoConnection(Exception):
    """No lane could be had; nothing was sent. The message says why."""


@dataclass(eq=False, slots=True)
class Lane:
    """One connection."""

    channel: aio.Channel
    client: Any = None
    """Google's client on this channel, once it is connected."""
    in_flight: int = 0
    connected: bool = False
    """Whether it ever was."""
    opening: asyncio.Lock = field(default_factory=asyncio.Lock)

    @property
    def stands(self) -> bool:
        """Say whether it is connected right now."""
        return bool(self.channel.get_state() is ChannelConnectivity.READY)


class Lanes:
    """The lanes of one bot: more of them as more calls are under way, up to `max_lanes`."""

    def __init__(
        self,
        dial: Callable[[], aio.Channel],
        equip: Callable[[aio.Channel], Any],
        clock: Clock,
        *,
        streams: int = STREAMS,
        max_lanes: int = MAX_LANES,
    ) -> None:
        """Let `dial` make a channel, and `equip` a client on it, in a thread. Nothing is dialled before `take`."""
        self._dial = dial
        self._equip = equip
        self._clock = clock
        self._streams = streams
        self._room = asyncio.Semaphore(streams * max_lanes)
        self._lanes: list[Lane] = []
        self._closing: set[asyncio.Future[None]] = set()
        self._failed = float("-inf")
        """When a connection failed last."""
        self._closed = False

    def __len__(self) -> int:
        """Count the lanes in use."""
        return len(self._lanes)

    async def take(self, *, timeout: float) -> Lane:  # noqa: ASYNC109 - part of one attempt's limit
        """Give a lane that is connected, within `timeout` seconds; give it back with `give_back`. Raise NoConnection."""
        try:
            async with asyncio.timeout(timeout if self._room.locked() else None):
                await self._room.acquire()
        except TimeoutError:
            raise NoConnection("all connections are in use") from None
        try:
            lane = self._choose()
        except BaseException:
            self._room.release()
            raise
        lane.in_flight += 1
        try:
            if not lane.connected:
                await self._connect(lane, min(MAX_CONNECT, 0.8 * timeout))
        except BaseException:
            self.give_back(lane)
            raise
        return lane

    def give_back(self, lane: Lane) -> None:
        """End a call's use of its lane."""
        lane.in_flight -= 1
        self._room.release()
        if lane.in_flight == 0 and lane not in self._lanes:
            self._close(lane)

    async def broke(self, lane: Lane) -> bool:
        """Say whether a lane on which a call has just failed has lost its connection; then no other call gets it."""
        if lane in self._lanes and lane.stands:
            # The news of a broken connection may come a moment after the failure of its calls.
            await self._clock.sleep(SETTLE)
        if lane in self._lanes and lane.stands:
            return False
        self._retire(lane)
        return True

    def distrust(self, lane: Lane) -> None:
        """Send no more calls on a lane on which one got no answer in time; those under way may end.

        A connection that has been forgotten on its way looks like one whose server is slow, and gRPC would keep it for good.
        """
        self._retire(lane)

    async def close(self) -> None:
        """Close all lanes, and end the calls that are under way."""
        self._closed = True
        for lane in self._lanes:
            self._close(lane)
        self._lanes.clear()
        if self._closing:
            await asyncio.wait(self._closing)

    def _choose(self) -> Lane:
        if self._closed:
            raise NoConnection("the bot is closed")
        for lane in [lane for lane in self._lanes if lane.connected and not lane.stands]:
            self._retire(lane)
        for lane in self._lanes:
            if lane.in_flight < self._streams:
                return lane
        if self._clock.monotonic() - self._failed < DIAL_AGAIN:
            raise NoConnection("no connection a moment ago")
        self._lanes.append(lane := Lane(self._dial()))
        return lane

    async def _connect(self, lane: Lane, limit: float) -> None:
        """Wait until the lane is connected. Raise NoConnection."""
        try:
            # One call connects it; the others wait, and find that it is, or that it could not be.
            async with asyncio.timeout(limit), lane.opening:
                if lane not in self._lanes:
                    raise NoConnection("no connection")  # noqa: TRY301 - has the same end as the others
                if not lane.connected:
                    await _until_ready(lane.channel)
                    # Google's client looks for certificates on the disk.
                    lane.client = await asyncio.to_thread(self._equip, lane.channel)
                    lane.connected = True
        except (TimeoutError, NoConnection, aio.UsageError, AssertionError) as error:
            # The last two are what waiting for a channel ends with that is closed meanwhile.
            self._failed = self._clock.monotonic()
            self._retire(lane)
            raise NoConnection(
                "no connection in time" if isinstance(error, TimeoutError) else "no connection"
            ) from error

    def _retire(self, lane: Lane) -> None:
        """Send no more calls there; those under way may end."""
        if lane in self._lanes:
            self._lanes.remove(lane)
            if lane.in_flight == 0:
                self._close(lane)

    def _close(self, lane: Lane) -> None:
        closing = asyncio.ensure_future(lane.channel.close())
        self._closing.add(closing)
        closing.add_done_callback(self._closing.discard)


async def _until_ready(channel: aio.Channel) -> None:
    """Wait until a channel is connected, which may be never. Raise NoConnection."""
    while (state := channel.get_state(try_to_connect=True)) is not ChannelConnectivity.READY:
        if state in {ChannelConnectivity.TRANSIENT_FAILURE, ChannelConnectivity.SHUTDOWN}:
            raise NoConnection("no connection")
        await channel.wait_for_state_change(state)
