"""The moves an order may make."""

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.errors import Conflict
from assistant.orders.states import EDITABLE, HOLDS_STOCK, LIVE, MOVES, STATUSES, require_move

FINAL = {"cancelled", "expired", "refunded"}


@pytest.mark.parametrize(("current", "target"), list(product(STATUSES, STATUSES)))
def test_a_move_passes_exactly_when_the_table_has_it(current, target) -> None:
    if target in MOVES[current]:
        require_move(7, current, target)
    else:
        with pytest.raises(Conflict, match="and cannot become"):
            require_move(7, current, target)


def test_every_state_has_its_moves_and_all_lead_to_states() -> None:
    assert set(MOVES) == set(STATUSES)
    assert set().union(*MOVES.values()) <= set(STATUSES)


def test_what_is_over_stays_over_and_only_that() -> None:
    assert {status for status in STATUSES if not MOVES[status]} == FINAL


def test_no_state_moves_to_itself() -> None:
    assert not [status for status in STATUSES if status in MOVES[status]]


def test_nothing_is_shipped_before_it_is_paid() -> None:
    before = {status for status in STATUSES if "shipped" in MOVES[status]}
    assert before == {"paid", "refund_requested"}


def test_what_is_over_holds_nothing_and_counts_for_nothing() -> None:
    assert not FINAL & LIVE
    assert {"preorder"} == LIVE - HOLDS_STOCK
    assert EDITABLE <= LIVE


def test_the_refusal_says_what_is_possible() -> None:
    with pytest.raises(Conflict, match="possible: completed, refund requested, refunded"):
        require_move(1, "shipped", "paid")
    with pytest.raises(Conflict, match="nothing, it is final"):
        require_move(1, "refunded", "paid")


@given(st.data())
def test_random_walks_never_leave_the_table(data: st.DataObject) -> None:
    status = data.draw(st.sampled_from(["pending_payment", "preorder"]))
    for _ in range(12):
        target = data.draw(st.sampled_from(STATUSES))
        try:
            require_move(1, status, target)
        except Conflict:
            assert target not in MOVES[status]
        else:
            assert status not in FINAL
            status = target
    assert status in STATUSES
