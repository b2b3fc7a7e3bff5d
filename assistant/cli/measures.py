"""The measuring commands of ``yidan eval``: retrieval, gate, intents, follow-ups, numerals, payment proofs."""

import asyncio
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from assistant.cli.reports import console, write
from assistant.errors import UsageError

JsonFile = Annotated[Path | None, typer.Option("--json", help="Write the measures as JSON.", metavar="FILE")]
GroupFolder = Annotated[Path | None, typer.Option(help="Group folder as the knowledge base.", metavar="DIR")]


def add_measures(app: typer.Typer) -> None:
    """Add the commands to the app."""
    for command in (retrieval, gate, intents, followups, numerals, proofs):
        app.command()(command)


def retrieval(
    folder: Annotated[
        Path | None,
        typer.Argument(
            help="Folder with corpus.jsonl, queries.jsonl, qrels.tsv; the held-out figures if not given.",
            metavar="[DIR]",
        ),
    ] = None,
    json_file: JsonFile = None,
) -> None:
    """Measure how often the right entry is found, on a set in BEIR layout."""
    from assistant.evaluation.retrieval import held_out, measure

    _tell(measure(folder) if folder is not None else held_out(), json_file)


def gate(
    file: Annotated[
        Path | None,
        typer.Argument(help="JSONL of messages labelled answer or silent; the held-out figures if not given."),
    ] = None,
    group: GroupFolder = None,
    corpus: Annotated[Path | None, typer.Option(help="BEIR folder as the knowledge base.", metavar="DIR")] = None,
    messages: Annotated[
        str | None, typer.Option(help="Instead of a file: the stored messages of this group.", metavar="G")
    ] = None,
    json_file: JsonFile = None,
) -> None:
    """Measure when the assistant speaks, and what each setting from quiet to talkative would do."""
    from assistant.evaluation.gate import held_out, measure

    if messages is not None:
        if file is not None or group is not None or corpus is not None:
            raise UsageError("--messages takes the group's stored messages; leave FILE, --group and --corpus out")
        _tell(asyncio.run(_preview(messages)), json_file)
    elif file is None:
        _tell(held_out(), json_file)
    elif (group is None) == (corpus is None):
        raise UsageError("give either --group DIR or --corpus DIR")
    else:
        _tell(measure(file, group=group, corpus=corpus), json_file)


def intents(
    file: Annotated[
        Path | None, typer.Argument(help="CSV with text, intent, language; the held-out set if not given.")
    ] = None,
    json_file: JsonFile = None,
) -> None:
    """Measure how well intents are told apart."""
    from assistant.evaluation.intents import measure

    _tell(measure(file), json_file)


def followups(
    file: Annotated[Path, typer.Argument(help="JSONL with ctx1, ctx2, current and rewritten.")],
    group: GroupFolder = None,
    json_file: JsonFile = None,
) -> None:
    """Measure whether search finds for a follow-up what it finds for the question written out in full.

    Without a group the questions written out in full, and those asked before, are the knowledge base.
    """
    from assistant.evaluation.followups import measure

    _tell(measure(file, group=group), json_file)


def numerals(
    file: Annotated[Path, typer.Argument(help="JSONL with text and expected.")],
    json_file: JsonFile = None,
) -> None:
    """Measure how many numbers are read exactly."""
    from assistant.evaluation.numerals import measure

    _tell(measure(file), json_file)


def proofs(
    folder: Annotated[Path, typer.Argument(help="Folder with screenshots and truth.jsonl.", metavar="DIR")],
    split: Annotated[str, typer.Option(help="Only this part of the set.")] = "",
    json_file: JsonFile = None,
) -> None:
    """Measure how well payment screenshots are read, and list what was read wrong."""
    from assistant.cli.opening import embedding_bar
    from assistant.evaluation.proofs import measure

    with embedding_bar("Reading pictures") as step:
        measures = measure(folder, split=split, progress=step)
    if json_file:
        write(json_file, _as_json(measures))
    if str(json_file) == "-":
        return
    for name, values in measures["splits"].items():
        typer.echo(name)
        _tell_values(values)
    for item in measures["wrong"]:
        differences = "; ".join(f"{key}: read {read}, is {true}" for key, (read, true) in item["fields"].items())
        typer.echo(f"{item['image']}: {differences}")


async def _preview(group_id: str) -> dict[str, Any]:
    from assistant.cli.opening import opened
    from assistant.evaluation.group_gate import preview

    async with opened() as yidan:
        return await preview(yidan, group_id)


def _tell(measures: Mapping[str, Any], json_file: Path | None) -> None:
    if json_file:
        write(json_file, _as_json(measures))
    if str(json_file) == "-":
        return
    _tell_values(measures)
    for name, value in measures.items():
        if isinstance(value, list) and value and isinstance(value[0], dict):
            _tell_rows(name, value)


def _as_json(measures: Mapping[str, Any]) -> bytes:
    return (json.dumps(dict(measures), ensure_ascii=False, indent=1) + "\n").encode()


def _tell_values(measures: Mapping[str, Any]) -> None:
    from rich.table import Table

    table = Table("measure", "value")
    for name, value in measures.items():
        parts = {f"{name} {key}": one for key, one in value.items()} if isinstance(value, dict) else {name: value}
        for key, one in parts.items():
            if not isinstance(one, dict | list):
                table.add_row(key, _shown(one))
    console().print(table)


def _tell_rows(name: str, rows: Sequence[Mapping[str, Any]]) -> None:
    from rich.table import Table

    table = Table(*rows[0], title=name, title_justify="left")
    for row in rows:
        table.add_row(*map(_shown, row.values()))
    console().print(table)


def _shown(value: object) -> str:
    if value is None:
        return "-"
    return f"{value:.4f}" if isinstance(value, float) else str(value)
