"""Sellers' endpoints for a group's talk: what the assistant did with each line, and words of one's own."""

from dataclasses import asdict
from typing import Annotated

from fastapi import APIRouter, Path, Query, Response

from assistant.accounts.permissions import Deed
from assistant.delivery.feed import Cursor
from assistant.web.auth import OfGroup, needs
from assistant.web.schemas_desk import DeedOut, SayIn, TalkLineOut, TalkOut

router = APIRouter(prefix="/api/groups/{group_id}/talk", tags=["desk"])


@router.get("")
@needs(Deed.MEMBERS)
async def read_talk(
    access: OfGroup,
    before: Annotated[str | None, Query(max_length=2000, description="`earlier` of an earlier answer.")] = None,
) -> TalkOut:
    """Return the last lines of the talk, private ones included, with what the assistant did about them and why."""
    assert access.group is not None
    start = Cursor.parse(before) if before else None
    lines, earlier = await access.server.talk.latest(access.group.id, start)
    shown = [TalkLineOut.model_validate(asdict(line)) for line in lines]
    return TalkOut(lines=shown, earlier=str(earlier) if earlier else None)


@router.post("", status_code=204)
@needs(Deed.TALK)
async def say(access: OfGroup, words: SayIn) -> Response:
    """Write into the group as the seller, to all or in answer to a member's message."""
    assert access.group is not None
    group_id = access.group.id
    await access.server.talk.say(group_id, words.text, by=access.caller.actor, to=words.to, private=words.private)
    access.server.announce(group_id)
    return Response(status_code=204)


@router.get("/{message_id}/why")
@needs(Deed.MEMBERS)
async def why(access: OfGroup, message_id: Annotated[int, Path(ge=1, le=2**31 - 1)]) -> DeedOut:
    """Return what the assistant did with a message, and what it rested on."""
    assert access.group is not None
    return DeedOut.model_validate(asdict(await access.server.talk.deed(access.group.id, message_id)))
