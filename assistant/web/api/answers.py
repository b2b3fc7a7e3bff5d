"""Sellers' endpoints for what the assistant did with messages: see it, mark it, let the group learn from it."""

from dataclasses import replace
from typing import Annotated

from fastapi import APIRouter, Path, Query, Response

from assistant.accounts.permissions import Deed
from assistant.evaluation.anonymise import Anonymiser
from assistant.evaluation.capture import records_of
from assistant.evaluation.group_gate import adapt_group, preview
from assistant.marks.service import MarkedTurn, MarkService
from assistant.web.auth import OfGroup, SellerAccess, needs
from assistant.web.schemas import AdaptationOut, AnswerOut, GatePreviewOut, MarkIn

router = APIRouter(prefix="/api/groups/{group_id}/answers", tags=["answers"])

MessageId = Annotated[int, Path(ge=1, le=2**31 - 1)]


@router.get("")
@needs(Deed.EVALUATE)
async def list_answers(
    access: OfGroup,
    marked: Annotated[bool | None, Query(description="Only those with, or only those without a mark.")] = None,
    silent: Annotated[bool, Query(description="Also what was left alone.")] = False,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> list[AnswerOut]:
    """Return what the assistant did with members' messages, newest first.

    Who may not see members gets invented names, and the texts without personal data.
    """
    assert access.group is not None
    return await _told(access, await _marks(access).turns(access.group.id, marked=marked, silent=silent, limit=limit))


@router.put("/{message_id}/mark")
@needs(Deed.EVALUATE)
async def mark_answer(access: OfGroup, message_id: MessageId, mark: MarkIn) -> AnswerOut:
    """Say whether what the assistant did with the message was good."""
    assert access.group is not None
    turn = await _marks(access).mark(access.group.id, message_id, good=mark.good, by=access.caller.actor)
    [answer] = await _told(access, [turn])
    return answer


@router.delete("/{message_id}/mark", status_code=204)
@needs(Deed.EVALUATE)
async def unmark_answer(access: OfGroup, message_id: MessageId) -> Response:
    """Take a mark back."""
    assert access.group is not None
    await _marks(access).unmark(access.group.id, message_id, by=access.caller.actor)
    return Response(status_code=204)


@router.get("/settings")
@needs(Deed.EVALUATE)
async def preview_settings(access: OfGroup) -> GatePreviewOut:
    """Return what each setting from quiet to talkative would do with the group's own messages."""
    assert access.group is not None
    return GatePreviewOut.model_validate(await preview(access.server.yidan, access.group.id))


@router.post("/learn")
@needs(Deed.MODEL)
async def learn_from_marks(access: OfGroup) -> AdaptationOut:
    """Fit the group's operating point to its marks; 20 are enough."""
    assert access.group is not None
    adaptation = await adapt_group(access.server.yidan, access.group.id, by=access.caller.actor)
    return AdaptationOut.model_validate(adaptation, from_attributes=True)


def _marks(access: SellerAccess) -> MarkService:
    return MarkService(access.server.yidan.database, access.server.yidan.clock)


async def _told(access: SellerAccess, turns: list[MarkedTurn]) -> list[AnswerOut]:
    """Return the turns as whoever asks may see them."""
    assert access.group is not None
    if not access.may(Deed.MEMBERS):
        group = await access.server.yidan.groups.folder(access.group.id)
        settings, members = group.settings, [turn.member for turn in turns]
        hide = Anonymiser(members, language=settings.language, seller=settings.seller, records=records_of(group))
        turns = [
            replace(turn, member=hide.member(turn.member), text=hide.text(turn.text), reply=hide.text(turn.reply))
            for turn in turns
        ]
    return [AnswerOut.model_validate(turn, from_attributes=True) for turn in turns]
