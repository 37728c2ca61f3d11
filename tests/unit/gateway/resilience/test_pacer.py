import asyncio

import pytest

from gateway.resilience.pacer import Pacer


async def until_begun(begun: list[int], count: int) -> int:
    """Give the rounds of the loop that pass until so many have begun."""
    rounds = 0
    while len(begun) < count:
        rounds += 1
        await asyncio.sleep(0)
    return rounds


async def begin(pacer: Pacer, number: int, begun: list[int]) -> None:
    await pacer.begin()
    begun.append(number)


async def test_a_burst_begins_in_shares_and_in_order() -> None:
    pacer = Pacer(share=10)
    begun: list[int] = []
    tasks = [asyncio.ensure_future(begin(pacer, number, begun)) for number in range(100)]
    steps = []
    while len(begun) < 100:
        before = len(begun)
        await asyncio.sleep(0)
        steps.append(len(begun) - before)
    assert begun == list(range(100))
    assert max(steps) == 10
    await asyncio.gather(*tasks)


async def test_those_who_come_one_by_one_wait_for_nobody() -> None:
    pacer = Pacer(share=1)
    begun: list[int] = []
    for number in range(20):
        await begin(pacer, number, begun)
        assert begun[-1] == number
        await asyncio.sleep(0)


async def test_a_burst_within_the_share_begins_at_once() -> None:
    pacer = Pacer(share=10)
    begun: list[int] = []
    for number in range(10):
        await begin(pacer, number, begun)
    assert begun == list(range(10))


async def test_whoever_comes_while_others_wait_stands_behind_them() -> None:
    pacer = Pacer(share=1)
    begun: list[int] = []
    tasks = [asyncio.ensure_future(begin(pacer, number, begun)) for number in range(3)]
    await asyncio.sleep(0)
    late = asyncio.ensure_future(begin(pacer, 3, begun))
    await asyncio.gather(*tasks, late)
    assert begun == [0, 1, 2, 3]


async def test_one_that_gives_up_takes_nobody_s_place() -> None:
    pacer = Pacer(share=1)
    begun: list[int] = []
    tasks = [asyncio.ensure_future(begin(pacer, number, begun)) for number in range(4)]
    await asyncio.sleep(0)
    tasks[2].cancel()
    with pytest.raises(asyncio.CancelledError):
        await tasks[2]
    await asyncio.gather(tasks[0], tasks[1], tasks[3])
    assert begun == [0, 1, 3]


async def test_it_rests_when_nobody_begins() -> None:
    pacer = Pacer(share=2)
    begun: list[int] = []
    tasks = [asyncio.ensure_future(begin(pacer, number, begun)) for number in range(5)]
    await until_begun(begun, 5)
    await asyncio.gather(*tasks)
    for _ in range(3):
        await asyncio.sleep(0)
    assert not pacer._renews
    assert not pacer._waiting
