"""Suggestions for sellers over the API; nothing of them is stored."""

from typing import Annotated, Literal

from fastapi import APIRouter, Path
from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from assistant.accounts.permissions import Deed
from assistant.delivery.suggestions import Suggestions
from assistant.web.auth import OfGroup, SellerAccess, needs
from assistant.web.schemas import TEXT_LIMIT, clean

router = APIRouter(prefix="/api/groups/{group_id}", tags=["sellers"])

RowId = Annotated[int, Path(ge=1, le=2**31 - 1)]
Words = Annotated[str, Field(min_length=1, max_length=TEXT_LIMIT), AfterValidator(clean)]
By = Literal["model", "rules"]


class AnsweredIn(BaseModel):
    """A question that was not answered by the records, and what the seller replied."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"question": "能刻字吗", "answer": "可以，每个加10元。"}]}
    )
    question: Words
    answer: Words


class DraftEntryOut(BaseModel):
    """A draft of an entry; ``by`` tells who worded it."""

    question: str
    similar_questions: list[str]
    answer: str
    by: By


class SummaryOut(BaseModel):
    """What is wanted, what is known, what to do."""

    lines: list[str]
    by: By


@router.post("/suggestions/entry")
@needs(Deed.DRAFT)
async def suggest_entry(access: OfGroup, answered: AnsweredIn) -> DraftEntryOut:
    """Draft an entry with similar questions from a question and the seller's reply."""
    assert access.group is not None
    draft = await _suggestions(access).entry(access.group.id, answered.question, answered.answer)
    return DraftEntryOut.model_validate(draft, from_attributes=True)


@router.get("/tickets/{ticket_id}/summary")
@needs(Deed.MEMBERS)
async def summarise_ticket(access: OfGroup, ticket_id: RowId) -> SummaryOut:
    """Sum up a ticket in three lines."""
    assert access.group is not None
    summary = await _suggestions(access).ticket(access.group.id, ticket_id)
    return SummaryOut.model_validate(summary, from_attributes=True)


def _suggestions(access: SellerAccess) -> Suggestions:
    yidan = access.server.yidan
    return Suggestions(yidan.database, yidan.library, access.server.desk, yidan.model)
