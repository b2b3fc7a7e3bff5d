"""``yidan group close | archive | erase | reopen | move``: the end of a group, and what comes after it."""

import asyncio
import json
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from assistant.cli.opening import AsJson, GroupId, opened

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from assistant.closing.view import ClosingView

Moment = Annotated[
    str | None, typer.Option(help="A time such as 2026-06-01T09:00; without an offset in the group's zone.")
]


def close(group_id: GroupId, as_json: AsJson = False) -> None:
    """Close a group: no further orders, members told, everything archived."""
    view, zone = asyncio.run(_close(group_id))
    if as_json:
        typer.echo(json.dumps(view.to_json(), ensure_ascii=False, indent=2))
        return
    typer.echo(f"{group_id} closed at {_local(view.closed_at, zone)}")
    typer.echo(f"Archive: {view.archive}")
    typer.echo(f"Members' personal data are erased after {_local(view.erase_at, zone)}; fetch the archive before.")


async def _close(group_id: str) -> "tuple[ClosingView, ZoneInfo]":
    async with opened() as yidan:
        info = await yidan.groups.show(group_id)
        return await yidan.closing.close(group_id), info.settings.zone


def archive(
    group_id: GroupId,
    file: Annotated[Path, typer.Argument(help="The zip file to write.", metavar="FILE.zip")],
    force: Annotated[bool, typer.Option("--force", help="Overwrite an existing file.")] = False,
) -> None:
    """Write everything about a group to one zip: books, knowledge, messages, tickets, proofs, report."""
    from assistant.errors import UsageError

    if file.suffix.lower() != ".zip":
        raise UsageError(f"{file} must end in .zip")
    if file.exists() and not force:
        raise UsageError(f"{file} exists already; use --force to overwrite it")
    done = asyncio.run(_archive(group_id, file))
    typer.echo(f"{group_id} archived to {file}: {done}")


async def _archive(group_id: str, file: Path) -> str:
    async with opened() as yidan:
        done = await yidan.closing.write_archive(group_id, file)
    shown = ("members", "orders", "messages", "tickets", "pictures")
    return ", ".join(f"{done.counts.get(name, 0)} {name}" for name in shown)


def erase(
    group_id: GroupId,
    yes: Annotated[bool, typer.Option("--yes", help="Erase for good; there is no way back.")] = False,
    as_json: AsJson = False,
) -> None:
    """Erase the personal data of a closed group now, before its retention time is over."""
    from assistant.errors import UsageError

    if not yes:
        raise UsageError(f"this erases all members, messages, orders and proofs of '{group_id}' for good; add --yes")
    view = asyncio.run(_erase(group_id))
    if as_json:
        typer.echo(json.dumps(view.to_json(), ensure_ascii=False, indent=2))
        return
    protocol = view.protocol
    for name, count in sorted(protocol.get("rows", {}).items()):
        typer.echo(f"{name + ':':<20} {count}")
    for name, count in sorted(protocol.get("files", {}).items()):
        typer.echo(f"{name + ':':<20} {count}")
    for path in protocol.get("left", ()):
        typer.echo(f"left for you to decide on, it names members: {path}")
    for key in protocol.get("knowledge_to_check", ()):
        typer.echo(f"please look at this entry, it names a member: {key}")
    typer.echo(f"{group_id}: the personal data are erased")


async def _erase(group_id: str) -> "ClosingView":
    async with opened() as yidan:
        return await yidan.closing.erase(group_id)


def reopen(
    group_id: GroupId,
    new_id: Annotated[str, typer.Argument(help="The new group's id.", metavar="NEW")],
    name: Annotated[str, typer.Option(help="The new group's name; without it the old one's.")] = "",
    opens: Moment = None,
    closes: Moment = None,
) -> None:
    """Open a new group from a copy: knowledge, catalogue and settings, with new dates and no members."""
    asyncio.run(_reopen(group_id, new_id, name, opens, closes))


async def _reopen(group_id: str, new_id: str, name: str, opens: str | None, closes: str | None) -> None:
    from assistant.closing.reopening import NewDates

    async with opened() as yidan:
        done = await yidan.closing.reopen(group_id, new_id, name=name, dates=NewDates(opens, closes))
    typer.echo(f"{done.group_id} opened from {group_id}: {done.entries} entries, {done.products} products")
    if done.dated:
        typer.echo(f"These entries speak of a day; please look at them: {', '.join(done.dated)}")


def move(
    group_id: GroupId,
    spare: Annotated[str, typer.Argument(help="The spare group's id; made as a copy where there is none.")],
) -> None:
    """Move a blocked group's members to a spare group; their orders, numbers and access stay."""
    asyncio.run(_move(group_id, spare))


async def _move(group_id: str, spare: str) -> None:
    async with opened() as yidan:
        done = await yidan.closing.move(group_id, spare)
    made = " (made as a copy)" if done.created else ""
    typer.echo(f"{done.members} members and {done.orders} orders moved to {spare}{made}; {group_id} is closed")
    for before, after in done.renumbered.items():
        typer.echo(f"order {before} is now order {after}; its member was told")


def _local(moment: datetime, zone: "ZoneInfo") -> str:
    return f"{moment.astimezone(zone):%Y-%m-%d %H:%M}"
