"""``yidan chat``: a conversation with a group's assistant in the terminal."""

import asyncio
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from assistant.cli.ask import quiet, read_picture, send, show
from assistant.cli.opening import GroupId, opened
from assistant.errors import UsageError, YidanError

if TYPE_CHECKING:
    from assistant.channels.base import Role
    from assistant.delivery.bootstrap import Yidan

app = typer.Typer(rich_markup_mode=None, add_completion=False)

HELP = """Write as a member; the assistant answers where it should. Commands:
  /as NAME       write as this member
  /seller        write as the seller (again: as a member)
  /image FILE    send a picture with the next line (an empty line sends it alone)
  /quit          leave"""


@dataclass
class _Writer:
    """Who is writing now, and the picture that goes with the next line."""

    nickname: str
    role: "Role" = "member"
    picture: bytes | None = None

    @property
    def prompt(self) -> str:
        """Return what stands before the line that is being written."""
        role = " (seller)" if self.role == "seller" else ""
        return f"{self.nickname}{role}{' +picture' if self.picture else ''}> "


@app.command()
def chat(
    group_id: GroupId,
    nickname: Annotated[str, typer.Option("--from", help="Who writes.", metavar="NAME")] = "guest",
) -> None:
    """Talk to a group's assistant. Reads lines from the terminal or a pipe."""
    quiet()
    asyncio.run(_chat(group_id, _Writer(nickname)))


async def _chat(group_id: str, writer: _Writer) -> None:
    interactive = sys.stdin.isatty()
    async with opened() as yidan:
        # An unknown group is told before the first line is written.
        await yidan.groups.show(group_id)
        if interactive:
            typer.echo(HELP)
        while True:
            line = await asyncio.to_thread(_read, writer.prompt if interactive else "")
            if line is None:
                return
            if not interactive:
                typer.echo(f"{writer.prompt}{line}")
            try:
                if not await _handle(yidan, group_id, writer, line.strip()):
                    return
            except YidanError as error:
                typer.echo(f"yidan: {error}", err=True)


def _read(prompt: str) -> str | None:
    try:
        return input(prompt)
    except (EOFError, KeyboardInterrupt):
        return None


async def _handle(yidan: "Yidan", group_id: str, writer: _Writer, line: str) -> bool:
    """Obey a command or send the line; return whether the conversation goes on."""
    command, _, rest = line.partition(" ")
    match command:
        case "/quit" | "/exit":
            return False
        case "/help":
            typer.echo(HELP)
        case "/as":
            if not rest.strip():
                raise UsageError("say who: /as NAME")
            writer.nickname, writer.role = rest.strip(), "member"
        case "/seller":
            writer.role = "member" if writer.role == "seller" else "seller"
        case "/image":
            writer.picture = read_picture(Path(rest.strip()).expanduser())
        case _ if command.startswith("/"):
            raise UsageError(f"there is no command {command}; /help lists them")
        case _:
            if line or writer.picture:
                picture, writer.picture = writer.picture, None
                show(await send(yidan, group_id, line, nickname=writer.nickname, picture=picture, role=writer.role))
    return True
