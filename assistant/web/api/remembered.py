"""Members' endpoints about what their seller remembers of them: see it, end it."""

from typing import Any

from fastapi import APIRouter, Request
from pydantic import BaseModel, ConfigDict

from assistant.accounts.permissions import Deed
from assistant.clock import Clock
from assistant.db import Database
from assistant.regulars.service import RegularDesk
from assistant.web.auth import GroupId, Participant, needs
from assistant.web.errors import ApiError
from assistant.web.state import server_of

router = APIRouter(prefix="/api/groups/{group_id}/remembered", tags=["members"])


class RememberIn(BaseModel):
    """Whether the seller may remember what the member usually takes."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"remember": False}]})
    remember: bool


@router.get("")
@needs(Deed.MEMBERS)
async def what_is_remembered(request: Request, group_id: GroupId, caller: Participant) -> dict[str, Any]:
    """Return what the group's seller remembers of the member, across the seller's groups."""
    return (await RegularDesk(*_parts(request)).of_member(_member(caller))).to_json()


@router.put("")
@needs(Deed.MEMBERS)
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
