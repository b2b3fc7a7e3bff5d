"""Everything a human needs to answer a ticket, in one value."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import selectinload

from assistant.agent.suggest import Summary
from assistant.clock import Clock
from assistant.db import Database
from assistant.delivery.suggestions import Suggestions
from assistant.delivery.talk import Talk, TalkLine
from assistant.desk.pauses import PauseDesk, PauseView
from assistant.desk.service import TicketDesk, TicketView
from assistant.groups.library import GroupView, Library
from assistant.models import Order, Ticket
from assistant.regulars.repository import identity_of, purchases_of
from assistant.regulars.usual import Bought, usual_of
from assistant.replies.catalogue import replies_for

FOUND = 3
LIKELY = 0.2
"""An entry that is at least so probable is worth showing as an answer."""

EARLIER = 5


@dataclass(frozen=True, slots=True)
class Tried:
    """A piece of knowledge that came near, with its calibrated probability then."""

    id: str
    title: str
    answer: str
    probability: float


@dataclass(frozen=True, slots=True)
class OrderShort:
    """An order of the member in a line."""

    number: int
    status: str
    total: Decimal
    currency: str
    items: tuple[str, ...]
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Asked:
    """An earlier question to the seller, with the answer (empty without one)."""

    question: str
    answer: str


@dataclass(frozen=True, slots=True)
class History:
    """What the seller and this member had with each other, over all the seller's groups."""

    purchases: int
    last_at: datetime | None
    usual: tuple[Bought, ...]
    earlier: tuple[Asked, ...]
    """Their last questions to the seller in this group."""


@dataclass(frozen=True, slots=True)
class SuggestedReply:
    """Words that may be sent as they are. ``source`` is the entry they are, empty for a general phrase."""

    text: str
    source: str = ""
    title: str = ""
    probability: float = 0.0


@dataclass(frozen=True, slots=True)
class Dossier:
    """A ticket with its whole context."""

    ticket: TicketView
    summary: Summary
    talk: tuple[TalkLine, ...]
    tried: tuple[Tried, ...]
    orders: tuple[OrderShort, ...]
    history: History
    terms: str
    """The group's refund terms in its own language; empty where it has none."""
    pause: PauseView | None
    replies: tuple[SuggestedReply, ...]


@dataclass(frozen=True, slots=True)
class _Parts:
    desk: TicketDesk
    talk: Talk
    pauses: PauseDesk
    suggestions: Suggestions


class Dossiers:
    """Gathers what belongs to a ticket."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        library: Library,
        *,
        desk: TicketDesk,
        talk: Talk,
        suggestions: Suggestions,
    ) -> None:
        self._database = database
        self._clock = clock
        self._library = library
        self._parts = _Parts(desk, talk, PauseDesk(database, clock), suggestions)

    async def of(self, ticket_id: int, *, seller_id: int | None) -> Dossier:
        """Return everything about a ticket. Raises NotFound where the seller has none of this number."""
        parts = self._parts
        ticket = await parts.desk.show(ticket_id, seller_id=seller_id)
        async with self._database.read() as session:
            group = await self._library.view(session, ticket.group_id)
            orders = await _orders(session, ticket)
            history = await _history(session, ticket)
        pauses = await parts.pauses.list(ticket.group_id)
        return Dossier(
            ticket=ticket,
            summary=await parts.suggestions.ticket(ticket.group_id, ticket_id),
            talk=tuple(await parts.talk.around(ticket.group_id, ticket.message_id)),
            tried=_tried(ticket, group),
            orders=orders,
            history=history,
            terms=_terms(group),
            pause=next((pause for pause in pauses if pause.member_id == ticket.member_id), None),
            replies=await asyncio.to_thread(suggested, ticket, group, self._clock.now()),
        )


def suggested(ticket: TicketView, group: GroupView, now: datetime) -> tuple[SuggestedReply, ...]:
    """Return what could be answered: the entries that come near as things are now, then a phrase for the kind."""
    found = group.index.search(ticket.question, now=now, k=FOUND) if ticket.question.strip() else None
    near = []
    for hit in found.hits if found else ():
        entry = group.knowledge.entry(hit.id)
        if entry is not None and hit.probability >= LIKELY:
            near.append(SuggestedReply(entry.answer, entry.key, entry.question, hit.probability))
    return (*_ordered(ticket, near), SuggestedReply(_phrase(ticket, group)))


def _ordered(ticket: TicketView, near: Sequence[SuggestedReply]) -> Sequence[SuggestedReply]:
    # Somebody who complains wants no entry read out to them.
    return () if ticket.kind == "complaint" else near


def _phrase(ticket: TicketView, group: GroupView) -> str:
    settings = group.settings
    replies = replies_for(settings.language, settings.timezone, settings.payment.currency)
    number, refund = ticket.order or "", settings.refund
    match ticket.kind:
        case "refund":
            terms = {"days": refund.window_days if refund else "", "condition": refund.condition if refund else ""}
            return replies.render("suggest.refund", number=number, **terms)
        case "complaint":
            return replies.render("suggest.complaint", number=number)
        case "custom_request":
            return replies.render("suggest.custom")
    return replies.render("suggest.handoff")


def _terms(group: GroupView) -> str:
    settings = group.settings
    if settings.refund is None:
        return ""
    replies = replies_for(settings.language, settings.timezone, settings.payment.currency)
    return replies.render("refund.terms", days=settings.refund.window_days, condition=settings.refund.condition)


def _tried(ticket: TicketView, group: GroupView) -> tuple[Tried, ...]:
    found = []
    for hit in ticket.context.get("tried", ()):
        title, answer = titled(str(hit["id"]), group)
        found.append(Tried(str(hit["id"]), title, answer, float(hit["probability"])))
    return tuple(found)


def titled(source: str, group: GroupView) -> tuple[str, str]:
    """Return what a source is called and what it says: an entry's question and answer, a product's name and words."""
    if source.startswith("sku:"):
        sku = source.removeprefix("sku:")
        product = next((one for one in group.knowledge.products if one.sku == sku), None)
        return (f"{product.sku} {product.name}", product.description) if product else (sku, "")
    entry = group.knowledge.entry(source)
    return (entry.question, entry.answer) if entry else (source, "")


async def _orders(session: AsyncSession, ticket: TicketView) -> tuple[OrderShort, ...]:
    query = select(Order).where(Order.member_id == ticket.member_id).options(selectinload(Order.lines))
    return tuple(
        OrderShort(
            order.number,
            order.status,
            order.total,
            order.currency,
            tuple(f"{line.sku} {line.name} × {line.quantity} {line.unit}" for line in order.lines),
            order.created_at,
        )
        for order in await session.scalars(query.order_by(Order.id.desc()).limit(10))
    )


async def _history(session: AsyncSession, ticket: TicketView) -> History:
    bought = await purchases_of(session, await identity_of(session, ticket.member_id))
    query = (
        select(Ticket.question, Ticket.answer)
        .where(Ticket.member_id == ticket.member_id, Ticket.id < ticket.id)
        .order_by(Ticket.id.desc())
        .limit(EARLIER)
    )
    earlier = tuple(Asked(question, answer) for question, answer in await session.execute(query))
    return History(len(bought), max((one.at for one in bought), default=None), tuple(usual_of(bought)), earlier)
