"""``yidan kb``: import, export, search, check, draft and publish a group's knowledge."""

import asyncio
import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from assistant.cli.opening import AsJson, GroupId, echo_columns, embedding_bar, opened
from assistant.cli.publishing import register
from assistant.errors import UsageError

if TYPE_CHECKING:
    from assistant.delivery.bootstrap import Yidan
    from assistant.knowledge.changes import Changes
    from assistant.retrieval.index import GroupIndex

app = typer.Typer(no_args_is_help=True, rich_markup_mode=None, add_completion=False)

_SHOWN_IDS = 8

OfDraft = Annotated[bool, typer.Option("--draft", help="The draft instead of what members get.")]


@app.command("import")
def import_file(
    group_id: GroupId,
    file: Annotated[Path, typer.Argument(help="A FAQ (.csv, .xlsx, .md) or a catalogue (.csv, .xlsx).")],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only show what would change.")] = False,
    replace: Annotated[bool, typer.Option("--replace", help="Also remove what is not in the file.")] = False,
    draft: Annotated[bool, typer.Option("--draft", help="Into the draft; members see it once published.")] = False,
) -> None:
    """Take in a file of entries or products, whole or not at all. What the file doesn't name stays."""
    if dry_run and draft:
        raise UsageError("a draft is a trial itself: use --draft, look at it with kb diff, drop it with kb discard")
    asyncio.run(_import(group_id, file, dry_run=dry_run, replace=replace, draft=draft))


async def _import(group_id: str, file: Path, *, dry_run: bool, replace: bool, draft: bool) -> None:
    from assistant.knowledge.files import read_sheet

    async with opened() as yidan:
        settings = (await yidan.groups.show(group_id)).settings
        sheet = read_sheet(file, settings.zone)
        for warning in sheet.warnings:
            typer.echo(f"note: {warning}", err=True)
        what = "entries" if sheet.kind == "entries" else "products"
        if draft:
            changes = await yidan.drafts.save_sheet(group_id, sheet, replace=replace)
            _tell(f"{file.name} taken into the draft of {group_id} ({what}):", changes)
            typer.echo(f"Members see it after: yidan kb publish {group_id}")
            return
        plan = await yidan.knowledge.plan(group_id, sheet, replace=replace)
        if dry_run:
            _tell(f"{file.name} would change the {what} of {group_id}:", plan.changes)
            typer.echo("Nothing was written (dry run).")
            return
        if plan.changes:
            # Embedded before it is written: the next question finds everything ready.
            with embedding_bar(f"Reading {file.name}") as progress:
                await yidan.library.prepare(settings, plan.knowledge, progress=progress)
        changes = await yidan.knowledge.import_sheet(group_id, sheet, replace=replace)
        _tell(f"{file.name} taken into the {what} of {group_id}:", changes)


def _tell(headline: str, changes: "Changes") -> None:
    typer.echo(headline)
    for name, count in changes.counts().items():
        ids = getattr(changes, name)
        shown = ""
        if count and name != "unchanged":
            shown = f"  {', '.join(ids[:_SHOWN_IDS])}{' ...' if count > _SHOWN_IDS else ''}"
        typer.echo(f"  {name:<10}{count:>6}{shown}")
    if changes.moved:
        typer.echo("  the order is different")


@app.command()
def export(
    group_id: GroupId,
    file: Annotated[Path, typer.Argument(help="File to write: .csv, .xlsx or .md.")],
    catalog: Annotated[bool, typer.Option("--catalog", help="The catalogue instead of the entries.")] = False,
    draft: OfDraft = False,
) -> None:
    """Write a group's entries (or its catalogue) to a file that imports again to the same."""
    asyncio.run(_export(group_id, file, catalog=catalog, draft=draft))


async def _export(group_id: str, file: Path, *, catalog: bool, draft: bool) -> None:
    from assistant.knowledge.files import entries_bytes, products_bytes, write_file

    async with opened() as yidan:
        folder = await yidan.groups.folder(group_id)
        knowledge = (await yidan.drafts.state(group_id)).drafted if draft else folder.knowledge
    ending = file.suffix.lower()
    if catalog:
        data, count = products_bytes(knowledge.products, ending), len(knowledge.products)
    else:
        data = entries_bytes(knowledge.entries, ending, folder.settings.zone)
        count = len(knowledge.entries)
    write_file(file, data)
    typer.echo(f"{count} {'products' if catalog else 'entries'} of {group_id} written to {file}")


@app.command()
def search(
    group_id: GroupId,
    question: Annotated[str, typer.Argument(help="What a member might write.")],
    limit: Annotated[int, typer.Option("--limit", "-n", min=1, max=50, help="How many hits.")] = 5,
    draft: OfDraft = False,
    as_json: AsJson = False,
) -> None:
    """Show which entries and products answer a question, and how surely."""
    asyncio.run(_search(group_id, question, limit, draft=draft, as_json=as_json))


async def _search(group_id: str, question: str, limit: int, *, draft: bool, as_json: bool) -> None:
    async with opened() as yidan:
        index = await _index(yidan, group_id, draft=draft)
        found = await asyncio.to_thread(index.search, question, now=yidan.clock.now(), k=limit)
    documents = {document.id: document for document in index.documents}
    hits: list[dict[str, Any]] = [
        {
            "id": hit.id,
            "score": round(hit.score, 4),
            "probability": round(hit.probability, 4),
            "question": documents[hit.id].question,
            "answer": documents[hit.id].answer,
        }
        for hit in found.hits
    ]
    if as_json:
        typer.echo(json.dumps({"query": question, "hits": hits}, ensure_ascii=False, indent=2))
        return
    if not hits:
        typer.echo(f"{group_id} has nothing that is valid now.")
        return
    echo_columns(
        ("probability", "id", "question"),
        [(f"{hit['probability']:.0%}", hit["id"], hit["question"]) for hit in hits],
    )
    typer.echo(f"\n{hits[0]['answer']}")


@app.command("unanswered")
def list_unanswered(group_id: GroupId, as_json: AsJson = False) -> None:
    """Show what members asked and the records did not answer, grouped by meaning, most asked first."""
    asyncio.run(_unanswered(group_id, as_json))


async def _unanswered(group_id: str, as_json: bool) -> None:
    from assistant.publishing.answering import unanswered, waiting_json

    async with opened() as yidan:
        found = await unanswered(yidan, group_id)
        zone = (await yidan.groups.show(group_id)).settings.zone
    if as_json:
        typer.echo(json.dumps([waiting_json(one) for one in found], ensure_ascii=False, indent=2))
        return
    if not found:
        typer.echo(f"{group_id} has no unanswered questions.")
        return
    rows = [
        (str(one.question.count), f"{one.question.last_at.astimezone(zone):%m-%d %H:%M}", one.question.text)
        for one in found
    ]
    echo_columns(("asked", "last", "question"), rows)


async def _index(yidan: "Yidan", group_id: str, *, draft: bool) -> "GroupIndex":
    if draft:
        settings = (await yidan.groups.show(group_id)).settings
        return await yidan.library.prepare(settings, (await yidan.drafts.state(group_id)).drafted)
    async with yidan.database.read() as session:
        return (await yidan.library.view(session, group_id)).index


register(app)
