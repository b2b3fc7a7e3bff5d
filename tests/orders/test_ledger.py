"""Whether an order fits: stock, limits, the waitlist, the group's cap."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.orders.ledger import Ledger, Terms, Wanted, queues, refusals, total_of
from orders.kit import ENDLESS, GONE, LIMITED, QUEUED, TEA, item, order

NO_TERMS = Terms()


def kinds(*wanted: Wanted, ledger: Ledger | None = None, terms: Terms = NO_TERMS, **more) -> list[str]:
    return [reason.kind for reason in refusals(wanted, ledger or Ledger(), terms, **more)]


class TestStock:
    def test_the_last_units_can_be_had(self) -> None:
        assert kinds(Wanted(TEA, 3), ledger=Ledger(reserved={"A01": 7})) == []

    def test_one_more_than_is_left_is_refused_with_what_is_left(self) -> None:
        (reason,) = refusals([Wanted(TEA, 4)], Ledger(reserved={"A01": 7}), NO_TERMS)
        assert (reason.kind, reason.possible, reason.wanted) == ("past_stock", 3, 4)

    def test_nothing_left_is_sold_out(self) -> None:
        assert kinds(Wanted(GONE, 1)) == ["sold_out"]
        assert kinds(Wanted(TEA, 1), ledger=Ledger(reserved={"A01": 10})) == ["sold_out"]

    def test_more_on_order_than_stock_leaves_nothing_and_not_less(self) -> None:
        assert Ledger(reserved={"A01": 12}).available(TEA) == 0

    def test_without_a_stock_there_is_no_end(self) -> None:
        assert Ledger(reserved={"C02": 10**6}).available(ENDLESS) is None
        assert kinds(Wanted(ENDLESS, 10**6)) == []

    def test_replacing_an_order_frees_its_units(self) -> None:
        full = Ledger(reserved={"A01": 10})
        mine = order({"A01": 4})
        assert kinds(Wanted(TEA, 4), ledger=full, replacing=mine) == []
        (reason,) = refusals([Wanted(TEA, 5)], full, NO_TERMS, replacing=mine)
        assert (reason.kind, reason.possible) == ("past_stock", 4)

    def test_a_waiting_order_holds_no_units_to_free(self) -> None:
        full = Ledger(reserved={"A01": 10})
        assert kinds(Wanted(TEA, 1), ledger=full, replacing=order({"A01": 4}, "preorder")) == ["sold_out"]


class TestMemberLimit:
    def test_up_to_the_limit_fits(self) -> None:
        assert kinds(Wanted(LIMITED, 3)) == []
        assert kinds(Wanted(LIMITED, 4)) == ["member_limit"]

    @pytest.mark.parametrize("status", ["pending_payment", "payment_claimed", "paid", "shipped", "completed"])
    def test_what_is_on_order_already_counts(self, status) -> None:
        (reason,) = refusals([Wanted(LIMITED, 2)], Ledger(), NO_TERMS, others=[order({"A03": 2}, status)])
        assert (reason.kind, reason.already, reason.possible, reason.more) == ("member_limit", 2, 1, 1)

    @pytest.mark.parametrize("status", ["cancelled", "expired", "refunded"])
    def test_what_is_over_does_not_count(self, status) -> None:
        assert kinds(Wanted(LIMITED, 3), others=[order({"A03": 3}, status)]) == []

    def test_the_order_that_is_replaced_does_not_count_twice(self) -> None:
        mine = order({"A03": 2})
        assert kinds(Wanted(LIMITED, 3), replacing=mine, others=[mine]) == []

    def test_the_refusal_tells_what_they_have_and_what_they_could_add(self) -> None:
        mine = order({"A03": 2})
        (reason,) = refusals([Wanted(LIMITED, 4)], Ledger(), NO_TERMS, replacing=mine, others=[mine])
        # The order may hold three in the end, which is one more than now.
        assert (reason.already, reason.more, reason.possible) == (2, 1, 3)

    def test_all_orders_of_the_member_count_together(self) -> None:
        others = [order({"A03": 1}, "paid", id=1), order({"A03": 1}, "shipped", id=2)]
        assert kinds(Wanted(LIMITED, 1), others=others) == []
        assert kinds(Wanted(LIMITED, 2), others=others) == ["member_limit"]


class TestOrderLimit:
    terms = Terms(order_limit=Decimal("2000.00"))

    def test_the_very_limit_fits(self) -> None:
        assert kinds(Wanted(ENDLESS, 40), terms=self.terms) == []  # 1996.00
        exact = Terms(order_limit=Decimal("1996.00"))
        assert kinds(Wanted(ENDLESS, 40), terms=exact) == []

    def test_a_cent_more_does_not(self) -> None:
        assert kinds(Wanted(ENDLESS, 40), terms=Terms(order_limit=Decimal("1995.99"))) == ["order_limit"]

    def test_it_binds_the_sum_of_all_lines(self) -> None:
        assert kinds(Wanted(TEA, 9), Wanted(LIMITED, 1), terms=self.terms) == ["order_limit"]


class TestWaitlist:
    def test_what_is_gone_and_may_be_pre_ordered_queues(self) -> None:
        assert queues(Wanted(QUEUED, 2), Ledger())
        assert kinds(Wanted(QUEUED, 2)) == []

    def test_what_is_gone_for_good_does_not(self) -> None:
        assert not queues(Wanted(GONE, 1), Ledger())

    def test_a_member_whose_own_units_come_free_does_not_queue(self) -> None:
        stocked = TEA.__class__(**{**TEA.__dict__, "preorder": True})
        full = Ledger(reserved={"A01": 10})
        assert queues(Wanted(stocked, 1), full)
        assert not queues(Wanted(stocked, 1), full, held=2)

    def test_units_in_the_queue_take_nothing_off_the_stock(self) -> None:
        assert Ledger(queued={"A01": 50}).available(TEA) == 10


class TestQuantity:
    @pytest.mark.parametrize("quantity", [0, -1])
    def test_less_than_one_is_refused(self, quantity) -> None:
        assert kinds(Wanted(TEA, quantity)) == ["quantity"]

    def test_every_reason_is_told(self) -> None:
        assert kinds(Wanted(GONE, 1), Wanted(TEA, 0), Wanted(LIMITED, 9)) == ["sold_out", "quantity", "member_limit"]


class TestSums:
    def test_sums_are_exact(self) -> None:
        assert total_of([item(ENDLESS, 3), item(TEA, 2)]) == Decimal("545.70")

    def test_a_deposit_is_rounded_to_cents(self) -> None:
        terms = Terms(deposit_ratio=Decimal("0.30"))
        assert terms.deposit(Decimal("49.90")) == Decimal("14.97")
        assert Terms(deposit_ratio=Decimal("0.333")).deposit(Decimal("10.00")) == Decimal("3.33")

    def test_without_a_ratio_there_is_none(self) -> None:
        assert NO_TERMS.deposit(Decimal("100")) is None

    def test_due_is_the_deposit_where_there_is_one(self) -> None:
        assert order({"A01": 1}).due == Decimal("198.00")


@given(
    stock=st.integers(0, 30),
    reserved=st.integers(0, 40),
    mine=st.integers(0, 10),
    wanted=st.integers(1, 40),
)
def test_what_is_accepted_never_takes_more_than_is_there(stock: int, reserved: int, mine: int, wanted: int) -> None:
    product = TEA.__class__(**{**TEA.__dict__, "stock": stock})
    replacing = order({"A01": mine}) if mine else None
    ledger = Ledger(reserved={"A01": reserved + mine})
    if not refusals([Wanted(product, wanted)], ledger, NO_TERMS, replacing=replacing):
        assert wanted <= max(0, stock - reserved - mine) + mine
