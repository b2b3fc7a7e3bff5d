"""An answer to the anonymous survey, while the member is asked."""

from assistant.surveys.answers import read_reply
from assistant.turn.decision import AnswerSurvey, Decision
from assistant.turn.signals import Signals


def survey(s: Signals) -> Decision | None:
    """Stars, with or without a word; a bare number answers a poll or a question of ours first."""
    if s.survey is None or s.addressed == "other" or s.image is not None or s.sign_up is not None:
        return None
    reply = read_reply(s.text)
    if reply is None:
        return None
    asked = s.memory.open if s.memory else None
    if reply.bare and (s.poll is not None or (asked is not None and asked.kind != "feedback")):
        return None
    return AnswerSurvey(reply)
