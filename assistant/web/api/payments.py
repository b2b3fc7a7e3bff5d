"""Sellers' endpoints about money: payment claims, bills, ways to pay. A picture is its member's and the seller's."""

import asyncio
from decimal import Decimal
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Request, UploadFile
from fastapi.responses import FileResponse
from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from assistant.accounts.permissions import Deed
from assistant.delivery.bills import BillDesk
from assistant.delivery.claims import Answered, ClaimDesk
from assistant.delivery.methods import Method, MethodDesk
from assistant.errors import NotFound
from assistant.orders.service import Done
from assistant.payments.bills import MOST_BYTES
from assistant.web.auth import GroupId, OfGroup, Participant, SellerAccess, needs
from assistant.web.errors import ApiError
from assistant.web.schemas import clean
from assistant.web.state import Server, server_of

router = APIRouter(prefix="/api/groups/{group_id}", tags=["payments"])

RowId = Annotated[int, Path(ge=1, le=2**31 - 1)]
Ids = Annotated[list[Annotated[int, Field(ge=1, le=2**31 - 1)]], Field(min_length=1, max_length=500)]


def _example(**values: Any) -> ConfigDict:
    """Return a schema's configuration with one example."""
    return ConfigDict(json_schema_extra={"examples": [values]})


class ClaimWarningOut(BaseModel):
    """Something the seller should look at; ``text`` is in the group's language."""

    kind: str
    text: str


class ClaimOut(BaseModel):
    """A member's word or picture that they paid. ``read`` is what the picture says; null until it was read."""

    model_config = _example(
        id=3,
        member="阿梅",
        order=12,
        status="claimed",
        at="2026-05-20T02:09:30Z",
        text="付好了",
        has_image=True,
        waiting=False,
        clean=True,
        read={"readable": True, "amount": "396.00", "time": "2026-05-20T10:09:12", "reference": "100005..."},
        warnings=[],
    )
    id: int
    member: str
    order: int | None
    status: str
    at: str
    text: str
    has_image: bool
    waiting: bool
    fast_lane: bool = False
    """Its picture is still to be read."""
    clean: bool
    """Picture and records agree in everything."""
    read: dict[str, Any] | None
    warnings: list[ClaimWarningOut]


class ConfirmIn(BaseModel):
    """Claims whose money arrived. ``amount`` where it is not what is due."""

    model_config = _example(claims=[3, 4])
    claims: Ids
    amount: Annotated[Decimal, Field(gt=0, max_digits=11, decimal_places=2)] | None = None


class RejectIn(BaseModel):
    """Claims that no money came for; the members are told the note."""

    model_config = _example(claims=[5], note="没有到账")
    claims: Ids
    note: Annotated[str, Field(max_length=300), AfterValidator(clean)] = ""


class AnsweredOut(BaseModel):
    """What became of one of many: the order's new state, or why it was left as it was."""

    claim: int | None = None
    order: int | None = None
    status: str | None = None
    error: str | None = None


class MethodIn(BaseModel):
    """Switch a way to pay; with ``tell`` the group hears of it."""

    model_config = _example(method="微信转账", usable=False, tell=True)
    method: Annotated[str, Field(min_length=1, max_length=500), AfterValidator(clean)]
    usable: bool
    tell: bool = True


class MethodOut(BaseModel):
    """A way to pay, and whether it can be used just now."""

    method: str
    usable: bool


@router.get("/claims")
@needs(Deed.MEMBERS)
async def list_claims(
    access: OfGroup, status: Annotated[str | None, Query(pattern="^(claimed|confirmed|rejected)$")] = None
) -> list[ClaimOut]:
    """Return the group's payment claims with what was read and what to look at, oldest first."""
    claims = await _claims(access.server).list(_group(access), status)
    return [ClaimOut.model_validate(claim.to_json()) for claim in claims]


@router.post("/claims/confirm")
@needs(Deed.MONEY)
async def confirm_claims(access: OfGroup, body: ConfirmIn) -> list[AnsweredOut]:
    """The money of these claims arrived: their orders become paid, their members are told."""
    desk = _claims(access.server)
    done = await desk.confirm(_group(access), body.claims, by=access.caller.actor, amount=body.amount)
    return _told(access, done)


