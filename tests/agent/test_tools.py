"""The tools: they check, stage and tell; nothing else."""

import ast
import inspect
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest
from orders.kit import TEA, item, order

from agent.kit import ME, OTHER, context
from assistant.agent import tools
from assistant.agent.effects import ClaimFiled, OrderChanged, OrderMoved, OrderPlaced, TicketOpened
from assistant.agent.tools import Logged, OrderResult, Refused
from assistant.orders.ledger import Ledger, OrderItem, OrderView


def quantities(effect: OrderPlaced | OrderChanged) -> dict[str, int]:
    return {item.sku: item.quantity for item in effect.items}


def kinds(result: OrderResult) -> list[str]:
    assert isinstance(result, Refused)
    return [reason.kind for reason in result.reasons]


class TestReach:
    """Whom and what a tool can touch."""

    def test_no_tool_can_write(self) -> None:
        imported = {
            name.name if isinstance(node, ast.Import) else str(node.module)
            for node in ast.walk(ast.parse(Path(tools.__file__).read_text("utf-8")))
            if isinstance(node, ast.Import | ast.ImportFrom)
            for name in node.names
        }
        assert not {name for name in imported if "sqlalchemy" in name or "repository" in name or "db" in name}

    def test_no_tool_takes_a_group_a_price_or_a_status(self) -> None:
        public = [f for name, f in inspect.getmembers(tools, inspect.isfunction) if f.__module__ == tools.__name__]
        taken = {
            name for tool in public if not tool.__name__.startswith("_") for name in inspect.signature(tool).parameters
        }
        assert not taken & {"group", "group_id", "price", "total", "status", "speaker"}

    def test_an_order_is_the_speakers_at_the_catalogues_price(self) -> None:
        turn = context()
        tools.log_order(turn, {"A01": 2})
        (effect,) = turn.staged
        assert isinstance(effect, OrderPlaced)
        assert (effect.member_id, effect.nickname, effect.items[0].price) == (ME, "阿梅", Decimal("198.00"))

    def test_sku_numbers_of_no_product_are_passed_over(self) -> None:
        turn = context()
        result = tools.log_order(turn, {"Z99": 2, "A01": 1})
        assert not isinstance(result, Refused)
        assert [quantities(e) for e in turn.staged if isinstance(e, OrderPlaced)] == [{"A01": 1}]

    def test_another_members_line_touches_only_who_has_no_order(self) -> None:
        theirs = order({"A01": 1}, member_id=OTHER)
        turn = context(orders_of={OTHER: [theirs]})
        assert tools.sign_up(turn, "小李", OTHER, {"A01": 9}) == []
        assert turn.staged == []


class TestLogOrder:
    def test_a_first_order_is_placed(self) -> None:
        turn = context()
        result = tools.log_order(turn, {"A01": 2, "C02": 1})
        assert [quantities(e) for e in turn.staged if isinstance(e, OrderPlaced)] == [{"A01": 2, "C02": 1}]
        assert not isinstance(result, Refused)
        assert [(logged.status, logged.order) for logged in result] == [("pending_payment", None)]

    def test_more_goes_onto_the_unpaid_order(self) -> None:
        mine = order({"A01": 2})
        turn = context([mine])
        tools.log_order(turn, {"C02": 1})
        (effect,) = turn.staged
        assert isinstance(effect, OrderChanged)
        assert (effect.order, quantities(effect)) == (mine, {"A01": 2, "C02": 1})

    @pytest.mark.parametrize("status", ["payment_claimed", "paid", "cancelled", "expired"])
    def test_after_a_settled_order_a_new_one_begins(self, status) -> None:
        turn = context([order({"A01": 2}, status)])
        tools.log_order(turn, {"C02": 1})
        assert [type(effect) for effect in turn.staged] == [OrderPlaced]

    def test_the_same_again_stages_nothing(self) -> None:
        turn = context([order({"A01": 2})])
        result = tools.log_order(turn, {"A01": 2})
        assert not isinstance(result, Refused)
        assert [logged.unchanged for logged in result] == [True]
        assert turn.staged == []

    @pytest.mark.parametrize("phase", ["closed", "not_open"])
    def test_outside_of_its_time_the_group_takes_nothing(self, phase) -> None:
        turn = context(phase=phase)
        assert tools.log_order(turn, {"A01": 1}) == Refused(group_not_open=True)
        assert turn.staged == []

    def test_nothing_is_logged_in_part(self) -> None:
        turn = context()
        assert kinds(tools.log_order(turn, {"A01": 1, "A06": 1})) == ["sold_out"]
        assert turn.staged == []

    def test_what_is_gone_queues_in_an_order_of_its_own(self) -> None:
        turn = context()
        tools.log_order(turn, {"A01": 1, "A04": 2})
        placed = [effect for effect in turn.staged if isinstance(effect, OrderPlaced)]
        assert [(quantities(e), e.status) for e in placed] == [
            ({"A01": 1}, "pending_payment"),
            ({"A04": 2}, "preorder"),
        ]

    def test_more_of_what_is_gone_joins_the_waiting_order(self) -> None:
        waiting = order({"A04": 1}, "preorder")
        turn = context([waiting])
        tools.log_order(turn, {"A04": 3})
        (effect,) = turn.staged
        assert isinstance(effect, OrderChanged)
        assert (effect.order, quantities(effect)) == (waiting, {"A04": 3})

    def test_the_cap_of_one_order_counts_its_old_lines(self) -> None:
        turn = context([order({"A01": 5})], payment={"order_limit": "1000.00"})
        assert kinds(tools.log_order(turn, {"C02": 1})) == ["order_limit"]

    def test_a_second_tool_of_the_turn_sees_what_the_first_took(self) -> None:
        turn = context(ledger=Ledger(reserved={"A01": 8}))
        tools.log_order(turn, {"A01": 2})
        assert turn.ledger.reserved["A01"] == 10
        assert kinds(tools.sign_up(turn, "小李", OTHER, {"A01": 1})) == ["sold_out"]


