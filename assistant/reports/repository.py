"""Reads the figures of one group and period from the store."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from statistics import median

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute

from assistant.groups.settings import GroupSettings
from assistant.models import Member, Message, Order, OrderLine, Payment, Ticket, Turn
from assistant.orders.states import LIVE
from assistant.reports.figures import Figures, Money, Sold
from assistant.reports.period import Period
from assistant.surveys.repository import SurveyRepository

NOT_ASKED = ("silent", "moderate", "chat")
"""Turns that wanted nothing from the group's side."""

BY_HUMANS = ("handoff", "custom_request", "refund")
"""Turns that end with a human."""


async def read_figures(session: AsyncSession, settings: GroupSettings, period: Period) -> Figures:
    """Return what the store says about the period."""
    group_id = settings.id
    asked = await _asked(session, group_id, period)
    waits = sorted((at - sent).total_seconds() for sent, at, _ in asked)
    members = await _people(session, group_id)
    writers, messages = await _written(session, group_id, period)
    tickets = await _tickets(session, group_id, period)
    orders = await _orders(session, group_id, period)
    return Figures(
        period=period.name,
        members=len(members),
        joined=sum(period.holds(joined) for joined in members),
        active=writers,
        messages=messages,
        questions=len(asked),
        alone=sum(action not in BY_HUMANS for _, _, action in asked),
        answer_seconds=median(waits) if waits else None,
        answer_seconds_p95=waits[min(len(waits) - 1, round(0.95 * (len(waits) - 1)))] if waits else None,
        human_seconds=_human_seconds(tickets),
        tickets=dict(Counter(ticket.kind for ticket in tickets)),
        open_tickets=sum(ticket.status != "resolved" for ticket in tickets),
        orders=dict(Counter(order.status for order in orders)),
        sold=await _sold(session, [order.id for order in orders if order.status in LIVE]),
        heat=_heat([sent for sent, _, _ in asked], settings),
        money=await _money(session, group_id, period, orders),
        currency=settings.payment.currency,
        unanswered=sum(ticket.reason == "missing_knowledge" and ticket.status != "resolved" for ticket in tickets),
        stars=await _stars(session, group_id, period, settings),
    )


async def unanswered_questions(session: AsyncSession, group_id: str, period: Period) -> list[tuple[str, int]]:
    """Return the open questions that the knowledge does not answer, with how many asked each, most asked first."""
    found = [
        (ticket.question, 1 + len(ticket.context.get("also_asked_by", ())))
        for ticket in await _tickets(session, group_id, period)
        if ticket.reason == "missing_knowledge" and ticket.status != "resolved"
    ]
    return sorted(found, key=lambda row: -row[1])


def within(column: InstrumentedAttribute[datetime], period: Period) -> list[ColumnElement[bool]]:
    """Return the conditions that put a time into a period."""
    bounds: list[ColumnElement[bool]] = []
    if period.start is not None:
        bounds.append(column >= period.start)
    if period.end is not None:
        bounds.append(column < period.end)
    return bounds


async def _asked(session: AsyncSession, group_id: str, period: Period) -> list[tuple[datetime, datetime, str]]:
    query = (
        select(Message.sent_at, Turn.at, Turn.action)
        .join(Turn, Turn.message_id == Message.id)
        .where(Message.group_id == group_id, Turn.action.not_in(NOT_ASKED), *within(Message.sent_at, period))
    )
    return [(row.sent_at, row.at, row.action) for row in await session.execute(query)]


async def _people(session: AsyncSession, group_id: str) -> list[datetime]:
    there = Member.group_id == group_id, Member.role == "member", Member.removed_at.is_(None)
    return list(await session.scalars(select(Member.joined_at).where(*there)))


async def _written(session: AsyncSession, group_id: str, period: Period) -> tuple[int, int]:
    query = (
        select(func.count(func.distinct(Message.member_id)), func.count(Message.id))
        .join(Member, Member.id == Message.member_id)
        .where(Message.group_id == group_id, Member.role == "member", *within(Message.sent_at, period))
    )
    writers, messages = (await session.execute(query)).one()
    return int(writers), int(messages)


async def _tickets(session: AsyncSession, group_id: str, period: Period) -> list[Ticket]:
    query = select(Ticket).where(Ticket.group_id == group_id, *within(Ticket.created_at, period))
    return list(await session.scalars(query.order_by(Ticket.id)))


def _human_seconds(tickets: Sequence[Ticket]) -> float | None:
    waits = [(one.resolved_at - one.created_at).total_seconds() for one in tickets if one.resolved_at is not None]
    return median(waits) if waits else None


async def _orders(session: AsyncSession, group_id: str, period: Period) -> list[Order]:
    query = select(Order).where(Order.group_id == group_id, *within(Order.created_at, period))
    return list(await session.scalars(query.order_by(Order.id)))


async def _sold(session: AsyncSession, order_ids: Sequence[int]) -> tuple[Sold, ...]:
    found: dict[str, Sold] = {}
    for start in range(0, len(order_ids), 500):
        lines = select(OrderLine).where(OrderLine.order_id.in_(order_ids[start : start + 500]))
        for line in await session.scalars(lines.order_by(OrderLine.id)):
            before = found.get(line.sku, Sold(line.sku, line.name, line.unit, 0, Decimal(0)))
            found[line.sku] = Sold(
                line.sku,
                line.name,
                line.unit,
                before.quantity + line.quantity,
                before.amount + line.price * line.quantity,
            )
    return tuple(sorted(found.values(), key=lambda one: (-one.amount, one.sku)))


def _heat(moments: Sequence[datetime], settings: GroupSettings) -> tuple[tuple[int, ...], ...]:
    counted: defaultdict[tuple[int, int], int] = defaultdict(int)
    for moment in moments:
        local = moment.astimezone(settings.zone)
        counted[local.weekday(), local.hour] += 1
    return tuple(tuple(counted[day, hour] for hour in range(24)) for day in range(7))


async def _money(session: AsyncSession, group_id: str, period: Period, orders: Sequence[Order]) -> Money:
    query = select(Payment.kind, func.sum(Payment.amount)).where(
        Payment.group_id == group_id, *within(Payment.at, period)
    )
    moved = {kind: Decimal(amount or 0) for kind, amount in await session.execute(query.group_by(Payment.kind))}
    live = [order for order in orders if order.status in LIVE]
    return Money(
        ordered=sum((order.total for order in live), Decimal(0)),
        received=sum((amount for kind, amount in moved.items() if kind != "refund"), Decimal(0)),
        refunded=moved.get("refund", Decimal(0)),
        owing=sum((max(Decimal(0), order.total - order.paid) for order in live), Decimal(0)),
    )


async def _stars(session: AsyncSession, group_id: str, period: Period, settings: GroupSettings) -> tuple[int, ...]:
    """Return what the survey came to so far; a week has none of its own, as answers are kept without their time."""
    if period.start is not None:
        return ()
    results = await SurveyRepository(session).results(group_id, at_least=settings.survey.show_from)
    return results.stars
