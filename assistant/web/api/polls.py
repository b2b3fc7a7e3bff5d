"""Sellers' endpoints for polls."""

from typing import Annotated, Any

from fastapi import APIRouter, Path
from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from assistant.accounts.permissions import Deed
from assistant.polls.service import MOST_OPTIONS, PollDesk
from assistant.web.auth import OfGroup, needs
from assistant.web.schemas import clean

router = APIRouter(prefix="/api/groups/{group_id}/polls", tags=["sellers"])

RowId = Annotated[int, Path(ge=1, le=2**31 - 1)]
Line = Annotated[str, Field(min_length=1, max_length=200), AfterValidator(clean)]


class PollIn(BaseModel):
    """What the group is asked, and for how many hours."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"question": "哪天自提？", "options": ["周六", "周日"]}]})
    question: Line
    options: Annotated[list[Line], Field(min_length=2, max_length=MOST_OPTIONS)]
    hours: Annotated[float, Field(gt=0, le=720)] = 24
    tell_group: bool = False


@router.get("")
@needs(Deed.READ)
async def list_polls(access: OfGroup) -> list[dict[str, Any]]:
    """Return the group's polls with their votes, oldest first; who voted for what is nobody's to see."""
    assert access.group is not None
    return [view.to_json() for view in await _desk(access).list(access.group.id)]


@router.post("", status_code=201)
@needs(Deed.ANNOUNCE)
async def open_poll(access: OfGroup, body: PollIn) -> dict[str, Any]:
    """Ask the group; members vote by number, one vote each."""
    assert access.group is not None
    view = await _desk(access).open(
        access.group.id,
        body.question,
        body.options,
        hours=body.hours,
        tell_group_result=body.tell_group,
        by=access.caller.actor,
    )
    access.server.announce(access.group.id)
    return view.to_json()


@router.post("/{poll_id}/close")
@needs(Deed.ANNOUNCE)
async def close_poll(access: OfGroup, poll_id: RowId) -> dict[str, Any]:
    """Close a poll before its time; its result is told."""
    assert access.group is not None
    view = await _desk(access).close(access.group.id, poll_id, by=access.caller.actor)
    access.server.announce(access.group.id)
    return view.to_json()


def _desk(access: OfGroup) -> PollDesk:
    return PollDesk(access.server.yidan.database, access.server.yidan.clock)
