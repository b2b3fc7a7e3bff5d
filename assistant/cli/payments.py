"""``yidan payments``: payment proofs, bills, and methods that are out of order."""

import asyncio
import json
from datetime import datetime
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from assistant.cli.opening import AsJson, GroupId, echo_columns, embedding_bar, opened

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from assistant.delivery.bills import BillDesk, Standing
    from assistant.delivery.bootstrap import Yidan
    from assistant.delivery.claims import Answered, ClaimDesk, ClaimView
    from assistant.orders.service import Done

app = typer.Typer(no_args_is_help=True, rich_markup_mode=None, add_completion=False)

BY = "cli"

ClaimIds = Annotated[list[int] | None, typer.Argument(help="Numbers of claims, as list shows them.", metavar="N...")]


@app.command("list")
def list_claims(
    group_id: GroupId,
    every: Annotated[bool, typer.Option("--all", help="Also those that are confirmed or rejected.")] = False,
    as_json: AsJson = False,
) -> None:
    """List payment proofs with what was read off them and what to look at."""
    claims, zone, home = asyncio.run(_claims(group_id, None if every else "claimed"))
    if as_json:
        typer.echo(json.dumps([claim.to_json() for claim in claims], ensure_ascii=False, indent=2))
    elif not claims:
        typer.echo(f"{group_id} has no payment proofs{'' if every else ' that wait for your word'}.")
    else:
        header = ("no", "member", "order", "status", "came", "amount", "paid", "number")
        echo_columns(header, [_claim_row(claim, zone) for claim in claims])
        for claim in claims:
            for _, words in claim.warnings:
                typer.echo(f"  {claim.id}: {words}")
            if claim.image is not None and claim.warnings:
                typer.echo(f"  {claim.id}: see {home / 'images' / claim.image}")


@app.command()
def confirm(
    group_id: GroupId,
    numbers: ClaimIds = None,
    clean: Annotated[bool, typer.Option("--clean", help="All proofs that agree with the records.")] = False,
    amount: Annotated[str, typer.Option(help="The sum that arrived, where it is not what is due.")] = "",
) -> None:
    """Confirm that the money of these proofs arrived; their orders become paid and their members are told."""
    asyncio.run(_answer(group_id, numbers or [], clean=clean, amount=_amount(amount), note=None))


@app.command()
def reject(
    group_id: GroupId,
    numbers: ClaimIds = None,
    note: Annotated[str, typer.Option(help="Why; the member is told.")] = "",
) -> None:
    """Say that no money came for these proofs; their orders wait for payment again."""
    asyncio.run(_answer(group_id, numbers or [], clean=False, amount=None, note=note))


@app.command("import")
def import_bill(
    group_id: GroupId,
    file: Annotated[Path, typer.Argument(help="The bill that WeChat or Alipay sent, unpacked.", metavar="FILE")],
    confirm_now: Annotated[bool, typer.Option("--confirm", help="Count what is matched at once.")] = False,
    as_json: AsJson = False,
) -> None:
    """Take a bill in and show what it matches. Nothing is counted without --confirm or reconcile --confirm."""
    asyncio.run(_import(group_id, file, confirm_now=confirm_now, as_json=as_json))


@app.command()
def reconcile(
    group_id: GroupId,
    confirm_now: Annotated[bool, typer.Option("--confirm", help="Count what is matched.")] = False,
    order: Annotated[list[int] | None, typer.Option(help="Only this order (may be repeated).")] = None,
    as_json: AsJson = False,
) -> None:
    """Show how the bills taken in so far and the orders stand to each other."""
    asyncio.run(_reconcile(group_id, confirm_now=confirm_now, orders=order or [], as_json=as_json))


@app.command()
def read(
    files: Annotated[list[Path], typer.Argument(help="Screenshots.", metavar="FILE")],
) -> None:
    """Show what is read off screenshots, as JSON; nothing is stored."""
    asyncio.run(_read(files))


@app.command()
def methods(group_id: GroupId) -> None:
    """List a group's ways to pay."""
    asyncio.run(_switch(group_id, None, on=True, tell=False))


@app.command()
def off(
    group_id: GroupId,
    method: Annotated[str, typer.Argument(help="The way to pay, as group.toml names it.", metavar="METHOD")],
    quiet: Annotated[bool, typer.Option("--quiet", help="Do not tell the group.")] = False,
) -> None:
    """Switch a way to pay off: members are told to use the others."""
    asyncio.run(_switch(group_id, method, on=False, tell=not quiet))


