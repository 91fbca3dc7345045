"""A server stops, whatever its tasks make of being told to."""

import asyncio

from fanlight.server.stopping import stop


def test_a_task_that_takes_a_cancellation_for_its_own_is_cancelled_again() -> None:
    """As Python 3.11's wait_for does when what it waits for is there in the same moment."""
    swallowed = []

    async def deaf() -> None:
        for _ in range(2):
            try:
                await asyncio.sleep(3_600)
            except asyncio.CancelledError:
                swallowed.append(1)
        await asyncio.sleep(3_600)

    async def dies() -> None:
        raise ValueError

    async def body() -> None:
        tasks = [asyncio.create_task(one) for one in (deaf(), asyncio.sleep(3_600), dies())]
        await asyncio.sleep(0)
        await stop(tasks)
        assert all(task.done() for task in tasks)

    asyncio.run(body())
    assert len(swallowed) == 2


def test_without_tasks_there_is_nothing_to_wait_for() -> None:
    asyncio.run(stop([]))
