"""``yidan orders``: list and export a group's orders."""

import asyncio
import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from assistant.cli.opening import echo_columns, opened

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from assistant.orders.book import BookOrder

app = typer.Typer(no_args_is_help=True, rich_markup_mode=None, add_completion=False)

GroupId = Annotated[str, typer.Argument(help="The group's id.", metavar="G")]


@app.command("list")
def list_orders(
    group_id: GroupId, as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False
) -> None:
    """List a group's orders by number."""
    orders, zone = asyncio.run(_book(group_id))
    if as_json:
        typer.echo(json.dumps([order.to_json() for order in orders], ensure_ascii=False, indent=2))
    elif not orders:
        typer.echo(f"{group_id} has no orders yet.")
    else:
        header = ("no", "member", "status", "items", "total", "placed")
        echo_columns(header, [_row(order, zone) for order in orders])


@app.command()
def export(
    group_id: GroupId,
    file: Annotated[Path, typer.Argument(help="The Excel file to write.", metavar="FILE.xlsx")],
) -> None:
    """Write a group's orders as an Excel file with the sheets orders and lines."""
    from assistant.errors import UsageError
    from assistant.orders.spreadsheet import write_spreadsheet

    if file.suffix.lower() != ".xlsx":
        raise UsageError(f"{file} must end in .xlsx")
    orders, zone = asyncio.run(_book(group_id))
    write_spreadsheet(file, orders, zone)
    typer.echo(f"{len(orders)} orders of {group_id} written to {file}")


async def _book(group_id: str) -> "tuple[list[BookOrder], ZoneInfo]":
    from assistant.orders.book import order_book

    async with opened() as yidan:
        info = await yidan.groups.show(group_id)
        async with yidan.database.read() as session:
            return await order_book(session, group_id), info.settings.zone


def _row(order: "BookOrder", zone: "ZoneInfo") -> tuple[str, ...]:
    items = ", ".join(f"{line.sku} × {line.quantity}" for line in order.lines)
    placed = f"{order.created_at.astimezone(zone):%Y-%m-%d %H:%M}"
    return (str(order.number), order.member, order.status, items, f"{order.total} {order.currency}", placed)
