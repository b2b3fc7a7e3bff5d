"""Lines of a bill and the orders they paid."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from assistant.payments.reconcile import Awaiting, CountedPayment, Received, Reconciled, Shown, reconcile

NOW = datetime(2026, 5, 20, 2, 0, tzinfo=UTC)


def line(id: int, amount: str, *, minutes: int = 10, reference: str = "", **more: Any) -> Received:
    return Received(id, reference or f"ref-{id}", Decimal(amount), NOW + timedelta(minutes=minutes), **more)


def order(number: int, due: str, *, owing: str = "", member: str = "阿梅", shown: tuple[Shown, ...] = ()) -> Awaiting:
    return Awaiting(number, member, "payment_claimed", NOW, Decimal(due), Decimal(owing or due), shown)


def pairs(result: Reconciled) -> list[tuple[int, int, str]]:
    return [(match.line.id, match.order.number, match.why) for match in result.matches]


class TestWhatSpeaksForAMatch:
    def test_the_transfers_number_on_the_proof(self) -> None:
        orders = [order(1, "396"), order(2, "396", shown=(Shown(reference="ref-7"),))]
        assert pairs(reconcile([line(7, "396")], orders, [])) == [(7, 2, "reference")]

    def test_the_orders_number_in_the_note(self) -> None:
        for note in ("转账 3号单", "order #3", "订单号: 3"):
            assert pairs(reconcile([line(1, "99", note=note)], [order(2, "99"), order(3, "99")], [])) == [
                (1, 3, "note")
            ], note

    def test_the_time_on_the_proof_and_the_name(self) -> None:
        shown = Shown(at=NOW + timedelta(minutes=10, seconds=40))
        orders = [order(1, "99", member="小李"), order(2, "99", member="阿芳", shown=(shown,))]
        assert pairs(reconcile([line(1, "99")], orders, [])) == [(1, 2, "proof")]
        assert pairs(reconcile([line(1, "99", counterparty="小李")], orders[:1], [])) == [(1, 1, "name")]

    def test_a_sum_that_only_one_order_and_one_line_have(self) -> None:
        assert pairs(reconcile([line(1, "99"), line(2, "50")], [order(1, "99")], [])) == [(1, 1, "amount")]

    def test_the_deposit_or_the_whole(self) -> None:
        for amount in ("30", "100"):
            assert pairs(reconcile([line(1, amount)], [order(1, "30", owing="100")], [])) == [(1, 1, "amount")]


class TestWhatIsLeft:
    def test_two_orders_of_one_sum_are_the_sellers_to_tell_apart(self) -> None:
        result = reconcile([line(1, "99")], [order(1, "99"), order(2, "99")], [])
        assert not result.matches
        assert (result.lines_left[0].why, result.lines_left[0].orders) == ("several_orders", (1, 2))
        assert [left.number for left in result.orders_left] == [1, 2]

    def test_once_one_is_matched_the_other_is_clear(self) -> None:
        orders = [order(1, "99"), order(2, "99", shown=(Shown(reference="ref-1"),))]
        assert pairs(reconcile([line(1, "99"), line(2, "99")], orders, [])) == [(2, 1, "amount"), (1, 2, "reference")]

    def test_another_sum_than_is_due(self) -> None:
        result = reconcile([line(1, "90", counterparty="阿梅")], [order(1, "99")], [])
        assert (result.lines_left[0].why, result.lines_left[0].orders) == ("other_amount", (1,))

    def test_money_from_before_the_order(self) -> None:
        result = reconcile([line(1, "99", minutes=-60)], [order(1, "99")], [])
        assert not result.matches and result.lines_left[0].why == "no_order"

    def test_what_is_counted_is_not_counted_again(self) -> None:
        counted = [CountedPayment(5, Decimal("99"), "ref-1", NOW), CountedPayment(6, Decimal("50"), None, NOW)]
        result = reconcile([line(1, "99"), line(2, "50"), line(3, "20")], [order(1, "99")], counted, {"ref-3": 1})
        assert not result.matches and not result.lines_left
        assert [one.id for one in result.counted] == [1, 2]


@given(
    st.lists(st.tuples(st.integers(1, 4), st.integers(-5, 30)), max_size=8),
    st.lists(st.tuples(st.integers(1, 4), st.booleans()), max_size=8),
)
def test_every_line_and_order_ends_in_one_place_and_no_sum_is_bent(
    sums: list[tuple[int, int]], dues: list[tuple[int, bool]]
) -> None:
    lines = [line(i, str(amount), minutes=minutes) for i, (amount, minutes) in enumerate(sums)]
    orders = [
        order(i, str(due), shown=(Shown(reference=f"ref-{i}"),) if shown else ()) for i, (due, shown) in enumerate(dues)
    ]
    result = reconcile(lines, orders, [])
    assert sorted([m.line.id for m in result.matches] + [left.line.id for left in result.lines_left]) == list(
        range(len(lines))
    )
    assert sorted([m.order.number for m in result.matches] + [o.number for o in result.orders_left]) == list(
        range(len(orders))
    )
    assert all(match.order.takes(match.line.amount) for match in result.matches)
