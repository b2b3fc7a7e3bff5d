"""``yidan assist``: lines copied out of a chat, and a draft for each."""

import asyncio
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from assistant.cli.opening import AsJson, GroupId, opened

if TYPE_CHECKING:
    from assistant.delivery.assist import Taken

app = typer.Typer(rich_markup_mode=None, add_completion=False)


@app.command()
def assist(
    group_id: GroupId,
    file: Annotated[Path, typer.Argument(help="The copied lines; - reads them from standard input.", metavar="FILE")],
    author: Annotated[str, typer.Option("--from", help="Who wrote the lines without a name.", metavar="NAME")] = "",
    ours: Annotated[
        list[str] | None, typer.Option("--us", help="A name of the seller's side; may be given again.", metavar="NAME")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Take lines of a chat in and print a draft for each. Nothing is sent; known lines are not taken twice."""
    taken = asyncio.run(_take(group_id, _read(file), author, tuple(ours or ())))
    if as_json:
        from assistant.web.schemas_desk import TakenOut

        typer.echo(TakenOut.model_validate(taken).model_dump_json())
    else:
        _show(taken)


def _read(file: Path) -> str:
    from assistant.knowledge.tables import decode, read_bytes

    return decode(sys.stdin.buffer.read() if str(file) == "-" else read_bytes(file), file.name)


async def _take(group_id: str, text: str, author: str, ours: tuple[str, ...]) -> "Taken":
    from assistant.delivery.assist import Assist, Excerpt

    async with opened() as yidan:
        assist = Assist(yidan.database, yidan.clock, yidan.library, yidan.inbox)
        return await assist.take(group_id, Excerpt(text, author, ours))


def _show(taken: "Taken") -> None:
    for line in taken.lines:
        typer.echo(typer.style(f"{line.author}: {line.text}", dim=True))
        if line.draft is not None:
            whom = f" (only to {', '.join(line.draft.addressees)})" if line.draft.private else ""
            typer.echo(f"-> {line.draft.text}{whom}")
        else:
            typer.echo(f"-- {'answered together with another one' if line.shared else line.reason}")
    for text, count in (("known already", taken.known), ("sent drafts", taken.echoes), ("pictures", taken.pictures)):
        if count:
            typer.echo(f"passed over: {count} {text}")
    for line_text in taken.nameless:
        typer.echo(f"passed over, as it has no name: {line_text}")
    for why in taken.refused:
        typer.echo(f"not handled: {why}")
