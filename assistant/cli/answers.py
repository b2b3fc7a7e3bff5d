"""``yidan answers``: see what was done with members' messages and mark it as good or bad."""

import asyncio
import json
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Any

import typer

from assistant.cli.opening import AsJson, GroupId, echo_columns, opened

if TYPE_CHECKING:
    from assistant.marks.service import MarkedTurn

app = typer.Typer(no_args_is_help=True, rich_markup_mode=None, add_completion=False)

Message = Annotated[int, typer.Argument(help="The message's number, as the list shows it.", metavar="MESSAGE")]

ACTOR = "cli"
_WIDTH = 36


@app.command("list")
def list_answers(
    group_id: GroupId,
    silent: Annotated[bool, typer.Option("--silent", help="Also what the assistant left alone.")] = False,
    unmarked: Annotated[bool, typer.Option("--unmarked", help="Only what has no mark yet.")] = False,
    limit: Annotated[int, typer.Option(min=1, max=2000, help="At most so many.")] = 30,
    as_json: AsJson = False,
) -> None:
    """List what the assistant did with members' messages, newest first."""
    turns = asyncio.run(_turns(group_id, marked=False if unmarked else None, silent=silent, limit=limit))
    if as_json:
        typer.echo(json.dumps([_plain(turn) for turn in turns], ensure_ascii=False, indent=2))
    elif not turns:
        typer.echo(f"{group_id} has nothing to show yet.")
    else:
        echo_columns(("message", "mark", "member", "wrote", "action", "reply"), [_row(turn) for turn in turns])


@app.command()
def mark(
    group_id: GroupId,
    message: Message,
    verdict: Annotated[str, typer.Argument(help="good, bad or none.", metavar="good|bad|none")],
) -> None:
    """Say whether what the assistant did with a message was good; ``none`` takes the mark back."""
    from assistant.errors import UsageError

    if verdict not in ("good", "bad", "none"):
        raise UsageError(f"a mark is good, bad or none, not '{verdict}'")
    asyncio.run(_mark(group_id, message, verdict))
    typer.echo(f"message {message} of {group_id}: {'no mark' if verdict == 'none' else verdict}")


async def _turns(group_id: str, *, marked: bool | None, silent: bool, limit: int) -> "list[MarkedTurn]":
    from assistant.marks.service import MarkService

    async with opened() as yidan:
        await yidan.groups.show(group_id)
        marks = MarkService(yidan.database, yidan.clock)
        return await marks.turns(group_id, marked=marked, silent=silent, limit=limit)


async def _mark(group_id: str, message: int, verdict: str) -> None:
    from assistant.marks.service import MarkService

    async with opened() as yidan:
        await yidan.groups.show(group_id)
        marks = MarkService(yidan.database, yidan.clock)
        if verdict == "none":
            await marks.unmark(group_id, message, by=ACTOR)
        else:
            await marks.mark(group_id, message, good=verdict == "good", by=ACTOR)


def _plain(turn: "MarkedTurn") -> dict[str, Any]:
    return {**asdict(turn), "at": turn.at.isoformat()}


def _row(turn: "MarkedTurn") -> tuple[str, ...]:
    mark = "" if turn.good is None else "good" if turn.good else "bad"
    return (str(turn.message_id), mark, turn.member, _short(turn.text), turn.action, _short(turn.reply))


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _WIDTH else f"{line[: _WIDTH - 1]}…"
