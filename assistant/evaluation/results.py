"""What a run of a suite came to, and its JSON."""

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from assistant.evaluation.case import Expectation, FinalState
from assistant.evaluation.statistics import pass_hat, wilson_interval
from assistant.turn.outcome import Outcome


@dataclass(frozen=True, slots=True)
class Check:
    """One scorer's verdict with its reason (empty where it passed)."""

    scorer: str
    passed: bool
    why: str = ""


@dataclass(frozen=True, slots=True)
class FoundEntry:
    """What the search brought for a message: an entry's id or ``sku:A01``, its question, its probability."""

    id: str
    title: str
    probability: float


@dataclass(frozen=True, slots=True)
class TurnResult:
    """One message with what came back and how it was judged."""

    sender: str
    text: str
    role: str
    image: str | None
    at: str
    """ISO 8601, as the case's clock stood."""
    expected: dict[str, Any]
    outcome: Outcome | None
    """None where the turn ended in an error."""
    latency_ms: float
    checks: tuple[Check, ...]
    found: tuple[FoundEntry, ...] = ()
    """The likeliest entries, best first; looked up only where the turn failed."""

    @property
    def passed(self) -> bool:
        """Return whether every check of the turn passed."""
        return all(check.passed for check in self.checks)

    def to_json(self) -> dict[str, Any]:
        """Return plain JSON: the message, the outcome's main parts, what was expected and why it failed."""
        outcome = self.outcome
        asked = {"model": outcome.model} if outcome and outcome.model else {}
        return {
            "from": self.sender,
            "text": self.text,
            "role": self.role,
            "image": self.image,
            "now": self.at,
            "action": outcome.action if outcome else None,
            "reply": outcome.text if outcome else "",
            "reason": outcome.reason if outcome else "",
            "responder": outcome.responder if outcome else None,
            "intent": outcome.intent if outcome else "",
            "sources": [{"id": s.id, "score": round(s.score, 4)} for s in outcome.sources] if outcome else [],
            "found": [{"id": f.id, "title": f.title, "probability": round(f.probability, 4)} for f in self.found],
            "expected": self.expected,
            "passed": self.passed,
            "why": "; ".join(check.why for check in self.checks if not check.passed),
            "failed": [{"scorer": check.scorer, "why": check.why} for check in self.checks if not check.passed],
            "latency_ms": round(self.latency_ms, 2),
            **asked,
        }


@dataclass(frozen=True, slots=True)
class CaseResult:
    """One run of one case."""

    id: str
    tags: tuple[str, ...]
    turns: tuple[TurnResult, ...]
    final_checks: tuple[Check, ...]
    final_expected: dict[str, Any]
    error: str = ""

    @property
    def passed(self) -> bool:
        """Return whether nothing went wrong in any turn, in the end state, or at all."""
        turns = all(turn.passed for turn in self.turns)
        return not self.error and turns and all(check.passed for check in self.final_checks)

    @property
    def why(self) -> str:
        """Return every reason for the failure on one line; empty where the case passed."""
        reasons = [
            f"turn {number}: {check.why}"
            for number, turn in enumerate(self.turns, start=1)
            for check in turn.checks
            if not check.passed
        ]
        reasons += [f"final: {reason}" for reason in self.final_reasons]
        return "; ".join([*reasons, self.error] if self.error else reasons)

    @property
    def final_reasons(self) -> list[str]:
        """Return what was wrong in the end."""
        return [check.why for check in self.final_checks if not check.passed]


def expected_json(expected: Expectation | FinalState) -> dict[str, Any]:
    """Return only what the evaluator wrote, as plain JSON."""
    return expected.model_dump(mode="json", exclude_unset=True, exclude_none=True)


def percentile(values: Sequence[float], share: float) -> float:
    """Return the nearest-rank percentile of ``values`` (``share`` in 0..1); 0.0 for none."""
    if not values:
        return 0.0
    ordered = sorted(values)
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)]


