"""Writes a turn: its effects, its reply and that the message is handled, in one short transaction."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, cast

from sqlalchemy import Table, bindparam, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from assistant.agent.context import TurnContext
from assistant.agent.effects import (
    LEDGER_EFFECTS,
    AnswerShared,
    ClaimFiled,
    Effect,
    FeedbackGiven,
    OrderChanged,
    OrderMoved,
    OrderPlaced,
    OrderReceived,
    PauseSet,
    RememberingSet,
    SourceNoted,
    StockAwaited,
    StrikeGiven,
    TicketJoined,
    TicketOpened,
    VoteCast,
)
from assistant.broadcasts.repository import AnnouncementRepository
from assistant.desk.repository import DeskRepository, NewTicket
from assistant.errors import StaleLedger
from assistant.models import Audit, Group, Member, Message, Outbox, Ticket, Turn
from assistant.moderation.repository import StrikeRepository
from assistant.notices import notice_to_seller
from assistant.orders.ledger import total_of
from assistant.orders.promotion import promote
from assistant.orders.repository import OrderRepository, view_of
from assistant.payments.repository import ClaimRepository, NewClaim
from assistant.polls.repository import PollRepository
from assistant.regulars.repository import identity_of, opt
from assistant.replies.catalogue import replies_for
from assistant.turn.gather import Incoming
from assistant.turn.memory import Memory
from assistant.turn.outcome import Outcome


@dataclass(frozen=True, slots=True)
class Finished:
    """A turn that is ready to be written."""

    message: Incoming
    context: TurnContext
    outcome: Outcome
    memory: Memory
    in_response: bool
    """The channel carries the reply in its response, so that nothing is left to deliver."""
    pause: timedelta = timedelta(minutes=10)


# Built once: building a statement costs more than running it, and these run with every message.
_TURNS, _OUTBOX, _MESSAGES = (cast(Table, model.__table__) for model in (Turn, Outbox, Message))
_STORED = select(_TURNS.c.outcome).where(_TURNS.c.message_id == bindparam("message_id"))
_INSERT_TURN = insert(_TURNS).returning(_TURNS.c.id)
_INSERT_OUTBOX = insert(_OUTBOX)
_HANDLED = update(_MESSAGES).where(_MESSAGES.c.id == bindparam("message")).values(status="handled")


async def commit(session: AsyncSession, turn: Finished) -> Outcome:
    """Apply all effects and store the turn; return the outcome with the rows that came of it.

    Raises:
        StaleLedger: another turn changed the group's orders first; nothing was written.
    """
    connection = await session.connection()
    stored = (await connection.execute(_STORED, {"message_id": turn.message.id})).scalar()
    if stored is not None:
        return Outcome.from_json(stored)
    context, now = turn.context, turn.context.now
    if any(isinstance(effect, LEDGER_EFFECTS) for effect in context.staged):
        seen = context.group.ledger_revision
        if not await OrderRepository(session).touch_ledger(context.group.id, seen):
            raise StaleLedger("the group's orders changed meanwhile")
    writer = _Writer(session, turn)
    for effect in context.staged:
        await writer.apply(effect)
    await writer.serve_who_waits()
    await writer.close_when_full()
    outcome = replace(turn.outcome, orders=tuple(writer.orders.values()), tickets=tuple(writer.tickets))
    await session.flush()
    turn_id = await _store_turn(connection, turn, outcome, now)
    if outcome.text and not any(isinstance(effect, AnswerShared) for effect in context.staged):
        await connection.execute(
            _INSERT_OUTBOX,
            {
                "group_id": context.group.id,
                "member_id": context.speaker.member_id,
                "turn_id": turn_id,
                "channel": turn.message.channel,
                "author": "assistant",
                "text": outcome.text,
                "addressees": [context.speaker.nickname],
                "private": outcome.private,
                "status": "sent" if turn.in_response else "pending",
                "attempts": 0,
                "error": "",
                "created_at": now,
                "next_attempt_at": now,
                "sent_at": now if turn.in_response else None,
            },
        )
    await connection.execute(_HANDLED, {"message": turn.message.id})
    return outcome


async def _store_turn(connection: AsyncConnection, turn: Finished, outcome: Outcome, now: datetime) -> int:
    row = await connection.execute(
        _INSERT_TURN,
        {
            "message_id": turn.message.id,
            "group_id": turn.context.group.id,
            "member_id": turn.context.speaker.member_id,
            "at": now,
            "action": outcome.action,
            "responder": outcome.responder,
            "intent": outcome.intent,
            "reason": outcome.reason[:200],
            "text": outcome.text,
            "question_key": "",
            "memory": turn.memory.to_json(),
            "outcome": outcome.to_json(),
        },
    )
    return int(row.scalar_one())


class _Writer:
    """Applies effects one by one and remembers the rows they made."""

    def __init__(self, session: AsyncSession, turn: Finished) -> None:
        self._session = session
        self._turn = turn
        self._context = turn.context
        self._orders = OrderRepository(session)
        self._desk = DeskRepository(session)
        self.orders: dict[int, dict[str, Any]] = {}
        self.tickets: list[dict[str, Any]] = []

    async def apply(self, effect: Effect) -> None:
        """Write one effect."""
        context, session, now = self._context, self._session, self._context.now
        member_id, group_id = context.speaker.member_id, context.group.id
        match effect:
            case OrderPlaced() | OrderChanged() | OrderMoved():
                await self._order(effect)
            case OrderReceived(order):
                await self._orders.receive(order, actor=context.speaker.nickname, now=now)
            case FeedbackGiven(order, text):
                await self._orders.keep_feedback(order, group_id, text, now)
            case ClaimFiled(order, image):
                claim = NewClaim(
                    group_id=group_id,
                    member_id=member_id,
                    message_id=self._turn.message.id,
                    order_id=order.id if order else None,
                    image=image,
                    text=context.text,
                )
                await ClaimRepository(session).file(claim, now)
            case TicketOpened():
                await self._ticket(effect)
            case TicketJoined(ticket_id):
                joined = await self._desk.join(ticket_id, context.speaker.nickname)
                if joined is not None:
                    self._note(joined)
            case StrikeGiven():
                await self._strike(effect)
            case PauseSet(paused):
                until = now + self._turn.pause
                await self._desk.pause(group_id, paused, until=until, by=context.speaker.nickname)
            case AnswerShared(outbox_id):
                row = await session.get(Outbox, outbox_id)
                if row is not None and context.speaker.nickname not in row.addressees:
                    row.addressees = [*row.addressees, context.speaker.nickname]
            case VoteCast(poll_id, choice):
                await PollRepository(session).vote(poll_id, member_id, choice, now)
            case RememberingSet(wanted):
                await opt(session, await identity_of(session, member_id), out=not wanted, now=now)
            case StockAwaited(sku):
                await AnnouncementRepository(session).wait_for(group_id, member_id, sku, now)
            case SourceNoted(text):
                await session.execute(update(Member).where(Member.id == member_id).values(source=text))

    async def _strike(self, effect: StrikeGiven) -> None:
        """Write the warning down; at the last one the seller is told, and the member removed where it is so set."""
        session, context, now = self._session, self._context, self._context.now
        speaker, group_id = context.speaker, context.group.id
        strikes = StrikeRepository(session)
        await strikes.give(group_id, speaker.member_id, message_id=self._turn.message.id, reason=effect.reason, now=now)
        if not effect.last:
            return
        if effect.removes:
            await strikes.remove(speaker.member_id, group_id, reason=effect.reason, now=now)
        settings = context.group.settings
        words = replies_for(settings.language, settings.timezone, settings.payment.currency)
        key = "moderate.seller_removed" if effect.removes else "moderate.seller"
        told = words.render(key, name=speaker.nickname, count=context.strikes + 1, text=context.text[:200])
        session.add(notice_to_seller(group_id, told, now))

    async def _order(self, effect: OrderPlaced | OrderChanged | OrderMoved) -> None:
        context, now = self._context, self._context.now
        actor = context.speaker.nickname
        match effect:
            case OrderPlaced():
                order = await self._orders.place(
                    group_id=context.group.id,
                    member_id=effect.member_id or await self._new_member(effect.nickname),
                    items=effect.items,
                    status=effect.status,
                    terms=context.terms,
                    actor=actor,
                    now=now,
                )
            case OrderChanged():
                deposit = context.terms.deposit(total_of(effect.items))
                order = await self._orders.replace_lines(
                    effect.order.id, effect.items, deposit=deposit, actor=actor, now=now
                )
            case OrderMoved():
                order = await self._orders.move(effect.order.id, effect.status, actor=actor, now=now, note=effect.note)
        view = view_of(order)
        self.orders[view.id] = {
            "number": view.number,
            "status": view.status,
            "items": [{"sku": item.sku, "quantity": item.quantity} for item in view.items],
            "total": str(view.total),
            "deposit": str(view.deposit) if view.deposit is not None else None,
        }

    async def _new_member(self, nickname: str) -> int:
        """Return the member row of a name that stands on a sign-up list but has not written yet."""
        channel, group_id = self._turn.message.channel, self._context.group.id
        where = (Member.group_id == group_id, Member.channel == channel, Member.external_id == nickname)
        known = await self._session.scalar(select(Member.id).where(*where))
        if known is not None:
            return int(known)
        member = Member(
            group_id=group_id,
            channel=channel,
            external_id=nickname,
            nickname=nickname,
            role="member",
            joined_at=self._context.now,
            source="",
        )
        self._session.add(member)
        await self._session.flush()
        return member.id

    async def _ticket(self, effect: TicketOpened) -> None:
        context = self._context
        new = NewTicket(
            group_id=context.group.id,
            member_id=context.speaker.member_id,
            message_id=self._turn.message.id,
            kind=effect.kind,
            reason=effect.reason,
            question=effect.question,
            order_id=effect.order.id if effect.order else None,
            context=effect.context,
        )
        self._note(await self._desk.open(new, context.now))

    def _note(self, ticket: Ticket) -> None:
        self.tickets.append({"id": ticket.id, "kind": ticket.kind, "status": ticket.status})

    async def serve_who_waits(self) -> None:
        """Give what was cancelled or lessened to the members who wait for it."""
        freeing = any(isinstance(effect, OrderChanged | OrderMoved) for effect in self._context.staged)
        if freeing and any(self._context.ledger.waiting.values()):
            group = await self._session.get_one(Group, self._context.group.id)
            await promote(self._session, group, self._context.now)

    async def close_when_full(self) -> None:
        """Close the group with its last order."""
        settings = self._context.group.settings
        limit = settings.close_after_orders if settings.close_counts == "placed" else None
        placed = any(isinstance(effect, OrderPlaced) for effect in self._context.staged)
        if limit is None or not placed or self._context.ledger.order_count < limit:
            return
        now, group_id = self._context.now, self._context.group.id
        await self._session.execute(
            update(Group).where(Group.id == group_id, Group.closed_at.is_(None)).values(closed_at=now)
        )
        self._session.add(
            Audit(
                at=now,
                actor="yidan",
                action="group.close",
                group_id=group_id,
                subject=group_id,
                details={"reason": f"order {limit} of {limit}"},
            )
        )
