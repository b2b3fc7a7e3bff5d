"""Sellers' endpoints that turn what happened into test cases and knowledge."""

from typing import TYPE_CHECKING, Annotated

from fastapi import APIRouter, Path
from pydantic import BaseModel, Field

from assistant.accounts.permissions import Deed
from assistant.web.auth import OfGroup, needs

if TYPE_CHECKING:
    from assistant.evaluation.capture import Captured

router = APIRouter(prefix="/api/groups/{group_id}", tags=["evaluation"])

RowId = Annotated[int, Path(ge=1, le=2**31 - 1)]


class CaseOut(BaseModel):
    """A case as it stands in a suite's file, personal data replaced."""

    id: str
    yaml: str
    notes: list[str] = Field(description="What the case leaves out.")


class EntryDraft(BaseModel):
    """An entry to be looked over and saved."""

    id: str
    question: str
    answer: str
    category: str


class OfferOut(BaseModel):
    """What an answered ticket can become: the entry, and the case that shows that it is known."""

    entry: EntryDraft
    case: CaseOut


@router.get("/turns/{turn_id}/case")
@needs(Deed.EVALUATE)
async def turn_as_case(access: OfGroup, turn_id: RowId) -> CaseOut:
    """Return a recorded turn as a case for a suite."""
    from assistant.errors import NotFound
    from assistant.evaluation.capture import capture_turn

    assert access.group is not None
    captured = await capture_turn(access.server.yidan, turn_id)
    if captured.group.settings.id != access.group.id:
        # Another group's turn is told apart from none at all by nothing.
        raise NotFound(f"no turn {turn_id}")
    return _case(captured)


@router.get("/tickets/{ticket_id}/offer")
@needs(Deed.EVALUATE)
async def ticket_offer(access: OfGroup, ticket_id: RowId) -> OfferOut:
    """Return what the seller's answer to a ticket can become: a knowledge entry and a case."""
    from assistant.evaluation.capture import offer_of_ticket

    assert access.group is not None
    offer = await offer_of_ticket(access.server.yidan, access.group.id, ticket_id)
    entry = offer.entry
    draft = EntryDraft(id=entry.key, question=entry.question, answer=entry.answer, category=entry.category)
    return OfferOut(entry=draft, case=_case(offer.captured))


def _case(captured: "Captured") -> CaseOut:
    from assistant.evaluation.suite_writer import case_text

    return CaseOut(id=captured.case.id, yaml=case_text(captured.case), notes=list(captured.notes))
