"""What a change fixed and what it broke: two reports of ``eval run --json`` side by side."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from assistant.errors import BadFile


@dataclass(frozen=True, slots=True)
class CaseChange:
    """A case that passes in only one of the reports."""

    suite: str
    id: str
    why: str
    """Why it failed, where it failed."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """The difference between two reports, over the cases that both have."""

    fixed: tuple[CaseChange, ...]
    broken: tuple[CaseChange, ...]
    common: int
    before_passed: int
    after_passed: int
    added: tuple[str, ...]
    removed: tuple[str, ...]

    @property
    def difference(self) -> float:
        """Return the change of the pass rate over the common cases."""
        return (self.after_passed - self.before_passed) / self.common if self.common else 0.0


def read_report(path: Path) -> dict[str, dict[str, dict[str, Any]]]:
    """Return the report's cases by suite and id.

    Raises:
        BadFile: it is not a report of ``yidan eval run --json``.
    """
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
        suites = data.get("suites", [data])
        report = {suite["suite"]: {case["id"]: case for case in suite["cases"]} for suite in suites}
    except FileNotFoundError as error:
        raise BadFile(f"no report at {path}") from error
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise BadFile(f"{path} is not a report of 'yidan eval run --json'") from error
    return report


def compare(before: Path, after: Path) -> Comparison:
    """Return what changed between two reports.

    Raises:
        BadFile: one of them is not a report.
    """
    old, new = _flat(read_report(before)), _flat(read_report(after))
    common = [key for key in old if key in new]
    fixed = [key for key in common if new[key]["passed"] and not old[key]["passed"]]
    broken = [key for key in common if old[key]["passed"] and not new[key]["passed"]]
    return Comparison(
        fixed=tuple(CaseChange(*key, old[key].get("why", "")) for key in fixed),
        broken=tuple(CaseChange(*key, new[key].get("why", "")) for key in broken),
        common=len(common),
        before_passed=sum(bool(old[key]["passed"]) for key in common),
        after_passed=sum(bool(new[key]["passed"]) for key in common),
        added=tuple("/".join(key) for key in new if key not in old),
        removed=tuple("/".join(key) for key in old if key not in new),
    )


def _flat(report: dict[str, dict[str, dict[str, Any]]]) -> dict[tuple[str, str], dict[str, Any]]:
    return {(suite, id): case for suite, cases in report.items() for id, case in cases.items()}