@app.command()
def on(
    group_id: GroupId,
    method: Annotated[str, typer.Argument(help="The way to pay, as group.toml names it.", metavar="METHOD")],
    quiet: Annotated[bool, typer.Option("--quiet", help="Do not tell the group.")] = False,
) -> None:
    """Switch a way to pay on again."""
    asyncio.run(_switch(group_id, method, on=True, tell=not quiet))


async def _switch(group_id: str, method: str | None, *, on: bool, tell: bool) -> None:
    from assistant.delivery.methods import MethodDesk

    async with opened() as yidan:
        desk = MethodDesk(yidan.database, yidan.clock)
        if method is None:
            found = await desk.show(group_id)
        else:
            found = await desk.switch(group_id, method, on=on, by=BY, tell=tell)
    for one in found:
        typer.echo(f"{one.name}: {'in use' if one.usable else 'switched off'}")


async def _claims(group_id: str, status: str | None) -> "tuple[list[ClaimView], ZoneInfo, Path]":
    async with opened() as yidan:
        info = await yidan.groups.show(group_id)
        await _read_waiting(yidan, group_id)
        return await _desk(yidan).list(group_id, status), info.settings.zone, yidan.settings.home


async def _read_waiting(yidan: "Yidan", group_id: str) -> None:
    """Read pictures that no server has read yet."""
    with embedding_bar("Reading payment proofs"):
        await yidan.proofs.read_waiting(group_id)


def _desk(yidan: "Yidan") -> "ClaimDesk":
    from assistant.delivery.claims import ClaimDesk
    from assistant.orders.service import OrderService

    return ClaimDesk(yidan.database, yidan.clock, OrderService(yidan.database, yidan.clock))


def _bills(yidan: "Yidan") -> "BillDesk":
    from assistant.delivery.bills import BillDesk
    from assistant.orders.service import OrderService

    return BillDesk(yidan.database, yidan.clock, OrderService(yidan.database, yidan.clock))


async def _answer(group_id: str, numbers: list[int], *, clean: bool, amount: Decimal | None, note: str | None) -> None:
    from assistant.errors import UsageError

    if bool(numbers) == clean:
        raise UsageError("name the proofs by their numbers, or say --clean" if note is None else "name the proofs")
    async with opened() as yidan:
        await yidan.groups.show(group_id)
        await _read_waiting(yidan, group_id)
        desk = _desk(yidan)
        if clean:
            numbers = [claim.id for claim in await desk.list(group_id, "claimed") if claim.clean]
        if note is None:
            answers = await desk.confirm(group_id, numbers, by=BY, amount=amount)
        else:
            answers = await desk.reject(group_id, numbers, by=BY, note=note)
    _tell_answers(group_id, answers, "confirmed" if note is None else "rejected")


def _tell_answers(group_id: str, answers: "list[Answered]", done: str) -> None:
    from assistant.cli.orders import standing

    if not answers:
        typer.echo("No proof agrees with the records in everything; look at: yidan payments list " + group_id)
    for answer in answers:
        if answer.error:
            typer.echo(f"{answer.claim_id}: {answer.error}", err=True)
        elif answer.order is None:
            typer.echo(f"{answer.claim_id}: {done}")
        else:
            typer.echo(f"{answer.claim_id}: {done}; order {answer.order.number} is {standing(answer.order)}")
    if any(answer.error for answer in answers):
        raise typer.Exit(1)


async def _import(group_id: str, file: Path, *, confirm_now: bool, as_json: bool) -> None:
    from assistant.knowledge.tables import read_bytes

    data = read_bytes(file)
    async with opened() as yidan:
        info = await yidan.groups.show(group_id)
        await _read_waiting(yidan, group_id)
        desk = _bills(yidan)
        imported = await desk.take_in(group_id, data, file.name, by=BY)
        if not as_json:
            bill = imported.bill
            typer.echo(f"{file.name}: {bill.app}, {len(bill.lines)} lines, {imported.new} of them new")
        await _show(desk, group_id, imported.standing, info.settings.zone, confirm_now, [], as_json)


