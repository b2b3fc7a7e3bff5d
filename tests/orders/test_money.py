"""What a payment or a refund does to an order, and who is served when goods arrive."""

from dataclasses import replace
from decimal import Decimal

import pytest

from assistant.errors import Conflict, UsageError
from assistant.groups.settings import GroupSettings
from assistant.models import Group
from assistant.orders.deal import deal_of
from assistant.orders.ledger import OrderView
from assistant.orders.money import NewPayment, give_back, settle
from assistant.orders.promotion import next_in_line
from orders.kit import order


def with_deposit(status="pending_payment", paid="0") -> OrderView:
    return replace(order({"A01": 1}, status), deposit=Decimal("59.40"), paid=Decimal(paid))


class TestSettle:
    def test_without_a_sum_it_is_what_is_due(self) -> None:
        settled = settle(order({"A01": 1}), NewPayment(1))
        assert (settled.amount, settled.kind, settled.status) == (Decimal("198.00"), "full", "paid")
        settled = settle(with_deposit(), NewPayment(1))
        assert (settled.amount, settled.kind, settled.status) == (Decimal("59.40"), "deposit", "paid")

    def test_a_sum_below_what_is_due_waits_for_the_rest(self) -> None:
        assert settle(with_deposit(), NewPayment(1, Decimal("20"))).status == "payment_claimed"

    def test_a_second_tap_is_not_the_balance(self) -> None:
        with pytest.raises(Conflict, match="deposit of order 1 is confirmed already"):
            settle(with_deposit("paid", "59.40"), NewPayment(1))
        assert settle(with_deposit("paid", "59.40"), NewPayment(1, kind="balance")).amount == Decimal("138.60")
        assert settle(with_deposit("shipped", "59.40"), NewPayment(1)).kind == "balance"

    @pytest.mark.parametrize("amount", ["0", "-1", "0.001", "NaN"])
    def test_what_is_no_sum_is_refused(self, amount: str) -> None:
        with pytest.raises(UsageError):
            settle(order({"A01": 1}), NewPayment(1, Decimal(amount)))

    @pytest.mark.parametrize("status", ["preorder", "cancelled", "expired", "refunded", "completed"])
    def test_some_orders_take_no_money(self, status) -> None:
        with pytest.raises(Conflict):
            settle(order({"A01": 1}, status), NewPayment(1))

    def test_more_than_it_costs_is_refused(self) -> None:
        with pytest.raises(Conflict, match="still costs"):
            settle(order({"A01": 1}), NewPayment(1, Decimal("200")))


def test_only_what_was_paid_goes_back() -> None:
    paid = replace(order({"A01": 1}, "paid"), paid=Decimal("198.00"))
    assert give_back(paid, None).all_of_it
    assert not give_back(paid, Decimal("20")).all_of_it
    for refused in (order({"A01": 1}), replace(paid, refunded=Decimal("198.00"))):
        with pytest.raises(Conflict):
            give_back(refused, None)


def test_nobody_is_overtaken() -> None:
    first = order({"A01": 2, "A04": 1}, "preorder", id=1)
    second, third = order({"A01": 1}, "preorder", id=2), order({"A04": 1}, "preorder", id=3)
    # The first still waits for A04; what there is of A01 is kept for it.
    assert next_in_line([first, second], {"A01": 2}) == []
    assert next_in_line([first, second], {"A01": 3}) == [second]
    assert next_in_line([first, second, third], {"A01": 2, "A04": 2}) == [first, third]


def test_a_deal_says_what_settings_say_by_default() -> None:
    settings = GroupSettings(id="tea", name="tea", seller="老王")
    deal = deal_of(Group(id="tea", seller_id=1, name="tea", settings={}))
    assert (deal.language, deal.timezone) == (settings.language, settings.timezone)
    assert deal.terms.currency == settings.payment.currency
    assert deal_of(Group(id="t", settings={"payment": {"pay_within_minutes": 120}})).remind_minutes == 30
