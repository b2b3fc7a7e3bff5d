"""Coming in by an invitation (public), and the seller's side of it: invitations, posters, requests."""

from datetime import datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Path, Query, Request, Response
from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from assistant.accounts.permissions import Deed
from assistant.groups.notice import notice_draft
from assistant.groups.toml import settings_from_json
from assistant.invitations.life import LIFE_DAYS, LONGEST_DAYS
from assistant.invitations.newcomers import Newcomer
from assistant.web.auth import AnyCaller, OfGroup, SellerAccess, limit, needs
from assistant.web.errors import ApiError
from assistant.web.schemas import Name, Text, clean
from assistant.web.state import server_of

router = APIRouter(prefix="/api", tags=["joining"])

Code = Annotated[str, Path(pattern=r"^[\w-]{6,40}$", description="The code of an invitation.")]
RowId = Annotated[int, Path(ge=1, le=2**31 - 1)]
MEDIA = {"png": "image/png", "svg": "image/svg+xml", "html": "text/html; charset=utf-8"}
PICTURES: dict[int | str, dict[str, Any]] = {200: {"content": {kind: {} for kind in MEDIA.values()}}}


class GreetingOut(BaseModel):
    """What stands at the door. ``open`` is false where nobody can come in; ``text`` then says why."""

    group_id: str
    name: str
    seller: str
    purpose: str
    rules: list[str]
    language: str
    keyword: str
    question: str
    text: str
    open: bool
    expires_at: datetime | None


class NewcomerIn(BaseModel):
    """Who wants to come in, with what the group asks for as far as they gave it."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"nickname": "阿梅", "keyword": "报名", "answer": "朋友介绍"}]}
    )
    nickname: Name
    keyword: Annotated[str, Field(max_length=200), AfterValidator(clean)] = ""
    answer: Annotated[str, Field(max_length=500), AfterValidator(clean)] = ""
    known_by: Annotated[str, Field(max_length=200)] = ""
    """Their own token of another group of the same seller, where they want the seller to know them again."""


class ReceivedOut(BaseModel):
    """What the newcomer hears. ``token`` is shown only once; it opens the group as soon as they are in."""

    state: Literal["asking", "pending", "joined", "refused"]
    text: str
    group_id: str
    needs: str = ""
    token: str = ""
    member_id: int | None = None


class WishIn(BaseModel):
    """What somebody is looking for, in their own words."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"text": "家里水管漏了，有人能来修吗"}]})
    text: Annotated[Text, Field(min_length=1)]


class WayOut(BaseModel):
    """A group that may be the right one, with its invitation where it has one."""

    group_id: str
    name: str
    purpose: str
    chance: float
    code: str


class DirectionsOut(BaseModel):
    """``sent``: the one way is right; ``asking``: choose; ``none``: no open group."""

    state: Literal["sent", "asking", "none"]
    text: str
    ways: list[WayOut]


class InvitationIn(BaseModel):
    """A new invitation. ``link`` is a chat platform's own code of the group."""

    days: Annotated[int, Field(ge=1, le=LONGEST_DAYS)] = LIFE_DAYS
    link: Annotated[str, Field(max_length=500), AfterValidator(clean)] = ""
    spare: bool = False


class InvitationOut(BaseModel):
    """An invitation; ``expires_at`` is null for a spare whose life has not begun."""

    id: int
    code: str
    link: str
    state: str
    issued_at: datetime
    expires_at: datetime | None


class JoinRequestOut(BaseModel):
    """A request to join; ``flags`` tell what is odd about it."""

    id: int
    nickname: str
    source: str
    flags: list[str]
    state: str
    note: str
    asked_at: datetime
    decided_by: str
    member_id: int | None


class RefusalIn(BaseModel):
    """A word to the one who is turned away."""

    note: Annotated[str, Field(max_length=300), AfterValidator(clean)] = ""


class NoticeOut(BaseModel):
    """The draft of the opening notice."""

    text: str


class MemberOut(BaseModel):
    """Somebody in the group and where they heard of it."""

    id: int
    nickname: str
    role: str
    source: str
    joined_at: datetime
    removed_at: datetime | None


@router.get("/invitations/{code}")
async def look_at_invitation(request: Request, code: Code) -> GreetingOut:
    """Return what a newcomer should know: the group and what it asks for. Needs no token."""
    return GreetingOut.model_validate(await server_of(request).joining.greeting(code), from_attributes=True)


@router.post("/invitations/{code}/join")
async def join_by_invitation(request: Request, code: Code, newcomer: NewcomerIn) -> ReceivedOut:
    """Ask to come in. What is missing is asked for; send everything again with it. Needs no token."""
    server = server_of(request)
    limit(request, server.limits.join)
    received = await server.joining.receive(code, Newcomer(**newcomer.model_dump()))
    server.announce(received.group_id)
    return ReceivedOut.model_validate(received, from_attributes=True)


