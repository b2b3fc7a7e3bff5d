"""Sellers' endpoints for moving orders along and for the books."""

import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Annotated

from fastapi import APIRouter
from fastapi import Path as PathField
from fastapi.responses import Response

from assistant.accounts.permissions import Deed
from assistant.errors import NotAllowed
from assistant.groups.toml import settings_from_json
from assistant.orders.book import order_book
from assistant.orders.commands import Cancel, Command, Complete, Refund, RefuseRefund, RejectClaim, Ship
from assistant.orders.money import NewPayment
from assistant.orders.spreadsheet import write_spreadsheet
from assistant.orders.sweep import promote_waiting
from assistant.web.auth import OfGroup, needs
from assistant.web.schemas import CommandIn, CommandsIn, DoneOut, RestockIn, RestockOut

router = APIRouter(prefix="/api", tags=["sellers"])

EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

_COMMANDS: dict[str, Callable[[CommandIn], Command]] = {
    "confirm": lambda c: NewPayment(c.order, c.amount, c.kind, reference=c.reference, note=c.note),
    "reject": lambda c: RejectClaim(c.order, c.note),
    "ship": lambda c: Ship(c.order, c.parcel, c.days, c.note),
    "complete": lambda c: Complete(c.order, c.note),
    "cancel": lambda c: Cancel(c.order, c.note),
    "refund": lambda c: Refund(c.order, c.amount, c.reference, c.returned, c.note),
    "refuse_refund": lambda c: RefuseRefund(c.order, c.note),
}


_ABOUT_MONEY = frozenset(("confirm", "reject", "refund", "refuse_refund"))


@router.post("/groups/{group_id}/orders/commands")
@needs(Deed.ORDERS)
async def command_orders(access: OfGroup, wanted: CommandsIn) -> list[DoneOut]:
    """Do something with many orders at once; each is reported by itself, and its member is told."""
    assert access.group is not None
    if any(one.do in _ABOUT_MONEY for one in wanted.commands) and not access.may(Deed.MONEY):
        raise NotAllowed("your role does not allow confirming payments or refunds")
    commands = [_COMMANDS[one.do](one) for one in wanted.commands]
    done = await access.server.orders.do_all(access.group.id, commands, by=access.caller.actor)
    access.server.announce(access.group.id)
    return [DoneOut(order=one.number, status=one.order.status if one.order else None, error=one.error) for one in done]


@router.post("/groups/{group_id}/products/{sku}/restock")
@needs(Deed.ORDERS)
async def restock(
    access: OfGroup, sku: Annotated[str, PathField(min_length=1, max_length=40)], more: RestockIn
) -> RestockOut:
    """Add goods that arrived to the stock; who waits for them is served first, in order."""
    assert access.group is not None
    yidan, group_id = access.server.yidan, access.group.id
    stock = await yidan.knowledge.restock(group_id, sku, more.units, by=access.caller.actor)
    served = await promote_waiting(yidan.database, yidan.clock.now(), group_id)
    access.server.announce(group_id)
    return RestockOut(sku=sku, stock=stock, served=served)


@router.get("/groups/{group_id}/orders/books.xlsx", response_class=Response, responses={200: {"content": {EXCEL: {}}}})
@needs(Deed.MEMBERS)
async def books(access: OfGroup) -> Response:
    """Return the group's books as an Excel file."""
    assert access.group is not None
    async with access.server.yidan.database.read() as session:
        orders = await order_book(session, access.group.id)
    with tempfile.TemporaryDirectory(prefix="yidan-books-") as folder:
        path = Path(folder) / "books.xlsx"
        settings = settings_from_json(access.group.settings)
        write_spreadsheet(path, orders, settings.zone, settings.language)
        content = path.read_bytes()
    name = f"attachment; filename={access.group.id}-books.xlsx"
    return Response(content, media_type=EXCEL, headers={"Content-Disposition": name})
