"""What is tested where nobody wrote a suite: every question still finds its own entry."""

from datetime import datetime

from assistant.evaluation.case import Case, Expectation, TurnSpec
from assistant.evaluation.suite import Suite
from assistant.knowledge.records import EntryRecord, Knowledge

NAME = "own questions"
_ASKED = 3
"""So many phrasings of an entry are asked; the rest would only take time."""


def own_questions(published: Knowledge, drafted: Knowledge, *, now: datetime) -> Suite | None:
    """Return a suite that asks what is in both states, each as it stands; None where there is nothing in both.

    A question whose entry the draft takes away, or that it moves to another entry, is not asked.
    """
    cases = []
    for entry in published.entries:
        other = drafted.entry(entry.key)
        if other is None or not _served(entry, now) or not _served(other, now):
            continue
        kept = {other.question, *other.similar_questions}
        texts = [text for text in (entry.question, *entry.similar_questions) if text in kept][:_ASKED]
        cases += [_case(entry.key, number, text) for number, text in enumerate(texts, start=1)]
    return Suite(name=NAME, now=now, cases=tuple(cases)) if cases else None


def _served(entry: EntryRecord, now: datetime) -> bool:
    return (entry.valid_from is None or entry.valid_from <= now) and (
        entry.valid_until is None or now <= entry.valid_until
    )


def _case(key: str, number: int, text: str) -> Case:
    turn = TurnSpec(sender="member", text=text, mentions_assistant=True, expect=Expectation(sources_any=(key,)))
    return Case(id=f"{key}/{number}", tags=("own-question",), turns=(turn,))
