"""``yidan report``: what a group's week, or its whole life, came to."""

import asyncio
import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from assistant.cli.opening import AsJson, GroupId, opened

if TYPE_CHECKING:
    from assistant.reports.service import GroupReport

app = typer.Typer(rich_markup_mode=None, add_completion=False)


@app.command()
def report(
    group_id: GroupId,
    week: Annotated[str, typer.Option(help="A week such as 2026-W21; without it everything so far.")] = "",
    html: Annotated[Path | None, typer.Option(help="Write a page that prints as PDF.", metavar="FILE")] = None,
    as_json: AsJson = False,
) -> None:
    """Show a group's figures: who was active, what sold, when people ask, how fast they were answered, money."""
    from assistant.errors import UsageError

    made = asyncio.run(_make(group_id, week))
    if html is not None:
        try:
            html.parent.mkdir(parents=True, exist_ok=True)
            html.write_text(made.page(), encoding="utf-8")
        except OSError as error:
            raise UsageError(f"cannot write {html}: {error.strerror}") from error
    if as_json:
        typer.echo(json.dumps(made.to_json(), ensure_ascii=False, indent=2))
        return
    typer.echo(made.message())
    for question, count in made.unanswered:
        typer.echo(f"  {count} x {question}")
    if html is not None:
        typer.echo(f"written to {html}")


async def _make(group_id: str, week: str) -> "GroupReport":
    async with opened() as yidan:
        return await yidan.reports.make(group_id, week)
