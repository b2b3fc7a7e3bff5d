"""``yidan conduct``: the warnings members had, with their evidence; taking one back."""

import asyncio
import json
from typing import TYPE_CHECKING, Annotated

import typer

from assistant.cli.opening import AsJson, GroupId, echo_columns, opened

if TYPE_CHECKING:
    from assistant.moderation.service import StrikeView

app = typer.Typer(no_args_is_help=True, rich_markup_mode=None, add_completion=False)


@app.command("list")
def list_warnings(group_id: GroupId, as_json: AsJson = False) -> None:
    """List a group's warnings with what was written."""
    views = asyncio.run(_list(group_id))
    if as_json:
        typer.echo(json.dumps([view.to_json() for view in views], ensure_ascii=False, indent=2))
    elif not views:
        typer.echo(f"{group_id} has no warnings.")
    else:
        rows = [(str(v.id), v.member, v.reason, "taken back" if v.lifted_at else "stands", v.text[:60]) for v in views]
        echo_columns(("no", "member", "reason", "state", "message"), rows)


@app.command()
def lift(group_id: GroupId, number: Annotated[int, typer.Argument(help="The warning's number.", metavar="NO")]) -> None:
    """Take a warning back: it counts no more, and a member removed for it may come back."""
    view = asyncio.run(_lift(group_id, number))
    typer.echo(f"warning {view.id} of {view.member} was taken back; they were told")


async def _list(group_id: str) -> "list[StrikeView]":
    from assistant.moderation.service import ConductDesk

    async with opened() as yidan:
        return await ConductDesk(yidan.database, yidan.clock).list(group_id)


async def _lift(group_id: str, number: int) -> "StrikeView":
    from assistant.moderation.service import ConductDesk

    async with opened() as yidan:
        return await ConductDesk(yidan.database, yidan.clock).lift(group_id, number)
