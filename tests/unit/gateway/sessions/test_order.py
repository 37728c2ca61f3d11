import asyncio

from gateway.sessions.order import MemoryOrder


async def test_one_conversation_is_served_in_order_of_arrival() -> None:
    order, seen = MemoryOrder(), []
    gate = asyncio.Event()

    async def work(number: int) -> None:
        async with order.turn("c"):
            await gate.wait()
            seen.append(number)

    async with asyncio.TaskGroup() as tasks:
        for number in range(10):
            tasks.create_task(work(number))
        await asyncio.sleep(0)
        gate.set()
    assert seen == list(range(10))
    assert len(order) == 0


async def test_other_conversations_do_not_wait() -> None:
    order = MemoryOrder()
    async with order.turn("a"), order.turn("b"):
        assert len(order) == 2
    assert len(order) == 0


async def test_one_that_gives_up_leaves_the_line() -> None:
    order = MemoryOrder()

    async def wait() -> None:
        async with order.turn("c"):
            pass

    async with order.turn("c"):
        impatient = asyncio.ensure_future(wait())
        await asyncio.sleep(0)
        impatient.cancel()
        await asyncio.wait({impatient})
    async with asyncio.timeout(1), order.turn("c"):
        assert len(order) == 1
    assert len(order) == 0