@router.post("/invitations/{code}/directions")
async def find_the_group(request: Request, code: Code, wish: WishIn) -> DirectionsOut:
    """Find the right one of the seller's groups for what somebody is looking for. Needs no token."""
    directions = await server_of(request).signpost.directions_by(code, wish.text)
    return DirectionsOut.model_validate(directions, from_attributes=True)


@router.get("/joining")
@needs(Deed.READ)
async def my_request(request: Request, caller: AnyCaller) -> ReceivedOut:
    """Return how the request of the caller's token stands: pending, joined or refused."""
    if caller.kind not in ("applicant", "member"):
        raise ApiError(403, "this needs the token that asking to join gave")
    return ReceivedOut.model_validate(await server_of(request).joining.standing(caller.token_id), from_attributes=True)


@router.get("/groups/{group_id}/invitations")
@needs(Deed.READ)
async def list_invitations(access: OfGroup) -> list[InvitationOut]:
    """Return the group's invitations, oldest first."""
    found = await access.server.yidan.invitations.of_group(_id(access))
    return [InvitationOut.model_validate(one, from_attributes=True) for one in found]


@router.post("/groups/{group_id}/invitations", status_code=201)
@needs(Deed.GROUP)
async def issue_invitation(access: OfGroup, invitation: InvitationIn) -> InvitationOut:
    """Issue an invitation: the one for the next poster, or a spare."""
    issued = await access.server.yidan.invitations.issue(_id(access), by=access.caller.actor, **invitation.model_dump())
    return InvitationOut.model_validate(issued, from_attributes=True)


@router.post("/groups/{group_id}/invitations/{invitation_id}/revoke")
@needs(Deed.GROUP)
async def revoke_invitation(access: OfGroup, invitation_id: RowId) -> InvitationOut:
    """Make an invitation worthless at once."""
    revoked = await access.server.yidan.invitations.revoke(_id(access), invitation_id, by=access.caller.actor)
    return InvitationOut.model_validate(revoked, from_attributes=True)


@router.get(
    "/groups/{group_id}/poster.{form}",
    response_class=Response,
    responses={200: {"content": {kind: {} for kind in MEDIA.values()}}},
)
@needs(Deed.READ)
async def poster(request: Request, access: OfGroup, form: Literal["png", "svg", "html"]) -> Response:
    """Return the poster of the current invitation (issued where there is none); svg and html use the reader's fonts."""
    import asyncio

    from assistant.delivery.posters import poster_of
    from assistant.invitations.poster import draw_html, draw_png, draw_svg

    assert access.group is not None
    yidan = access.server.yidan
    invitation = await yidan.invitations.current(_id(access), by=access.caller.actor)
    base = yidan.settings.public_url or str(request.base_url)
    drawn = poster_of(settings_from_json(access.group.settings), invitation, base)
    font = yidan.settings.font()
    if form == "png":
        content: bytes | str = await asyncio.to_thread(draw_png, drawn, font)
    else:
        content = draw_svg(drawn) if form == "svg" else draw_html(drawn)
    return Response(content, media_type=MEDIA[form])


@router.get("/groups/{group_id}/notice")
@needs(Deed.READ)
async def notice(access: OfGroup) -> NoticeOut:
    """Return the draft of the opening notice, from the settings."""
    assert access.group is not None
    return NoticeOut(text=notice_draft(settings_from_json(access.group.settings), access.server.yidan.clock.now()))


@router.get("/groups/{group_id}/requests")
@needs(Deed.MEMBERS)
async def list_requests(
    access: OfGroup, state: Annotated[Literal["pending", "joined", "refused"] | None, Query()] = None
) -> list[JoinRequestOut]:
    """Return the requests to join, oldest first."""
    found = await access.server.joining.requests(_id(access), state)
    return [JoinRequestOut.model_validate(one, from_attributes=True) for one in found]


@router.post("/groups/{group_id}/requests/{request_id}/approve")
@needs(Deed.TALK)
async def approve(access: OfGroup, request_id: RowId) -> JoinRequestOut:
    """Let somebody in who waits."""
    decided = await access.server.joining.approve(_id(access), request_id, by=access.caller.actor)
    access.server.announce(_id(access))
    return JoinRequestOut.model_validate(decided, from_attributes=True)


@router.post("/groups/{group_id}/requests/{request_id}/refuse")
@needs(Deed.TALK)
async def refuse(access: OfGroup, request_id: RowId, refusal: RefusalIn) -> JoinRequestOut:
    """Turn somebody away who waits."""
    decided = await access.server.joining.refuse(_id(access), request_id, by=access.caller.actor, note=refusal.note)
    return JoinRequestOut.model_validate(decided, from_attributes=True)


@router.get("/groups/{group_id}/members")
@needs(Deed.MEMBERS)
async def list_members(access: OfGroup) -> list[MemberOut]:
    """Return who is and was in the group, with where they heard of it."""
    found = await access.server.directory.members(_id(access))
    return [MemberOut.model_validate(one, from_attributes=True) for one in found]


def _id(access: SellerAccess) -> str:
    group: Any = access.group
    return str(group.id)