@dataclass(frozen=True, slots=True)
class SuiteResult:
    """All runs of a suite. ``runs`` holds one list an epoch, in the suite's order."""

    suite: str
    runs: tuple[tuple[CaseResult, ...], ...]
    seconds: float = field(default=0.0, compare=False)
    group: str = ""
    """The group's name."""
    language: str = "en"
    """The language the group is spoken to in."""

    @property
    def epochs(self) -> int:
        """Return how often each case was run."""
        return len(self.runs)

    @property
    def cases(self) -> list[tuple[CaseResult, ...]]:
        """Return for each case its results, one an epoch."""
        return list(zip(*self.runs, strict=True))

    @property
    def total(self) -> int:
        """Return the number of cases."""
        return len(self.runs[0]) if self.runs else 0

    @property
    def passed(self) -> int:
        """Return how many cases passed in every epoch."""
        return sum(all(result.passed for result in case) for case in self.cases)

    @property
    def pass_rate(self) -> float:
        """Return pass@1: the mean over all runs of all cases; 1.0 for an empty suite."""
        verdicts = [result.passed for run in self.runs for result in run]
        return sum(verdicts) / len(verdicts) if verdicts else 1.0

    @property
    def pass_hat_k(self) -> float:
        """Return pass^k with k the number of epochs: the share of cases that passed every time."""
        return self.passed / self.total if self.total else 1.0

    @property
    def pass_hats(self) -> list[float]:
        """Return pass^k for each k from 1 to the number of epochs."""
        successes = [sum(result.passed for result in case) for case in self.cases]
        return [pass_hat(successes, self.epochs, k) for k in range(1, self.epochs + 1)]

    def by_tag(self) -> dict[str, dict[str, Any]]:
        """Return for each tag how many of its cases passed in every epoch."""
        table: dict[str, list[bool]] = {}
        for case in self.cases:
            for tag in case[0].tags:
                table.setdefault(tag, []).append(all(result.passed for result in case))
        return {
            tag: {"passed": sum(seen), "total": len(seen), "pass_rate": round(sum(seen) / len(seen), 4)}
            for tag, seen in sorted(table.items())
        }

    def by_action(self) -> dict[str, dict[str, int]]:
        """Return the confusion matrix over all turns with an expected action: expected, done, how often.

        Where several actions are acceptable, the one that was done counts as expected, else the first of them.
        """
        table: dict[str, Counter[str]] = {}
        for turn in (turn for run in self.runs for case in run for turn in case.turns):
            wanted = turn.expected.get("action")
            if wanted and turn.outcome:
                did = turn.outcome.action
                table.setdefault(did if did in wanted else wanted[0], Counter())[did] += 1
        return {should: dict(sorted(row.items())) for should, row in sorted(table.items())}

    def failures(self) -> list[CaseResult]:
        """Return for each case that failed in any epoch its first failing run."""
        return [
            next(result for result in case if not result.passed)
            for case in self.cases
            if not all(result.passed for result in case)
        ]

    def to_json(self) -> dict[str, Any]:
        """Return the report as JSON; everything but the times is the same for the same run."""
        turns = [turn for run in self.runs for case in run for turn in case.turns]
        latencies = [turn.latency_ms for turn in turns]
        return {
            "suite": self.suite,
            "group": self.group,
            "language": self.language,
            "passed": self.passed,
            "total": self.total,
            "pass_rate": round(self.pass_rate, 4),
            "pass_rate_interval": _rounded(wilson_interval(self.pass_rate, self.total)),
            "pass_hat_k": round(self.pass_hat_k, 4),
            "pass_hat_k_interval": _rounded(wilson_interval(self.pass_hat_k, self.total)),
            "pass_hat": _rounded(self.pass_hats),
            "epochs": self.epochs,
            "by_tag": self.by_tag(),
            "by_action": self.by_action(),
            "cases": [self._case_json(case) for case in self.cases],
            "model_calls": sum(turn.outcome.model_calls for turn in turns if turn.outcome),
            "tokens": sum(turn.outcome.tokens for turn in turns if turn.outcome),
            "latency_ms": {
                "p50": round(percentile(latencies, 0.50), 2),
                "p95": round(percentile(latencies, 0.95), 2),
            },
        }

    def _case_json(self, case: tuple[CaseResult, ...]) -> dict[str, Any]:
        shown = next((result for result in case if not result.passed), case[0])
        data: dict[str, Any] = {
            "id": shown.id,
            "passed": all(result.passed for result in case),
            "why": shown.why,
            "tags": list(shown.tags),
            "turns": [turn.to_json() for turn in shown.turns],
            "final": shown.final_expected,
            "final_why": "; ".join([*shown.final_reasons, *([shown.error] if shown.error else [])]),
        }
        if len(case) > 1:
            data["epochs"] = len(case)
            data["epochs_passed"] = sum(result.passed for result in case)
        return data


def _rounded(values: Sequence[float]) -> list[float]:
    return [round(value, 4) for value in values]


def report_json(results: Sequence[SuiteResult]) -> dict[str, Any]:
    """Return one suite's object itself; several under ``suites`` with the overall counts."""
    if len(results) == 1:
        return results[0].to_json()
    passed, total = sum(r.passed for r in results), sum(r.total for r in results)
    return {
        "suites": [result.to_json() for result in results],
        "passed": passed,
        "total": total,
        "pass_rate": round(overall_rate(results), 4),
    }


def overall_rate(results: Sequence[SuiteResult]) -> float:
    """Return the share of passed runs over all cases of all suites; 1.0 for none."""
    verdicts = [case.passed for result in results for run in result.runs for case in run]
    return sum(verdicts) / len(verdicts) if verdicts else 1.0