async def _reconcile(group_id: str, *, confirm_now: bool, orders: list[int], as_json: bool) -> None:
    async with opened() as yidan:
        info = await yidan.groups.show(group_id)
        await _read_waiting(yidan, group_id)
        desk = _bills(yidan)
        standing = await desk.standing(group_id)
        await _show(desk, group_id, standing, info.settings.zone, confirm_now, orders, as_json)


async def _show(
    desk: "BillDesk",
    group_id: str,
    standing: "Standing",
    zone: "ZoneInfo",
    confirm_now: bool,
    orders: list[int],
    as_json: bool,
) -> None:
    done = await desk.confirm(group_id, by=BY, orders=orders) if confirm_now else []
    if as_json:
        told = [{"order": one.number, "error": one.error or None} for one in done]
        typer.echo(json.dumps({**standing.to_json(), "confirmed": told}, ensure_ascii=False, indent=2))
    else:
        _tell_standing(standing, zone, group_id, done, confirm_now=confirm_now)
    if any(one.error for one in done):
        raise typer.Exit(1)


def _tell_standing(
    standing: "Standing", zone: "ZoneInfo", group_id: str, done: "list[Done]", *, confirm_now: bool
) -> None:
    data = standing.to_json()
    errors = {one.number: one.error for one in done if one.error}
    if matched := data["matched"]:
        typer.echo(f"Matched, {'now counted' if confirm_now else 'to be confirmed'}:")
        rows = [
            (str(one["order"]), one["member"], *_line_cells(one, zone), errors.get(one["order"]) or one["why"])
            for one in matched
        ]
        echo_columns(("order", "member", "amount", "came", "from", "number", "because of"), rows)
    if left := data["lines_left"]:
        typer.echo("On the bill, without an order:")
        lines = [(*_line_cells(one, zone), _left_words(one)) for one in left]
        echo_columns(("amount", "came", "from", "number", ""), lines)
    if waiting := data["orders_left"]:
        typer.echo("Orders that no line of the bills pays:")
        orders = [(str(one["order"]), one["member"], one["status"].replace("_", " "), one["due"]) for one in waiting]
        echo_columns(("order", "member", "status", "due"), orders)
    for key, words in (("counted", "counted before"), ("returned", "came and went back"), ("outgoing", "went out")):
        if data[key]:
            typer.echo(f"{len(data[key])} lines {words}: {sum(Decimal(one['amount']) for one in data[key])}")
    if matched and not confirm_now:
        typer.echo(f"Confirm with: yidan payments reconcile {group_id} --confirm")


def _line_cells(line: dict[str, Any], zone: "ZoneInfo") -> tuple[str, str, str, str]:
    came = datetime.fromisoformat(line["at"]).astimezone(zone)
    return line["amount"], f"{came:%Y-%m-%d %H:%M}", line["from"], line["reference"]


def _left_words(line: dict[str, Any]) -> str:
    orders = ", ".join(str(number) for number in line["orders"])
    return {
        "no_order": "no order of this sum",
        "several_orders": f"fits orders {orders} alike",
        "other_amount": f"order {orders} is of another sum",
    }[str(line["why"])]


async def _read(files: list[Path]) -> None:
    from assistant.errors import NotFound
    from assistant.payments.ocr import OcrProcess
    from assistant.payments.proof import read_proof

    reader = OcrProcess()
    try:
        for file in files:
            if not file.is_file():
                raise NotFound(f"there is no {file}")
            text = await reader.read(file)
            typer.echo(json.dumps({"file": str(file), **read_proof(text.lines).to_json()}, ensure_ascii=False))
    finally:
        await reader.close()


def _claim_row(claim: "ClaimView", zone: "ZoneInfo") -> tuple[str, ...]:
    came = f"{claim.at.astimezone(zone):%m-%d %H:%M}"
    order = "" if claim.order is None else str(claim.order)
    proof = claim.proof
    if proof is None or not proof.readable:
        words = "to be read" if claim.waiting else "unreadable" if proof is not None else claim.text[:20]
        return (str(claim.id), claim.member, order, claim.status, came, words, "", "")
    paid = f"{proof.time:%Y-%m-%d %H:%M}" if proof.time else ""
    return (str(claim.id), claim.member, order, claim.status, came, str(proof.amount), paid, proof.reference or "")


def _amount(text: str) -> Decimal | None:
    from assistant.errors import UsageError

    try:
        return Decimal(text) if text else None
    except InvalidOperation:
        raise UsageError(f"'{text}' is no amount; write it like 396.00") from None
