"""What the commands about groups and knowledge share: their arguments, opening the store, tables, progress."""

import unicodedata
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from assistant.delivery.bootstrap import Yidan

Progress = Callable[[int, int], None]

GroupId = Annotated[str, typer.Argument(help="The group's id.", metavar="G")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]


@asynccontextmanager
async def opened() -> "AsyncIterator[Yidan]":
    """Yield the product opened on the home that the environment names (made where there is none)."""
    from assistant.delivery.bootstrap import Yidan
    from assistant.settings import load_settings

    yidan = await Yidan.open(load_settings())
    try:
        yield yidan
    finally:
        await yidan.close()


@contextmanager
def embedding_bar(text: str) -> "Iterator[Progress]":
    """Yield a ``progress(done, total)`` that draws a bar on the terminal's error stream."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(text, total=None)

        def step(done: int, total: int) -> None:
            bar.update(task, completed=done, total=total)

        yield step


def echo_columns(header: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Print rows in columns that also line up where texts hold wide characters."""
    table = [list(header), *(list(row) for row in rows)]
    widths = [max(_width(row[at]) for row in table) for at in range(len(header))]
    for row in table:
        cells = [cell + " " * (width - _width(cell)) for cell, width in zip(row, widths, strict=True)]
        typer.echo("  ".join(cells).rstrip())


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text)