class TestChangeOrder:
    def test_the_order_gets_exactly_these_lines(self) -> None:
        mine = order({"A01": 2, "C02": 1})
        turn = context([mine])
        tools.change_order(turn, mine, {"A01": 1})
        (effect,) = turn.staged
        assert isinstance(effect, OrderChanged)
        assert quantities(effect) == {"A01": 1}
        assert turn.ledger.reserved == {"A01": 1, "C02": 0}

    def test_no_lines_cancel_it(self) -> None:
        mine = order({"A01": 2})
        turn = context([mine])
        tools.change_order(turn, mine, {})
        assert turn.staged == [OrderMoved(mine, "cancelled", note="by the member")]
        assert turn.ledger.reserved["A01"] == 0

    def test_after_the_closing_it_may_shrink_but_not_grow(self) -> None:
        mine = order({"A01": 2})
        turn = context([mine], phase="closed")
        assert isinstance(tools.change_order(turn, mine, {"A01": 3}), Refused)
        assert turn.staged == []
        assert not isinstance(tools.change_order(turn, mine, {"A01": 1}), Refused)

    def test_past_the_stock_nothing_changes(self) -> None:
        mine = order({"A01": 2})
        turn = context([mine], ledger=Ledger(reserved={"A01": 9}))
        assert kinds(tools.change_order(turn, mine, {"A01": 4})) == ["past_stock"]
        assert turn.staged == []


class TestEditedCatalogue:
    """The seller edits the catalogue while an order is unpaid."""

    def test_lines_that_stay_keep_the_price_they_were_ordered_at(self) -> None:
        mine = order({"A01": 2})
        cheaper = replace(mine, items=(replace(mine.items[0], price=Decimal("150.00")),))
        turn = context([cheaper])
        tools.log_order(turn, {"C02": 1})
        (effect,) = turn.staged
        assert isinstance(effect, OrderChanged)
        assert [(i.sku, i.price) for i in effect.items] == [("A01", Decimal("150.00")), ("C02", Decimal("49.90"))]

    def test_a_line_that_is_changed_has_todays_price(self) -> None:
        mine = order({"A01": 2})
        cheaper = replace(mine, items=(replace(mine.items[0], price=Decimal("150.00")),))
        turn = context([cheaper])
        tools.log_order(turn, {"A01": 3})
        (effect,) = turn.staged
        assert isinstance(effect, OrderChanged)
        assert effect.items[0].price == Decimal("198.00")

    def gone(self) -> OrderView:
        """An order of 龙井 and of a product that is no longer in the catalogue."""
        return replace(order({"A01": 2}), items=(item(TEA, 2), OrderItem("X9", "老茶", "饼", Decimal("80.00"), 2)))

    def test_a_product_that_left_stays_on_the_order(self) -> None:
        turn = context([self.gone()])
        tools.log_order(turn, {"A01": 3})
        (effect,) = turn.staged
        assert isinstance(effect, OrderChanged)
        assert quantities(effect) == {"A01": 3, "X9": 2}

    def test_it_can_be_lessened_but_not_added_to(self) -> None:
        mine = self.gone()
        turn = context([mine])
        assert kinds(tools.change_order(turn, mine, {"A01": 2, "X9": 3})) == ["past_stock"]
        assert not isinstance(tools.change_order(turn, mine, {"A01": 2, "X9": 1}), Refused)


class TestPayment:
    def test_a_picture_makes_a_claim_and_never_a_payment(self) -> None:
        mine = order({"A01": 2})
        turn = context([mine])
        assert tools.take_payment_proof(turn) == mine
        assert turn.staged == [ClaimFiled(mine, None), OrderMoved(mine, "payment_claimed", note="proof received")]

    @pytest.mark.parametrize("status", ["payment_claimed", "paid", "shipped"])
    def test_a_further_picture_is_kept_and_moves_nothing(self, status) -> None:
        mine = order({"A01": 2}, status)
        turn = context([mine])
        tools.take_payment_proof(turn)
        assert turn.staged == [ClaimFiled(mine, None)]

    def test_without_an_order_it_is_a_claim_for_the_seller_to_look_at(self) -> None:
        turn = context()
        assert tools.take_payment_proof(turn) is None
        assert turn.staged == [ClaimFiled(None, None)]


