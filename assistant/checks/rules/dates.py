"""Dates that cannot be meant: long past, or with a weekday that the day does not have."""

import re
from collections.abc import Iterator
from datetime import date, timedelta
from itertools import pairwise

from assistant.checks.base import Clause, Finding, Source, Subject
from assistant.checks.values import Value, values_in

_ADJACENT = re.compile(r"[\s(,、]{0,3}(?:the )?")
_HISTORY = re.compile(r"采|产|压制|生产|酿|年份|摘|since|founded|made|harvest|picked|pressed|born|更新于|updated")
_SLACK = timedelta(days=3)
_ZH_DAYS = "一二三四五六日"
_EN_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def past_dates(subject: Subject) -> Iterator[Finding]:
    """Find dates before the deal's opening: what is left from the deal before."""
    opens = subject.settings.opens_at or subject.moment
    first = opens.astimezone(subject.settings.zone).date() - _SLACK
    for source in subject.entries:
        if source.bounded:
            continue
        for clause, value, day in _days(subject, source.clauses):
            if day < first and not _HISTORY.search(clause.text):
                values = {
                    "said": clause.text[value.start : value.end].strip(),
                    "day": day.isoformat(),
                    "clause": clause.text,
                }
                yield Finding("date.past", "error", (source.id,), values)
                break


def weekdays(subject: Subject) -> Iterator[Finding]:
    """Find a weekday beside a date that falls on another one."""
    for source in subject.entries:
        for sentence in dict.fromkeys(clause.sentence for clause in source.clauses):
            values = values_in(sentence)
            for one, other in pairwise(values):
                between = sentence[one.end : other.start]
                if {one.kind, other.kind} == {"date", "weekday"} and _ADJACENT.fullmatch(between):
                    told, named = (one, other) if one.kind == "date" else (other, one)
                    day = _day(subject, told)
                    if day is not None and day.weekday() != int(named.amounts[0]):
                        yield _wrong_weekday(subject, source, sentence, told, named, day)


def _wrong_weekday(subject: Subject, source: Source, sentence: str, told: Value, named: Value, day: date) -> Finding:
    chinese = subject.settings.language != "en"
    values = {
        "said": sentence[told.start : told.end].strip(),
        "weekday": sentence[named.start : named.end].strip(),
        "right": f"周{_ZH_DAYS[day.weekday()]}" if chinese else _EN_DAYS[day.weekday()],
    }
    return Finding("date.weekday", "error", (source.id,), values)


def _days(subject: Subject, clauses: tuple[Clause, ...]) -> Iterator[tuple[Clause, Value, date]]:
    for clause in clauses:
        for value in clause.values:
            if value.kind == "date" and (day := _day(subject, value)) is not None:
                yield clause, value, day


def _day(subject: Subject, value: Value) -> date | None:
    """Return the day; one without a year is the one nearest to the deal."""
    around = (subject.settings.opens_at or subject.moment).astimezone(subject.settings.zone).date()
    month, day = int(value.amounts[-2]), int(value.amounts[-1])
    years = [int(value.amounts[0])] if len(value.amounts) == 3 else [around.year - 1, around.year, around.year + 1]
    found = []
    for year in years:
        try:
            found.append(date(year, month, day))
        except ValueError:
            continue
    return min(found, key=lambda one: abs((one - around).days)) if found else None
