"""A draft's suites before and after it, in a process of low priority: no member waits for a publication."""

from collections.abc import Sequence
from pathlib import Path

from assistant.evaluation.compare import Comparison, compare_json
from assistant.evaluation.suite import Suite
from assistant.publishing.comparing import BeforeAfter, Tell
from assistant.runs.process import Play, in_process
from assistant.runs.request import RunRequest


async def apart(
    suites: Sequence[Suite],
    folders: BeforeAfter,
    index_cache: Path,
    tell: Tell | None = None,
    *,
    play: Play = in_process,
) -> Comparison:
    """Compare in a process of its own. Raises Unavailable where it broke; cancelling it ends the process."""
    request = RunRequest(tuple(suites), folders, 1, index_cache)

    async def step(done: int, _failed: int) -> None:
        if tell is not None:
            tell(done, request.total)

    came = (await play(request, step))["suites"]
    return compare_json({"suites": came[: len(suites)]}, {"suites": came[len(suites) :]})
