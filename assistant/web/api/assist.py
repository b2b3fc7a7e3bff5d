"""Sellers' endpoints for groups where only they may send: paste lines, get drafts, say which were sent."""

from typing import Annotated

from fastapi import APIRouter, Path, Response

from assistant.accounts.permissions import Deed
from assistant.delivery.assist import Excerpt
from assistant.web.auth import OfGroup, needs
from assistant.web.schemas_desk import ExcerptIn, RenamedOut, SentIn, SheetOut, SideIn, TakenOut

router = APIRouter(prefix="/api/groups/{group_id}/assist", tags=["desk"])

DraftId = Annotated[int, Path(ge=1, le=2**31 - 1)]


@router.post("")
@needs(Deed.TALK)
async def take_excerpt(access: OfGroup, excerpt: ExcerptIn) -> TakenOut:
    """Take lines of a chat in and get a draft for each; what was pasted before is not taken twice."""
    assert access.group is not None
    server, group_id = access.server, access.group.id
    taken = await server.assist.take(group_id, Excerpt(excerpt.text, excerpt.author, tuple(excerpt.ours)))
    server.announce(group_id)
    return TakenOut.model_validate(taken)


@router.get("")
@needs(Deed.TALK)
async def show_drafts(access: OfGroup) -> SheetOut:
    """Return the last pasted lines with their drafts, and what else waits to be sent."""
    assert access.group is not None
    return SheetOut.model_validate(await access.server.drafts.sheet(access.group.id))


@router.put("/names/{name}")
@needs(Deed.TALK)
async def set_side(access: OfGroup, name: Annotated[str, Path(max_length=200)], side: SideIn) -> RenamedOut:
    """Say whether a name in the excerpts is yours or a member's, from now on; its last lines are drafted anew."""
    assert access.group is not None
    server, group_id = access.server, access.group.id
    done = await server.names.set_side(group_id, name, ours=side.ours, by=access.caller.actor)
    server.announce(group_id)
    return RenamedOut.model_validate(done)


@router.post("/drafts/{draft_id}/sent", status_code=204)
@needs(Deed.TALK)
async def draft_sent(access: OfGroup, draft_id: DraftId, sent: SentIn) -> Response:
    """Say that a draft was sent, in these words where they are other ones."""
    assert access.group is not None
    await access.server.drafts.sent(access.group.id, draft_id, by=access.caller.actor, text=sent.text)
    return Response(status_code=204)


@router.post("/drafts/{draft_id}/not-sent", status_code=204)
@needs(Deed.TALK)
async def draft_not_sent(access: OfGroup, draft_id: DraftId) -> Response:
    """Take a draft back: nobody read it, and the next who asks gets an answer again."""
    assert access.group is not None
    await access.server.drafts.not_sent(access.group.id, draft_id, by=access.caller.actor)
    return Response(status_code=204)
