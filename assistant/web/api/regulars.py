"""Regulars: who comes back and what they usually take, for the seller; what is known of oneself, for a member."""

from typing import Annotated, Any

from fastapi import APIRouter, Path, Request, Response
from pydantic import BaseModel, ConfigDict

from assistant.clock import Clock
from assistant.db import Database
from assistant.regulars.service import RegularDesk
from assistant.web.auth import GroupId, OfGroup, Participant
from assistant.web.errors import ApiError
from assistant.web.state import server_of

router = APIRouter(prefix="/api/groups/{group_id}/regulars", tags=["sellers"])
mine = APIRouter(prefix="/api/groups/{group_id}/remembered", tags=["members"])

RowId = Annotated[int, Path(ge=1, le=2**31 - 1)]


class RememberIn(BaseModel):
    """Whether the seller may remember what the member usually takes."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"remember": False}]})
    remember: bool


@router.get("")
async def list_regulars(access: OfGroup) -> list[dict[str, Any]]:
    """Return the group's members who bought of this seller before, with what they usually take."""
    assert access.group is not None
    return [view.to_json() for view in await _desk(access).list(access.group.id)]


@router.delete("/{member_id}", status_code=204)
async def forget_regular(access: OfGroup, member_id: RowId) -> Response:
    """Forget what is known of a member; they are remembered no more until they say so themselves."""
    assert access.group is not None
    await _desk(access).forget(access.group.id, member_id, by=access.caller.actor)
    return Response(status_code=204)


@mine.get("")
async def what_is_remembered(request: Request, group_id: GroupId, caller: Participant) -> dict[str, Any]:
    """Return what the group's seller remembers of the member, across the seller's groups."""
    return (await RegularDesk(*_parts(request)).of_member(_member(caller))).to_json()


@mine.put("")
async def set_remembered(request: Request, group_id: GroupId, caller: Participant, wish: RememberIn) -> dict[str, Any]:
    """Be remembered by the seller, or not; then everything that was kept is forgotten at once."""
    return (await RegularDesk(*_parts(request)).set_remembered(_member(caller), wish.remember)).to_json()


def _member(caller: Participant) -> int:
    if caller.member_id is None:
        raise ApiError(403, "this needs a member's token")
    return caller.member_id


def _parts(request: Request) -> tuple[Database, Clock]:
    yidan = server_of(request).yidan
    return yidan.database, yidan.clock


def _desk(access: OfGroup) -> RegularDesk:
    return RegularDesk(access.server.yidan.database, access.server.yidan.clock)
