"""Did the reply come in time?"""

from assistant.evaluation.scorers.base import PASSED, Seen, Verdict


def score(seen: Seen) -> Verdict:
    """Return whether the turn took no longer than ``max_latency_ms``; without it any time is right."""
    limit = seen.turn.expect.max_latency_ms
    if limit is None or seen.latency_ms <= limit:
        return PASSED
    return False, f"took longer than {limit} ms"
