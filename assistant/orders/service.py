"""Orders moved by the seller or by time."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from assistant.clock import Clock
from assistant.db import Database
from assistant.errors import NotFound, UsageError
from assistant.models import Audit, Group, Member, Order, Outbox
from assistant.orders.ledger import OrderView
from assistant.orders.repository import OrderRepository, view_of
from assistant.orders.states import STATUSES, OrderStatus, require_move


async def expire_due(database: Database, now: datetime, group_id: str | None = None) -> int:
    """Expire unpaid orders whose time to pay is over, giving their stock back; return how many."""
    async with database.read() as session:
        due = await OrderRepository(session).due_ids(now, group_id)
    if not due:
        return 0
    async with database.write() as session:
        orders = OrderRepository(session)
        # Read again under the write lock: a payment may have come in between.
        still_due = await orders.due_ids(now, group_id)
        groups = set()
        for order_id in still_due:
            order = await orders.move(order_id, "expired", actor="yidan", now=now, note="not paid in time")
            groups.add(order.group_id)
        for group in groups:
            await orders.touch_ledger(group)
    return len(still_due)


class OrderService:
    """What the seller does with orders."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def move(
        self, group_id: str, number: int, status: str, *, actor: str, note: str = "", notice: str = ""
    ) -> OrderView:
        """Move an order to another state and return it; ``notice`` goes to its member.

        Raises:
            UsageError: there is no such state.
            NotFound: there is no such order in the group.
            Conflict: the move is not legal.
        """
        if status not in STATUSES:
            raise UsageError(f"'{status}' is no order state; possible: {', '.join(STATUSES)}")
        target: OrderStatus = status
        now = self._clock.now()
        async with self._database.write() as session:
            orders = OrderRepository(session)
            order = await orders.by_number(group_id, number)
            if order is None:
                raise NotFound(f"no order {number} in group '{group_id}'")
            before = view_of(order)
            require_move(number, before.status, target)
            moved = await orders.move(order.id, target, actor=actor, now=now, note=note)
            await orders.touch_ledger(group_id)
            session.add(
                Audit(
                    at=now,
                    actor=actor,
                    action="order.move",
                    group_id=group_id,
                    subject=f"order {number}",
                    details={"from": before.status, "to": target, "note": note},
                )
            )
            if notice:
                session.add(await _notice(session, moved, notice, now))
            return view_of(moved)

    async def list(self, group_id: str) -> list[tuple[Order, str]]:
        """Return a group's orders (lines and events loaded) with their members' nicknames, by number.

        Raises:
            NotFound: there is no such group.
        """
        async with self._database.read() as session:
            if await session.get(Group, group_id) is None:
                raise NotFound(f"no group '{group_id}'")
            orders = await OrderRepository(session).of_group(group_id)
            rows = await session.execute(select(Member.id, Member.nickname).where(Member.group_id == group_id))
            names = {member_id: nickname for member_id, nickname in rows}
            return [(order, names[order.member_id]) for order in orders]


async def _notice(session: AsyncSession, order: Order, text: str, now: datetime) -> Outbox:
    member = await session.get(Member, order.member_id)
    assert member is not None
    return Outbox(
        group_id=order.group_id,
        member_id=member.id,
        channel=member.channel,
        author="assistant",
        text=text,
        addressees=[member.nickname],
        private=True,
        created_at=now,
        next_attempt_at=now,
    )
