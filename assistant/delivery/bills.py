"""Bills of WeChat and Alipay: taken in whole or not at all, matched with orders, confirmed by the seller in one go."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import tzinfo
from typing import Any, cast

from sqlalchemy import Table, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncSession

from assistant.clock import Clock
from assistant.db import Database
from assistant.errors import NotFound
from assistant.groups.settings import GroupSettings
from assistant.groups.toml import settings_from_json
from assistant.models import Audit, BillRow, Group, Member, Order, Payment, PaymentClaim
from assistant.orders.money import NewPayment
from assistant.orders.repository import OrderRepository, view_of
from assistant.orders.service import Done, OrderService
from assistant.payments.bills import Bill, BillLine, read_bill
from assistant.payments.proof import Proof
from assistant.payments.reconcile import Awaiting, CountedPayment, Match, Received, Reconciled, Shown, reconcile

_AWAITING = ("pending_payment", "payment_claimed", "paid", "shipped")


@dataclass(frozen=True, slots=True)
class Standing:
    """How a group's bills and orders stand to each other."""

    reconciled: Reconciled
    returned: tuple[BillRow, ...]
    """Money that came and went back in full."""
    outgoing: tuple[BillRow, ...]
    """Money that went out."""
    apps: dict[int, str]
    """The app of each line, by the line's id."""

    def to_json(self) -> dict[str, Any]:
        """Return plain JSON."""
        found = self.reconciled
        return {
            "matched": [_match_json(match) for match in found.matches],
            "lines_left": [
                {**_line_json(left.line), "why": left.why, "orders": list(left.orders)} for left in found.lines_left
            ],
            "orders_left": [
                {"order": one.number, "member": one.member, "status": one.status, "due": str(one.due)}
                for one in found.orders_left
            ],
            "counted": [_line_json(line) for line in found.counted],
            "returned": [_row_json(row) for row in self.returned],
            "outgoing": [_row_json(row) for row in self.outgoing],
        }


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import did, and how things stand since."""

    bill: Bill
    new: int
    """Lines that were not known before."""
    standing: Standing


class BillDesk:
    """What the seller does with bills."""

    def __init__(self, database: Database, clock: Clock, orders: OrderService) -> None:
        self._database = database
        self._clock = clock
        self._orders = orders

    async def take_in(self, group_id: str, data: bytes, name: str, *, by: str) -> Imported:
        """Take a bill file in and return what it matches; no order changes by that. The same file again adds nothing.

        Raises:
            NotFound: there is no such group.
            BadFile: the file is no bill, or lines of it are off; nothing of it was taken in.
        """
        zone = (await self._settings(group_id)).zone
        bill = read_bill(data, name, zone)
        now = self._clock.now()
        async with self._database.write() as session:
            new = [line for line in bill.lines if await _keep(session, group_id, line, by=by, now=now)]
            if new:
                details = {"file": name[:200], "app": bill.app, "lines": len(bill.lines), "new": len(new)}
                audit = Audit(
                    at=now, actor=by, action="bill.import", group_id=group_id, subject=name[:200], details=details
                )
                session.add(audit)
        return Imported(bill, len(new), await self.standing(group_id))

    async def standing(self, group_id: str) -> Standing:
        """Return how the bills taken in so far and the orders stand to each other. Raises NotFound."""
        await self._settings(group_id)
        async with self._database.read() as session:
            rows = (
                await session.scalars(select(BillRow).where(BillRow.group_id == group_id).order_by(BillRow.id))
            ).all()
            orders = await _awaiting(session, group_id)
            counted = await _counted(session, group_id)
            elsewhere = await _elsewhere(session, group_id)
        received = [
            Received(
                id=row.id,
                reference=row.reference,
                amount=row.amount,
                at=row.moved_at,
                merchant_reference=row.merchant_reference,
                counterparty=row.counterparty,
                note=row.note,
            )
            for row in rows
            if row.kind == "in"
        ]
        # A refund that the app shows on a later bill makes the earlier line no income.
        gone = {row.reference for row in rows if row.kind == "returned"}
        received = [line for line in received if line.reference not in gone]
        return Standing(
            reconciled=reconcile(received, orders, counted, elsewhere),
            returned=tuple(row for row in rows if row.kind == "returned"),
            outgoing=tuple(row for row in rows if row.kind == "out"),
            apps={row.id: row.app for row in rows},
        )

    async def confirm(self, group_id: str, *, by: str, orders: Sequence[int] = ()) -> list[Done]:
        """Count what is matched (all, or only these orders): the seller's one word makes these orders paid.

        Raises NotFound for an unknown group.
        """
        standing = await self.standing(group_id)
        wanted = [match for match in standing.reconciled.matches if not orders or match.order.number in orders]
        if not wanted:
            return []
        payments = [_payment(match, standing.apps[match.line.id]) for match in wanted]
        return await self._orders.do_all(group_id, payments, by=by)

    async def _settings(self, group_id: str) -> GroupSettings:
        async with self._database.read() as session:
            group = await session.get(Group, group_id)
        if group is None:
            raise NotFound(f"no group '{group_id}'")
        return settings_from_json(group.settings)


def _payment(match: Match, app: str) -> NewPayment:
    order = match.order
    settles_balance = order.status in ("paid", "shipped")
    return NewPayment(
        number=order.number,
        amount=match.line.amount,
        kind="balance" if settles_balance else None,
        reference=match.line.reference,
        method=app,
        source="bill",
        moved_at=match.line.at,
    )


async def _keep(session: AsyncSession, group_id: str, line: BillLine, *, by: str, now: Any) -> bool:
    """Insert a line unless it is known; return whether it was new."""
    connection = await session.connection()
    dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
    table = cast(Table, BillRow.__table__)
    values = {
        "group_id": group_id,
        "app": line.app,
        "reference": line.reference,
        "merchant_reference": line.merchant_reference,
        "kind": line.kind,
        "amount": line.amount,
        "moved_at": line.moved_at,
        "counterparty": line.counterparty,
        "note": line.note,
        "state": line.state,
        "imported_at": now,
        "imported_by": by,
    }
    statement = dialect.insert(table).values(values).on_conflict_do_nothing().returning(table.c.id)
    return (await connection.execute(statement)).scalar() is not None


async def _awaiting(session: AsyncSession, group_id: str) -> list[Awaiting]:
    rows = await OrderRepository(session).of_group(group_id, _AWAITING)
    members = await session.execute(select(Member.id, Member.nickname).where(Member.group_id == group_id))
    names = {member_id: nickname for member_id, nickname in members}
    zone = await _zone(session, group_id)
    shown: dict[int, list[Shown]] = defaultdict(list)
    claims = await session.execute(
        select(PaymentClaim.order_id, PaymentClaim.reading).where(
            PaymentClaim.group_id == group_id, PaymentClaim.status == "claimed", PaymentClaim.order_id.is_not(None)
        )
    )
    for order_id, reading in claims:
        if order_id is not None and reading and reading.get("readable"):
            proof = Proof.from_json(reading)
            at = proof.time.replace(tzinfo=zone) if proof.time else None
            shown[order_id].append(Shown(proof.reference, proof.amount, at))
    found = []
    for row in rows:
        view = view_of(row)
        if view.owing > 0:
            found.append(
                Awaiting(
                    number=view.number,
                    member=names[view.member_id],
                    status=view.status,
                    placed_at=view.created_at,
                    due=view.due,
                    owing=view.owing,
                    shown=tuple(shown[view.id]),
                )
            )
    return found


async def _zone(session: AsyncSession, group_id: str) -> tzinfo:
    group = await session.get_one(Group, group_id)
    return settings_from_json(group.settings).zone


async def _counted(session: AsyncSession, group_id: str) -> list[CountedPayment]:
    rows = await session.execute(
        select(Order.number, Payment.amount, Payment.reference, Payment.moved_at, Payment.at)
        .join(Order, Order.id == Payment.order_id)
        .where(Payment.group_id == group_id, Payment.kind != "refund")
        .order_by(Payment.id)
    )
    return [CountedPayment(row.number, row.amount, row.reference, row.moved_at or row.at) for row in rows]


async def _elsewhere(session: AsyncSession, group_id: str) -> dict[str, int]:
    """Return the transfers that other groups of the same seller have counted, with their order's number."""
    sellers = select(Group.seller_id).where(Group.id == group_id).scalar_subquery()
    rows = await session.execute(
        select(Payment.reference, Order.number)
        .join(Order, Order.id == Payment.order_id)
        .join(Group, Group.id == Payment.group_id)
        .where(Group.seller_id == sellers, Payment.group_id != group_id, Payment.reference.is_not(None))
    )
    return {row.reference: row.number for row in rows if row.reference}


def _line_json(line: Received) -> dict[str, Any]:
    return {
        "reference": line.reference,
        "amount": str(line.amount),
        "at": line.at.isoformat(),
        "from": line.counterparty,
        "note": line.note,
    }


def _match_json(match: Match) -> dict[str, Any]:
    order = match.order
    return {**_line_json(match.line), "order": order.number, "member": order.member, "why": match.why}


def _row_json(row: BillRow) -> dict[str, Any]:
    return {
        "reference": row.reference,
        "amount": str(row.amount),
        "at": row.moved_at.isoformat(),
        "from": row.counterparty,
        "note": row.note,
        "state": row.state,
    }
