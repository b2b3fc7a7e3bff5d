"""What is handed to the process that runs suites, and what it tells on its way."""

from dataclasses import dataclass
from pathlib import Path

from assistant.evaluation.suite import Suite
from assistant.groups.folder import GroupFolder


@dataclass(frozen=True, slots=True)
class RunRequest:
    """Suites with the groups they run in, one after the other. ``index_cache`` keeps indexes from run to run."""

    suites: tuple[Suite, ...]
    groups: tuple[GroupFolder, ...]
    epochs: int
    index_cache: Path

    @property
    def total(self) -> int:
        """How many cases will be played, each epoch counted."""
        return self.epochs * len(self.groups) * sum(len(suite.cases) for suite in self.suites)
