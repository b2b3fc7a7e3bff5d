"""What a change fixed and what it broke: two runs side by side."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from assistant.errors import BadFile
from assistant.evaluation.results import SuiteResult, report_json
from assistant.evaluation.statistics import mcnemar_exact

CaseJson = dict[str, Any]
"""A case as the report's JSON has it."""


@dataclass(frozen=True, slots=True)
class CaseChange:
    """A case that passes in only one of the runs."""

    suite: str
    id: str
    why: str
    """Why it failed, where it failed."""
    before: CaseJson
    after: CaseJson


@dataclass(frozen=True, slots=True)
class Comparison:
    """The difference between two runs, over the cases that both have."""

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

    @property
    def p_value(self) -> float:
        """Return how likely so uneven a change is by chance (McNemar's exact test over the changed cases)."""
        return mcnemar_exact(len(self.broken), len(self.fixed))

    def regressed(self, tolerance: "Tolerance") -> bool:
        """Return whether more cases broke than are put up with."""
        return len(self.broken) > tolerance.cases(self.common)

    def to_json(self) -> dict[str, Any]:
        """Return the comparison as plain JSON."""
        return {
            "common": self.common,
            "before_passed": self.before_passed,
            "after_passed": self.after_passed,
            "difference": round(self.difference, 4),
            "p_value": round(self.p_value, 4),
            "fixed": [{"suite": change.suite, "id": change.id, "why": change.why} for change in self.fixed],
            "broken": [{"suite": change.suite, "id": change.id, "why": change.why} for change in self.broken],
            "added": list(self.added),
            "removed": list(self.removed),
        }


@dataclass(frozen=True, slots=True)
class Tolerance:
    """How many broken cases are put up with: a count, or a share of the common cases."""

    count: int = 0
    share: float = 0.0

    @classmethod
    def parse(cls, text: str) -> "Tolerance":
        """Return the tolerance written as ``2`` (cases) or ``1.5%`` (of the common cases).

        Raises:
            ValueError: it is neither.
        """
        if text.endswith("%"):
            share = float(text[:-1]) / 100
            if 0 <= share <= 1:
                return cls(share=share)
        elif text.isdecimal():
            return cls(count=int(text))
        raise ValueError(f"'{text}' is neither a number of cases such as 2 nor a share such as 1%")

    def cases(self, common: int) -> float:
        """Return it in cases."""
        return self.count + self.share * common


def read_report(path: Path) -> dict[str, dict[str, CaseJson]]:
    """Return the report's cases by suite and id.

    Raises:
        BadFile: it is not a report of ``yidan eval run --json``.
    """
    try:
        return _cases_of(json.loads(path.read_text(encoding="utf-8")))
    except FileNotFoundError as error:
        raise BadFile(f"no report at {path}") from error
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise BadFile(f"{path} is not a report of 'yidan eval run --json'") from error


def compare(before: Path, after: Path) -> Comparison:
    """Return what changed between two reports.

    Raises:
        BadFile: one of them is not a report.
    """
    return _compared(read_report(before), read_report(after))


def compare_results(before: Sequence[SuiteResult], after: Sequence[SuiteResult]) -> Comparison:
    """Return what changed between two runs that have just been made."""
    return _compared(*(_cases_of(report_json(results)) for results in (before, after)))


def compare_json(before: CaseJson, after: CaseJson) -> Comparison:
    """Return what changed between two reports as ``report_json`` makes them."""
    return _compared(_cases_of(before), _cases_of(after))


def _cases_of(data: Any) -> dict[str, dict[str, CaseJson]]:
    suites = data.get("suites", [data])
    report = {suite["suite"]: {case["id"]: case for case in suite["cases"]} for suite in suites}
    return {suite: {id: _complete(case) for id, case in cases.items()} for suite, cases in report.items()}


def _complete(case: CaseJson) -> CaseJson:
    """Return the case with what reports of earlier versions did not have, so that pages can show it."""
    turns = [{"found": [], "failed": []} | turn for turn in case.get("turns", [])]
    return {"final_why": ""} | case | {"passed": bool(case["passed"]), "turns": turns}


def _compared(before: dict[str, dict[str, CaseJson]], after: dict[str, dict[str, CaseJson]]) -> Comparison:
    old, new = _flat(before), _flat(after)
    common = [key for key in old if key in new]
    verdicts = {key: _verdicts(old[key], new[key]) for key in common}
    fixed = [key for key, (was, now) in verdicts.items() if now and not was]
    broken = [key for key, (was, now) in verdicts.items() if was and not now]
    return Comparison(
        fixed=tuple(CaseChange(*key, _why(old[key]), old[key], new[key]) for key in fixed),
        broken=tuple(CaseChange(*key, _why(new[key]), old[key], new[key]) for key in broken),
        common=len(common),
        before_passed=sum(was for was, _ in verdicts.values()),
        after_passed=sum(now for _, now in verdicts.values()),
        added=tuple("/".join(key) for key in new if key not in old),
        removed=tuple("/".join(key) for key in old if key not in new),
    )


def _verdicts(before: CaseJson, after: CaseJson) -> tuple[bool, bool]:
    """Return whether a case passes before and after.

    A case passes when all its epochs do. Where the runs have different numbers of epochs, the longer one would fail
    more often by that alone: then most of the epochs decide, on both sides.
    """
    if before.get("epochs", 1) == after.get("epochs", 1):
        return bool(before["passed"]), bool(after["passed"])
    return _mostly(before), _mostly(after)


def _mostly(case: CaseJson) -> bool:
    epochs = int(case.get("epochs", 1))
    return int(case.get("epochs_passed", epochs if case["passed"] else 0)) * 2 > epochs


def _why(case: CaseJson) -> str:
    return str(case.get("why", ""))


def _flat(report: dict[str, dict[str, CaseJson]]) -> dict[tuple[str, str], CaseJson]:
    return {(suite, id): case for suite, cases in report.items() for id, case in cases.items()}
