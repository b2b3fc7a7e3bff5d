"""Did the assistant do one of the acceptable things?"""

from assistant.evaluation.scorers.base import PASSED, Seen, Verdict


def score(seen: Seen) -> Verdict:
    """Return whether the action is one of the expected ones (none expected: any is right)."""
    wanted = seen.turn.expect.action
    if not wanted or seen.outcome.action in wanted:
        return PASSED
    return False, f"did {seen.outcome.action}, expected {' or '.join(wanted)}"
