"""The ``yidan`` command. Each command group is one module, loaded only when it is called."""

import importlib
import sys

import typer
from typer.core import TyperGroup

from assistant import __version__
from assistant.errors import BadFile, YidanError

COMMANDS = {
    "serve": "Serve the API, the members' room and the console.",
    "group": "Load, list, show, close and export groups; invite members and let them in.",
    "kb": "Import, export and search a group's knowledge.",
    "ask": "Write one message into a group and see what the assistant does.",
    "chat": "Talk to a group's assistant in the terminal.",
    "assist": "Take in lines copied out of a chat, and draft the replies.",
    "orders": "List, export and move along a group's orders.",
    "answers": "See what was done with members' messages, and mark it as good or bad.",
    "announce": "Tell a group something, now or by the clock.",
    "conduct": "List the warnings members had, with their evidence; take one back.",
    "regulars": "List members who come back and what they usually take; forget one.",
    "poll": "Ask a group, see the votes, close a poll.",
    "survey": "Show what members answered, anonymously, after their orders were done.",
    "report": "Show a group's figures: active members, best sellers, when people ask, money.",
    "payments": "Payment proofs, bills of WeChat and Alipay, methods that are out of order.",
    "account": "Create, list and change the accounts of people who sign in to the console.",
    "token": "Create, list and revoke access tokens.",
    "eval": "Run answer-quality suites and measure retrieval and silence.",
    "llm": "Examine the language model; show and set what it may do.",
    "suggest": "Draft entries from answers; sum up tickets.",
    "train": "Fit the ranker, the gate and the intents from data.",
    "db": "Upgrade, back up and restore the store.",
}
"""Every command with its line of help; ``assistant.cli.<name>`` holds its ``app``."""


class LazyCommands(TyperGroup):
    """A command tree that imports a command's module only when it is needed."""

    def list_commands(self, ctx: typer.Context) -> list[str]:  # type: ignore[override]
        """Return the names of the commands in the order of the table."""
        return list(COMMANDS)

    def get_command(self, ctx: typer.Context, cmd_name: str):  # type: ignore[no-untyped-def, override]
        """Return the command, or None where there is none of that name."""
        if cmd_name not in COMMANDS:
            return None
        module = importlib.import_module(f"assistant.cli.{cmd_name}")
        command = typer.main.get_command(module.app)
        command.name, command.help = cmd_name, command.help or COMMANDS[cmd_name]
        return command


app = typer.Typer(
    cls=LazyCommands,
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"yidan {__version__}")
        raise typer.Exit


@app.callback()
def root(
    version: bool = typer.Option(False, "--version", callback=_version, is_eager=True, help="Show the version."),
) -> None:
    """Yidan, the customer-service assistant of short-lived trading groups."""


def main() -> None:
    """Run the command line; every error of ours becomes one clear line and its exit code."""
    try:
        app()
    except YidanError as error:
        typer.echo(f"yidan: {error}", err=True)
        if isinstance(error, BadFile):
            for problem in error.problems:
                typer.echo(f"  {problem}", err=True)
        sys.exit(error.exit_code)
