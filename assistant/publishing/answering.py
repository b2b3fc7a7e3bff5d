"""From an unanswered question to a draft that answers it, for all who asked."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from assistant.agent.suggest import DraftEntry
from assistant.delivery.bootstrap import Yidan
from assistant.errors import NotFound
from assistant.knowledge.records import EntryRecord
from assistant.knowledge.tidying import MAX_LINE, generated_key
from assistant.publishing.trying import drafted_view
from assistant.questions.service import Question, QuestionService, QuestionState
from assistant.text.fold import skeleton
from assistant.turn.rehearsal import NearHit, near_hits

COVERED = 0.7
"""From this probability on an entry answers a question by now; the same as for members."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """A question with the entry that comes nearest to it now; ``covered``: that one would be given as the answer."""

    question: Question
    near: NearHit | None

    @property
    def covered(self) -> bool:
        """Whether what the draft knows answers it."""
        return self.near is not None and self.near.probability >= COVERED


def questions_of(yidan: Yidan) -> QuestionService:
    """Return the service of unanswered questions."""
    return QuestionService(yidan.database, yidan.clock, yidan.embedder)


async def unanswered(yidan: Yidan, group_id: str, *, state: QuestionState | None = "open") -> list[Waiting]:
    """Return a group's questions, most asked first; those that the draft covers by now come last. Raises NotFound."""
    view = await drafted_view(yidan, group_id)
    keys = {entry.key for entry in view.knowledge.entries}
    questions = await questions_of(yidan).list(group_id, state=state, entries=keys)

    def near(question: Question) -> NearHit | None:
        found = view.index.search(question.text, now=yidan.clock.now(), k=1)
        return next(iter(near_hits(view, found)), None)

    waiting = await asyncio.to_thread(lambda: [Waiting(question, near(question)) for question in questions])
    return sorted(waiting, key=lambda one: one.covered)


def waiting_json(one: Waiting) -> dict[str, Any]:
    """Return a question as plain JSON."""
    question = one.question
    return {
        "id": question.id,
        "text": question.text,
        "count": question.count,
        "members": question.members,
        "phrasings": list(question.phrasings),
        "last_at": question.last_at.isoformat(),
        "state": question.state,
        "covered": one.covered,
        "near": {"id": one.near.id, "probability": round(one.near.probability, 4)} if one.near else None,
    }


async def answer_question(
    yidan: Yidan, group_id: str, question_id: int, draft: DraftEntry, *, category: str, by: str
) -> EntryRecord:
    """Draft the entry that answers a question, with everybody's words as similar questions; return it.

    Raises NotFound, UsageError with what is wrong with the entry.
    """
    state = await yidan.drafts.state(group_id)
    keys = {entry.key for entry in state.drafted.entries}
    question = await questions_of(yidan).get(group_id, question_id, entries=keys)
    key = generated_key(draft.question)
    entry = EntryRecord(
        key if key not in keys else f"{key}-{question_id}",
        draft.question,
        with_phrasings(draft.similar_questions, question.phrasings, draft.question),
        draft.answer,
        category,
    )
    saved = await yidan.drafts.save_entry(group_id, entry, by=by)
    await questions_of(yidan).decide(group_id, question_id, "answered", by=by, entry_key=saved.key)
    return saved


async def add_to_entry(yidan: Yidan, group_id: str, question_id: int, key: str, *, by: str) -> EntryRecord:
    """Draft an entry with the askers' words as further similar questions, and count the question as answered.

    Raises NotFound where there is no such question or entry.
    """
    entries = {entry.key: entry for entry in (await yidan.drafts.state(group_id)).drafted.entries}
    if key not in entries:
        raise NotFound(f"no entry '{key}' in group '{group_id}'")
    question = await questions_of(yidan).get(group_id, question_id, entries=entries)
    entry = entries[key]
    similar = with_phrasings(entry.similar_questions, question.phrasings, entry.question)
    saved = await yidan.drafts.save_entry(group_id, replace(entry, similar_questions=similar), by=by)
    await questions_of(yidan).decide(group_id, question_id, "answered", by=by, entry_key=key)
    return saved


def with_phrasings(similar: Sequence[str], phrasings: Sequence[str], standard: str) -> tuple[str, ...]:
    """Return the similar questions with the phrasings that say something new; too long ones are stories."""
    known, kept = {skeleton(standard)}, []
    for text in (*similar, *phrasings):
        bones = skeleton(text)
        if bones and bones not in known and len(text) <= MAX_LINE:
            known.add(bones)
            kept.append(text)
    return tuple(kept)
