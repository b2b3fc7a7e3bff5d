"""A publication: the draft is checked, the group's suites are run before and after, and it goes live or does not."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from assistant.checks.base import Finding
from assistant.delivery.bootstrap import Yidan
from assistant.errors import Conflict
from assistant.evaluation.compare import Comparison
from assistant.evaluation.suite import Suite, load_suite
from assistant.groups.folder import GroupFolder
from assistant.groups.settings import GroupSettings
from assistant.knowledge.drafts import DraftChange, DraftState, stale_line
from assistant.knowledge.records import EntryRecord, Knowledge
from assistant.knowledge.service import checked_entry
from assistant.publishing.checking import findings_of
from assistant.publishing.comparing import Compare, Tell, in_thread
from assistant.publishing.smoke import NAME, common_smoke
from assistant.publishing.suites import LEARNT, kept_suites

Refusal = Literal["broken", "errors", "stale"]


@dataclass(frozen=True)
class Trial:
    """What a draft would do. ``fresh`` are the findings that what is published does not have."""

    state: DraftState
    suites: tuple[str, ...]
    comparison: Comparison | None
    findings: tuple[Finding, ...]
    fresh: tuple[Finding, ...]

    @property
    def generated(self) -> bool:
        """Whether the group has no suite of its own, so that the smoke suite ran."""
        return NAME in self.suites


@dataclass(frozen=True)
class Publication:
    """What came of it: ``version`` is the new knowledge version, or None where the draft stays one.

    ``refusals`` are the reasons against it; they are kept where it was forced.
    """

    trial: Trial
    version: int | None
    refusals: tuple[Refusal, ...]


@dataclass(frozen=True)
class Wish:
    """How somebody wants to publish. ``suites`` are files in place of those that belong to the group.

    ``strict`` refuses where the check finds an error, ``careful`` only where the draft brings one that was not there.
    ``compare`` is how the suites are run.
    """

    by: str
    suites: tuple[Path, ...] = ()
    force: bool = False
    strict: bool = False
    careful: bool = False
    dry_run: bool = False
    compare: Compare = in_thread


async def publish(yidan: Yidan, group_id: str, wish: Wish, *, tell: Tell | None = None) -> Publication:
    """Try the group's draft and make it what members get, unless something speaks against it.

    Raises:
        NotFound: there is no such group.
        Conflict: there is no draft, or it was changed while it was tried.
        BadFile: a suite cannot be read.
        Unavailable: the suites' own process broke.
    """
    settings = (await yidan.groups.show(group_id)).settings
    state = await yidan.drafts.state(group_id)
    if not state.changes:
        raise Conflict(f"group '{group_id}' has no draft to publish")
    if state.stale and not (wish.force or wish.dry_run):
        # Nobody should wait for tests of what cannot be published.
        raise Conflict(stale_line(state.stale))
    trial = await _trial(yidan, settings, state, wish, tell)
    refusals = _refusals(trial, wish)
    if wish.dry_run or (refusals and not wish.force):
        return Publication(trial, None, refusals)
    version = await yidan.drafts.publish(
        group_id, state, by=wish.by, over_stale=wish.force, details=_audited(trial, refusals)
    )
    return Publication(trial, version, refusals)


async def publish_entry(yidan: Yidan, group_id: str, entry: EntryRecord, wish: Wish) -> Publication:
    """Try one entry on what is published, apart from the group's draft, and make it live where nothing breaks.

    Raises:
        NotFound: there is no such group.
        UsageError: the entry cannot be stored as it is.
        BadFile: a suite cannot be read.
    """
    settings = (await yidan.groups.show(group_id)).settings
    entry, published = checked_entry(entry), (await yidan.drafts.state(group_id)).published
    before = published.entry(entry.key)
    others = tuple(one for one in published.entries if one.key != entry.key)
    change = DraftChange(
        "entry", entry.key, "changed" if before else "added", before, entry, False, yidan.clock.now(), wish.by
    )
    state = DraftState(published, Knowledge((*others, entry), published.products), (change,), "")
    trial = await _trial(yidan, settings, state, wish, None)
    refusals = _refusals(trial, wish)
    if wish.dry_run or (refusals and not wish.force):
        return Publication(trial, None, refusals)
    save = yidan.knowledge.update_entry if before else yidan.knowledge.add_entry
    await save(group_id, entry, by=wish.by)
    if any(drafted.kind == "entry" and drafted.key == entry.key for drafted in (await _drafts(yidan, group_id))):
        await yidan.drafts.discard(group_id, [entry.key], by=wish.by)
    return Publication(trial, (await yidan.groups.show(group_id)).knowledge_version, refusals)


async def _drafts(yidan: Yidan, group_id: str) -> tuple[DraftChange, ...]:
    return (await yidan.drafts.state(group_id)).changes


async def _trial(yidan: Yidan, settings: GroupSettings, state: DraftState, wish: Wish, tell: Tell | None) -> Trial:
    published = await findings_of(yidan, settings, state.published)
    drafted = await findings_of(yidan, settings, state.drafted)
    suites = _suites(yidan, settings, state, wish.suites)
    folders = GroupFolder(settings, state.published), GroupFolder(settings, state.drafted)
    comparison = None
    if suites:
        comparison = await wish.compare(suites, folders, yidan.settings.home / "eval" / "index", tell)
    known = {_identity(finding) for finding in published}
    fresh = tuple(finding for finding in drafted if _identity(finding) not in known)
    return Trial(state, tuple(suite.name for suite in suites), comparison, drafted, fresh)


def _suites(yidan: Yidan, settings: GroupSettings, state: DraftState, named: Sequence[Path]) -> list[Suite]:
    paths = list(named) or kept_suites(yidan.settings.home, settings.id)
    published = GroupFolder(settings, state.published)
    suites = [load_suite(path, published) for path in paths]
    if any(path.name != LEARNT for path in paths):
        return suites
    # What was learnt from a few answers says nothing about the rest of the knowledge.
    smoke = common_smoke(published, GroupFolder(settings, state.drafted))
    return [*suites, smoke] if smoke else suites


def _identity(finding: Finding) -> tuple[str, frozenset[str], frozenset[tuple[str, str]]]:
    return finding.rule, frozenset(finding.places), frozenset(finding.values.items())


def _refusals(trial: Trial, wish: Wish) -> tuple[Refusal, ...]:
    found: list[Refusal] = []
    if trial.state.stale:
        found.append("stale")
    if trial.comparison is not None and trial.comparison.broken:
        found.append("broken")
    looked_at = trial.findings if wish.strict else trial.fresh if wish.careful else ()
    if any(finding.severity == "error" for finding in looked_at):
        found.append("errors")
    return tuple(found)


def _audited(trial: Trial, refusals: Sequence[Refusal]) -> dict[str, Any]:
    comparison = trial.comparison
    details: dict[str, Any] = {
        "suites": list(trial.suites),
        "findings": [{"rule": finding.rule, "places": list(finding.places)} for finding in trial.fresh[:50]],
    }
    if comparison is not None:
        details |= {"passed_before": comparison.before_passed, "passed_after": comparison.after_passed}
        details |= {"cases": comparison.common, "broken": [change.id for change in comparison.broken[:50]]}
    return details | ({"forced": list(refusals)} if refusals else {})
