"""Today: what happened in the seller's groups, what is still to come in, and what needs somebody now."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from assistant.clock import Clock
from assistant.db import Database
from assistant.errors import NotFound
from assistant.groups.settings import GroupSettings
from assistant.groups.toml import settings_from_json
from assistant.models import Group, Member, Message, Order, Payment, Ticket, Turn
from assistant.orders.ledger import due_now
from assistant.orders.repository import PART_PAID
from assistant.orders.states import LIVE
from assistant.reports.day import (
    HOURS,
    DayFigures,
    Standing,
    added,
    day_of,
    standing_together,
    together,
    until_now,
)
from assistant.reports.needs import Need, by_urgency
from assistant.reports.period import Period
from assistant.reports.repository import BY_HUMANS, NOT_ASKED, within
from assistant.reports.waiting import needs_of


@dataclass(frozen=True, slots=True)
class Today:
    """The day of one or several groups; ``yesterday`` is the day before up to the same time of day."""

    today: DayFigures
    yesterday: DayFigures
    standing: Standing
    needs: tuple[Need, ...]
    """Most urgent first."""

    def to_json(self, *, private: bool = True) -> dict[str, Any]:
        """Return plain JSON; amounts are decimal text. Without ``private`` no money and nobody's name is in it."""
        days = {
            "today": self.today.to_json(private=private),
            "yesterday": self.yesterday.to_json(private=private),
        }
        if not private:
            return days
        return days | {"standing": self.standing.to_json(), "needs": [need.to_json() for need in self.needs]}


class TodayService:
    """Tells how the day goes."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def show(self, group_ids: Sequence[str]) -> Today:
        """Return the day of these groups together, each by its own clock. Raises NotFound for an unknown one."""
        now = self._clock.now()
        days, before, standings, needs = [], [], [], list[Need]()
        async with self._database.read() as session:
            for group_id in group_ids:
                group = await session.get(Group, group_id)
                if group is None:
                    raise NotFound(f"no group '{group_id}'")
                settings = settings_from_json(group.settings)
                days.append(await read_day(session, settings, day_of(now, settings.zone)))
                compared = until_now(day_of(now, settings.zone, days_ago=1), now)
                before.append(await read_day(session, settings, compared))
                standings.append(await read_standing(session, group_id))
                needs += await needs_of(session, group, now)
        return Today(together(days), together(before), standing_together(standings), tuple(by_urgency(needs)))


async def read_day(session: AsyncSession, settings: GroupSettings, period: Period) -> DayFigures:
    """Return what the store says about a group's day."""
    group_id = settings.id
    turns = (
        await session.execute(
            select(Message.sent_at, Turn.action)
            .join(Turn, Turn.message_id == Message.id)
            .join(Member, Member.id == Message.member_id)
            .where(Message.group_id == group_id, Member.role == "member", *within(Message.sent_at, period))
        )
    ).all()
    actions = Counter(row.action for row in turns)
    orders = await _orders(session, group_id, period)
    money = await _money(session, group_id, period)
    return DayFigures(
        messages=await _written(session, group_id, period),
        answered=sum(count for action, count in actions.items() if action not in (*BY_HUMANS, "silent", "moderate")),
        silent=actions["silent"],
        handed_over=sum(actions[action] for action in BY_HUMANS),
        moderated=actions["moderate"],
        unanswered=await _unanswered(session, group_id, period),
        orders=len(orders),
        ordered=added([{order.currency: order.total} for order in orders]),
        confirmed=added([{row.currency: row.amount} for row in money if row.kind != "refund"]),
        refunded=added([{row.currency: row.amount} for row in money if row.kind == "refund"]),
        asked_by_hour=_by_hour([row.sent_at for row in turns if row.action not in NOT_ASKED], settings),
        orders_by_hour=_by_hour([order.created_at for order in orders], settings),
    )


async def read_standing(session: AsyncSession, group_id: str) -> Standing:
    """Return which money of a group is expected, and which is claimed and not looked at."""
    waiting = ("pending_payment", "payment_claimed")
    query = select(Order, Order.status == "payment_claimed", PART_PAID)
    query = query.where(Order.group_id == group_id, Order.status.in_(waiting))
    due = [
        # The rest of what was paid in part is claimed only where a proof says so.
        (claimed and not part_paid, order.currency, due_now(order.total, order.deposit, order.paid))
        for order, claimed, part_paid in await session.execute(query)
    ]
    expected = [{currency: amount} for claimed, currency, amount in due if not claimed]
    claimed = [{currency: amount} for claimed, currency, amount in due if claimed]
    return Standing(added(expected), len(expected), added(claimed), len(claimed))


async def _written(session: AsyncSession, group_id: str, period: Period) -> int:
    query = (
        select(func.count(Message.id))
        .join(Member, Member.id == Message.member_id)
        .where(Message.group_id == group_id, Member.role == "member", *within(Message.sent_at, period))
    )
    return int(await session.scalar(query) or 0)


async def _unanswered(session: AsyncSession, group_id: str, period: Period) -> int:
    query = select(func.count(Ticket.id)).where(
        Ticket.group_id == group_id,
        Ticket.reason == "missing_knowledge",
        Ticket.status != "resolved",
        *within(Ticket.created_at, period),
    )
    return int(await session.scalar(query) or 0)


async def _orders(session: AsyncSession, group_id: str, period: Period) -> list[Order]:
    query = select(Order).where(Order.group_id == group_id, Order.status.in_(LIVE), *within(Order.created_at, period))
    return list(await session.scalars(query))


async def _money(session: AsyncSession, group_id: str, period: Period) -> list[Payment]:
    query = select(Payment).where(Payment.group_id == group_id, *within(Payment.at, period))
    return list(await session.scalars(query))


def _by_hour(moments: Sequence[datetime], settings: GroupSettings) -> tuple[int, ...]:
    hours = Counter(moment.astimezone(settings.zone).hour for moment in moments)
    return tuple(hours[hour] for hour in range(HOURS))
