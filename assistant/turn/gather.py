"""Fetches what a decision needs about one message, in few and cheap reads."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, Select, bindparam, case, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from assistant.agent.context import Speaker
from assistant.desk.repository import lasts
from assistant.groups.library import GroupView, Library
from assistant.groups.state import describe_state
from assistant.models import Group, Member, Message, Order, Outbox, Pause, Poll, Strike, SurveyInvite, Turn
from assistant.orders.ledger import Ledger, OrderView
from assistant.orders.repository import HOLDS_MONEY, OrderRepository
from assistant.surveys.repository import OPEN_FOR
from assistant.text.fold import fold, skeleton
from assistant.text.jielong import read_jielong
from assistant.text.orders import read_order
from assistant.turn.addressing import addressing_of
from assistant.turn.memory import REMEMBERED, SHARED, Memory
from assistant.turn.signals import Signals

_LAST_LINES = 8
_LATELY = 200
"""How many rows back a flood is looked for."""

_TYPING, _TALKING = 1, 2
"""What a pause is: somebody writes to the member, or has written."""


@dataclass(frozen=True, slots=True)
class Incoming:
    """The stored message and who wrote it."""

    id: int
    group_id: str
    channel: str
    text: str
    image: str | None
    mentions_assistant: bool
    sent_at: datetime
    speaker: Speaker


@dataclass(frozen=True, slots=True)
class Situation:
    """A message with what one read tells about its circumstances."""

    message: Incoming
    group: Row[Any]
    """The group's id, knowledge_version, ledger_revision, closed_at and gate_offset."""
    memory: Memory | None
    paused: bool
    typing: bool
    recent: int
    same: int
    strikes: int
    poll: int | None
    survey: int | None
    orders_due: bool
    """Orders of the group wait to be expired."""


def _situation_query() -> Select[*tuple[Any, ...]]:
    """Return the one statement that reads a message with its circumstances; built once, as building costs more
    than running it."""
    last_turn = (
        select(func.max(Turn.id))
        .where(
            Turn.member_id == Message.member_id,
            Turn.at >= bindparam("remembered"),
            Turn.action.not_in(("silent", "moderate")),
        )
        .correlate(Message)
        .scalar_subquery()
    )
    paused = select(func.max(case((Pause.until > bindparam("now"), _TALKING), else_=_TYPING))).where(
        Pause.member_id == Message.member_id, lasts(bindparam("now"))
    )
    due = select(func.count(Order.id)).where(
        Order.group_id == Message.group_id,
        Order.status == "pending_payment",
        Order.pay_by <= bindparam("now"),
        ~HOLDS_MONEY,
    )
    earlier = aliased(Message)
    # A look at the newest rows alone: what was written long ago floods nobody.
    lately = (
        (earlier.id > Message.id - _LATELY) & (earlier.id <= Message.id) & (earlier.member_id == Message.member_id),
        earlier.sent_at > bindparam("a_minute_ago"),
    )
    recent = select(func.count(earlier.id)).where(*lately)
    same = recent.where(earlier.text == Message.text)
    strikes = select(func.count(Strike.id)).where(Strike.member_id == Message.member_id, Strike.lifted_at.is_(None))
    poll = select(func.max(Poll.id)).where(
        Poll.group_id == Message.group_id, Poll.closed_at.is_(None), Poll.closes_at > bindparam("now")
    )
    survey = select(func.max(SurveyInvite.order_id)).where(
        SurveyInvite.member_id == Message.member_id,
        SurveyInvite.answered.is_(False),
        SurveyInvite.asked_at > bindparam("survey_since"),
    )
    return (
        select(
            Message.id.label("message_id"),
            Message.channel,
            Message.text,
            Message.image,
            Message.mentions_assistant,
            Message.sent_at,
            Member.id.label("member_id"),
            Member.nickname,
            Member.role,
            Group.id,
            Group.knowledge_version,
            Group.ledger_revision,
            Group.closed_at,
            Group.gate_offset,
            Turn.memory,
            Turn.action,
            Turn.at,
            paused.correlate(Message).scalar_subquery().label("pause"),
            due.correlate(Message).scalar_subquery().label("orders_due"),
            recent.correlate(Message).scalar_subquery().label("recent"),
            same.correlate(Message).scalar_subquery().label("same"),
            strikes.correlate(Message).scalar_subquery().label("strikes"),
            poll.correlate(Message).scalar_subquery().label("poll"),
            survey.correlate(Message).scalar_subquery().label("survey"),
        )
        .join(Member, Member.id == Message.member_id)
        .join(Group, Group.id == Message.group_id)
        .outerjoin(Turn, Turn.id == last_turn)
        .where(Message.id == bindparam("message_id"))
    )


