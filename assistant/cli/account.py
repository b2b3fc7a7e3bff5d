"""``yidan account``: who may sign in to the console."""

import asyncio
import json
import sys
from collections.abc import Awaitable, Callable
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer

from assistant.cli.opening import AsJson, echo_columns
from assistant.errors import UsageError

if TYPE_CHECKING:
    from assistant.accounts.service import AccountService

app = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode=None,
    add_completion=False,
    help="Create, list and change the accounts of people who sign in.",
)

Result = TypeVar("Result")

Login = Annotated[str, typer.Argument(help="The name they sign in with.", metavar="LOGIN")]
FromStdin = Annotated[
    bool, typer.Option("--password-stdin", help="Read the password from the standard input instead of asking for it.")
]

ACTOR = "cli"


def _with_accounts(work: "Callable[[AccountService], Awaitable[Result]]") -> Result:
    from assistant.accounts.service import AccountService
    from assistant.clock import SystemClock
    from assistant.db import Database
    from assistant.migrations import upgrade
    from assistant.settings import load_settings

    async def run() -> Result:
        database = Database(load_settings().database())
        try:
            await upgrade(database)
            return await work(AccountService(database, SystemClock()))
        finally:
            await database.close()

    return asyncio.run(run())


def _password(from_stdin: bool) -> str:
    """Return the password that was typed twice, or the first line of the standard input."""
    if from_stdin:
        return sys.stdin.readline().rstrip("\r\n")
    if not sys.stdin.isatty():
        raise UsageError("there is no terminal to ask for the password; use --password-stdin")
    return str(typer.prompt("Password", hide_input=True, confirmation_prompt=True, err=True))


@app.command()
def create(
    login: Login,
    role: Annotated[str, typer.Option(help="owner, helper or evaluator.")] = "owner",
    name: Annotated[str, typer.Option(help="The name that is shown; without it the login name.")] = "",
    seller: Annotated[str, typer.Option(help="For this seller's groups only; without it for all groups.")] = "",
    language: Annotated[str, typer.Option(help="zh-CN or en.")] = "zh-CN",
    password_stdin: FromStdin = False,
) -> None:
    """Let somebody sign in to the console."""
    from assistant.accounts.service import NewAccount

    new = NewAccount(login, _password(password_stdin), role, name, language)
    made = _with_accounts(lambda accounts: accounts.create(new, by=ACTOR, seller=seller))
    typer.echo(f"{made.login} may sign in as {made.role} of {made.seller or 'all sellers'}.")


@app.command("list")
def list_accounts(as_json: AsJson = False) -> None:
    """List who may sign in, oldest first."""
    accounts = _with_accounts(lambda accounts: accounts.list())
    if as_json:
        typer.echo(json.dumps([asdict(one) for one in accounts], default=str, ensure_ascii=False, indent=2))
    elif not accounts:
        typer.echo("Nobody can sign in yet. Create an account with: yidan account create LOGIN")
    else:
        rows = [(one.login, one.name, one.role, one.seller, "disabled" if one.disabled_at else "") for one in accounts]
        echo_columns(("login", "name", "role", "seller", ""), rows)


@app.command()
def password(login: Login, password_stdin: FromStdin = False) -> None:
    """Give somebody a new password; they are signed out everywhere."""
    word = _password(password_stdin)
    _with_accounts(lambda accounts: accounts.set_password(login, word, by=ACTOR))
    typer.echo(f"{login} has a new password.")


@app.command()
def disable(login: Login, undo: Annotated[bool, typer.Option("--undo", help="Let them in again.")] = False) -> None:
    """Shut somebody out; they are signed out everywhere."""
    _with_accounts(lambda accounts: accounts.set_disabled(login, not undo, by=ACTOR))
    typer.echo(f"{login} may sign in again." if undo else f"{login} may not sign in any more.")


@app.command()
def role(login: Login, new: Annotated[str, typer.Argument(help="owner, helper or evaluator.", metavar="ROLE")]) -> None:
    """Give somebody another role; they sign in again."""
    _with_accounts(lambda accounts: accounts.set_role(login, new, by=ACTOR))
    typer.echo(f"{login} is {new} now.")
