"""A store with the sample tea group and two small kiosks, and members who write."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from itertools import count
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import selectinload

from assistant.channels.base import IncomingMessage
from assistant.clock import FixedClock
from assistant.delivery.bootstrap import Yidan
from assistant.groups.folder import GroupFolder
from assistant.groups.settings import GroupSettings
from assistant.knowledge.records import EntryRecord, Knowledge, ProductRecord
from assistant.models import Base, Member, Order
from assistant.turn.outcome import Outcome

NOW = datetime(2026, 5, 20, 2, 0, tzinfo=UTC)
DEADLINE = 2.5
"""Seconds that tests give a language model."""

GOOD = "雨前西湖龙井（一级）198元/斤，比洞庭碧螺春便宜70元。签收后7天内、未拆封可以退。"
"""A right answer to which of two teas is cheaper and whether it can be returned."""

PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 32


def kiosk(group_id: str, *, price: str, payment: str, **more: Any) -> GroupFolder:
    """A group of four products and three entries; kiosks differ in their prices and answers."""
    settings = GroupSettings.model_validate(
        {
            "id": group_id,
            "name": f"水果团 {group_id}",
            "seller": "果果",
            "assistant_name": "小果",
            "payment": {"methods": ["支付宝"], "currency": "CNY", "pay_within_minutes": 30},
            **more,
        }
    )
    entries = (
        EntryRecord("pay", "怎么付款？", ("付款方式有哪些",), payment, "payment", ("付款",)),
        EntryRecord("ship", "什么时候发货？", ("几号能发出",), "周五统一发货。", "delivery", ("发货",)),
        EntryRecord("pick", "可以自提吗？", ("能上门去拿吗",), "可以，到小区门口自提。", "delivery"),
    )
    products = (
        ProductRecord("A01", "草莓", price=Decimal(price), unit="盒", stock=5),
        ProductRecord("A02", "榴莲", price=Decimal("120.00"), unit="个", stock=1),
        ProductRecord("A03", "苹果", price=Decimal("9.90"), unit="斤"),
        ProductRecord("A04", "葡萄", price=Decimal("25.00"), unit="500g"),
    )
    return GroupFolder(settings, Knowledge(entries, products))


KIOSKS = (
    kiosk("kiosk", price="39.90", payment="支付宝转给果果。"),
    kiosk("kiosk-two", price="45.00", payment="微信转给果果。", close_after_orders=3),
)


@dataclass
class Shop:
    """An opened product and its clock."""

    yidan: Yidan
    clock: FixedClock
    ids: "count[int]" = field(default_factory=count)

    async def say(self, text: str, member: str = "阿梅", *, group: str = "tea", **more: Any) -> Outcome:
        """Return what becomes of a member's message."""
        return (await self.yidan.inbox.receive(self.message(text, member, group=group, **more))).outcome

    def message(self, text: str, member: str = "阿梅", *, group: str = "tea", **more: Any) -> IncomingMessage:
        """A message with an id of its own."""
        values = {
            "group_id": group,
            "channel": "api",
            "external_id": f"m{next(self.ids)}",
            "member_external_id": member,
            "nickname": member,
            "text": text,
            "sent_at": self.clock.now(),
        }
        return IncomingMessage(**{**values, **more})

    async def orders(self, group: str = "tea") -> list[tuple[str, str, dict[str, int]]]:
        """Return the group's orders as (member, status, quantities by SKU), by number."""
        query = select(Order, Member.nickname).join(Member, Member.id == Order.member_id)
        query = query.where(Order.group_id == group).order_by(Order.number).options(selectinload(Order.lines))
        async with self.yidan.database.read() as session:
            rows = (await session.execute(query)).all()
        return [(name, order.status, {ln.sku: ln.quantity for ln in order.lines}) for order, name in rows]

    async def rows(self, table: type[Base]) -> Sequence[Any]:
        """Return all rows of a table, oldest first."""
        async with self.yidan.database.read() as session:
            return await self._all(session, table)

    async def _all(self, session: AsyncSession, table: type[Base]) -> Sequence[Any]:
        return (await session.scalars(select(table).order_by(table.__table__.c.id))).all()
