"""A deadline that holds, whatever the awaited code does with its cancellation."""

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

T = TypeVar("T")

_left_behind: set["asyncio.Task[Any]"] = set()
"""Cancelled work that has not ended yet; the loop itself keeps only weak references."""


async def within(seconds: float, work: Coroutine[Any, Any, T]) -> T:
    """Return what ``work`` returns.

    ``asyncio.timeout`` cancels once, and client libraries were seen to swallow that and stream on for seconds. Here
    nobody waits for the cancelled work: it ends when it likes.

    Raises:
        TimeoutError: it did not end in time.
    """
    task = asyncio.ensure_future(work)
    try:
        done, _ = await asyncio.wait({task}, timeout=seconds)
    except asyncio.CancelledError:
        _leave(task)
        raise
    if not done:
        _leave(task)
        raise TimeoutError
    return task.result()


def _leave(task: "asyncio.Task[Any]") -> None:
    _left_behind.add(task)
    task.add_done_callback(_ended)
    task.cancel()


def _ended(task: "asyncio.Task[Any]") -> None:
    _left_behind.discard(task)
    if not task.cancelled():
        task.exception()  # read here, since nobody else will