_SITUATION = _situation_query()
_MEMBERS = (
    select(Member.nickname, Member.id)
    .where(Member.group_id == bindparam("group_id"), Member.removed_at.is_(None))
    .order_by(Member.id)
)
_SHARED = (
    select(Turn.memory, Turn.action, Turn.at)
    .where(
        Turn.group_id == bindparam("group_id"),
        Turn.member_id != bindparam("member_id"),
        Turn.at >= bindparam("since"),
        Turn.action == "answer",
    )
    .order_by(Turn.id.desc())
    .limit(1)
)

_FRESH_ANSWER = (
    select(Outbox.id, Outbox.addressees)
    .where(
        Outbox.group_id == bindparam("group_id"),
        Outbox.created_at >= bindparam("since"),
        Outbox.text == bindparam("text"),
        Outbox.private.is_(False),
        # Who asks on another platform does not read it there.
        Outbox.channel == bindparam("channel"),
        # What was held back was read by nobody.
        Outbox.status != "withheld",
    )
    .order_by(Outbox.id.desc())
    .limit(1)
)

_ANSWERED = (
    select(Message.text)
    .join(Turn, Turn.message_id == Message.id)
    .where(
        Message.member_id == bindparam("member_id"),
        Message.id < bindparam("before"),
        Turn.at >= bindparam("since"),
        Turn.action == "answer",
    )
    .order_by(Message.id.desc())
    .limit(5)
)


async def situation(session: AsyncSession, message_id: int, now: datetime) -> Situation:
    """Return a stored message with its circumstances. Raises NoResultFound where there is none."""
    values = {
        "message_id": message_id,
        "now": now,
        "remembered": now - REMEMBERED,
        "a_minute_ago": now - timedelta(minutes=1),
        "survey_since": now - OPEN_FOR,
    }
    row = (await session.execute(_SITUATION, values)).one()
    message = Incoming(
        id=row.message_id,
        group_id=row.id,
        channel=row.channel,
        text=row.text,
        image=row.image,
        mentions_assistant=row.mentions_assistant,
        sent_at=row.sent_at,
        speaker=Speaker(row.member_id, row.nickname, row.role),
    )
    memory = Memory.from_json(row.memory, action=row.action, at=row.at) if row.memory is not None else None
    return Situation(
        message,
        row,
        memory,
        paused=row.pause is not None,
        typing=row.pause == _TYPING,
        recent=row.recent,
        same=row.same,
        strikes=row.strikes,
        poll=row.poll,
        survey=row.survey,
        orders_due=bool(row.orders_due),
    )


async def rehearsed_situation(session: AsyncSession, message: Incoming) -> Situation:
    """Return the circumstances of a message that is only tried: nobody's, with nothing said before it."""
    columns = (Group.id, Group.knowledge_version, Group.ledger_revision, Group.closed_at, Group.gate_offset)
    row: Any = (await session.execute(select(*columns).where(Group.id == message.group_id))).one()
    return Situation(
        message,
        row,
        None,
        paused=False,
        typing=False,
        recent=0,
        same=0,
        strikes=0,
        poll=None,
        survey=None,
        orders_due=False,
    )


