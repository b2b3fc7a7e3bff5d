"""Sellers' endpoints for order in the group: warnings with their evidence, taking one back."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Path
from pydantic import BaseModel

from assistant.accounts.permissions import Deed
from assistant.moderation.service import ConductDesk
from assistant.web.auth import OfGroup, needs

router = APIRouter(prefix="/api/groups/{group_id}/warnings", tags=["sellers"])

RowId = Annotated[int, Path(ge=1, le=2**31 - 1)]


class WarningOut(BaseModel):
    """A warning with its evidence: what was written, and when."""

    id: int
    member: str
    reason: str
    at: datetime
    text: str
    image: str | None
    lifted_at: datetime | None
    lifted_by: str
    removed: bool


@router.get("")
@needs(Deed.MEMBERS)
async def list_warnings(access: OfGroup) -> list[WarningOut]:
    """Return the group's warnings with their evidence, oldest first."""
    assert access.group is not None
    return [WarningOut.model_validate(view.to_json()) for view in await _desk(access).list(access.group.id)]


@router.post("/{warning_id}/lift")
@needs(Deed.TALK)
async def lift_warning(access: OfGroup, warning_id: RowId) -> WarningOut:
    """Take a warning back: it counts no more, a member removed for it may come back, and they are told."""
    assert access.group is not None
    view = await _desk(access).lift(access.group.id, warning_id, by=access.caller.actor)
    access.server.announce(access.group.id)
    return WarningOut.model_validate(view.to_json())


def _desk(access: OfGroup) -> ConductDesk:
    return ConductDesk(access.server.yidan.database, access.server.yidan.clock)
