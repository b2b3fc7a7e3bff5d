"""The drafts of a group where only the seller may send: each line with what to answer, and what became of it."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import Select, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from assistant.channels.base import ASSIST
from assistant.clock import Clock
from assistant.db import Database
from assistant.delivery.feed import OrderCard
from assistant.errors import NotFound
from assistant.knowledge.service import require_group
from assistant.models import Audit, Member, Message, Outbox, Pause, Turn

DraftState = Literal["waiting", "sent", "not_sent"]


@dataclass(frozen=True, slots=True)
class SentDraft:
    """Words for the seller to send. ``text`` is what is copied; private ones are for that member alone."""

    id: int
    text: str
    private: bool
    addressees: tuple[str, ...]
    state: DraftState
    by_seller: bool
    """The seller's own answer (to a ticket, from the talk), waiting to be sent."""
    at: datetime


@dataclass(frozen=True, slots=True)
class AssistLine:
    """A pasted line and what was made of it; without a draft ``reason`` says why."""

    message_id: int
    author: str
    role: str
    text: str
    at: datetime
    action: str
    reason: str
    draft: SentDraft | None
    shared: bool
    """The answer is in a draft for somebody who asked the same."""
    answered: bool
    """The seller has said something to this member since: the draft may not be needed any more."""
    orders: tuple[OrderCard, ...]


@dataclass(frozen=True, slots=True)
class Sheet:
    """The last lines, oldest first, and what else waits to be sent (a parcel is on its way, an answered ticket)."""

    lines: tuple[AssistLine, ...]
    notices: tuple[SentDraft, ...]


class AssistDrafts:
    """Shows drafts and notes which were sent. The faces check that the group is the seller's."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def sheet(self, group_id: str, limit: int = 60) -> Sheet:
        """Return the last lines with their drafts, and what else waits to be sent. Raises NotFound."""
        async with self._database.read() as session:
            await require_group(session, group_id)
            last = select(Message.id).where(Message.group_id == group_id, Message.channel == ASSIST)
            ids = list(await session.scalars(last.order_by(Message.id.desc()).limit(limit)))
            waiting = _rows(group_id).where(Outbox.status == "pending").order_by(Outbox.id)
            lines = await lines_of(session, group_id, ids)
            shown = {line.draft.id for line in lines if line.draft}
            notices = [_shown(row) for row in await session.scalars(waiting) if row.id not in shown]
            return Sheet(tuple(lines), tuple(notices))

    async def sent(self, group_id: str, draft_id: int, *, by: str, text: str | None = None) -> None:
        """Note that a draft was copied and sent, with other words where ``text`` has some. Raises NotFound."""
        now = self._clock.now()
        async with self._database.write() as session:
            row = await _row(session, group_id, draft_id)
            words = text.strip() if text is not None else ""
            if words and words not in (row.text, copied(row)):
                details = {"before": row.text[:500], "after": words[:500]}
                session.add(_audit(group_id, draft_id, "assist.edit", by, now, details))
                row.text = words
            row.status, row.sent_at, row.error = "sent", now, ""

    async def not_sent(self, group_id: str, draft_id: int, *, by: str) -> None:
        """Take a draft back: it was not said, and the next who asks gets an answer again. Raises NotFound."""
        now = self._clock.now()
        async with self._database.write() as session:
            row = await _row(session, group_id, draft_id)
            row.status, row.sent_at, row.error = "withheld", None, "not sent"
            session.add(_audit(group_id, draft_id, "assist.not_sent", by, now, {"text": row.text[:500]}))


async def lines_of(session: AsyncSession, group_id: str, message_ids: Collection[int]) -> list[AssistLine]:
    """Return these messages with what was made of them, oldest first."""
    query = (
        select(Message, Member.nickname, Member.role, Turn, Pause.until)
        .join(Member, Member.id == Message.member_id)
        .outerjoin(Turn, Turn.message_id == Message.id)
        .outerjoin(Pause, Pause.member_id == Member.id)
        .where(Message.group_id == group_id, Message.id.in_(message_ids))
        .order_by(Message.id)
    )
    rows = (await session.execute(query)).all()
    turns = {row.Turn.id for row in rows if row.Turn is not None}
    drafts = await session.scalars(_rows(group_id).where(Outbox.turn_id.in_(turns), Outbox.author == "assistant"))
    by_turn = {draft.turn_id: draft for draft in drafts}
    spoke = await session.scalar(
        select(func.max(Message.id))
        .join(Member, Member.id == Message.member_id)
        .where(Message.group_id == group_id, Message.channel == ASSIST, Member.role != "member")
    )
    return [_line(row, by_turn.get(row.Turn.id) if row.Turn else None, spoke or 0) for row in rows]


def copied(row: Outbox) -> str:
    """Return a draft as it is put into the chat: in the open with the names it answers in front of it."""
    text = row.text
    if row.private or not row.addressees or text.startswith("@"):
        return text
    return f"{' '.join(f'@{name}' for name in row.addressees)} {text}"


def bare(text: str) -> str:
    """Return a text without its blanks, as drafts and what came of them in the chat are compared."""
    return "".join(text.split())


def _line(row: Any, draft: Outbox | None, spoke: int) -> AssistLine:
    message, turn = row.Message, row.Turn
    outcome = turn.outcome if turn is not None else {}
    return AssistLine(
        message_id=message.id,
        author=row.nickname,
        role=row.role,
        text=message.text,
        at=message.sent_at,
        action=turn.action if turn is not None else "silent",
        reason=turn.reason if turn is not None else "",
        draft=_shown(draft) if draft is not None else None,
        shared=bool(turn is not None and turn.text and draft is None),
        # A pause tells that the seller's later words were for this member.
        answered=bool(draft is not None and row.until is not None and row.until > turn.at and spoke > message.id),
        orders=tuple(OrderCard(one["number"], one["status"], one["total"]) for one in outcome.get("orders", ())),
    )


def _shown(row: Outbox) -> SentDraft:
    states: dict[str, DraftState] = {"sent": "sent", "withheld": "not_sent", "failed": "not_sent"}
    return SentDraft(
        id=row.id,
        text=copied(row),
        private=row.private,
        addressees=tuple(row.addressees),
        state=states.get(row.status, "waiting"),
        by_seller=row.author == "seller",
        at=row.created_at,
    )


def _rows(group_id: str) -> Select[Outbox]:
    return select(Outbox).where(Outbox.group_id == group_id, Outbox.channel == ASSIST)


async def _row(session: AsyncSession, group_id: str, draft_id: int) -> Outbox:
    row = await session.scalar(_rows(group_id).where(Outbox.id == draft_id).with_for_update())
    if row is None:
        raise NotFound(f"no draft {draft_id} in group '{group_id}'")
    return row


def _audit(group_id: str, draft_id: int, action: str, by: str, now: datetime, details: dict[str, str]) -> Audit:
    return Audit(at=now, actor=by, action=action, group_id=group_id, subject=f"draft {draft_id}", details=details)
