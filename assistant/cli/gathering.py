"""The commands of ``yidan group`` about who comes in: notice, invitations, poster, requests, members."""

import asyncio
import json
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from assistant.cli.opening import AsJson, GroupId, echo_columns, opened

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from assistant.delivery.bootstrap import Yidan
    from assistant.delivery.joining import Joining

RequestId = Annotated[int, typer.Argument(help="The request's number.", metavar="N")]


def register(app: typer.Typer) -> None:
    """Add the commands to ``yidan group``."""
    for command in (notice, invite, invitations, poster, joins, approve, refuse, members):
        app.command()(command)


def notice(group_id: GroupId) -> None:
    """Draft the opening notice from the settings."""

    async def draft() -> None:
        from assistant.groups.notice import notice_draft

        async with opened() as yidan:
            info = await yidan.groups.show(group_id)
            typer.echo(notice_draft(info.settings, yidan.clock.now()))

    asyncio.run(draft())


def invite(
    group_id: GroupId,
    days: Annotated[int, typer.Option(help="How long it lives.")] = 7,
    link: Annotated[str, typer.Option(help="What the platform's own QR code of the group says.")] = "",
    spare: Annotated[bool, typer.Option("--spare", help="Keep it for when the current one dies.")] = False,
) -> None:
    """Issue an invitation; the one before stays good until its own end."""

    async def issue() -> None:
        async with opened() as yidan:
            zone = (await yidan.groups.show(group_id)).settings.zone
            issued = await yidan.invitations.issue(group_id, by="cli", days=days, link=link, spare=spare)
        until = _local(issued.expires_at, zone) or f"{days} days from its first use on"
        typer.echo(f"invitation {issued.id} ({issued.state}), code {issued.code}, valid until {until}")

    asyncio.run(issue())


def invitations(group_id: GroupId, as_json: AsJson = False) -> None:
    """List a group's invitations."""

    async def show() -> None:
        async with opened() as yidan:
            zone = (await yidan.groups.show(group_id)).settings.zone
            found = await yidan.invitations.of_group(group_id)
        if as_json:
            return _echo_json(found)
        rows = [(str(i.id), i.state, i.code, _local(i.issued_at, zone), _local(i.expires_at, zone)) for i in found]
        echo_columns(("no", "state", "code", "issued", "until"), rows)

    asyncio.run(show())


def poster(
    group_id: GroupId,
    file: Annotated[Path, typer.Argument(help="The poster to write: .png, .svg or .html.", metavar="FILE")],
) -> None:
    """Write the group's poster: QR code, three steps, day of issue, watermark."""

    async def draw() -> None:
        from assistant.delivery.posters import poster_of
        from assistant.errors import UsageError
        from assistant.invitations.poster import draw_html, draw_png, draw_svg
        from assistant.knowledge.files import write_file

        form = file.suffix.lower()
        if form not in (".png", ".svg", ".html"):
            raise UsageError(f"{file} must end in .png, .svg or .html")
        async with opened() as yidan:
            settings = (await yidan.groups.show(group_id)).settings
            invitation = await yidan.invitations.current(group_id, by="cli")
            drawn = poster_of(settings, invitation, yidan.settings.public_url)
            font = yidan.settings.font()
        if form == ".png":
            content = draw_png(drawn, font)
        else:
            content = (draw_svg(drawn) if form == ".svg" else draw_html(drawn)).encode()
        write_file(file, content)
        typer.echo(
            f"poster of {group_id} written to {file}; valid until {_local(invitation.expires_at, settings.zone)}"
        )

    asyncio.run(draw())


def joins(
    group_id: GroupId,
    everything: Annotated[bool, typer.Option("--all", help="Also those that were decided.")] = False,
    as_json: AsJson = False,
) -> None:
    """List the requests to join that wait for you, with what is odd about them."""

    async def show() -> None:
        async with opened() as yidan:
            zone = (await yidan.groups.show(group_id)).settings.zone
            found = await _joining(yidan).requests(group_id, None if everything else "pending")
        if as_json:
            return _echo_json(found)
        if not found:
            typer.echo("Nobody waits.")
            return
        rows = [(str(r.id), r.state, r.nickname, r.source, ", ".join(r.flags), _local(r.asked_at, zone)) for r in found]
        echo_columns(("no", "state", "nickname", "source", "odd", "asked"), rows)

    asyncio.run(show())


def approve(group_id: GroupId, number: RequestId) -> None:
    """Let somebody in who asked to join."""

    async def decide() -> None:
        async with opened() as yidan:
            decided = await _joining(yidan).approve(group_id, number, by="cli")
        typer.echo(f"{decided.nickname} is in {group_id} now")

    asyncio.run(decide())


def refuse(
    group_id: GroupId,
    number: RequestId,
    note: Annotated[str, typer.Option(help="A word to them.")] = "",
) -> None:
    """Turn somebody away who asked to join."""

    async def decide() -> None:
        async with opened() as yidan:
            decided = await _joining(yidan).refuse(group_id, number, by="cli", note=note)
        typer.echo(f"{decided.nickname} was turned away")

    asyncio.run(decide())


def members(group_id: GroupId, as_json: AsJson = False) -> None:
    """List who is in a group and where they heard of it."""

    async def show() -> None:
        from assistant.delivery.access import Access
        from assistant.delivery.directory import Directory

        async with opened() as yidan:
            zone = (await yidan.groups.show(group_id)).settings.zone
            access = Access(yidan.database, yidan.clock)
            found = await Directory(yidan.database, yidan.clock, access).members(group_id)
        if as_json:
            return _echo_json(found)
        if not found:
            return typer.echo(f"{group_id} has no members yet.")
        rows = [
            (str(m.id), m.nickname, m.role if m.removed_at is None else "removed", m.source, _local(m.joined_at, zone))
            for m in found
        ]
        echo_columns(("no", "nickname", "role", "source", "joined"), rows)

    asyncio.run(show())


def _joining(yidan: "Yidan") -> "Joining":
    from assistant.delivery.access import Access
    from assistant.delivery.joining import Joining

    return Joining(yidan.database, yidan.clock, Access(yidan.database, yidan.clock))


def _echo_json(found: Any) -> None:
    rows = [
        {name: value.isoformat() if isinstance(value, datetime) else value for name, value in asdict(one).items()}
        for one in found
    ]
    typer.echo(json.dumps(rows, ensure_ascii=False, indent=2))


def _local(moment: datetime | None, zone: "ZoneInfo") -> str:
    return "" if moment is None else f"{moment.astimezone(zone):%Y-%m-%d %H:%M}"
