"""Entries that are never served, or not any more."""

from collections.abc import Iterator
from datetime import timedelta

from assistant.checks.base import Finding, Subject, clauses_of

_LONG_AFTER = timedelta(days=60)


def validity(subject: Subject) -> Iterator[Finding]:
    """Find entries that ended before the deal or without a word about it, or that begin long after it."""
    settings, moment = subject.settings, subject.moment
    for entry, source in zip(subject.knowledge.entries, subject.entries, strict=True):
        ends, starts = entry.valid_until, entry.valid_from
        if ends is not None and settings.opens_at is not None and ends < settings.opens_at:
            yield Finding("entry.never_served", "error", (entry.key,), {"until": _day(ends, subject)})
        elif ends is not None and ends < moment:
            local = ends.astimezone(settings.zone)
            told = any(
                value.kind == "date" and tuple(map(int, value.amounts[-2:])) == (local.month, local.day)
                for clause in (*source.clauses, *clauses_of(entry.question))
                for value in clause.values
            )
            # An offer that names its own last day has simply had its time.
            if not told:
                yield Finding("entry.expired", "warning", (entry.key,), {"until": _day(ends, subject)})
        last = settings.closes_at or moment
        if starts is not None and starts > max(last, moment) + _LONG_AFTER:
            yield Finding("entry.not_yet", "warning", (entry.key,), {"from": _day(starts, subject)})


def _day(moment: object, subject: Subject) -> str:
    from datetime import datetime

    assert isinstance(moment, datetime)
    return f"{moment.astimezone(subject.settings.zone):%Y-%m-%d %H:%M}"
