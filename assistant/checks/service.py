"""Runs the rules over a group's knowledge."""

from datetime import datetime

from assistant.checks.base import Finding, Subject
from assistant.checks.rules import RULES
from assistant.groups.settings import GroupSettings
from assistant.knowledge.records import Knowledge
from assistant.retrieval.index import GroupIndex


def check(
    settings: GroupSettings, knowledge: Knowledge, *, now: datetime, index: GroupIndex | None = None
) -> tuple[Finding, ...]:
    """Return what the seller should look at, errors first, each once.

    With the group's ``index`` also what members' questions would find; it blocks, for a few seconds in a large group.
    """
    subject = Subject(settings, knowledge, now, index)
    found: dict[tuple[str, frozenset[str]], Finding] = {}
    for rule in RULES:
        for finding in rule(subject):
            found.setdefault((finding.rule, frozenset(finding.places)), finding)
    contradicting = {frozenset(f.places) for f in found.values() if f.rule in ("contradiction", "question.same")}
    kept = [
        f
        for f in found.values()
        if f.rule not in ("entry.alike", "entry.stolen", "entry.misplaced") or frozenset(f.places) not in contradicting
    ]
    return tuple(sorted(kept, key=lambda finding: finding.severity != "error"))
