"""``yidan announce``: tell a group something, now or by the clock."""

import asyncio
import json
from dataclasses import asdict
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer

from assistant.cli.opening import AsJson, GroupId, echo_columns, opened

if TYPE_CHECKING:
    from collections.abc import Coroutine
    from zoneinfo import ZoneInfo

    from assistant.delivery.announcer import AnnouncementView, Announcer, NewAnnouncement

app = typer.Typer(no_args_is_help=True, rich_markup_mode=None, add_completion=False)

Number = Annotated[int, typer.Argument(help="The announcement's number.", metavar="N")]
Kind = Annotated[
    str,
    typer.Option(
        help="text, todays_list, days_summary, closing_soon, invitation_renewed or statement.", metavar="KIND"
    ),
]
When = Annotated[
    str,
    typer.Option(
        help="now, or 'at 2026-05-20 09:00', 'daily 09:00', 'weekly mon,thu 20:30', 'cron 0 9 * * 1-5',"
        " 'before_close 2h'; in the group's zone.",
        metavar="WHEN",
    ),
]


@app.command()
def add(
    group_id: GroupId,
    text: Annotated[str, typer.Argument(help="Your words; templates can do without.", metavar="TEXT")] = "",
    kind: Kind = "text",
    when: When = "now",
    label: Annotated[str, typer.Option(help="What stands before it in brackets.")] = "",
    important: Annotated[
        bool, typer.Option("--important", help="Mark it as important and say it again twice.")
    ] = False,
    repeats: Annotated[int, typer.Option(help="Say it again so many times; -1 leaves it to --important.")] = -1,
    every: Annotated[int, typer.Option(help="Minutes between repetitions.")] = 240,
    rumour: Annotated[
        str, typer.Option(help="With a statement: the rumour it answers; who asks gets its words.", metavar="TEXT")
    ] = "",
    asked_as: Annotated[
        list[str] | None, typer.Option(help="Another way members put the rumour; may be given again.", metavar="TEXT")
    ] = None,
    loud: Annotated[bool, typer.Option("--loud", help="Also in the group's quiet hours.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only show what would be said and when.")] = False,
) -> None:
    """Announce something now, or plan it."""
    from assistant.delivery.announcer import NewAnnouncement

    new = NewAnnouncement(
        kind=kind,  # type: ignore[arg-type]  # checked where it is used, with a message
        text=text,
        when=when,
        label=label,
        important=important,
        repeats=None if repeats < 0 else repeats,
        repeat_minutes=every,
        quiet=not loud,
        rumour=rumour,
        asked_as=tuple(asked_as or ()),
    )
    asyncio.run(_preview_new(group_id, new) if dry_run else _add(group_id, new))


async def _add(group_id: str, new: "NewAnnouncement") -> None:
    async with opened() as yidan:
        zone = (await yidan.groups.show(group_id)).settings.zone
        added = await yidan.announcer.add(group_id, new, by="cli")
        _tell_planned(added, zone)


def _tell_planned(added: "AnnouncementView", zone: "ZoneInfo") -> None:
    if added.state == "done" or added.next_at is None:
        typer.echo(f"announcement {added.id} is on its way")
    else:
        typer.echo(
            f"announcement {added.id} ({added.kind}, {added.schedule}) comes next at {_local(added.next_at, zone)}"
        )


async def _preview_new(group_id: str, new: "NewAnnouncement") -> None:
    async with opened() as yidan:
        zone = (await yidan.groups.show(group_id)).settings.zone
        preview = await yidan.announcer.preview_new(group_id, new)
    _tell_preview(preview.text, preview.at, preview.put_off, zone)


@app.command()
def usual(group_id: GroupId) -> None:
    """Plan what most groups tell: the list at 09:00, the day's summary at 20:00, closing soon."""

    async def plan() -> None:
        async with opened() as yidan:
            zone = (await yidan.groups.show(group_id)).settings.zone
            added = await yidan.announcer.add_usual(group_id, by="cli")
            for one in added:
                _tell_planned(one, zone)
            if not added:
                typer.echo("Nothing to do.")

    asyncio.run(plan())


@app.command("list")
def list_announcements(group_id: GroupId, as_json: AsJson = False) -> None:
    """List a group's announcements with when they come next."""

    async def show() -> None:
        async with opened() as yidan:
            zone = (await yidan.groups.show(group_id)).settings.zone
            found = await yidan.announcer.planned(group_id)
        if as_json:
            typer.echo(json.dumps([_as_json(one) for one in found], ensure_ascii=False, indent=2))
        elif not found:
            typer.echo(
                f"{group_id} has no announcements yet. Plan the usual ones with: yidan announce usual {group_id}"
            )
        else:
            rows = [
                (str(one.id), one.state, one.kind, one.schedule, _local(one.next_at, zone), one.text.split("\n")[0])
                for one in found
            ]
            echo_columns(("no", "state", "kind", "when", "next", "text"), rows)

    asyncio.run(show())


@app.command()
def preview(group_id: GroupId, number: Number) -> None:
    """Show what an announcement would say now, and when it comes next."""

    async def show() -> None:
        async with opened() as yidan:
            zone = (await yidan.groups.show(group_id)).settings.zone
            seen = await yidan.announcer.preview(group_id, number)
        _tell_preview(seen.text, seen.at, seen.put_off, zone)

    asyncio.run(show())


@app.command()
def pause(group_id: GroupId, number: Number) -> None:
    """Hold an announcement back until it is resumed."""
    _move(group_id, lambda announcer: announcer.pause(group_id, number, by="cli"))


@app.command()
def resume(group_id: GroupId, number: Number) -> None:
    """Let a paused announcement come again."""
    _move(group_id, lambda announcer: announcer.resume(group_id, number, by="cli"))


@app.command()
def cancel(group_id: GroupId, number: Number) -> None:
    """Take an announcement off the plan."""
    _move(group_id, lambda announcer: announcer.cancel(group_id, number, by="cli"))


@app.command()
def log(group_id: GroupId, as_json: AsJson = False) -> None:
    """Show what became of announcements: sent, missed, merged into a later one, or nothing to say."""

    async def show() -> None:
        async with opened() as yidan:
            zone = (await yidan.groups.show(group_id)).settings.zone
            found = await yidan.announcer.log(group_id)
        if as_json:
            typer.echo(json.dumps([_as_json(one) for one in found], ensure_ascii=False, indent=2))
        else:
            rows = [(str(one.announcement_id), one.kind, _local(one.due_at, zone), one.state) for one in found]
            echo_columns(("no", "kind", "due", "state"), rows)

    asyncio.run(show())


def _move(group_id: str, move: Any) -> None:
    async def run() -> None:
        async with opened() as yidan:
            announcer: Announcer = yidan.announcer
            moving: Coroutine[Any, Any, AnnouncementView] = move(announcer)
            moved = await moving
        typer.echo(f"announcement {moved.id} of {group_id} is {moved.state}")

    asyncio.run(run())


def _tell_preview(text: str, at: datetime | None, put_off: bool, zone: "ZoneInfo") -> None:
    when = _local(at, zone) or "not planned any more"
    typer.echo(f"-- {when}{' (after the quiet hours)' if put_off else ''}")
    typer.echo(text or "(there would be nothing to say, so it is left out)")


def _local(moment: datetime | None, zone: "ZoneInfo") -> str:
    return "" if moment is None else f"{moment.astimezone(zone):%Y-%m-%d %H:%M}"


def _as_json(view: Any) -> dict[str, Any]:
    return {name: value.isoformat() if isinstance(value, datetime) else value for name, value in asdict(view).items()}
