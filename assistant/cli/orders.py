"""``yidan orders``: a group's orders listed, exported and moved along."""

import asyncio
import json
from collections.abc import Sequence
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from assistant.cli.opening import AsJson, GroupId, echo_columns, opened

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from assistant.groups.settings import GroupSettings
    from assistant.orders.book import BookOrder
    from assistant.orders.commands import Command
    from assistant.orders.ledger import OrderView
    from assistant.orders.service import Done

app = typer.Typer(no_args_is_help=True, rich_markup_mode=None, add_completion=False)

Numbers = Annotated[list[int], typer.Argument(help="Order numbers.", metavar="NUMBER...", min=1)]
Note = Annotated[str, typer.Option(help="A word to the member.", metavar="TEXT")]
Amount = Annotated[str | None, typer.Option(help="The sum, for example 396.00.", metavar="SUM")]
Reference = Annotated[str, typer.Option(help="The payment service's number of the transfer.", metavar="TEXT")]

BY = "cli"
"""Who the books say it was."""


@app.command("list")
def list_orders(group_id: GroupId, as_json: AsJson = False) -> None:
    """List a group's orders by number."""
    orders, settings = asyncio.run(_book(group_id))
    if as_json:
        typer.echo(json.dumps([order.to_json() for order in orders], ensure_ascii=False, indent=2))
    elif not orders:
        typer.echo(f"{group_id} has no orders yet.")
    else:
        header = ("no", "member", "status", "items", "total", "paid", "placed")
        echo_columns(header, [_row(order, settings.zone) for order in orders])


@app.command()
def export(
    group_id: GroupId,
    file: Annotated[Path, typer.Argument(help="The Excel file to write.", metavar="FILE.xlsx")],
) -> None:
    """Write the books as an Excel file: orders, lines, payments, refunds, pre-orders, pick list, days."""
    from assistant.errors import UsageError
    from assistant.orders.spreadsheet import write_spreadsheet

    if file.suffix.lower() != ".xlsx":
        raise UsageError(f"{file} must end in .xlsx")
    orders, settings = asyncio.run(_book(group_id))
    write_spreadsheet(file, orders, settings.zone, settings.language)
    typer.echo(f"{len(orders)} orders of {group_id} written to {file}")


@app.command()
def confirm(
    group_id: GroupId,
    numbers: Numbers,
    amount: Amount = None,
    balance: Annotated[bool, typer.Option("--balance", help="It is the balance, before it is due.")] = False,
    reference: Reference = "",
    note: Note = "",
) -> None:
    """Confirm that the payment of orders has come in: what is due now, or the sum you give."""
    from assistant.errors import UsageError
    from assistant.orders.money import NewPayment, PaymentKind

    if len(numbers) > 1 and (amount or reference):
        raise UsageError("a sum or a transfer's number belongs to one order; confirm it alone")
    kind: PaymentKind | None = "balance" if balance else None
    sum_ = _amount(amount)
    _do_all(group_id, [NewPayment(n, sum_, kind, reference=reference, note=note) for n in numbers])


@app.command()
def reject(group_id: GroupId, numbers: Numbers, note: Note = "") -> None:
    """Say that no payment was found for orders whose members sent a proof; they wait for it again."""
    from assistant.orders.commands import RejectClaim

    _do_all(group_id, [RejectClaim(number, note) for number in numbers])


@app.command()
def ship(
    group_id: GroupId,
    orders: Annotated[
        list[str],
        typer.Argument(help="Order numbers, each with its parcel if it has its own.", metavar="NUMBER[=PARCEL]..."),
    ],
    parcel: Annotated[str, typer.Option(help="Carrier and number of the parcel.", metavar="TEXT")] = "",
    days: Annotated[int | None, typer.Option(help="Days it will take.", min=0)] = None,
    note: Note = "",
) -> None:
    """Send orders off; each member hears what, which parcel, and how many days: ship tea 3=SF1001 4=SF1002."""
    from assistant.orders.commands import Ship

    sent = [_number_and_parcel(order) for order in orders]
    _do_all(group_id, [Ship(number, own or parcel, days, note) for number, own in sent])


@app.command()
def complete(group_id: GroupId, numbers: Numbers, note: Note = "") -> None:
    """Close orders that are with their members and paid in full."""
    from assistant.orders.commands import Complete

    _do_all(group_id, [Complete(number, note) for number in numbers])