class Gatherer:
    """Reads signals; keeps what does not change from turn to turn (the ledger of a revision)."""

    def __init__(self, library: Library, *, talkative: float) -> None:
        self._library = library
        self._talkative = talkative
        self._ledgers: dict[str, Ledger] = {}

    async def signals(
        self, session: AsyncSession, situation: Situation, now: datetime, view: GroupView | None = None
    ) -> Signals:
        """Return everything about a message that needs no embedding; ``view`` in place of what members get."""
        message = situation.message
        view = view or self._library.kept(situation.group) or await self._library.view(session, message.group_id)
        members = await self._members(session, message)
        ledger = await self._ledger(session, view)
        settings = view.settings
        others = [name for name in members if name != message.speaker.nickname]
        addressing = addressing_of(
            message.text,
            assistant=settings.assistant_name,
            seller=settings.seller,
            members=others,
            mentioned=message.mentions_assistant,
        )
        return Signals(
            now=now,
            group=view,
            phase=describe_state(view, now, ledger.counted(settings.close_counts)),
            speaker=message.speaker,
            text=addressing.text,
            folded=fold(addressing.text),
            addressed=addressing.to,
            image=message.image,
            reading=read_order(addressing.text, view.catalogue.names, others),
            sign_up=read_jielong(message.text, tuple(members)),
            exact=view.index.exact(addressing.text, now),
            orders=tuple(await OrderRepository(session).of_member(message.speaker.member_id)),
            ledger=ledger,
            memory=situation.memory,
            shared=await self._shared(session, message, now) if _leans(addressing.text) else None,
            members=members,
            recent=situation.recent,
            same=situation.same,
            strikes=situation.strikes,
            poll=situation.poll,
            survey=situation.survey,
            paused=situation.paused,
            typing=situation.typing,
            talkative=self._talkative if settings.talkative is None else settings.talkative,
            gate_offset=situation.group.gate_offset,
        )

    async def _members(self, session: AsyncSession, message: Incoming) -> Mapping[str, int]:
        # Read anew for each message: sign-up lists, other processes and removals change who is known.
        rows = await session.execute(_MEMBERS, {"group_id": message.group_id})
        known = {nickname: member_id for nickname, member_id in rows}
        # Two members may share a nickname; the one who writes is meant by their own.
        known[message.speaker.nickname] = message.speaker.member_id
        return known

    async def _ledger(self, session: AsyncSession, view: GroupView) -> Ledger:
        kept = self._ledgers.get(view.id)
        if kept is None or kept.revision != view.ledger_revision:
            kept = await OrderRepository(session).ledger(view.id, view.ledger_revision)
            self._ledgers[view.id] = kept
        return kept

    async def _shared(self, session: AsyncSession, message: Incoming, now: datetime) -> Memory | None:
        values = {"group_id": message.group_id, "member_id": message.speaker.member_id, "since": now - SHARED}
        row = (await session.execute(_SHARED, values)).first()
        return Memory.from_json(row.memory, action=row.action, at=row.at) if row else None


_LEAN = re.compile(r"^(那|and\b|what about|how about)|呢[?？]?$", re.IGNORECASE)


def _leans(text: str) -> bool:
    return bool(_LEAN.search(text.strip()))


async def fresh_answer(
    session: AsyncSession, group_id: str, text: str, *, channel: str, now: datetime, window: int
) -> tuple[int, list[str]] | None:
    """Return the public reply with this very text that went out on the channel within ``window`` seconds.

    The result is (outbox id, whom it answers).
    """
    values = {"group_id": group_id, "channel": channel, "since": now - timedelta(seconds=window), "text": text}
    row = (await session.execute(_FRESH_ANSWER, values)).first()
    return (row.id, row.addressees) if row else None


async def same_member_asked(
    session: AsyncSession, member_id: int, text: str, *, before: int, now: datetime, window: int
) -> bool:
    """Return whether the member wrote the same and was answered within ``window`` seconds."""
    values = {"member_id": member_id, "before": before, "since": now - timedelta(seconds=window)}
    bones = skeleton(text)
    return any(skeleton(earlier) == bones for earlier in (await session.scalars(_ANSWERED, values)).all())


async def tokens_today(session: AsyncSession, group_id: str, now: datetime) -> int:
    """Return the tokens that language models have cost the group in the last 24 hours."""
    cost = func.sum(Turn.outcome["tokens"].as_integer())
    query = select(cost).where(Turn.group_id == group_id, Turn.at > now - timedelta(days=1))
    return int(await session.scalar(query) or 0)


async def last_lines(session: AsyncSession, group_id: str, before: int) -> list[dict[str, str]]:
    """Return the group's last lines before a message, oldest first, for the human who takes over."""
    query = (
        select(Member.nickname, Message.text)
        .join(Member, Member.id == Message.member_id)
        .where(Message.group_id == group_id, Message.id < before)
        .order_by(Message.id.desc())
        .limit(_LAST_LINES)
    )
    rows = (await session.execute(query)).all()
    return [{"from": nickname, "text": text} for nickname, text in reversed(rows)]


async def queue_places(session: AsyncSession, group_id: str, orders: Sequence[OrderView]) -> Mapping[int, int]:
    """Return the places in the waitlist of a member's pre-orders, by order id."""
    repository = OrderRepository(session)
    return {
        order.id: await repository.queue_place(order, group_id, order.items[0].sku)
        for order in orders
        if order.status == "preorder" and order.items
    }


def ticket_context(signals: Signals, lines: list[dict[str, str]]) -> dict[str, Any]:
    """Return what a human needs to go on: what was said, what was found, what is on order."""
    found = signals.understanding.found if signals.understanding else None
    return {
        "last_lines": lines,
        "tried": [{"id": hit.id, "probability": round(hit.probability, 3)} for hit in found.hits[:3]] if found else [],
        "orders": [
            {
                "number": order.number,
                "status": order.status,
                "items": [{"sku": item.sku, "quantity": item.quantity} for item in order.items],
                "total": str(order.total),
            }
            for order in signals.orders
            if order.status not in ("cancelled", "expired")
        ],
        "image": signals.image,
    }
