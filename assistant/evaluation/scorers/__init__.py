"""The scorers: one a file, each returning whether it passed and why not."""

from collections.abc import Callable

from assistant.evaluation.scorers import action, final, grounding, latency, privacy, sources, text, tokens
from assistant.evaluation.scorers.base import Seen, Verdict

TURN_SCORERS: dict[str, Callable[[Seen], Verdict]] = {
    "action": action.score,
    "sources": sources.score,
    "text": text.score,
    "grounding": grounding.score,
    "privacy": privacy.score,
    "latency": latency.score,
    "tokens": tokens.score,
}
"""What judges each turn, in the order of the report; ``final`` judges the case's end."""

DEED_SCORERS = {name: TURN_SCORERS[name] for name in ("action", "text")}
"""What judges a deed of the seller: what is told then goes to each member alone."""

__all__ = ["DEED_SCORERS", "TURN_SCORERS", "Seen", "Verdict", "final"]