class TestRefund:
    def test_it_is_logged_against_the_order_and_told_the_seller(self) -> None:
        mine = order({"A01": 2}, "paid")
        turn = context([mine], text="想退货")
        tools.request_refund(turn, mine)
        moved, ticket = turn.staged
        assert moved == OrderMoved(mine, "refund_requested", note="asked by the member")
        assert isinstance(ticket, TicketOpened)
        assert (ticket.kind, ticket.order, ticket.question) == ("refund", mine, "想退货")

    def test_where_the_move_is_not_legal_only_the_seller_hears(self) -> None:
        mine = order({"A01": 2})
        turn = context([mine])
        tools.request_refund(turn, mine)
        assert [type(effect) for effect in turn.staged] == [TicketOpened]

    @pytest.mark.parametrize("status", ["pending_payment", "preorder", "cancelled", "expired", "refunded"])
    def test_nothing_paid_is_nothing_to_refund(self, status) -> None:
        assert tools.refundable(context([order({"A01": 1}, status)])) is None


class TestHandOff:
    def test_the_ticket_has_the_question_and_what_a_human_needs(self) -> None:
        turn = context(text="能送到月球吗")
        turn.ticket_context = {"last_lines": ["在吗"]}
        tools.hand_off(turn, reason="missing_knowledge")
        (ticket,) = turn.staged
        assert isinstance(ticket, TicketOpened)
        assert (ticket.kind, ticket.reason, ticket.question) == ("handoff", "missing_knowledge", "能送到月球吗")
        assert ticket.context == {"last_lines": ["在吗"]}


class TestSignUp:
    def own(self, turn, wanted) -> OrderResult:
        return tools.sign_up(turn, "阿梅", ME, wanted)

    def test_the_own_line_places_an_order(self) -> None:
        turn = context()
        self.own(turn, {"A01": 2})
        assert [quantities(e) for e in turn.staged if isinstance(e, OrderPlaced)] == [{"A01": 2}]

    def test_the_own_line_says_the_whole_order(self) -> None:
        mine = order({"A01": 2, "C02": 1})
        turn = context([mine])
        result = self.own(turn, {"A01": 1})
        (effect,) = turn.staged
        assert isinstance(effect, OrderChanged)
        assert quantities(effect) == {"A01": 1}
        assert isinstance(result, list) and isinstance(result[0], Logged)

    def test_pasted_again_it_says_nothing(self) -> None:
        turn = context([order({"A01": 2})])
        assert self.own(turn, {"A01": 2}) == []
        assert turn.staged == []

    @pytest.mark.parametrize("status", ["payment_claimed", "paid", "shipped"])
    def test_pasted_again_after_paying_it_opens_no_second_order(self, status) -> None:
        turn = context([order({"A01": 2}, status)])
        assert self.own(turn, {"A01": 2}) == []
        assert turn.staged == []

    def test_anothers_line_is_taken_once(self) -> None:
        turn = context()
        tools.sign_up(turn, "小李", OTHER, {"A01": 1})
        (effect,) = turn.staged
        assert isinstance(effect, OrderPlaced)
        assert (effect.member_id, effect.nickname) == (OTHER, "小李")

    @pytest.mark.parametrize("status", ["cancelled", "expired", "refunded"])
    def test_a_copied_list_revives_nothing_of_another(self, status) -> None:
        turn = context(orders_of={OTHER: [order({"A01": 1}, status, member_id=OTHER)]})
        assert tools.sign_up(turn, "小李", OTHER, {"A01": 1}) == []
        assert turn.staged == []

    def test_a_name_without_a_member_gets_one_with_the_commit(self) -> None:
        turn = context()
        tools.sign_up(turn, "老张", 0, {"A01": 1})
        (effect,) = turn.staged
        assert isinstance(effect, OrderPlaced)
        assert (effect.member_id, effect.nickname) == (0, "老张")

    def test_a_line_past_the_stock_is_refused_and_the_others_stand(self) -> None:
        turn = context(ledger=Ledger(reserved={"A01": 9}))
        assert kinds(tools.sign_up(turn, "小李", OTHER, {"A01": 2})) == ["past_stock"]
        assert not isinstance(self.own(turn, {"A01": 1}), Refused)

    def test_when_closed_only_what_is_known_already_is_silent(self) -> None:
        turn = context([order({"A01": 2})], phase="closed")
        assert self.own(turn, {"A01": 2}) == []
        assert self.own(turn, {"A01": 3}) == Refused(group_not_open=True)


class TestContext:
    def test_the_newest_order_is_meant(self) -> None:
        old, new = order({"A01": 1}, id=1), order({"A01": 2}, id=2)
        assert context([old, new]).unpaid() == new
        assert context([old, new]).editable() == [new, old]

    def test_a_cancelled_order_in_the_turn_gives_its_units_back(self) -> None:
        mine = order({"A01": 2})
        turn = context([mine])
        tools.cancel_order(turn, mine)
        assert (turn.ledger.reserved["A01"], turn.ledger.order_count) == (0, 0)
