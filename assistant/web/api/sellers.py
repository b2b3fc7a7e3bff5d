"""Sellers' endpoints: groups, tickets, orders."""

from typing import Annotated, Literal

from fastapi import APIRouter, Path, Query

from assistant.accounts.permissions import Deed
from assistant.delivery.claims import ClaimDesk
from assistant.desk.service import TicketView
from assistant.errors import NotAllowed
from assistant.web.api.views import group_out, order_file_out, order_out
from assistant.web.auth import AsSeller, OfGroup, SellerAccess, needs
from assistant.web.schemas import AnswerIn, GroupDetailsOut, GroupOut, MoveIn, OrderFileOut, OrderOut, TicketOut

router = APIRouter(prefix="/api", tags=["sellers"])

RowId = Annotated[int, Path(ge=1, le=2**31 - 1)]


@router.get("/groups")
@needs(Deed.READ)
async def list_groups(access: AsSeller) -> list[GroupOut]:
    """Return the seller's groups."""
    now = access.server.yidan.clock.now()
    groups = await access.server.directory.groups(access.caller.seller_id)
    return [group_out(group, closed=group.closed(now)) for group in groups]


@router.get("/groups/{group_id}")
@needs(Deed.READ)
async def show_group(access: OfGroup) -> GroupDetailsOut:
    """Return a group with its settings and how much there is in it."""
    assert access.group is not None
    counts = await access.server.directory.counts(access.group.id)
    closed = access.group.closed(access.server.yidan.clock.now())
    return GroupDetailsOut(
        **group_out(access.group, closed=closed).model_dump(),
        settings=access.group.settings,
        members=counts.members,
        orders=counts.orders,
        open_tickets=counts.open_tickets,
    )


@router.post("/groups/{group_id}/close")
@needs(Deed.GROUP)
async def close_group(access: OfGroup) -> GroupDetailsOut:
    """Close the group: no further orders, no newcomers; the members are told and everything is archived."""
    assert access.group is not None
    server = access.server
    await server.yidan.closing.close(access.group.id, by=access.caller.actor)
    server.announce(access.group.id)
    group = await server.directory.group(access.group.id)
    return await show_group(SellerAccess(access.caller, server, group))


@router.get("/groups/{group_id}/tickets")
@needs(Deed.MEMBERS)
async def list_tickets(
    access: OfGroup,
    status: Annotated[Literal["open", "claimed", "resolved"] | None, Query()] = None,
) -> list[TicketOut]:
    """Return the group's tickets, oldest first."""
    assert access.group is not None
    return [ticket_out(view) for view in await access.server.desk.list(access.group.id, status)]


@router.post("/tickets/{ticket_id}/claim")
@needs(Deed.TALK)
async def claimticket_out(access: AsSeller, ticket_id: RowId) -> TicketOut:
    """Take a ticket into work; the assistant keeps out of the talk with this member for a while."""
    caller = access.caller
    return ticket_out(await access.server.desk.claim(ticket_id, seller_id=caller.seller_id, actor=caller.actor))


@router.post("/tickets/{ticket_id}/answer")
@needs(Deed.TALK)
async def answerticket_out(access: AsSeller, ticket_id: RowId, answer: AnswerIn) -> TicketOut:
    """Answer the member where they asked; the assistant keeps out for a while."""
    caller = access.caller
    view = await access.server.desk.answer(
        ticket_id, answer.text, seller_id=caller.seller_id, actor=caller.actor, resolve=answer.resolve
    )
    access.server.announce(view.group_id)
    return ticket_out(view)


@router.post("/tickets/{ticket_id}/resolve")
@needs(Deed.TALK)
async def resolveticket_out(access: AsSeller, ticket_id: RowId) -> TicketOut:
    """Close a ticket without a word to the member."""
    caller = access.caller
    return ticket_out(await access.server.desk.resolve(ticket_id, seller_id=caller.seller_id, actor=caller.actor))


@router.get("/groups/{group_id}/orders")
@needs(Deed.MEMBERS)
async def list_orders(access: OfGroup) -> list[OrderOut]:
    """Return the group's orders with their members and dated changes, by number."""
    assert access.group is not None
    return [order_out(order, member) for order, member in await access.server.orders.list(access.group.id)]


@router.get("/groups/{group_id}/orders/{number}")
@needs(Deed.MEMBERS)
async def show_order(access: OfGroup, number: RowId) -> OrderFileOut:
    """Return one order with its history, its money, the proofs that came for it, and what can be done with it."""
    assert access.group is not None
    server, group_id = access.server, access.group.id
    order = await server.orders.show(group_id, number)
    claims = await ClaimDesk(server.yidan.database, server.yidan.clock, server.orders).of_order(group_id, number)
    return order_file_out(order, claims)


@router.post("/groups/{group_id}/orders/{number}/status")
@needs(Deed.ORDERS)
async def move_order(access: OfGroup, number: RowId, move: MoveIn) -> OrderOut:
    """Move an order to its next state and tell its member."""
    assert access.group is not None
    group_id = access.group.id
    if move.status in ("paid", "refunded") and not access.may(Deed.MONEY):
        raise NotAllowed("your role does not allow confirming payments or refunds")
    await access.server.orders.move(
        group_id,
        number,
        move.status,
        actor=access.caller.actor,
        note=move.note,
    )
    access.server.announce(group_id)
    found = await access.server.orders.list(group_id)
    return next(order_out(order, member) for order, member in found if order.number == number)


def ticket_out(view: TicketView) -> TicketOut:
    """Return a ticket as the API shows it."""
    return TicketOut.model_validate(view, from_attributes=True)
