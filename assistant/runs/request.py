"""What is handed to the process that runs suites, and what it tells on its way."""

from dataclasses import dataclass
from pathlib import Path

from assistant.evaluation.suite import Suite
from assistant.groups.folder import GroupFolder


@dataclass(frozen=True, slots=True)
class RunRequest:
    """Suites with the group they run in. ``index_cache`` keeps indexes from run to run."""

    suites: tuple[Suite, ...]
    group: GroupFolder
    epochs: int
    index_cache: Path

    @property
    def total(self) -> int:
        """How many cases will be played, each epoch counted."""
        return self.epochs * sum(len(suite.cases) for suite in self.suites)