@router.post("/claims/reject")
@needs(Deed.MONEY)
async def reject_claims(access: OfGroup, body: RejectIn) -> list[AnsweredOut]:
    """No money came for these claims: their orders wait for payment again."""
    done = await _claims(access.server).reject(_group(access), body.claims, by=access.caller.actor, note=body.note)
    return _told(access, done)


@router.get("/claims/{claim_id}/image", response_class=FileResponse)
@needs(Deed.MEMBERS)
async def claim_image(request: Request, group_id: GroupId, claim_id: RowId, caller: Participant) -> FileResponse:
    """Return the picture of a proof: to the group's seller, and to the member who sent it."""
    server = server_of(request)
    claim = await _claims(server).get(group_id, claim_id)
    if caller.member_id is not None and caller.role == "member" and caller.member_id != claim.member_id:
        # Another member's claim is told apart from none at all by nothing.
        raise NotFound(f"no payment claim {claim_id} in group '{group_id}'")
    if claim.image is None:
        raise NotFound(f"payment claim {claim_id} has no picture")
    path = server.yidan.settings.home / "images" / claim.image
    if not await asyncio.to_thread(path.is_file):
        raise NotFound("the picture is gone; it may have been erased")
    return FileResponse(path, headers={"Content-Disposition": "inline"})


@router.post("/bills")
@needs(Deed.MONEY)
async def import_bill(access: OfGroup, file: UploadFile) -> dict[str, Any]:
    """Take a bill of WeChat or Alipay in and return what it matches. No order changes by that."""
    data = await file.read(MOST_BYTES + 1)
    if len(data) > MOST_BYTES:
        raise ApiError(413, f"a bill may have at most {MOST_BYTES // 2**20} MB; export a shorter time")
    imported = await _bills(access.server).take_in(
        _group(access), data, file.filename or "bill", by=access.caller.actor
    )
    return {
        "app": imported.bill.app,
        "lines": len(imported.bill.lines),
        "new": imported.new,
        **imported.standing.to_json(),
    }


@router.get("/bills")
@needs(Deed.MONEY)
async def show_bills(access: OfGroup) -> dict[str, Any]:
    """Return how the bills taken in so far and the orders stand to each other."""
    return (await _bills(access.server).standing(_group(access))).to_json()


@router.post("/bills/confirm")
@needs(Deed.MONEY)
async def confirm_bills(access: OfGroup) -> list[AnsweredOut]:
    """Count all that is matched: these orders become paid, their members are told."""
    done = await _bills(access.server).confirm(_group(access), by=access.caller.actor)
    return _told(access, done)


@router.get("/payment-methods")
@needs(Deed.READ)
async def list_methods(access: OfGroup) -> list[MethodOut]:
    """Return the group's ways to pay."""
    return _methods(await MethodDesk(access.server.yidan.database, access.server.yidan.clock).show(_group(access)))


@router.post("/payment-methods")
@needs(Deed.GROUP)
async def switch_method(access: OfGroup, body: MethodIn) -> list[MethodOut]:
    """Switch a way to pay off or on; the guide names the others at once."""
    desk = MethodDesk(access.server.yidan.database, access.server.yidan.clock)
    found = await desk.switch(_group(access), body.method, on=body.usable, by=access.caller.actor, tell=body.tell)
    access.server.announce(_group(access))
    return _methods(found)


def _group(access: SellerAccess) -> str:
    assert access.group is not None
    return access.group.id


def _claims(server: Server) -> ClaimDesk:
    return ClaimDesk(server.yidan.database, server.yidan.clock, server.orders)


def _bills(server: Server) -> BillDesk:
    return BillDesk(server.yidan.database, server.yidan.clock, server.orders)


def _methods(found: tuple[Method, ...]) -> list[MethodOut]:
    return [MethodOut(method=one.name, usable=one.usable) for one in found]


def _told(access: SellerAccess, done: list[Answered] | list[Done]) -> list[AnsweredOut]:
    access.server.announce(_group(access))
    return [
        AnsweredOut(
            claim=one.claim_id if isinstance(one, Answered) else None,
            order=one.order.number if one.order else one.number if isinstance(one, Done) else None,
            status=one.order.status if one.order else None,
            error=one.error or None,
        )
        for one in done
    ]
