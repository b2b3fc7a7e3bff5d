"""``yidan ask``: write one message into a group and see what the assistant does."""

import asyncio
import json
import logging
import uuid
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from assistant.cli.opening import GroupId, opened

if TYPE_CHECKING:
    from assistant.channels.base import Role
    from assistant.delivery.bootstrap import Yidan
    from assistant.turn.outcome import Outcome

app = typer.Typer(rich_markup_mode=None, add_completion=False)

CHANNEL = "cli"


@app.command()
def ask(
    group_id: GroupId,
    text: Annotated[str, typer.Argument(help="What the member writes.", metavar="TEXT")],
    nickname: Annotated[str, typer.Option("--from", help="Who writes.", metavar="NAME")] = "guest",
    mention: Annotated[bool, typer.Option("--mention", help="Address the assistant.")] = False,
    image: Annotated[Path | None, typer.Option(help="A picture to send along.", metavar="FILE")] = None,
    role: Annotated[str, typer.Option(help="member, seller or helper.")] = "member",
    message_id: Annotated[
        str | None, typer.Option("--id", help="The message's id; sent again, it gets the first answer.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the whole outcome as JSON.")] = False,
) -> None:
    """Write one message into a group and print the reply."""
    quiet()
    asyncio.run(
        _ask(
            group_id,
            text,
            nickname=nickname,
            mention=mention,
            image=image,
            role=role,
            message_id=message_id,
            as_json=as_json,
        )
    )


async def _ask(
    group_id: str,
    text: str,
    *,
    nickname: str,
    mention: bool,
    image: Path | None,
    role: str,
    message_id: str | None,
    as_json: bool,
) -> None:
    picture = read_picture(image) if image else None
    async with opened() as yidan:
        outcome = await send(
            yidan,
            group_id,
            text,
            nickname=nickname,
            mention=mention,
            picture=picture,
            role=known_role(role),
            message_id=message_id,
        )
    if as_json:
        typer.echo(json.dumps(outcome.to_json(), ensure_ascii=False))
    else:
        show(outcome)


def quiet() -> None:
    """Keep logs off the terminal: an error is told in one line, its details are for a server's log."""
    logging.getLogger("assistant").addHandler(logging.NullHandler())


def known_role(role: str) -> "Role":
    """Return the role. Raises UsageError for one that does not exist."""
    from assistant.errors import UsageError

    match role:
        case "member" | "seller" | "helper":
            return role
    raise UsageError(f"there is no role '{role}'; use member, seller or helper")


def read_picture(path: Path) -> bytes:
    """Return the file's bytes. Raises UsageError where it cannot be read."""
    from assistant.errors import UsageError

    try:
        return path.read_bytes()
    except OSError as error:
        raise UsageError(f"cannot read {path}: {error.strerror}") from error


async def send(
    yidan: "Yidan",
    group_id: str,
    text: str,
    *,
    nickname: str,
    mention: bool = False,
    picture: bytes | None = None,
    role: "Role" = "member",
    message_id: str | None = None,
) -> "Outcome":
    """Write the message into the group over the ``cli`` channel and return what came of it.

    Raises:
        NotFound: there is no such group.
    """
    from assistant.channels.base import IncomingMessage

    message = IncomingMessage(
        group_id=group_id,
        channel=CHANNEL,
        external_id=message_id or uuid.uuid4().hex,
        member_external_id=nickname,
        nickname=nickname,
        text=text,
        image=picture,
        role=role,
        mentions_assistant=mention,
        sent_at=yidan.clock.now(),
    )
    return (await yidan.inbox.receive(message)).outcome


def show(outcome: "Outcome") -> None:
    """Print the reply as the member would read it; silence as a dim line with its reason."""
    if outcome.text:
        typer.echo(outcome.text)
    else:
        why = f": {outcome.reason}" if outcome.reason else ""
        typer.echo(typer.style(f"(says nothing{why})", dim=True))
