"""Unanswered questions: gathered as they come, most asked first; the seller answers them once for all, or dismisses."""

import asyncio
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

import numpy as np
from sqlalchemy.ext.asyncio import AsyncSession

from assistant.clock import Clock
from assistant.db import Database
from assistant.errors import NotFound
from assistant.knowledge.service import require_group
from assistant.models import Asking, Audit, OpenQuestion
from assistant.questions import repository
from assistant.questions.grouping import Asked, Cluster, bare, put_in, seen, threshold
from assistant.questions.repository import AskedLine
from assistant.retrieval.embedder import Embedder, FloatArray
from assistant.text.fold import skeleton

QuestionState = Literal["open", "answered", "dismissed"]

MOST_PHRASINGS = 20


@dataclass(frozen=True, slots=True)
class Question:
    """One question with everybody's words for it. ``since``: askings after it was decided about."""

    id: int
    text: str
    count: int
    members: int
    phrasings: tuple[str, ...]
    """The different ways it was asked, most common first."""
    first_at: datetime
    last_at: datetime
    state: QuestionState
    entry_key: str
    since: int


class QuestionService:
    """The questions of groups that the records did not answer."""

    def __init__(self, database: Database, clock: Clock, embedder: Embedder) -> None:
        self._database = database
        self._clock = clock
        self._embedder = embedder
        self._locks: dict[str, asyncio.Lock] = {}

    async def list(
        self, group_id: str, *, state: QuestionState | None = "open", entries: Collection[str] = ()
    ) -> list[Question]:
        """Return the questions in a state (None: all), most asked first; new askings are taken in before.

        ``entries`` are the ids of the entries there are, drafted or published: a question whose answer is none of
        them any more is open again. So is one that was asked again after it was answered. Raises NotFound.
        """
        await self.gather(group_id)
        async with self._database.read() as session:
            rows = await repository.of_group(session, group_id)
            lines: dict[int, list[AskedLine]] = defaultdict(list)
            for line in await repository.lines(session, group_id):
                lines[line.question_id].append(line)
        found = [_view(row, lines[row.id], entries) for row in rows if lines[row.id]]
        wanted = [question for question in found if state is None or question.state == state]
        return sorted(wanted, key=lambda question: (-question.count, -question.last_at.timestamp()))

    async def get(self, group_id: str, question_id: int, *, entries: Collection[str] = ()) -> Question:
        """Return one question. Raises NotFound."""
        for question in await self.list(group_id, state=None, entries=entries):
            if question.id == question_id:
                return question
        raise NotFound(f"no question {question_id} in group '{group_id}'")

    async def decide(
        self, group_id: str, question_id: int, state: QuestionState, *, by: str, entry_key: str = ""
    ) -> None:
        """Note that a question is answered (by the entry ``entry_key``), dismissed or open again. Raises NotFound."""
        now = self._clock.now()
        async with self._database.write() as session:
            row = await session.get(OpenQuestion, question_id)
            if row is None or row.group_id != group_id:
                raise NotFound(f"no question {question_id} in group '{group_id}'")
            row.state, row.entry_key, row.decided_at, row.decided_by = state, entry_key, now, by
            details = {"state": state} | ({"entry": entry_key} if entry_key else {})
            session.add(
                Audit(
                    at=now,
                    actor=by,
                    action="question.decide",
                    group_id=group_id,
                    subject=str(question_id),
                    details=details,
                )
            )

    async def gather(self, group_id: str) -> int:
        """Take askings in that are not grouped yet; return how many. Only these are embedded. Raises NotFound."""
        async with self._locks.setdefault(group_id, asyncio.Lock()):
            async with self._database.read() as session:
                await require_group(session, group_id)
                new = await repository.new_askings(session, group_id)
                if not new:
                    return 0
                stale = [row for row in await repository.of_group(session, group_id) if row.embedder != self._name]
            texts = [bare(text) for _, text in new] + [row.text for row in stale]
            vectors = await asyncio.to_thread(self._embedded, texts)
            asked = [Asked(turn, text, vector) for (turn, text), vector in zip(new, vectors, strict=False)]
            anew = {row.id: vector for row, vector in zip(stale, vectors[len(new) :], strict=True)}
            async with self._database.write() as session:
                await require_group(session, group_id, lock=True)
                known = await repository.grouped(session, [one.turn_id for one in asked])
                await self._store(session, group_id, [one for one in asked if one.turn_id not in known], anew)
        return len(asked)

    @property
    def _name(self) -> str:
        return self._embedder.name

    def _embedded(self, texts: Sequence[str]) -> FloatArray:
        return seen(self._embedder.queries(texts), self._name)

    async def _store(
        self,
        session: AsyncSession,
        group_id: str,
        asked: Sequence[Asked],
        anew: Mapping[int, FloatArray],
    ) -> None:
        await repository.drop_empty(session, group_id)
        rows = {row.id: row for row in await repository.of_group(session, group_id)}
        bones: dict[int, set[str]] = defaultdict(set)
        for line in await repository.lines(session, group_id):
            bones[line.question_id].add(skeleton(bare(line.text)))
        clusters = [
            Cluster(row.id, anew.get(row.id, np.frombuffer(row.vector, np.float32)), bones[row.id], [], row.text)
            for row in rows.values()
        ]
        put_in(clusters, asked, alike=threshold(self._name))
        for cluster in clusters:
            if not cluster.turns:
                continue
            row = rows.get(cluster.id or 0) or OpenQuestion(group_id=group_id, text=cluster.text, state="open")
            row.vector, row.embedder = np.asarray(cluster.total, np.float32).tobytes(), self._name
            session.add(row)
            await session.flush()
            session.add_all(Asking(question_id=row.id, turn_id=turn) for turn in cluster.turns)


def _view(row: OpenQuestion, lines: Sequence[AskedLine], entries: Collection[str]) -> Question:
    ways: dict[str, list[str]] = {}
    for line in lines:
        text = bare(line.text)
        ways.setdefault(skeleton(text) or text, []).append(text)
    ordered = sorted(ways.values(), key=len, reverse=True)
    since = sum(row.decided_at is not None and line.at > row.decided_at for line in lines)
    state: QuestionState = "dismissed" if row.state == "dismissed" else "open"
    if row.state == "answered" and row.entry_key in entries and not since:
        state = "answered"
    return Question(
        id=row.id,
        text=ordered[0][0],
        count=len(lines),
        members=len({line.member for line in lines}),
        phrasings=tuple(texts[0] for texts in ordered[:MOST_PHRASINGS]),
        first_at=lines[0].at,
        last_at=lines[-1].at,
        state=state,
        entry_key=row.entry_key,
        since=since,
    )
