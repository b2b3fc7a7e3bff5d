"""A vote by its number, while a poll is open."""

import re

from assistant.turn.decision import CastVote, Decision
from assistant.turn.signals import Signals

_VOTE = re.compile(
    r"(?P<word>我?(?:投票?|选)|i vote|vote)?\s*(?:for|给)?\s*"
    r"(?:第|#|no\.?)?\s*(?P<number>\d{1,2})\s*(?:号|项|票|个)?[!！。.~]?"
)


def vote(s: Signals) -> Decision | None:
    """A bare number is a vote, unless it answers a question of ours; with a word of voting it always is."""
    if s.poll is None or s.addressed == "other" or s.image is not None:
        return None
    match = _VOTE.fullmatch(s.folded.strip())
    if match is None:
        return None
    asked = s.memory.open if s.memory else None
    return CastVote(s.poll, int(match["number"])) if match["word"] or asked is None else None
