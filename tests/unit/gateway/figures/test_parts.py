import asyncio
from collections.abc import Sequence

from gateway.figures.parts import AT_ONCE, read_in_parts, spread


async def test_names_are_read_in_parts_and_in_order() -> None:
    asked: list[int] = []

    async def read(names: Sequence[str]) -> list[str]:
        asked.append(len(names))
        return [name.upper() for name in names]

    names = [f"a{number}" for number in range(2 * AT_ONCE + 1)]
    assert await read_in_parts(read, names) == [name.upper() for name in names]
    assert asked == [AT_ONCE, AT_ONCE, 1]
    assert await read_in_parts(read, []) == []


async def test_others_run_meanwhile() -> None:
    ran = 0

    async def count() -> None:
        nonlocal ran
        while True:
            ran += 1
            await asyncio.sleep(0)

    counting = asyncio.ensure_future(count())
    assert [number async for number in spread(range(5 * AT_ONCE))] == list(range(5 * AT_ONCE))
    counting.cancel()
    assert ran == 5
