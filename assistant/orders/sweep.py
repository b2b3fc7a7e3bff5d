"""What time does to orders: reminders before they expire, their end, goods for those who wait, "did it arrive?".

What holds money never ends by time: the seller settles it.

Each asks the store what is due now and does it in one write; run twice, late, or after a crash it does the rest, once.
"""

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

from sqlalchemy import Select, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from assistant.db import Database
from assistant.models import Group, Member, Order
from assistant.notices import tell_seller
from assistant.orders.deal import deal_of
from assistant.orders.notices import audit_of, lines_of, moved, notice, tell
from assistant.orders.promotion import promote
from assistant.orders.repository import PART_PAID, OrderRepository, view_of


async def expire_due(database: Database, now: datetime, group_id: str | None = None) -> int:
    """Expire unpaid orders whose time to pay is over; return how many.

    Their goods go to those who wait for them, and else back to the stock; their members are told.
    """
    async with database.read() as session:
        due = await OrderRepository(session).due_ids(now, group_id)
    if not due:
        return 0
    async with database.write() as session:
        orders = OrderRepository(session)
        # Read again under the write lock: a payment may have come in between.
        still_due = await orders.due_ids(now, group_id)
        groups: dict[str, Group] = {}
        for order_id in still_due:
            order = await orders.move(order_id, "expired", actor="yidan", now=now, note="not paid in time")
            group = groups.setdefault(order.group_id, await session.get_one(Group, order.group_id))
            session.add(moved(order, "pending_payment", actor="yidan", now=now, note="not paid in time"))
            view, deal = view_of(order), deal_of(group)
            await tell(session, view, notice("expired", view, deal, lines=lines_of(view, deal)), deal=deal, now=now)
        for group in groups.values():
            await promote(session, group, now)
            await orders.touch_ledger(group.id)
    return len(still_due)


async def promote_waiting(database: Database, now: datetime, group_id: str | None = None) -> int:
    """Give goods that have arrived to those who wait for them, in the order of the line; return to how many."""
    async with database.read() as session:
        waiting = select(Order.group_id).where(Order.status == "preorder").distinct()
        if group_id is not None:
            waiting = waiting.where(Order.group_id == group_id)
        groups = list(await session.scalars(waiting))
    served = 0
    for waited_for in groups:
        async with database.write() as session:
            group = await session.get(Group, waited_for, with_for_update=True)
            if group is not None and (count := await promote(session, group, now)):
                await OrderRepository(session).touch_ledger(waited_for)
                served += count
    return served


async def hand_over_part_paid(database: Database, now: datetime, group_id: str | None = None) -> int:
    """Hand orders over to the seller of which only a part was paid in time; return how many.

    Nothing expires: the seller and the member are told, once, and no time runs any more.
    """
    due = select(Order.id).where(PART_PAID, Order.pay_by <= now)
    if group_id is not None:
        due = due.where(Order.group_id == group_id)

    async def hand_over(session: AsyncSession, order: Order, group: Group) -> bool:
        order.pay_by = None
        view, deal = view_of(order), deal_of(group)
        note = "rest not paid in time"
        await OrderRepository(session).move(order.id, view.status, actor="yidan", now=now, note=note)
        session.add(audit_of(order, "order.part_paid", actor="yidan", now=now, held=str(view.held)))
        sums = {"held": view.held, "due": view.due}
        await tell(session, view, notice("rest_late", view, deal, **sums, seller=deal.seller), deal=deal, now=now)
        member = (await session.get_one(Member, order.member_id)).nickname
        told = deal.replies.render("seller.part_paid", number=order.number, member=member, **sums)
        tell_seller(session, group.id, told, now)
        return True

    return await _each_due(database, due, hand_over)


async def remind_unpaid(database: Database, now: datetime) -> int:
    """Remind the members whose time to pay, or to pay the rest, is over soon; once for each time; return how many."""
    unpaid = or_(Order.status == "pending_payment", PART_PAID)
    waiting = select(Order.id).where(unpaid, Order.pay_by > now, Order.reminded_at.is_(None))

    async def remind(session: AsyncSession, order: Order, group: Group) -> bool:
        deal = deal_of(group)
        if deal.remind_minutes is None or order.pay_by is None:
            return False
        if order.pay_by - now > timedelta(minutes=deal.remind_minutes):
            return False
        order.reminded_at = now
        view = view_of(order)
        values = {"due": view.due, "pay_by": view.pay_by, "methods": deal.replies.join(deal.methods)}
        key = "rest_soon" if view.part_paid else "pay_soon"
        values |= {"held": view.held, "seller": deal.seller} if view.part_paid else {}
        await tell(session, view, notice(key, view, deal, **values), deal=deal, now=now)
        return True

    return await _each_due(database, waiting, remind)


async def ask_receipts(database: Database, now: datetime) -> int:
    """Ask the members whose parcels should have arrived whether they did, once; return how many."""
    due = select(Order.id).where(
        Order.status == "shipped",
        Order.arrives_by <= now,
        Order.received_at.is_(None),
        Order.receipt_asked_at.is_(None),
    )

    async def ask(session: AsyncSession, order: Order, group: Group) -> bool:
        order.receipt_asked_at = now
        view, deal = view_of(order), deal_of(group)
        await tell(session, view, notice("arrived", view, deal, seller=deal.seller), deal=deal, now=now)
        return True

    return await _each_due(database, due, ask)


async def _each_due(
    database: Database,
    due: Select[int],
    work: Callable[[AsyncSession, Order, Group], Awaitable[bool]],
) -> int:
    """Do the work for each order that is due, in one write; return for how many it was done.

    Asked first without the write lock, as mostly nothing is due.
    """
    async with database.read() as session:
        if (await session.scalars(due.limit(1))).first() is None:
            return 0
    done = 0
    async with database.write() as session:
        orders = OrderRepository(session)
        rows = [await orders.get(order_id) for order_id in list(await session.scalars(due))]
        for row in rows:
            done += await work(session, row, await session.get_one(Group, row.group_id))
    return done
