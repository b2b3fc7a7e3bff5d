"""The SQL of regulars. Every question names the seller: what one remembers, no other can reach."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import selectinload

from assistant.models import Group, Member, Order, Regular
from assistant.regulars.usual import KEPT, Bought, Purchase

BOUGHT = ("paid", "shipped", "completed")
"""States of orders that count as bought."""


@dataclass(frozen=True, slots=True)
class Identity:
    """A member as one seller knows them across groups: the channel's own identity."""

    seller_id: int
    channel: str
    external_id: str

    @property
    def fingerprint(self) -> str:
        """The hash under which they are remembered; it differs from seller to seller."""
        whole = f"{self.seller_id}\0{self.channel}\0{self.external_id}"
        return hashlib.sha256(whole.encode()).hexdigest()


async def identity_of(session: AsyncSession, member_id: int) -> Identity:
    """Return who a member is to the seller of their group."""
    query = select(Group.seller_id, Member.channel, Member.external_id).join(Group, Group.id == Member.group_id)
    row = (await session.execute(query.where(Member.id == member_id))).one()
    return Identity(row.seller_id, row.channel, row.external_id)


async def purchases_of(session: AsyncSession, who: Identity) -> list[Purchase]:
    """Return what they bought of this seller, in all the seller's groups; empty where they do not want it known."""
    known = await _row(session, who)
    if known is not None and known.opted_out:
        return []
    kept = [Purchase.from_json(one) for one in known.purchases] if known else []
    query = (
        select(Order)
        .join(Member, Member.id == Order.member_id)
        .join(Group, Group.id == Order.group_id)
        .where(
            Group.seller_id == who.seller_id,
            Member.channel == who.channel,
            Member.external_id == who.external_id,
            Order.status.in_(BOUGHT),
        )
        .options(selectinload(Order.lines))
        .order_by(Order.created_at)
    )
    return [*kept, *(_purchase(order) for order in await session.scalars(query))]


async def is_known(session: AsyncSession, who: Identity) -> bool:
    """Return whether the seller has sold them anything before."""
    return bool(await purchases_of(session, who))


async def opt(session: AsyncSession, who: Identity, *, out: bool, now: datetime) -> None:
    """Remember somebody no more, and forget what was known; or begin to remember them again."""
    row = await _row(session, who) or _new(session, who)
    row.opted_out, row.updated_at = out, now
    if out:
        row.purchases = []
    await session.flush()


async def opted_out(session: AsyncSession, who: Identity) -> bool:
    """Return whether they do not want to be remembered."""
    known = await _row(session, who)
    return known is not None and known.opted_out


async def keep_before_erasure(session: AsyncSession, group_id: str, now: datetime) -> int:
    """Remember a group's buyers by fingerprint before its members are erased; return how many.

    What is kept are products, quantities and times. Who opted out is passed over.
    """
    query = (
        select(Order, Member.channel, Member.external_id, Group.seller_id)
        .join(Member, Member.id == Order.member_id)
        .join(Group, Group.id == Order.group_id)
        .where(Order.group_id == group_id, Order.status.in_(BOUGHT), Member.role == "member")
        .options(selectinload(Order.lines))
        .order_by(Order.created_at)
    )
    bought: dict[Identity, list[Purchase]] = {}
    for order, channel, external_id, seller_id in await session.execute(query):
        bought.setdefault(Identity(seller_id, channel, external_id), []).append(_purchase(order))
    kept = 0
    for who, purchases in bought.items():
        row = await _row(session, who) or _new(session, who)
        if row.opted_out:
            continue
        row.purchases = [*row.purchases, *(one.to_json() for one in purchases)][-KEPT:]
        row.updated_at = now
        kept += 1
    await session.flush()
    return kept


async def _row(session: AsyncSession, who: Identity) -> Regular | None:
    where = Regular.seller_id == who.seller_id, Regular.fingerprint == who.fingerprint
    found: Regular | None = await session.scalar(select(Regular).where(*where))
    return found


def _new(session: AsyncSession, who: Identity) -> Regular:
    row = Regular(seller_id=who.seller_id, fingerprint=who.fingerprint, opted_out=False, purchases=[])
    session.add(row)
    return row


def _purchase(order: Order) -> Purchase:
    lines: Sequence[Bought] = [Bought(line.sku, line.name, line.unit, line.quantity) for line in order.lines]
    return Purchase(order.created_at, tuple(lines))
