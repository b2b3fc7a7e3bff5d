"""Sellers' endpoints for regulars: who comes back, what they usually take, forgetting one."""

from typing import Annotated, Any

from fastapi import APIRouter, Path, Response

from assistant.accounts.permissions import Deed
from assistant.regulars.service import RegularDesk
from assistant.web.auth import OfGroup, needs

router = APIRouter(prefix="/api/groups/{group_id}/regulars", tags=["sellers"])

RowId = Annotated[int, Path(ge=1, le=2**31 - 1)]


@router.get("")
@needs(Deed.MEMBERS)
async def list_regulars(access: OfGroup) -> list[dict[str, Any]]:
    """Return the group's members who bought of this seller before, with what they usually take."""
    assert access.group is not None
    return [view.to_json() for view in await _desk(access).list(access.group.id)]


@router.delete("/{member_id}", status_code=204)
@needs(Deed.ERASE)
async def forget_regular(access: OfGroup, member_id: RowId) -> Response:
    """Forget what is known of a member; they are remembered no more until they say so themselves."""
    assert access.group is not None
    await _desk(access).forget(access.group.id, member_id, by=access.caller.actor)
    return Response(status_code=204)


def _desk(access: OfGroup) -> RegularDesk:
    return RegularDesk(access.server.yidan.database, access.server.yidan.clock)
