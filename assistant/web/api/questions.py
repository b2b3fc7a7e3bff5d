"""Sellers' endpoints for the questions that the records did not answer."""

from dataclasses import asdict
from typing import Annotated, Literal

from fastapi import APIRouter, Path, Query, Response

from assistant.accounts.permissions import Deed
from assistant.delivery.suggestions import Suggestions
from assistant.errors import UsageError
from assistant.publishing.answering import Waiting, add_to_entry, answer_question, questions_of, unanswered
from assistant.web.api.views import entry_out
from assistant.web.auth import OfGroup, SellerAccess, needs
from assistant.web.schemas import EntryOut
from assistant.web.schemas_knowledge import AnswerQuestionIn, DecideIn, HitOut, QuestionOut

router = APIRouter(prefix="/api/groups/{group_id}/unanswered", tags=["knowledge"])

RowId = Annotated[int, Path(ge=1, le=2**31 - 1)]


@router.get("")
@needs(Deed.MEMBERS)
async def list_unanswered(
    access: OfGroup, state: Annotated[Literal["open", "answered", "dismissed"], Query()] = "open"
) -> list[QuestionOut]:
    """Return the questions grouped by meaning, most asked first; those that are covered by now come last."""
    return [_out(one) for one in await unanswered(access.server.yidan, _group(access), state=state)]


# Both go by a question's id: whose role hides what members asked can neither read it off a draft nor settle it.
@router.post("/{question_id}/answer")
@needs(Deed.MEMBERS)
async def answer_for_all(access: OfGroup, question_id: RowId, body: AnswerQuestionIn) -> EntryOut:
    """Draft the entry that answers a question, with the askers' words; or add their words to an ``entry``."""
    access.require(Deed.DRAFT)
    yidan, group_id, by = access.server.yidan, _group(access), access.caller.actor
    if body.entry:
        return entry_out(await add_to_entry(yidan, group_id, question_id, body.entry, by=by))
    if not body.answer:
        raise UsageError("an answer is needed, or the id of an entry that answers it")
    question = await questions_of(yidan).get(group_id, question_id)
    suggestions = Suggestions(yidan.database, yidan.library, access.server.desk, yidan.model)
    draft = await suggestions.entry(group_id, body.question or question.text, body.answer)
    similar = (*body.similar_questions, *draft.similar_questions)
    worded = type(draft)(body.question or draft.question, similar, body.answer, draft.by)
    return entry_out(await answer_question(yidan, group_id, question_id, worded, category=body.category, by=by))


@router.post("/{question_id}/decide", status_code=204)
@needs(Deed.MEMBERS)
async def decide_question(access: OfGroup, question_id: RowId, body: DecideIn) -> Response:
    """Dismiss a question, or open it again."""
    access.require(Deed.DRAFT)
    await questions_of(access.server.yidan).decide(_group(access), question_id, body.state, by=access.caller.actor)
    return Response(status_code=204)


def _out(one: Waiting) -> QuestionOut:
    question = one.question
    return QuestionOut(
        id=question.id,
        text=question.text,
        count=question.count,
        members=question.members,
        phrasings=list(question.phrasings),
        first_at=question.first_at,
        last_at=question.last_at,
        state=question.state,
        entry=question.entry_key,
        covered=one.covered,
        near=HitOut(**asdict(one.near)) if one.near else None,
    )


def _group(access: SellerAccess) -> str:
    assert access.group is not None
    return access.group.id
