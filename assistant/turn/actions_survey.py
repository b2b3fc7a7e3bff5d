"""Taking an anonymous answer in."""

from assistant.agent.effects import SurveyAnswered
from assistant.turn import decision as d
from assistant.turn.carry import carry_out
from assistant.turn.compose import Composer
from assistant.turn.draft import Draft


@carry_out.register
def _survey(decision: d.AnswerSurvey, c: Composer) -> Draft:
    kept = c.say("survey.kept")
    c.context.stage(SurveyAnswered(decision.reply, kept))
    text = c.say("survey.thanks", seller=c.context.group.settings.seller)
    # What was answered must not live on as what was asked last.
    return Draft("chat", text, reason="an answer to the survey", private=True, question=kept)
