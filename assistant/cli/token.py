"""``yidan token``: who may call the server."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from dataclasses import asdict
from typing import TYPE_CHECKING, TypeVar

import typer

from assistant.errors import UsageError

if TYPE_CHECKING:
    from assistant.delivery.access import Access

app = typer.Typer(
    no_args_is_help=True, rich_markup_mode=None, add_completion=False, help="Create, list and revoke access tokens."
)

Result = TypeVar("Result")


def _with_access(work: "Callable[[Access], Awaitable[Result]]") -> Result:
    from assistant.clock import SystemClock
    from assistant.db import Database
    from assistant.delivery.access import Access
    from assistant.migrations import upgrade
    from assistant.settings import load_settings

    async def run() -> Result:
        database = Database(load_settings().database())
        try:
            await upgrade(database)
            return await work(Access(database, SystemClock()))
        finally:
            await database.close()

    return asyncio.run(run())


@app.command()
def create(
    seller: str = typer.Option("", help="For this seller's groups only; without it, for all groups."),
    group: str = typer.Option("", help="With --join: the group that may be joined."),
    join: bool = typer.Option(False, "--join", help="A token with which people join --group."),
    role: str = typer.Option("owner", help="What a seller's token may do: owner, helper or evaluator."),
    label: str = typer.Option("", help="A note to yourself; shown as who did it."),
    days: int = typer.Option(0, min=0, help="Expires after this many days; 0 means never."),
    as_json: bool = typer.Option(False, "--json", help="Print one JSON object."),
) -> None:
    """Create a token. It is shown once; only its hash is kept."""
    if join != bool(group) or (join and seller):
        raise UsageError("a join token needs --group G --join; a seller's token takes neither")

    async def work(access: "Access") -> str:
        if join:
            return await access.create_join(group, label=label, days=days or None)
        return await access.create_seller(seller, label=label, days=days or None, role=role)

    token = _with_access(work)
    if as_json:
        kind = "join" if join else "seller"
        typer.echo(json.dumps({"token": token, "kind": kind, "group": group or None, "seller": seller or None}))
        return
    typer.echo(token)
    whom = f"joining '{group}'" if join else f"{f'the groups of {seller}' if seller else 'all groups'}, as {role}"
    typer.echo(f"Keep it safe, it is not shown again. It opens: {whom}.", err=True)


@app.command("list")
def list_tokens(as_json: bool = typer.Option(False, "--json", help="Print one JSON list.")) -> None:
    """List sellers' and join tokens, newest first."""
    tokens = _with_access(lambda access: access.list())
    if as_json:
        typer.echo(json.dumps([asdict(token) for token in tokens], default=str, ensure_ascii=False))
        return
    if not tokens:
        typer.echo("No token yet. Create one with: yidan token create")
    for token in tokens:
        what = f"join {token.group_id}" if token.kind == "join" else f"{token.role} {token.seller or '(all groups)'}"
        state = "revoked" if token.revoked_at else f"until {token.expires_at:%Y-%m-%d}" if token.expires_at else "valid"
        typer.echo(f"{token.id:>5}  {what:<30} {state:<17} {token.created_at:%Y-%m-%d %H:%M}  {token.label}")


@app.command()
def revoke(token_id: int = typer.Argument(..., metavar="ID", help="The id in `yidan token list`.")) -> None:
    """Make a token worthless from now on."""
    _with_access(lambda access: access.revoke(token_id))
    typer.echo(f"Token {token_id} is revoked.")
