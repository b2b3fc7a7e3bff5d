"""Did the turn spend no more of a language model than it may?"""

from assistant.evaluation.scorers.base import PASSED, Seen, Verdict


def score(seen: Seen) -> Verdict:
    """Return whether the turn used at most ``max_tokens``; without it any number is right."""
    limit, used = seen.turn.expect.max_tokens, seen.outcome.tokens
    if limit is None or used <= limit:
        return PASSED
    return False, f"used {used} tokens, {limit} at most"
