"""``yidan survey``: what members answered, anonymously, after their orders were done."""

import asyncio
import json
from typing import TYPE_CHECKING

import typer

from assistant.cli.opening import AsJson, GroupId, opened

if TYPE_CHECKING:
    from assistant.surveys.answers import SurveyResults

app = typer.Typer(rich_markup_mode=None, add_completion=False)


@app.command()
def survey(group_id: GroupId, as_json: AsJson = False) -> None:
    """Show a group's survey: stars and words, many answers at a time, so that nobody is found out by theirs."""
    results = asyncio.run(_results(group_id))
    if as_json:
        typer.echo(json.dumps(results.to_json(), ensure_ascii=False, indent=2))
        return
    typer.echo(f"{group_id}: {results.answered} of {results.asked} members answered, {results.shown} answers shown")
    if results.shown < results.answered:
        typer.echo(f"The others are shown once {results.at_least} have come together.")
    if results.average is None:
        return
    typer.echo(f"average {results.average:.1f} of 5")
    for stars, count in reversed(list(enumerate(results.stars, start=1))):
        typer.echo(f"  {stars} stars  {count}")
    for text in results.texts:
        typer.echo(f"  - {text}")


async def _results(group_id: str) -> "SurveyResults":
    from assistant.delivery.surveys import SurveyDesk

    async with opened() as yidan:
        return await SurveyDesk(yidan.database, yidan.clock).results(group_id)
