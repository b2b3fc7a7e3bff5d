"""``yidan poll``: ask the group, see the votes, close a poll."""

import asyncio
import json
from typing import TYPE_CHECKING, Annotated

import typer

from assistant.cli.opening import AsJson, GroupId, opened

if TYPE_CHECKING:
    from assistant.polls.repository import PollView

app = typer.Typer(no_args_is_help=True, rich_markup_mode=None, add_completion=False)


@app.command("open")
def open_poll(
    group_id: GroupId,
    question: Annotated[str, typer.Argument(help="What the members are asked.")],
    options: Annotated[list[str], typer.Argument(help="Two to ten answers.", metavar="OPTION...")],
    hours: Annotated[float, typer.Option(help="How long it takes votes.")] = 24,
    tell_group: Annotated[bool, typer.Option("--tell-group", help="Tell the group the result, too.")] = False,
) -> None:
    """Ask the group; members vote by number, one vote each."""
    view = asyncio.run(_open(group_id, question, options, hours, tell_group))
    typer.echo(f"poll {view.id} is open: {view.question}")


@app.command("list")
def list_polls(group_id: GroupId, as_json: AsJson = False) -> None:
    """List a group's polls with their votes."""
    views = asyncio.run(_list(group_id))
    if as_json:
        typer.echo(json.dumps([view.to_json() for view in views], ensure_ascii=False, indent=2))
        return
    for view in views:
        _show(view)
    if not views:
        typer.echo(f"{group_id} has no polls.")


@app.command()
def close(group_id: GroupId, number: Annotated[int, typer.Argument(help="The poll's number.", metavar="NO")]) -> None:
    """Close a poll before its time."""
    _show(asyncio.run(_close(group_id, number)))


def _show(view: "PollView") -> None:
    typer.echo(f"{view.id}. {view.question}{'' if view.closed_at else ' (open)'}")
    for option, votes in zip(view.options, view.votes, strict=True):
        typer.echo(f"   {votes:>4}  {option}")


async def _open(group_id: str, question: str, options: list[str], hours: float, tell_group: bool) -> "PollView":
    from assistant.polls.service import PollDesk

    async with opened() as yidan:
        desk = PollDesk(yidan.database, yidan.clock)
        return await desk.open(group_id, question, options, hours=hours, tell_group_result=tell_group)


async def _list(group_id: str) -> "list[PollView]":
    from assistant.polls.service import PollDesk

    async with opened() as yidan:
        return await PollDesk(yidan.database, yidan.clock).list(group_id)


async def _close(group_id: str, number: int) -> "PollView":
    from assistant.polls.service import PollDesk

    async with opened() as yidan:
        return await PollDesk(yidan.database, yidan.clock).close(group_id, number)
