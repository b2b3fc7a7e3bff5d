"""What the seller does with orders: one, or many at once, each in its own words of success or failure."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from assistant.clock import Clock
from assistant.db import Database
from assistant.errors import Conflict, NotFound, UsageError, YidanError
from assistant.models import Group, Member, Order
from assistant.orders.book import BookOrder, order_book
from assistant.orders.commands import AskRefund, Cancel, Command, Complete, Refund, RefuseRefund, RejectClaim, Ship
from assistant.orders.deal import deal_of
from assistant.orders.ledger import OrderView
from assistant.orders.money import NewPayment
from assistant.orders.moves import Mover
from assistant.orders.promotion import promote
from assistant.orders.repository import OrderRepository, view_of
from assistant.orders.states import STATUSES, require_move


@dataclass(frozen=True, slots=True)
class Done:
    """What became of one command of many: the order as it is now, or why it was left as it was."""

    number: int
    order: OrderView | None = None
    error: str = ""


class OrderService:
    """What the seller does with orders. Every change is dated, attributed, audited and told to the member."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def do(self, group_id: str, command: Command, *, by: str) -> OrderView:
        """Carry one command out and return the order as it is then.

        Raises:
            NotFound: there is no such group or order.
            UsageError: a sum is no amount of money.
            Conflict: the order's state does not allow it, or the payment is counted already.
        """
        done = (await self._carry_out(group_id, [command], by=by, alone=True))[0]
        assert done.order is not None
        return done.order

    async def do_all(self, group_id: str, commands: Sequence[Command], *, by: str) -> list[Done]:
        """Carry many commands out in their order; one that cannot be is told with its reason, the others stand.

        Raises:
            NotFound: there is no such group.
        """
        return await self._carry_out(group_id, commands, by=by, alone=False)

    async def confirm_payment(self, group_id: str, payment: NewPayment, *, by: str) -> OrderView:
        """Count money that came in for an order: by the seller's word, or from an imported bill. See ``do``."""
        return await self.do(group_id, payment, by=by)

    async def move(self, group_id: str, number: int, status: str, *, actor: str, note: str = "") -> OrderView:
        """Move an order to another state with what belongs to it: ``paid`` counts what is due, ``refunded`` all that
        was paid, and the note of ``shipped`` is the parcel's number.

        Raises:
            UsageError: there is no such state.
            NotFound: there is no such order in the group.
            Conflict: the move is not legal.
        """
        if status not in STATUSES:
            raise UsageError(f"'{status}' is no order state; possible: {', '.join(STATUSES)}")
        async with self._database.read() as session:
            row = await OrderRepository(session).by_number(group_id, number)
        if row is None:
            raise NotFound(f"no order {number} in group '{group_id}'")
        return await self.do(group_id, _command(view_of(row), status, note), by=actor)

    async def _carry_out(self, group_id: str, commands: Sequence[Command], *, by: str, alone: bool) -> list[Done]:
        now = self._clock.now()
        done: list[Done] = []
        async with self._database.write() as session:
            group = await _group(session, group_id)
            deal = deal_of(group)
            mover = Mover(session, deal, actor=by, now=now)
            for command in commands:
                try:
                    done.append(Done(command.number, await mover.carry_out(command)))
                except YidanError as error:
                    if alone:
                        raise
                    done.append(Done(command.number, error=str(error)))
            if any(one.order for one in done):
                # What a cancelled or refunded order gave back goes to those who wait.
                await promote(session, group, now)
                await OrderRepository(session).touch_ledger(group_id)
        return done

    async def book(self, group_id: str) -> list[BookOrder]:
        """Return a group's orders by number with their money, history and what can be done. Raises NotFound."""
        async with self._database.read() as session:
            if await session.get(Group, group_id) is None:
                raise NotFound(f"no group '{group_id}'")
            return await order_book(session, group_id)

    async def show(self, group_id: str, number: int) -> BookOrder:
        """Return one order of a group. Raises NotFound."""
        async with self._database.read() as session:
            found = await order_book(session, group_id, [number])
        if not found:
            raise NotFound(f"no order {number} in group '{group_id}'")
        return found[0]

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


async def _group(session: AsyncSession, group_id: str) -> Group:
    group = await session.get(Group, group_id, with_for_update=True)
    if group is None:
        raise NotFound(f"no group '{group_id}'")
    return group


def _command(order: OrderView, status: str, note: str) -> Command:
    """Return the command that leads from an order's state to another."""
    number = order.number
    target = next(known for known in STATUSES if known == status)
    if order.status != target:
        require_move(number, order.status, target)
    asked_back = order.status == "refund_requested" and target != "refunded"
    match target:
        case _ if asked_back:
            return RefuseRefund(number, note)
        case "paid":
            return NewPayment(number, note=note)
        case "shipped":
            return Ship(number, parcel=note)
        case "completed":
            return Complete(number, note)
        case "cancelled":
            return Cancel(number, note)
        case "refund_requested":
            return AskRefund(number, note)
        case "refunded":
            return Refund(number, note=note)
        case "pending_payment" if order.status == "payment_claimed":
            return RejectClaim(number, note)
        case _:
            raise Conflict(f"order {number} is moved to {target} by time and stock, not by hand")
