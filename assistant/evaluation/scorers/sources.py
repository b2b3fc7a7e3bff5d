"""Does the reply rest on the right piece of knowledge?"""

from assistant.evaluation.scorers.base import PASSED, Seen, Verdict


def score(seen: Seen) -> Verdict:
    """Return whether at least one of the expected sources was used (SKUs without regard to case)."""
    wanted = seen.turn.expect.sources_any
    used = [source.id for source in seen.outcome.sources]
    if not wanted or {item.casefold() for item in wanted} & {item.casefold() for item in used}:
        return PASSED
    return False, f"used {', '.join(used) or 'no source'}, expected one of {', '.join(wanted)}"
