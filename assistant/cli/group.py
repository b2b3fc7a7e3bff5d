"""``yidan group``: load, list, show, close and export groups."""

import asyncio
import json
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from assistant.cli import gathering
from assistant.cli.opening import AsJson, GroupId, echo_columns, embedding_bar, opened

if TYPE_CHECKING:
    from assistant.groups.service import GroupInfo, Loaded

app = typer.Typer(no_args_is_help=True, rich_markup_mode=None, add_completion=False)


_REASONS = {
    "before_opening": "not open yet",
    "closing_time": "its closing time has passed",
    "order_count": "it has all its orders",
    "by_hand": "closed by hand",
    "moved": "its members were moved to a spare group",
}


@app.command()
def load(
    folders: Annotated[
        list[Path], typer.Argument(help="Folders with group.toml, faq.csv, catalog.csv.", metavar="DIR")
    ],
) -> None:
    """Load groups from their folders. Loading again changes only what is different; orders stay."""
    asyncio.run(_load(folders))


async def _load(paths: list[Path]) -> None:
    from assistant.groups.folder import read_folder

    # All folders are read before the first is loaded: a slip in one stops all.
    folders = [read_folder(path) for path in paths]
    async with opened() as yidan:
        for folder in folders:
            for warning in folder.warnings:
                typer.echo(f"note: {warning}", err=True)
            with embedding_bar(f"Reading {folder.settings.id}") as progress:
                await yidan.library.prepare(folder.settings, folder.knowledge, progress=progress)
            _tell_loaded(await yidan.groups.load(folder))


def _tell_loaded(loaded: "Loaded") -> None:
    if loaded.created:
        done = f"loaded: {len(loaded.entries.added)} entries, {len(loaded.products.added)} products"
    elif not loaded:
        done = "is unchanged"
    else:
        parts = ["settings changed"] if loaded.settings_changed else []
        for name, changes in (("entries", loaded.entries), ("products", loaded.products)):
            counts = [f"{count} {what}" for what, count in changes.counts().items() if count]
            if changes:
                parts.append(f"{name}: {', '.join(counts)}")
        done = "; ".join(["updated", *parts])
    closed = " (closed; it takes no orders)" if loaded.closed else ""
    typer.echo(f"{loaded.group_id} {done}{closed}")


@app.command("list")
def list_groups(as_json: AsJson = False) -> None:
    """List all groups."""
    asyncio.run(_list(as_json))


async def _list(as_json: bool) -> None:
    async with opened() as yidan:
        groups = await yidan.groups.list()
    if as_json:
        typer.echo(json.dumps([_as_json(info) for info in groups], ensure_ascii=False, indent=2))
    elif not groups:
        typer.echo("No groups yet. Load one with: yidan group load DIR")
    else:
        rows = [
            (
                info.id,
                info.state.state.replace("_", " "),
                str(info.counts.entries),
                str(info.counts.products),
                str(info.counts.members),
                str(info.counts.orders),
                _local(info, info.settings.closes_at),
                info.settings.name,
            )
            for info in groups
        ]
        echo_columns(("id", "state", "entries", "products", "members", "orders", "closes", "name"), rows)


@app.command()
def show(group_id: GroupId, as_json: AsJson = False) -> None:
    """Show a group's settings and state."""
    asyncio.run(_show(group_id, as_json))


async def _show(group_id: str, as_json: bool) -> None:
    async with opened() as yidan:
        info = await yidan.groups.show(group_id)
    if as_json:
        typer.echo(json.dumps(_as_json(info), ensure_ascii=False, indent=2))
        return
    for name, text in _lines(info):
        if text:
            typer.echo(f"{name + ':':<12} {text}")


@app.command()
def export(
    group_id: GroupId,
    folder: Annotated[Path, typer.Argument(help="Folder to write; made where there is none.", metavar="DIR")],
) -> None:
    """Write a group as a folder that loads again to the same."""
    asyncio.run(_export(group_id, folder))


async def _export(group_id: str, path: Path) -> None:
    async with opened() as yidan:
        folder = await yidan.groups.export(group_id, path)
    knowledge = folder.knowledge
    typer.echo(f"{group_id} written to {path}: {len(knowledge.entries)} entries, {len(knowledge.products)} products")


def _local(info: "GroupInfo", moment: datetime | None) -> str:
    return "" if moment is None else f"{moment.astimezone(info.settings.zone):%Y-%m-%d %H:%M}"


def _lines(info: "GroupInfo") -> list[tuple[str, str]]:
    settings, counts, payment = info.settings, info.counts, info.settings.payment
    state = info.state.state.replace("_", " ")
    limits = [
        f"one order at most {payment.order_limit} {payment.currency}" if payment.order_limit else "",
        f"deposit {payment.deposit_ratio * 100:.4g}%" if payment.deposit_ratio else "",
        f"pay within {payment.pay_within_minutes} minutes" if payment.pay_within_minutes else "",
    ]
    refund = settings.refund
    join = settings.join
    orders = f"{counts.orders}"
    if settings.close_after_orders:
        orders += f" of {settings.close_after_orders}"
    return [
        ("id", info.id),
        ("name", settings.name),
        ("state", f"{state} ({_REASONS[info.state.reason]})" if info.state.reason else state),
        ("seller", settings.seller),
        ("assistant", settings.assistant_name),
        ("purpose", settings.purpose),
        ("rules", "; ".join(settings.rules)),
        ("opens", _local(info, settings.opens_at)),
        ("closes", _local(info, settings.closes_at)),
        ("language", f"{settings.language}, {settings.timezone}"),
        ("hours", settings.business_hours),
        ("join", f"keyword {join.keyword!r}, asks: {join.question}, waits: {join.approval}" if join else ""),
        ("payment", "; ".join(part for part in (", ".join(payment.methods), *limits) if part)),
        ("refund", f"within {refund.window_days} days, {refund.condition}" if refund else ""),
        ("entries", f"{counts.entries} (knowledge version {info.knowledge_version})"),
        ("products", str(counts.products)),
        ("members", f"{counts.members}" + (f" of {settings.member_limit}" if settings.member_limit else "")),
        ("orders", orders),
    ]


def _as_json(info: "GroupInfo") -> dict[str, Any]:
    return {
        "id": info.id,
        "state": info.state.state,
        "reason": info.state.reason,
        "closed_at": info.closed_at.isoformat() if info.closed_at else None,
        "knowledge_version": info.knowledge_version,
        "entries": info.counts.entries,
        "products": info.counts.products,
        "members": info.counts.members,
        "orders": info.counts.orders,
        "settings": info.settings.model_dump(mode="json"),
    }


from assistant.cli import group_ending  # noqa: E402 - its commands belong to the same tree

for command in (
    group_ending.close,
    group_ending.archive,
    group_ending.erase,
    group_ending.reopen,
    group_ending.move,
):
    app.command()(command)

gathering.register(app)
