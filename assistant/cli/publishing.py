"""``yidan kb check``, ``diff``, ``edit``, ``discard``, ``suite`` and ``publish``: from a draft to what members get."""

import asyncio
import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from assistant.cli.opening import AsJson, GroupId, embedding_bar, opened
from assistant.errors import UsageError

if TYPE_CHECKING:
    from assistant.delivery.bootstrap import Yidan
    from assistant.groups.folder import GroupFolder

Published = Annotated[bool, typer.Option("--published", help="What members get now, not the draft.")]


def check(
    group: Annotated[str, typer.Argument(help="The group's id, or a group's folder.", metavar="G|DIR")],
    published: Published = False,
    as_json: AsJson = False,
) -> None:
    """Look for contradictions, wrong prices and terms, doubles, gaps and slips; exit 1 where something is wrong."""
    if asyncio.run(_check(group, published, as_json)):
        raise typer.Exit(1)


async def _check(name: str, published: bool, as_json: bool) -> bool:
    from assistant.cli.findings import show_findings
    from assistant.publishing.checking import drafted_folder, findings_of

    async with opened() as yidan:
        folder = await _named_folder(yidan, name)
        drafted = 0
        if folder is None:
            folder, drafted = await drafted_folder(yidan, name, published=published)
        with embedding_bar(f"Reading {folder.settings.id}") as progress:
            findings = await findings_of(yidan, folder.settings, folder.knowledge, progress=progress)
    wrong = any(finding.severity == "error" for finding in findings)
    if as_json:
        from assistant.checks.words import finding_json

        report = {
            "group": folder.settings.id,
            "draft": bool(drafted) and not published,
            "errors": sum(finding.severity == "error" for finding in findings),
            "warnings": sum(finding.severity == "warning" for finding in findings),
            "findings": [finding_json(finding) for finding in findings],
        }
        typer.echo(json.dumps(report, ensure_ascii=False, indent=2))
    else:
        show_findings(folder, findings, drafted=bool(drafted) and not published)
    return wrong


async def _named_folder(yidan: "Yidan", name: str) -> "GroupFolder | None":
    """Return the folder's group where the name is that of a folder and not of a loaded group."""
    from assistant.groups.folder import read_folder

    path = Path(name)
    known = {info.id for info in await yidan.groups.list()}
    if name in known or not (path.is_dir() or "/" in name):
        return None
    return read_folder(path)


def diff(group_id: GroupId, as_json: AsJson = False) -> None:
    """Show what the draft changes."""
    asyncio.run(_diff(group_id, as_json))


async def _diff(group_id: str, as_json: bool) -> None:
    from assistant.cli.findings import change_json, show_changes

    async with opened() as yidan:
        settings = (await yidan.groups.show(group_id)).settings
        state = await yidan.drafts.state(group_id)
    if as_json:
        changes = [change_json(change) for change in state.changes]
        typer.echo(json.dumps({"group": group_id, "changes": changes}, ensure_ascii=False, indent=2))
    else:
        show_changes(settings, state)


def edit(
    group_id: GroupId,
    entry: Annotated[str, typer.Argument(help="The entry's id; a new one makes a new entry.", metavar="ID")],
    question: Annotated[str | None, typer.Option(help="The standard question.")] = None,
    answer: Annotated[str | None, typer.Option(help="What is said, word for word.")] = None,
    similar: Annotated[
        list[str] | None, typer.Option("--similar", help="One more similar question (may be repeated).")
    ] = None,
    category: Annotated[str | None, typer.Option(help="Its category.")] = None,
    remove: Annotated[bool, typer.Option("--remove", help="Draft its removal.")] = False,
) -> None:
    """Change one entry in the draft; members see it once it is published."""
    given = {"question": question, "answer": answer, "category": category}
    asyncio.run(
        _edit(group_id, entry, {name: text for name, text in given.items() if text is not None}, similar, remove)
    )


