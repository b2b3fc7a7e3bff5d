"""Drafts and publications as plain JSON, for the command line and the API alike."""

from typing import Any

from assistant.checks.words import finding_json
from assistant.evaluation.compare import CaseChange
from assistant.evaluation.report_words import WORDS, problems
from assistant.knowledge.drafts import DraftChange
from assistant.knowledge.repository import record_json
from assistant.publishing.service import Publication


def changed_fields(change: DraftChange) -> list[tuple[str, Any, Any]]:
    """Return the fields that differ, each with what it was and what it will be (None where there is no record)."""
    before, after = record_json(change.before) or {}, record_json(change.after) or {}
    names = [name for name in (before or after) if name != "key"]
    return [(name, before.get(name), after.get(name)) for name in names if before.get(name) != after.get(name)]


def change_json(change: DraftChange) -> dict[str, Any]:
    """Return a drafted change with both records."""
    return {
        "id": change.place,
        "kind": change.kind,
        "what": change.what,
        "stale": change.stale,
        "by": change.by,
        "at": change.at.isoformat(),
        "before": record_json(change.before),
        "after": record_json(change.after),
    }


def conversation(change: CaseChange, language: str = "") -> list[dict[str, str]]:
    """Return a case's turns that came out differently: what was written, the reply before and after, and why one of
    them fails: as the scorers say it, or in the words of a language."""
    told = []
    for was, now in zip(change.before["turns"], change.after["turns"], strict=False):
        if (was["reply"], was["action"], was["passed"]) != (now["reply"], now["action"], now["passed"]):
            failing = now if now["why"] else was
            why = "; ".join(problems(failing, WORDS[language])) if language else failing["why"]
            told.append({"text": now["text"], "before": was["reply"], "after": now["reply"], "why": why})
    return told


def case_json(change: CaseChange) -> dict[str, Any]:
    """Return a case that was fixed or broken, with the turns that differ."""
    return {"suite": change.suite, "id": change.id, "why": change.why, "turns": conversation(change)}


def publication_json(publication: Publication) -> dict[str, Any]:
    """Return what came of a publication."""
    trial, comparison = publication.trial, publication.trial.comparison
    return {
        "published": publication.version is not None,
        "version": publication.version,
        "refusals": list(publication.refusals),
        "changes": [change_json(change) for change in trial.state.changes],
        "suites": list(trial.suites),
        "generated": trial.generated,
        "cases": comparison.common if comparison else 0,
        "passed_before": comparison.before_passed if comparison else 0,
        "passed_after": comparison.after_passed if comparison else 0,
        "broken": [case_json(change) for change in comparison.broken] if comparison else [],
        "fixed": [case_json(change) for change in comparison.fixed] if comparison else [],
        "findings": [finding_json(finding) for finding in trial.findings],
        "new_findings": [finding_json(finding) for finding in trial.fresh],
    }
