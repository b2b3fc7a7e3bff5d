"""What is offered for an order is what can be done with it."""

from dataclasses import replace
from decimal import Decimal

import pytest
from sqlalchemy import select

from assistant.clock import FixedClock
from assistant.errors import YidanError
from assistant.models import Order
from assistant.orders.book import order_book
from assistant.orders.choices import CHOICES, choices, takes_balance
from assistant.orders.commands import Cancel, Complete, Refund, RefuseRefund, RejectClaim, Ship
from assistant.orders.money import NewPayment
from assistant.orders.service import OrderService
from assistant.orders.states import STATUSES
from orders.kit import NOW, TEA, item, order
from orders.test_repository import place

COMMANDS = {
    "confirm": lambda balance: NewPayment(1, kind="balance" if balance else None),
    "reject": lambda _: RejectClaim(1),
    "ship": lambda _: Ship(1),
    "complete": lambda _: Complete(1),
    "refund": lambda _: Refund(1),
    "refuse_refund": lambda _: RefuseRefund(1),
    "cancel": lambda _: Cancel(1),
}

POSSIBLE_BUT_NOT_OFFERED = {("refund_requested", "ship"), ("refund_requested", "complete")}
"""A request to refund is decided on first."""

MONEY = {"nothing": ("0", "0"), "deposit": ("59.40", "0"), "all": ("198.00", "0"), "back": ("198.00", "198.00")}


@pytest.mark.parametrize(
    ("status", "money"),
    # Of what was refunded in whole nothing is left.
    [(status, money) for status in STATUSES for money in MONEY if status != "refunded" or money in ("nothing", "back")],
)
async def test_every_choice_is_carried_out_and_nothing_else(database, status, money) -> None:
    await place(database, [item(TEA, 1)])
    paid, refunded = map(Decimal, MONEY[money])

    async def set_up() -> None:
        async with database.write() as session:
            row = (await session.scalars(select(Order).where(Order.group_id == "tea"))).one()
            row.status, row.paid, row.refunded = status, paid, refunded

    await set_up()
    async with database.read() as session:
        booked = (await order_book(session, "tea", [1]))[0]
    service = OrderService(database, FixedClock(NOW))
    for choice in CHOICES:
        await set_up()
        try:
            await service.do("tea", COMMANDS[choice](booked.balance), by="王老板")
            possible = True
        except YidanError:
            possible = False
        offered = choice in booked.choices
        assert offered == (possible and (status, choice) not in POSSIBLE_BUT_NOT_OFFERED), choice


async def test_a_pre_order_is_not_promoted_by_rejecting_a_payment(database) -> None:
    await place(database, [item(TEA, 1)])
    async with database.write() as session:
        row = (await session.scalars(select(Order).where(Order.group_id == "tea"))).one()
        row.status = "preorder"
    service = OrderService(database, FixedClock(NOW))
    with pytest.raises(YidanError, match="nothing to reject"):
        await service.do("tea", RejectClaim(1), by="王老板")


@pytest.mark.parametrize("status", ["cancelled", "expired", "refunded"])
def test_what_is_final_offers_nothing(status) -> None:
    assert choices(order({"A01": 1}, status)) == ()


def test_the_balance_is_next_once_the_deposit_is_paid() -> None:
    placed = replace(order({"A01": 1}), deposit=Decimal("59.40"))
    assert not takes_balance(placed)
    assert takes_balance(replace(placed, paid=Decimal("59.40"), status="paid"))
    assert not takes_balance(replace(placed, paid=Decimal("198.00"), status="paid"))


def test_of_what_was_sent_completing_comes_first() -> None:
    sent = replace(order({"A01": 1}, "shipped"), paid=Decimal("198.00"))
    assert choices(sent) == ("complete", "refund")
