"""Lanes of real gRPC channels to the emulator's server, or to nobody."""

import asyncio
import socket
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest
from grpc import aio

from emulators.dialogflow import DialogflowEmulator
from vendors.dialogflow.lanes import DIAL_AGAIN, Lanes, NoConnection

MakeLanes = Callable[..., Lanes]


@pytest.fixture
async def make_lanes(emulator: DialogflowEmulator, clock: Any) -> AsyncIterator[MakeLanes]:
    made: list[Lanes] = []

    def make(target: str | None = None, **limits: int) -> Lanes:
        where = target or emulator.grpc_address

        def dial() -> aio.Channel:
            return aio.insecure_channel(where, options=[("grpc.use_local_subchannel_pool", 1)])

        made.append(Lanes(dial, lambda _channel: object(), clock, **limits))
        return made[-1]

    yield make
    for lanes in made:
        await lanes.close()


async def test_a_lane_is_connected_and_used_again(make_lanes: MakeLanes) -> None:
    lanes = make_lanes()

    first = await lanes.take(timeout=5)
    lanes.give_back(first)
    second = await lanes.take(timeout=5)

    assert (first is second, first.stands, first.in_flight, len(lanes)) == (True, True, 1, 1)
    lanes.give_back(second)


async def test_more_calls_get_more_lanes_and_no_lane_too_many(make_lanes: MakeLanes) -> None:
    lanes = make_lanes(streams=3)

    taken = await asyncio.gather(*(lanes.take(timeout=5) for _ in range(8)))

    assert len({id(lane.client) for lane in taken}) == 3
    assert sorted(lane.in_flight for lane in set(taken)) == [2, 3, 3]
    assert len(lanes) == 3
    for lane in taken:
        lanes.give_back(lane)


async def test_beyond_all_lanes_a_call_waits_for_room(make_lanes: MakeLanes) -> None:
    lanes = make_lanes(streams=1, max_lanes=2)
    taken = [await lanes.take(timeout=5) for _ in range(2)]

    with pytest.raises(NoConnection) as caught:
        await lanes.take(timeout=0.01)
    waiting = asyncio.ensure_future(lanes.take(timeout=5))
    await asyncio.sleep(0)
    lanes.give_back(taken[0])

    assert str(caught.value) == "all connections are in use"
    assert await waiting is taken[0]
    lanes.give_back(taken[0])
    lanes.give_back(taken[1])


async def test_nobody_listens(make_lanes: MakeLanes, clock: Any) -> None:
    lanes = make_lanes("127.0.0.1:1")
    problems = []
    for ahead in (0, 0, DIAL_AGAIN):
        clock.ahead += ahead
        with pytest.raises(NoConnection) as caught:
            await lanes.take(timeout=5)
        problems.append(str(caught.value))

    assert problems == ["no connection", "no connection a moment ago", "no connection"]
    assert len(lanes) == 0


async def test_somebody_listens_who_says_nothing(make_lanes: MakeLanes) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        lanes = make_lanes(f"127.0.0.1:{server.getsockname()[1]}")

        with pytest.raises(NoConnection) as caught:
            await lanes.take(timeout=0.1)
        await lanes.close()

    assert str(caught.value) == "no connection in time"


async def test_a_lane_whose_connection_broke_is_left_and_another_one_dialled(
    emulator: DialogflowEmulator, make_lanes: MakeLanes
) -> None:
    lanes = make_lanes()
    first = await lanes.take(timeout=5)
    # Two calls on one lane: both learn of it, and the second one to ask is told at once.
    second = await lanes.take(timeout=5)

    await emulator.stop()
    while first.stands:
        await asyncio.sleep(0.001)
    broke = [await lanes.broke(first), await lanes.broke(second)]
    await emulator.start()

    assert (first is second, broke, len(lanes)) == (True, [True, True], 0)
    lanes.give_back(first)
    lanes.give_back(second)


async def test_a_lane_that_broke_unnoticed_is_not_given_out(
    emulator: DialogflowEmulator, make_lanes: MakeLanes
) -> None:
    lanes = make_lanes()
    first = await lanes.take(timeout=5)
    lanes.give_back(first)

    await emulator.stop()
    while first.stands:
        await asyncio.sleep(0.001)
    with pytest.raises(NoConnection):
        await lanes.take(timeout=5)

    assert len(lanes) == 0


async def test_a_call_that_failed_for_another_reason_leaves_the_lane(make_lanes: MakeLanes, clock: Any) -> None:
    lanes = make_lanes()
    lane = await lanes.take(timeout=5)

    assert not await lanes.broke(lane)

    assert (lane.stands, len(lanes), clock.ahead) == (True, 1, 0.05)
    lanes.give_back(lane)


async def test_a_lane_without_an_answer_in_time_gets_no_more_calls(make_lanes: MakeLanes) -> None:
    lanes = make_lanes()
    silent = await lanes.take(timeout=5)
    under_way = await lanes.take(timeout=5)

    lanes.distrust(silent)
    lanes.give_back(silent)
    another = await lanes.take(timeout=5)

    assert (under_way is silent, another is silent, len(lanes)) == (True, False, 1)
    assert under_way.stands
    lanes.give_back(under_way)
    lanes.give_back(another)


async def test_cancelled_while_it_connects(make_lanes: MakeLanes) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        lanes = make_lanes(f"127.0.0.1:{server.getsockname()[1]}", streams=1, max_lanes=1)
        taking = asyncio.ensure_future(lanes.take(timeout=60))
        while len(lanes) == 0:
            await asyncio.sleep(0)
        taking.cancel()
        with pytest.raises(asyncio.CancelledError):
            await taking
        # Its room is free again: the next one gets as far as connecting.
        with pytest.raises(NoConnection) as caught:
            await lanes.take(timeout=0.1)
        await lanes.close()

    assert str(caught.value) == "no connection in time"


async def test_closed(make_lanes: MakeLanes) -> None:
    lanes = make_lanes()
    lanes.give_back(await lanes.take(timeout=5))
    await lanes.close()

    with pytest.raises(NoConnection) as caught:
        await lanes.take(timeout=5)

    assert str(caught.value) == "the bot is closed"
