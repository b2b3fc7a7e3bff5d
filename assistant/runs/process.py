"""Starts the process that runs suites, reads what it tells, and ends it when nobody wants the result any more."""

import asyncio
import json
import pickle
import sys
import tempfile
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, Protocol

from assistant.errors import Unavailable
from assistant.runs.request import RunRequest
from assistant.runs.worker import REPORT, REQUEST

Step = Callable[[int, int], Awaitable[None]]
"""Called with how many case runs are through and how many of them failed."""

_LINE = 2**20
_TOLD = 400


class Play(Protocol):
    """Runs suites and returns the report as plain JSON. Cancelling it ends the work."""

    async def __call__(self, request: RunRequest, step: Step) -> dict[str, Any]:
        """Raises Unavailable where the run broke."""
        ...


async def in_process(request: RunRequest, step: Step) -> dict[str, Any]:
    """Run suites in a process of their own. Raises Unavailable with what it said where it broke."""
    with tempfile.TemporaryDirectory(prefix="yidan-run-") as name:
        folder = Path(name)
        (folder / REQUEST).write_bytes(pickle.dumps(request))
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "assistant.runs.worker",
            str(folder),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            limit=_LINE,
        )
        assert process.stdout is not None and process.stderr is not None
        complaint = asyncio.create_task(process.stderr.read())
        error = ""
        try:
            async for line in process.stdout:
                told = _read(line)
                error = told.get("error", error)
                if "done" in told:
                    await step(int(told["done"]), int(told["failed"]))
            code = await process.wait()
        except asyncio.CancelledError:
            process.kill()
            await process.wait()
            raise
        finally:
            said = (await complaint).decode("utf-8", "replace").strip()
        if code:
            last = said.splitlines()[-1] if said else f"exit code {code}"
            raise Unavailable((error or f"the run broke: {last}")[:_TOLD])
        report: dict[str, Any] = json.loads((folder / REPORT).read_text(encoding="utf-8"))
        return report


def _read(line: bytes) -> dict[str, Any]:
    """Return what a line tells; libraries may print lines of their own."""
    try:
        told = json.loads(line)
    except ValueError:
        return {}
    return told if isinstance(told, dict) else {}