@app.command()
def cancel(group_id: GroupId, numbers: Numbers, note: Note = "") -> None:
    """Cancel orders that nothing was paid for."""
    from assistant.orders.commands import Cancel

    _do_all(group_id, [Cancel(number, note) for number in numbers])


@app.command()
def refund(
    group_id: GroupId,
    numbers: Numbers,
    amount: Amount = None,
    returned: Annotated[bool, typer.Option("--returned", help="The goods came back and can be sold again.")] = False,
    reference: Reference = "",
    note: Note = "",
) -> None:
    """Note that money went back: all that was paid, which ends the order, or the sum you give."""
    from assistant.errors import UsageError
    from assistant.orders.commands import Refund

    if len(numbers) > 1 and (amount or reference):
        raise UsageError("a sum or a transfer's number belongs to one order; refund it alone")
    sum_ = _amount(amount)
    _do_all(group_id, [Refund(n, sum_, reference, returned, note) for n in numbers])


@app.command("refuse-refund")
def refuse_refund(group_id: GroupId, numbers: Numbers, note: Note = "") -> None:
    """Say no to refunds that members asked for; their orders are again what they were."""
    from assistant.orders.commands import RefuseRefund

    _do_all(group_id, [RefuseRefund(number, note) for number in numbers])


@app.command()
def restock(
    group_id: GroupId,
    sku: Annotated[str, typer.Argument(help="The product's number.", metavar="SKU")],
    units: Annotated[int, typer.Argument(help="How many arrived.", metavar="UNITS", min=1)],
) -> None:
    """Add goods that arrived to the stock; who waits for them is served first, in order."""
    stock, served = asyncio.run(_restock(group_id, sku, units))
    typer.echo(f"{sku} is not counted, there is no stock to add to" if stock is None else f"{sku}: stock {stock}")
    if served:
        typer.echo(f"{served} pre-orders can be paid now; their members are told")


async def _restock(group_id: str, sku: str, units: int) -> tuple[int | None, int]:
    from assistant.orders.sweep import promote_waiting

    async with opened() as yidan:
        stock = await yidan.knowledge.restock(group_id, sku, units, by=BY)
        return stock, await promote_waiting(yidan.database, yidan.clock.now(), group_id)


def _do_all(group_id: str, commands: "Sequence[Command]") -> None:
    done = asyncio.run(_carry_out(group_id, commands))
    for one in done:
        if one.order is not None:
            typer.echo(f"order {one.number}: {standing(one.order)}")
        else:
            typer.echo(f"order {one.number}: left as it was: {one.error}", err=True)
    if any(one.error for one in done):
        raise typer.Exit(1)


def standing(order: "OrderView") -> str:
    """Return how an order stands, in plain words."""
    if order.part_paid:
        return f"paid in part, {order.held} is here and {order.due} is still to come"
    given_back = f", {order.refunded} given back" if order.refunded and order.status != "refunded" else ""
    return order.status.replace("_", " ") + given_back


async def _carry_out(group_id: str, commands: "Sequence[Command]") -> "list[Done]":
    from assistant.orders.service import OrderService

    async with opened() as yidan:
        await yidan.groups.show(group_id)
        return await OrderService(yidan.database, yidan.clock).do_all(group_id, commands, by=BY)


async def _book(group_id: str) -> "tuple[list[BookOrder], GroupSettings]":
    from assistant.orders.book import order_book

    async with opened() as yidan:
        info = await yidan.groups.show(group_id)
        async with yidan.database.read() as session:
            return await order_book(session, group_id), info.settings


def _amount(text: str | None) -> Decimal | None:
    from assistant.errors import UsageError

    try:
        return None if text is None else Decimal(text)
    except InvalidOperation:
        raise UsageError(f"'{text}' is no sum; write it like 396.00") from None


def _number_and_parcel(text: str) -> tuple[int, str]:
    from assistant.errors import UsageError

    number, _, parcel = text.partition("=")
    if not (number.isascii() and number.isdigit()):
        raise UsageError(f"'{text}' is no order; write its number, or number=parcel like 3=SF1001")
    return int(number), parcel.strip()


def _row(order: "BookOrder", zone: "ZoneInfo") -> tuple[str, ...]:
    items = ", ".join(f"{line.sku} × {line.quantity}" for line in order.lines)
    placed = f"{order.created_at.astimezone(zone):%Y-%m-%d %H:%M}"
    total = f"{order.total} {order.currency}"
    status = "paid in part" if order.part_paid else order.status.replace("_", " ")
    return (str(order.number), order.member, status, items, total, str(order.paid), placed)
