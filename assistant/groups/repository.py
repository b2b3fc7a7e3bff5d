"""The SQL of groups and sellers."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from assistant.groups.settings import GroupSettings
from assistant.models import Entry, Group, Member, Order, Product, Seller


@dataclass(frozen=True)
class Counts:
    """How much a group has of each."""

    entries: int = 0
    products: int = 0
    members: int = 0
    orders: int = 0
    """All but cancelled and expired ones."""
    paid: int = 0
    """Orders whose money has come in and was not given back."""

    def counted(self, settings: GroupSettings) -> int:
        """Return how many orders count towards ``close_after_orders``."""
        return self.paid if settings.close_counts == "paid" else self.orders


async def seller_id(session: AsyncSession, name: str, *, at: datetime) -> int:
    """Return the id of the seller with this name, made where there was none."""
    known = await session.scalar(select(Seller.id).where(Seller.name == name))
    if known is not None:
        return known
    seller = Seller(name=name, created_at=at)
    session.add(seller)
    await session.flush()
    return seller.id


async def all_groups(session: AsyncSession) -> list[Group]:
    """Return all groups by id."""
    return list(await session.scalars(select(Group).order_by(Group.id)))


async def counts_of(session: AsyncSession) -> dict[str, Counts]:
    """Return the counts of all groups by id; a group without any row of a kind may be missing."""
    entries = await _count(session, Entry)
    products = await _count(session, Product)
    members = await _count(session, Member, Member.removed_at.is_(None), Member.role == "member")
    orders = await _count(session, Order, Order.status.not_in(("cancelled", "expired")))
    paid = await _count(session, Order, Order.status.in_(("paid", "shipped", "completed", "refund_requested")))
    groups = {*entries, *products, *members, *orders}
    return {
        group: Counts(*(counted.get(group, 0) for counted in (entries, products, members, orders, paid)))
        for group in groups
    }


async def _count(session: AsyncSession, table: type[Any], *conditions: Any) -> dict[str, int]:
    rows = await session.execute(select(table.group_id, func.count()).where(*conditions).group_by(table.group_id))
    return {group: count for group, count in rows.all()}
