"""How a draft's suites are run before and after it. A server hands in another way, out of its chat's way."""

import asyncio
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Protocol

from assistant.evaluation.compare import Comparison, compare_results
from assistant.evaluation.results import CaseResult
from assistant.evaluation.runner import run_suites
from assistant.evaluation.suite import Suite
from assistant.groups.folder import GroupFolder

BeforeAfter = tuple[GroupFolder, GroupFolder]
Tell = Callable[[int, int], None]
"""Called with how many conversations are through, and of how many."""


class Compare(Protocol):
    """Runs suites in a group as it is and as it would be, and returns what differs."""

    async def __call__(
        self, suites: Sequence[Suite], folders: BeforeAfter, index_cache: Path, tell: Tell | None
    ) -> Comparison:
        """Raises BadFile where a suite's other groups cannot be read."""
        ...


async def in_thread(
    suites: Sequence[Suite], folders: BeforeAfter, index_cache: Path, tell: Tell | None = None
) -> Comparison:
    """Compare in this process, which has nothing better to do meanwhile."""
    work = [(suite, folder) for folder in folders for suite in suites]
    done, total = 0, sum(len(suite.cases) for suite, _ in work)

    def note(_: CaseResult) -> None:
        nonlocal done
        done += 1
        if tell is not None:
            tell(done, total)

    results = await asyncio.to_thread(run_suites, work, progress=note, index_cache=index_cache)
    return compare_results(results[: len(suites)], results[len(suites) :])
