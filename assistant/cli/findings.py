"""Findings, drafts and publications on the terminal, in the group's language."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import typer

from assistant.checks.base import Finding
from assistant.checks.words import advice, said, texts
from assistant.evaluation.compare import CaseChange
from assistant.groups.folder import GroupFolder
from assistant.groups.settings import GroupSettings
from assistant.knowledge.drafts import DraftState
from assistant.publishing.comparing import Tell
from assistant.publishing.service import Publication
from assistant.publishing.wire import change_json, changed_fields, conversation, publication_json

__all__ = ["change_json", "publication_json", "show_changes", "show_findings", "show_publication", "testing_bar"]

_SHOWN_CASES = 10
_WIDEST = 120


def show_findings(folder: GroupFolder, findings: Sequence[Finding], *, drafted: bool) -> None:
    """Print the findings, or one line where there are none."""
    words, group = texts(folder.settings.language), folder.settings.id
    suffix = f" {words['report.draft']}" if drafted else ""
    if not findings:
        counts = {"entries": len(folder.knowledge.entries), "products": len(folder.knowledge.products)}
        typer.echo(words["report.none"].format(group=group, **counts) + suffix)
        return
    typer.echo(words["report.head"].format(group=group, **_counts(findings)) + suffix)
    _print(findings, folder.settings.language)


def _counts(findings: Sequence[Finding]) -> dict[str, int]:
    errors = sum(finding.severity == "error" for finding in findings)
    return {"errors": errors, "warnings": len(findings) - errors}


def _print(findings: Sequence[Finding], language: str) -> None:
    words = texts(language)
    for finding in findings:
        label = words[f"report.{finding.severity}"]
        typer.echo("")
        typer.echo(
            typer.style(label, fg="red" if finding.severity == "error" else "yellow", bold=True)
            + f"  {', '.join(finding.places)}"
        )
        typer.echo(f"  {said(finding, language)}")
        typer.echo(f"  → {advice(finding, language)}")


def show_changes(settings: GroupSettings, state: DraftState) -> None:
    """Print every drafted change, field by field."""
    words = texts(settings.language)
    if not state.changes:
        typer.echo(words["diff.none"].format(group=settings.id))
        return
    typer.echo(words["diff.head"].format(group=settings.id, count=len(state.changes)))
    for change in state.changes:
        typer.echo("")
        typer.echo(f"{words[f'diff.{change.what}']}  {change.place}")
        if change.stale:
            at = f"{change.at.astimezone(settings.zone):%Y-%m-%d %H:%M}"
            typer.echo(f"  ! {words['diff.stale'].format(by=change.by, at=at)}")
        for name, before, after in changed_fields(change):
            if change.before is not None and before not in (None, "", []):
                typer.echo(typer.style(f"  - {name}: {_shown(before)}", fg="red"))
            if change.after is not None and after not in (None, "", []):
                typer.echo(typer.style(f"  + {name}: {_shown(after)}", fg="green"))


def _shown(value: Any) -> str:
    text = " | ".join(map(str, value)) if isinstance(value, list) else str(value)
    return text.replace("\n", "\n      ")


def show_publication(settings: GroupSettings, publication: Publication, *, dry_run: bool) -> None:
    """Print what the tests and the check say about the draft, and what came of it."""
    words, trial, group = texts(settings.language), publication.trial, settings.id
    comparison = trial.comparison
    if comparison is None:
        typer.echo(words["publish.untested"])
    else:
        key = "publish.generated" if trial.generated else "publish.tested"
        counts = {"cases": comparison.common, "before": comparison.before_passed, "after": comparison.after_passed}
        typer.echo(words[key].format(group=group, suites=", ".join(trial.suites), **counts))
        for name, changes, color in (("broken", comparison.broken, "red"), ("fixed", comparison.fixed, "green")):
            if changes:
                typer.echo("\n" + typer.style(words[f"publish.{name}"].format(count=len(changes)), fg=color, bold=True))
                _cases(changes, words)
    if trial.fresh:
        typer.echo("\n" + words["publish.fresh"])
        _print(trial.fresh, settings.language)
    older = [finding for finding in trial.findings if finding not in trial.fresh]
    if older:
        typer.echo("\n" + words["publish.older"].format(group=group, **_counts(older)))
    typer.echo("")
    reasons = words["publish.and"].join(words[f"publish.reason_{name}"] for name in publication.refusals)
    if publication.version is not None:
        count = len(trial.state.changes)
        typer.echo(words["publish.done"].format(group=group, count=count, version=publication.version))
        if reasons:
            typer.echo(words["publish.forced"].format(reasons=reasons))
    elif reasons:
        typer.echo(words["publish.refused"].format(reasons=reasons))
    if dry_run:
        typer.echo(words["publish.dry_run"])


def _cases(changes: Sequence[CaseChange], words: Any) -> None:
    for change in changes[:_SHOWN_CASES]:
        typer.echo(f"  {change.suite} / {change.id}")
        for turn in conversation(change):
            typer.echo(f"    “{_line(turn['text'])}”")
            typer.echo(f"      {words['publish.was']}: {_line(turn['before']) or words['publish.silence']}")
            typer.echo(f"      {words['publish.now']}: {_line(turn['after']) or words['publish.silence']}")
            if turn["why"]:
                typer.echo(f"      ({_line(turn['why'])})")
    if len(changes) > _SHOWN_CASES:
        typer.echo(f"  ... +{len(changes) - _SHOWN_CASES}")


def _line(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _WIDEST else line[: _WIDEST - 1] + "…"


@contextmanager
def testing_bar(language: str) -> Iterator[Tell]:
    """Yield what to call after each conversation: a line that counts them on a terminal, nothing elsewhere."""
    from rich.console import Console
    from rich.progress import Progress, SpinnerColumn, TextColumn

    console = Console(stderr=True)
    columns = (SpinnerColumn(), TextColumn("{task.description}"), TextColumn("{task.completed}"))
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as progress:
        task = progress.add_task(texts(language)["publish.testing"], total=None)
        yield lambda done, total: progress.update(task, completed=done, total=total)
