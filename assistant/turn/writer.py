"""Writes the effects of a turn, one by one, within the turn's transaction; the members' own deeds go to the audit."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from assistant.agent.context import TurnContext
from assistant.agent.effects import (
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
    SurveyAnswered,
    TicketJoined,
    TicketOpened,
    VoteCast,
)
from assistant.broadcasts.repository import AnnouncementRepository
from assistant.desk.repository import DeskRepository, NewTicket
from assistant.models import Audit, Group, Member, Message, Order, Outbox, Ticket
from assistant.moderation.repository import StrikeRepository
from assistant.notices import notice_to_seller
from assistant.orders.ledger import OrderItem, total_of
from assistant.orders.promotion import promote
from assistant.orders.repository import OrderRepository, view_of
from assistant.payments.repository import ClaimRepository, NewClaim
from assistant.polls.repository import PollRepository
from assistant.regulars.repository import identity_of, opt
from assistant.replies.catalogue import replies_for
from assistant.surveys.answers import SurveyReply
from assistant.surveys.repository import SurveyRepository
from assistant.turn.gather import Incoming


def _plain(items: Sequence[OrderItem]) -> list[dict[str, Any]]:
    return [{"sku": item.sku, "quantity": item.quantity} for item in items]


class Writer:
    """Applies effects one by one and remembers the rows they made."""

    def __init__(self, session: AsyncSession, context: TurnContext, message: Incoming, *, pause: timedelta) -> None:
        self._session = session
        self._message, self._pause = message, pause
        self._context = context
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
                got = await self._orders.receive(order, actor=context.speaker.nickname, now=now)
                self._audit(got, "order.receive", {"from": order.status, "to": got.status})
            case FeedbackGiven(order, text):
                await self._orders.keep_feedback(order, group_id, text, now)
            case ClaimFiled(order, image):
                claim = NewClaim(
                    group_id=group_id,
                    member_id=member_id,
                    message_id=self._message.id,
                    order_id=order.id if order else None,
                    image=image,
                    text=context.text,
                )
                filed = await ClaimRepository(session).file(claim, now)
                about = {"order": order.number if order else None, "picture": image is not None}
                self._note_deed("claim.file", f"claim {filed.id}", about)
            case TicketOpened():
                await self._ticket(effect)
            case TicketJoined(ticket_id):
                joined = await self._desk.join(ticket_id, context.speaker.nickname)
                if joined is not None:
                    self._note(joined)
            case StrikeGiven():
                await self._strike(effect)
            case PauseSet(paused):
                until = now + self._pause
                await self._desk.pause(group_id, paused, until=until, by=context.speaker.nickname)
            case AnswerShared(outbox_id):
                row = await session.get(Outbox, outbox_id)
                if row is not None and context.speaker.nickname not in row.addressees:
                    row.addressees = [*row.addressees, context.speaker.nickname]
            case VoteCast(poll_id, choice):
                await PollRepository(session).vote(poll_id, member_id, choice, now)
            case RememberingSet(wanted):
                await opt(session, await identity_of(session, member_id), out=not wanted, now=now)
                self._note_deed("regular.remember" if wanted else "regular.forget", f"member {member_id}", {})
            case SurveyAnswered(reply, kept):
                await self._survey(reply, kept)
            case StockAwaited(sku):
                await AnnouncementRepository(session).wait_for(group_id, member_id, sku, now)
            case SourceNoted(text):
                await session.execute(update(Member).where(Member.id == member_id).values(source=text))

    async def _survey(self, reply: SurveyReply, kept: str) -> None:
        """Keep the answer apart from its member, and let nothing of it stand in the talk."""
        surveys = SurveyRepository(self._session)
        found = await surveys.of_member(self._context.speaker.member_id)
        if found is None or found[0].answered:
            return
        least = self._context.group.settings.survey.show_from
        await surveys.answer(found[0], self._context.group.id, reply, at_least=least)
        await self._session.execute(update(Message).where(Message.id == self._message.id).values(text=kept))

    async def _strike(self, effect: StrikeGiven) -> None:
        """Write the warning down; at the last one the seller is told, and the member removed where it is so set."""
        session, context, now = self._session, self._context, self._context.now
        speaker, group_id = context.speaker, context.group.id
        strikes = StrikeRepository(session)
        await strikes.give(group_id, speaker.member_id, message_id=self._message.id, reason=effect.reason, now=now)
        details = {"reason": effect.reason, "message": self._message.id}
        self._note_deed("strike.give", f"member {speaker.member_id}", details, actor="yidan")
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
                self._audit(order, "order.place", {"to": order.status, "lines": _plain(effect.items)})
            case OrderChanged():
                deposit = context.terms.deposit(total_of(effect.items))
                order = await self._orders.replace_lines(
                    effect.order.id, effect.items, deposit=deposit, actor=actor, now=now
                )
                before = _plain(effect.order.items)
                self._audit(order, "order.change", {"before": before, "lines": _plain(effect.items)})
            case OrderMoved():
                order = await self._orders.move(effect.order.id, effect.status, actor=actor, now=now, note=effect.note)
                details = {"from": effect.order.status, "to": order.status, "note": effect.note}
                self._audit(order, "order.move", details)
        view = view_of(order)
        self.orders[view.id] = {
            "number": view.number,
            "status": view.status,
            "items": _plain(view.items),
            "total": str(view.total),
            "deposit": str(view.deposit) if view.deposit is not None else None,
        }

    def _audit(self, order: Order, action: str, details: dict[str, Any]) -> None:
        """Note what the member did to an order."""
        self._note_deed(action, f"order {order.number}", details)

    def _note_deed(self, action: str, subject: str, details: dict[str, Any], *, actor: str = "") -> None:
        context = self._context
        self._session.add(
            Audit(
                at=context.now,
                actor=actor or context.speaker.nickname,
                action=action,
                group_id=context.group.id,
                subject=subject,
                details=details,
            )
        )

    async def _new_member(self, nickname: str) -> int:
        """Return the member row of a name that stands on a sign-up list but has not written yet."""
        channel, group_id = self._message.channel, self._context.group.id
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
            message_id=self._message.id,
            kind=effect.kind,
            reason=effect.reason,
            question=effect.question,
            order_id=effect.order.id if effect.order else None,
            context=effect.context,
        )
        opened = await self._desk.open(new, context.now)
        self._note(opened)
        self._note_deed("ticket.open", f"ticket {opened.id}", {"kind": opened.kind, "reason": opened.reason})

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
        self._note_deed("group.close", group_id, {"reason": f"order {limit} of {limit}"}, actor="yidan")
