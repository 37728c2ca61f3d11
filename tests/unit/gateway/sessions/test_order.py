import asyncio

from gateway.sessions.order import MemoryOrder


async def test_one_conversation_is_served_in_order_of_arrival() -> None:
    order, seen = MemoryOrder(), []
    gate = asyncio.Event()

    async def work(number: int) -> None:
        await order.acquire("c")
        await gate.wait()
        seen.append(number)
        order.release("c")

    async with asyncio.TaskGroup() as tasks:
        for number in range(10):
            tasks.create_task(work(number))
        await asyncio.sleep(0)
        gate.set()
    assert seen == list(range(10))
    assert len(order) == 0


async def test_other_conversations_do_not_wait() -> None:
    order = MemoryOrder()
    await order.acquire("a")
    await order.acquire("b")
    assert len(order) == 2
    order.release("a")
    order.release("b")
    assert len(order) == 0


async def test_one_that_gives_up_leaves_the_line() -> None:
    order = MemoryOrder()
    await order.acquire("c")
    impatient = asyncio.ensure_future(order.acquire("c"))
    await asyncio.sleep(0)
    impatient.cancel()
    await asyncio.wait({impatient})
    order.release("c")
    async with asyncio.timeout(1):
        await order.acquire("c")
    assert len(order) == 1
    order.release("c")
    assert len(order) == 0
