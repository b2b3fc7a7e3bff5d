"""What the settings page shows, prepared."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

Again = Callable[[], Awaitable[None]]
"""Shows a list anew."""


@dataclass(frozen=True, slots=True)
class TalkStep:
    """What one setting would have done: how often it speaks, and which share of that was right (None: nobody said)."""

    talkative: float
    speaks: int
    precision: float | None


def steps_of(preview: Mapping[str, Any]) -> list[TalkStep]:
    """Return the settings of a preview from quiet to talkative."""
    return [
        TalkStep(float(row["talkative"]), int(row["answer"]) + int(row["ask_seller"]), row["precision"])
        for row in preview["settings"]
    ]


def share_text(share: float) -> str:
    """Return a share from 0 to 1 in percent."""
    return f"{share * 100:.0f}%"


def exam_facts(report: Mapping[str, Any]) -> list[tuple[str, Any]]:
    """Return what an exam found, as keys of the page's words with values; what it did not measure is left out."""
    wanted = ("answer_seconds", "tokens_per_second", "streaming", "tools")
    return [(name, report[name]) for name in wanted if report.get(name) is not None]


_STAGES = {"hello": (0.0, 0.05), "faithfulness": (0.05, 0.5), "decisions": (0.5, 1.0)}
"""Where in the exam each part lies, from 0 to 1."""


def exam_share(stage: str, number: int, of: int) -> float:
    """Return how much of the exam is done when a question of a part begins, from 0 to 1; never quite nothing."""
    begin, end = _STAGES[stage]
    return max(begin + (end - begin) * (number - 1) / max(of, 1), 0.01)
