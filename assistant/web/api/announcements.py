"""Sellers' endpoints for announcements: plan, look at, hold back, send at once."""

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query
from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from assistant.accounts.permissions import Deed
from assistant.broadcasts.due import Kind
from assistant.delivery.announcer import LONGEST_TEXT, MOST_REPEATS, NewAnnouncement
from assistant.web.auth import OfGroup, needs
from assistant.web.schemas import clean

router = APIRouter(prefix="/api/groups/{group_id}/announcements", tags=["announcements"])

Wording = Annotated[str, Field(max_length=200), AfterValidator(clean)]
RowId = Annotated[int, Path(ge=1, le=2**31 - 1)]


class AnnouncementIn(BaseModel):
    """What to tell the group. ``when`` is ``now`` or a schedule such as ``daily 09:00`` in the group's zone.

    ``rumour`` goes with a statement: whoever asks about it, in these words or as in ``asked_as``, gets the statement.
    """

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"kind": "todays_list", "when": "daily 09:00", "text": "今天的糕点是现烤的"}]}
    )
    kind: Kind = "text"
    text: Annotated[str, Field(max_length=LONGEST_TEXT), AfterValidator(clean)] = ""
    when: Annotated[str, Field(max_length=200), AfterValidator(clean)] = "now"
    label: Annotated[str, Field(max_length=40), AfterValidator(clean)] = ""
    important: bool = False
    repeats: Annotated[int, Field(ge=0, le=MOST_REPEATS)] | None = None
    repeat_minutes: Annotated[int, Field(ge=30, le=7 * 24 * 60)] = 240
    quiet: bool = True
    rumour: Wording = ""
    asked_as: Annotated[tuple[Wording, ...], Field(max_length=20)] = ()


class AnnouncementOut(BaseModel):
    """A planned announcement; ``next_at`` is when it comes next, after the group's quiet hours."""

    id: int
    kind: str
    text: str
    label: str
    schedule: str
    important: bool
    repeats: int
    repeat_minutes: int
    quiet: bool
    state: str
    next_at: datetime | None
    created_by: str


class PreviewOut(BaseModel):
    """What would be said now (empty: nothing, so it would be left out), and when it comes."""

    text: str
    at: datetime | None
    put_off: bool


class SendingOut(BaseModel):
    """What became of one occurrence: sent, missed, merged into a later one, or empty."""

    announcement_id: int
    kind: str
    due_at: datetime
    at: datetime
    state: str


@router.get("")
@needs(Deed.READ)
async def list_announcements(access: OfGroup) -> list[AnnouncementOut]:
    """Return the group's announcements, oldest first."""
    assert access.group is not None
    return [_out(view) for view in await access.server.yidan.announcer.planned(access.group.id)]


@router.post("", status_code=201)
@needs(Deed.ANNOUNCE)
async def announce(access: OfGroup, announcement: AnnouncementIn) -> AnnouncementOut:
    """Announce something now, or plan it."""
    assert access.group is not None
    new = NewAnnouncement(**announcement.model_dump())
    added = await access.server.yidan.announcer.add(access.group.id, new, by=access.caller.actor)
    access.server.announce(access.group.id)
    return _out(added)


@router.post("/preview")
@needs(Deed.READ)
async def preview_new(access: OfGroup, announcement: AnnouncementIn) -> PreviewOut:
    """Return what a new announcement would say, without planning it."""
    assert access.group is not None
    new = NewAnnouncement(**announcement.model_dump())
    seen = await access.server.yidan.announcer.preview_new(access.group.id, new)
    return PreviewOut.model_validate(seen, from_attributes=True)


@router.post("/usual", status_code=201)
@needs(Deed.ANNOUNCE)
async def plan_usual(access: OfGroup) -> list[AnnouncementOut]:
    """Plan what most groups tell every day, as far as it is not planned yet; return what is new."""
    assert access.group is not None
    return [
        _out(view) for view in await access.server.yidan.announcer.add_usual(access.group.id, by=access.caller.actor)
    ]


@router.get("/log")
@needs(Deed.READ)
async def log(access: OfGroup, limit: Annotated[int, Query(ge=1, le=500)] = 50) -> list[SendingOut]:
    """Return what became of the group's announcements, newest first."""
    assert access.group is not None
    found = await access.server.yidan.announcer.log(access.group.id, limit)
    return [SendingOut.model_validate(one, from_attributes=True) for one in found]


@router.get("/{announcement_id}/preview")
@needs(Deed.READ)
async def preview(access: OfGroup, announcement_id: RowId) -> PreviewOut:
    """Return what a planned announcement would say now, and when it comes next."""
    assert access.group is not None
    seen = await access.server.yidan.announcer.preview(access.group.id, announcement_id)
    return PreviewOut.model_validate(seen, from_attributes=True)


@router.post("/{announcement_id}/pause")
@needs(Deed.ANNOUNCE)
async def pause(access: OfGroup, announcement_id: RowId) -> AnnouncementOut:
    """Hold an announcement back until it is resumed."""
    assert access.group is not None
    announcer = access.server.yidan.announcer
    return _out(await announcer.pause(access.group.id, announcement_id, by=access.caller.actor))


@router.post("/{announcement_id}/resume")
@needs(Deed.ANNOUNCE)
async def resume(access: OfGroup, announcement_id: RowId) -> AnnouncementOut:
    """Let a paused announcement come again; what fell into the pause stays unsaid."""
    assert access.group is not None
    announcer = access.server.yidan.announcer
    return _out(await announcer.resume(access.group.id, announcement_id, by=access.caller.actor))


@router.post("/{announcement_id}/cancel")
@needs(Deed.ANNOUNCE)
async def cancel(access: OfGroup, announcement_id: RowId) -> AnnouncementOut:
    """Take an announcement off the plan for good."""
    assert access.group is not None
    announcer = access.server.yidan.announcer
    return _out(await announcer.cancel(access.group.id, announcement_id, by=access.caller.actor))


def _out(view: Any) -> AnnouncementOut:
    return AnnouncementOut.model_validate(view, from_attributes=True)
