"""``yidan regulars``: members who come back and what they usually take; forgetting one on request."""

import asyncio
import json
from typing import TYPE_CHECKING, Annotated

import typer

from assistant.cli.opening import AsJson, GroupId, echo_columns, opened

if TYPE_CHECKING:
    from assistant.regulars.service import RegularView

app = typer.Typer(no_args_is_help=True, rich_markup_mode=None, add_completion=False)


@app.command("list")
def list_regulars(group_id: GroupId, as_json: AsJson = False) -> None:
    """List a group's members who bought of its seller before, in any of the seller's groups."""
    views = asyncio.run(_list(group_id))
    if as_json:
        typer.echo(json.dumps([view.to_json() for view in views], ensure_ascii=False, indent=2))
    elif not views:
        typer.echo(f"{group_id} has no regulars yet.")
    else:
        rows = [(str(view.member_id), view.member, str(view.purchases), _usual(view)) for view in views]
        echo_columns(("no", "member", "purchases", "the usual"), rows)


@app.command()
def forget(
    group_id: GroupId, member: Annotated[int, typer.Argument(help="The member's number in the list.", metavar="NO")]
) -> None:
    """Forget what is known of a member; they are remembered no more until they say so themselves."""
    asyncio.run(_forget(group_id, member))
    typer.echo(f"member {member} is forgotten")


async def _list(group_id: str) -> "list[RegularView]":
    from assistant.regulars.service import RegularDesk

    async with opened() as yidan:
        return await RegularDesk(yidan.database, yidan.clock).list(group_id)


async def _forget(group_id: str, member_id: int) -> None:
    from assistant.regulars.service import RegularDesk

    async with opened() as yidan:
        await RegularDesk(yidan.database, yidan.clock).forget(group_id, member_id)


def _usual(view: "RegularView") -> str:
    if view.opted_out:
        return "(does not want to be remembered)"
    return ", ".join(f"{line.name} x {line.quantity}" for line in view.usual)
