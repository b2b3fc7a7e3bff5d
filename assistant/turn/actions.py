"""Carries a decision out: calls the tools, which stage effects, and drafts the reply."""

from assistant.agent.context import TurnContext
from assistant.replies.catalogue import Replies
from assistant.turn import actions_orders as _orders  # noqa: F401 - registers its actions
from assistant.turn import actions_receipt as _receipt  # noqa: F401
from assistant.turn import actions_regulars as _regulars  # noqa: F401 - registers its actions
from assistant.turn import actions_survey as _survey  # noqa: F401 - registers its actions
from assistant.turn import actions_votes as _votes  # noqa: F401 - registers its actions
from assistant.turn import decision as d
from assistant.turn.actions_talk import join_ticket
from assistant.turn.carry import carry_out
from assistant.turn.compose import Composer
from assistant.turn.draft import Draft


def act(decision: d.Decision, context: TurnContext, replies: Replies, *, asked_already: int | None = None) -> Draft:
    """Carry ``decision`` out on ``context`` and return the drafted reply.

    ``asked_already`` is the open ticket that asks the same, if there is one.
    """
    composer = Composer(context, replies)
    if isinstance(decision, d.HandOff) and asked_already is not None and decision.reason == "missing_knowledge":
        draft = join_ticket(composer, asked_already)
    else:
        draft = carry_out(decision, composer)
    draft.evidence = composer.evidence
    return draft
