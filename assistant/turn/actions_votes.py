"""Counting a vote."""

from assistant.agent.effects import VoteCast
from assistant.turn import decision as d
from assistant.turn.carry import carry_out
from assistant.turn.compose import Composer
from assistant.turn.draft import Draft


@carry_out.register
def _vote(decision: d.CastVote, c: Composer) -> Draft:
    options = c.context.poll
    c.evidence.add(*options, *range(1, len(options) + 1))
    if not 1 <= decision.choice <= len(options):
        text = c.say("poll.which", options=list(enumerate(options, 1)))
        return Draft("clarify", text, reason="no such option", private=True)
    c.context.stage(VoteCast(decision.poll_id, decision.choice))
    text = c.say("poll.counted", number=decision.choice, option=options[decision.choice - 1])
    return Draft("chat", text, reason="a vote", private=True)
