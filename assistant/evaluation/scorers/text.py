"""Does the reply hold the literal text it must, and none of what it must not?"""

from assistant.evaluation.scorers.base import PASSED, Seen, Verdict


def score(seen: Seen) -> Verdict:
    """Return whether the reply has all of contains_all, one of contains_any, none of contains_none."""
    expect, reply = seen.turn.expect, seen.outcome.text
    problems = []
    if missing := [text for text in expect.contains_all if text not in reply]:
        problems.append(f"the reply lacks {_quoted(missing)}")
    if expect.contains_any and not any(text in reply for text in expect.contains_any):
        problems.append(f"the reply has none of {_quoted(expect.contains_any)}")
    if found := [text for text in expect.contains_none if text in reply]:
        problems.append(f"the reply must not say {_quoted(found)}")
    return (False, ", ".join(problems)) if problems else PASSED


def _quoted(texts: tuple[str, ...] | list[str]) -> str:
    return ", ".join(f"“{text}”" for text in texts)
