"""``yidan suggest``: draft entries from answers, tickets in three lines."""

import asyncio
import json
from typing import TYPE_CHECKING, Annotated

import typer

from assistant.cli.opening import AsJson, GroupId, opened

if TYPE_CHECKING:
    from assistant.delivery.bootstrap import Yidan
    from assistant.delivery.suggestions import Suggestions

app = typer.Typer(no_args_is_help=True, rich_markup_mode=None, add_completion=False)


@app.command()
def entry(
    group_id: GroupId,
    question: Annotated[str, typer.Argument(help="What a member asked.")],
    answer: Annotated[str, typer.Argument(help="What the seller replied.")],
    as_json: AsJson = False,
) -> None:
    """Draft an entry with similar questions; nothing is stored."""
    asyncio.run(_entry(group_id, question, answer, as_json))


async def _entry(group_id: str, question: str, answer: str, as_json: bool) -> None:
    async with opened() as yidan:
        draft = await _suggestions(yidan).entry(group_id, question, answer)
    if as_json:
        values = {"question": draft.question, "similar_questions": list(draft.similar_questions)}
        typer.echo(json.dumps({**values, "answer": draft.answer, "by": draft.by}, ensure_ascii=False))
        return
    typer.echo(f"Question   {draft.question}")
    for text in draft.similar_questions:
        typer.echo(f"  also     {text}")
    typer.echo(f"Answer     {draft.answer}")


@app.command()
def ticket(
    group_id: GroupId,
    ticket_id: Annotated[int, typer.Argument(help="The ticket's number.", metavar="TICKET")],
    as_json: AsJson = False,
) -> None:
    """Sum up a ticket in three lines."""
    asyncio.run(_ticket(group_id, ticket_id, as_json))


async def _ticket(group_id: str, ticket_id: int, as_json: bool) -> None:
    async with opened() as yidan:
        summary = await _suggestions(yidan).ticket(group_id, ticket_id)
    if as_json:
        typer.echo(json.dumps({"lines": list(summary.lines), "by": summary.by}, ensure_ascii=False))
        return
    for line in summary.lines:
        typer.echo(line)


def _suggestions(yidan: "Yidan") -> "Suggestions":
    from assistant.delivery.suggestions import Suggestions
    from assistant.desk.service import TicketDesk

    desk = TicketDesk(yidan.database, yidan.clock, yidan.settings)
    return Suggestions(yidan.database, yidan.library, desk, yidan.model)
