"""Sellers' endpoints for the end of a group: close, archive, erase, open again, move."""

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter
from fastapi.responses import FileResponse
from pydantic import BaseModel, ConfigDict, Field

from assistant.accounts.permissions import Deed
from assistant.closing.reopening import NewDates
from assistant.closing.view import ClosingView
from assistant.errors import NotFound, UsageError
from assistant.web.auth import OfGroup, needs

router = APIRouter(prefix="/api/groups/{group_id}", tags=["sellers"])

NewId = Annotated[str, Field(pattern=r"^[a-z0-9-]{3,40}$")]


class ClosingOut(BaseModel):
    """How far a group's closing has come; ``protocol`` counts what was erased and names nobody."""

    group: str
    reason: str
    closed_at: datetime
    told_at: datetime | None
    archive_sha256: str
    erase_at: datetime
    erased_at: datetime | None
    protocol: dict[str, Any]
    moved_to: str


class EraseIn(BaseModel):
    """``confirm`` repeats the group's id: there is no way back."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"confirm": "tea"}]})
    confirm: str


class ReopenIn(BaseModel):
    """The new group; times without an offset are in the group's zone."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"id": "tea-june", "name": "6月春茶团购", "closes_at": "2026-06-22T20:00"}]}
    )
    id: NewId
    name: Annotated[str, Field(max_length=200)] = ""
    opens_at: Annotated[str, Field(max_length=40)] | None = None
    closes_at: Annotated[str, Field(max_length=40)] | None = None


class ReopenedOut(BaseModel):
    """The new group; ``dated`` are the entries that speak of a day and want a look."""

    id: str
    entries: int
    products: int
    dated: list[str]


class MoveIn(BaseModel):
    """The spare group; made as a copy where there is none."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"to": "tea-spare"}]})
    to: NewId


class MovedOut(BaseModel):
    """What came along; ``renumbered`` maps order numbers that the spare had already to new ones."""

    group: str
    created: bool
    members: int
    orders: int
    renumbered: dict[int, int]


@router.get("/closing")
@needs(Deed.READ)
async def show_closing(access: OfGroup) -> ClosingOut:
    """Return how far the group's closing has come: members told, archived, erased."""
    return _out(await _closing(access))


@router.get("/archive", response_model=None, responses={200: {"content": {"application/zip": {}}}})
@needs(Deed.ERASE)
async def fetch_archive(access: OfGroup) -> FileResponse:
    """Return the archive that was made when the group closed, a zip."""
    view = await _closing(access)
    if view.archive is None or not view.archive.is_file():
        raise NotFound(f"group '{view.group_id}' has no archive (any more)")
    return FileResponse(view.archive, media_type="application/zip", filename=view.archive.name)


@router.post("/erase")
@needs(Deed.ERASE)
async def erase_group(access: OfGroup, body: EraseIn) -> ClosingOut:
    """Erase the personal data of a closed group now, before its retention time is over."""
    assert access.group is not None
    if body.confirm != access.group.id:
        raise UsageError("confirm: repeat the group's id; its members' data are erased for good")
    view = await access.server.yidan.closing.erase(access.group.id, by=access.caller.actor)
    access.server.announce(access.group.id)
    return _out(view)


@router.post("/reopen", status_code=201)
@needs(Deed.GROUP)
async def reopen_group(access: OfGroup, body: ReopenIn) -> ReopenedOut:
    """Open a new group from a copy: knowledge, catalogue and settings, with new dates and no members."""
    assert access.group is not None
    done = await access.server.yidan.closing.reopen(
        access.group.id,
        body.id,
        name=body.name,
        dates=NewDates(body.opens_at, body.closes_at),
        by=access.caller.actor,
    )
    return ReopenedOut(id=done.group_id, entries=done.entries, products=done.products, dated=list(done.dated))


@router.post("/move")
@needs(Deed.GROUP)
async def move_group(access: OfGroup, body: MoveIn) -> MovedOut:
    """Move a blocked group's members to a spare group; their orders, numbers and access stay."""
    assert access.group is not None
    done = await access.server.yidan.closing.move(access.group.id, body.to, by=access.caller.actor)
    access.server.announce(done.group_id)
    return MovedOut(
        group=done.group_id,
        created=done.created,
        members=done.members,
        orders=done.orders,
        renumbered=done.renumbered,
    )


async def _closing(access: OfGroup) -> ClosingView:
    assert access.group is not None
    view = await access.server.yidan.closing.show(access.group.id)
    if view is None:
        raise NotFound(f"group '{access.group.id}' is not closed")
    return view


def _out(view: ClosingView) -> ClosingOut:
    return ClosingOut.model_validate({name: value for name, value in view.to_json().items() if name != "archive"})
