"""What the evaluation page shows: rates with their intervals, what failed, and how much a difference says."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from assistant.evaluation.compare import Comparison
from assistant.evaluation.statistics import wilson_interval
from assistant.publishing.smoke import NAME as SMOKE
from assistant.web.console.words import Words

SURE = 0.05
"""A change less likely by chance than this counts as real."""


@dataclass(frozen=True, slots=True)
class Rate:
    """A share of cases that passed, with its 95% interval."""

    passed: int
    total: int

    @property
    def share(self) -> float:
        """The share; nothing to fail is no failure."""
        return self.passed / self.total if self.total else 1.0

    @property
    def text(self) -> str:
        """The share in whole per cent, rounded so that only a full one reads 100%."""
        return percent(self.share)

    @property
    def interval(self) -> str:
        """The interval in per cent."""
        low, high = wilson_interval(self.share, self.total)
        return f"{low:.0%}–{high:.0%}"

    @property
    def tone(self) -> str:
        """The class that colours it."""
        return "y-good" if self.share >= 0.95 else "y-warm" if self.share >= 0.8 else "y-bad"


def percent(share: float) -> str:
    """Return a share in per cent; what is not everything does not read as everything."""
    return "100%" if share >= 1 else f"{min(share, 0.999) * 100:.1f}%" if share > 0.99 else f"{share:.0%}"


def by_tag(report: Mapping[str, Any]) -> list[tuple[str, Rate]]:
    """Return the rates of all suites' tags, worst first."""
    sums: dict[str, list[int]] = {}
    for suite in suites_of(report):
        for tag, row in suite.get("by_tag", {}).items():
            one = sums.setdefault(tag, [0, 0])
            one[0] += row["passed"]
            one[1] += row["total"]
    rates = [(tag, Rate(*counts)) for tag, counts in sums.items()]
    return sorted(rates, key=lambda pair: (pair[1].share, -pair[1].total, pair[0]))


def failed_cases(report: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the cases that failed, each with its suite's name."""
    return [
        case | {"suite": suite["suite"]} for suite in suites_of(report) for case in suite["cases"] if not case["passed"]
    ]


def suites_of(report: Mapping[str, Any]) -> Iterable[Mapping[str, Any]]:
    """Return a report's suites; a report of one suite is that suite."""
    suites: Iterable[Mapping[str, Any]] = report.get("suites", [report])
    return suites


def verdict(comparison: Comparison) -> str:
    """Return the key of the sentence that says what a comparison shows: worse, better, mixed, same, maybe_..."""
    broken, fixed = len(comparison.broken), len(comparison.fixed)
    if not broken and not fixed:
        return "same"
    if broken == fixed:
        return "mixed"
    direction = "worse" if broken > fixed else "better"
    return direction if comparison.p_value < SURE else f"maybe_{direction}"


def named(suites: Sequence[str], w: Words) -> str:
    """Return the names of suites in one line; the generated one by what it is."""
    return w("list_break").join(w("smoke") if name == SMOKE else name for name in suites)