async def _edit(group_id: str, key: str, given: dict[str, Any], similar: list[str] | None, remove: bool) -> None:
    from dataclasses import replace

    from assistant.knowledge.records import EntryRecord

    if not remove and not given and not similar:
        raise UsageError("say what to change: --question, --answer, --similar, --category or --remove")
    async with opened() as yidan:
        if remove:
            await yidan.drafts.remove(group_id, "entry", key, by="cli")
        else:
            known = (await yidan.drafts.state(group_id)).drafted.entry(key) or EntryRecord(key, "")
            changed = replace(known, **given, similar_questions=(*known.similar_questions, *(similar or ())))
            await yidan.drafts.save_entry(group_id, changed, by="cli")
    typer.echo(f"{key} drafted. Look at it: yidan kb diff {group_id}; make it live: yidan kb publish {group_id}")


def discard(
    group_id: GroupId,
    ids: Annotated[
        list[str] | None, typer.Argument(help="Entries (or sku:A01); all without.", metavar="[ID]...")
    ] = None,
) -> None:
    """Forget drafted changes; what is published stays."""
    asyncio.run(_discard(group_id, ids or []))


async def _discard(group_id: str, ids: list[str]) -> None:
    async with opened() as yidan:
        gone = await yidan.drafts.discard(group_id, ids, by="cli")
    typer.echo(f"{len(gone)} drafted changes of {group_id} discarded" if gone else f"{group_id} has no draft")


def suite(
    group_id: GroupId,
    file: Annotated[Path | None, typer.Argument(help="Suite to keep for the group.", metavar="[FILE]")] = None,
    remove: Annotated[str | None, typer.Option(help="Suite to keep no longer.", metavar="NAME")] = None,
) -> None:
    """Keep a suite for the group, to be run at every publication; without a file, list what is kept."""
    asyncio.run(_suite(group_id, file, remove))


async def _suite(group_id: str, file: Path | None, remove: str | None) -> None:
    from assistant.publishing.suites import drop_suite, keep_suite, kept_suites

    async with opened() as yidan:
        folder = await yidan.groups.folder(group_id)
        home = yidan.settings.home
    if remove:
        drop_suite(home, group_id, remove)
        typer.echo(f"{remove} is no longer kept for {group_id}")
    if file:
        kept = keep_suite(home, folder, file)
        typer.echo(f"{kept.name} ({len(kept.cases)} cases) is run at every publication of {group_id} from now on")
    if not file and not remove:
        names = [path.name for path in kept_suites(home, group_id)]
        typer.echo("\n".join(names) if names else f"{group_id} has no suite; its own questions are asked instead")


def publish(
    group_id: GroupId,
    suites: Annotated[
        list[Path] | None, typer.Option("--suite", help="Suite in place of the group's own (may be repeated).")
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Publish whatever the tests say; that is recorded.")] = False,
    strict: Annotated[
        bool, typer.Option("--strict", help="Refuse also where the check finds something wrong.")
    ] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only show what would happen.")] = False,
    as_json: AsJson = False,
) -> None:
    """Test the draft against what members get now and make it live; refuse it where cases break."""
    if not asyncio.run(_publish(group_id, suites or [], force, strict, dry_run, as_json)):
        raise typer.Exit(1)


async def _publish(group_id: str, suites: list[Path], force: bool, strict: bool, dry_run: bool, as_json: bool) -> bool:
    from assistant.cli.findings import publication_json, show_publication, testing_bar
    from assistant.publishing.service import Wish
    from assistant.publishing.service import publish as publish_draft

    wish = Wish(by="cli", suites=tuple(suites), force=force, strict=strict, dry_run=dry_run)
    async with opened() as yidan:
        settings = (await yidan.groups.show(group_id)).settings
        with testing_bar(settings.language) as step:
            publication = await publish_draft(yidan, group_id, wish, tell=step)
    if as_json:
        typer.echo(json.dumps(publication_json(publication), ensure_ascii=False, indent=2))
    else:
        show_publication(settings, publication, dry_run=dry_run)
    return not publication.refusals or publication.version is not None


def register(app: typer.Typer) -> None:
    """Add the commands to those of ``yidan kb``."""
    for command in (check, edit, diff, discard, suite, publish):
        app.command()(command)
