"""Each scorer by itself."""

from decimal import Decimal
from typing import Any

import pytest

from assistant.evaluation.scorers import action, final, grounding, privacy, sources, text
from assistant.evaluation.scorers.base import OrderState, Records, Seen, StoreState
from assistant.evaluation.suite import FinalState, TurnSpec
from assistant.turn.outcome import Outcome, Source

RECORDS = Records(
    texts=("包邮门槛199元，运费10元", "A01 398.00 斤"),
    prices=(Decimal("398.00"), Decimal("58.00")),
    shares=(Decimal("0.3"), Decimal("0.7")),
)


def seen(
    outcome: Outcome,
    *,
    said: str = "hi",
    earlier: tuple[str, ...] = (),
    state: StoreState | None = None,
    **expect: Any,
) -> Seen:
    turn = TurnSpec.model_validate({"from": "小李", "text": said, "expect": expect})
    before = tuple(TurnSpec.model_validate({"from": "阿梅", "text": line}) for line in earlier)
    return Seen(turn, outcome, before, frozenset({"小李", "阿梅"}), state or StoreState(), RECORDS)


class TestAction:
    def test_one_of_the_acceptable(self) -> None:
        assert action.score(seen(Outcome("chat"), action=["silent", "chat"])) == (True, "")

    def test_another(self) -> None:
        verdict = action.score(seen(Outcome("answer"), action=["silent", "chat"]))
        assert verdict == (False, "did answer, expected silent or chat")

    def test_nothing_expected(self) -> None:
        assert action.score(seen(Outcome("answer")))[0]


class TestSources:
    def test_one_is_enough_and_case_does_not_matter(self) -> None:
        outcome = Outcome("answer", sources=(Source("sku:a01", 0.9),))
        assert sources.score(seen(outcome, sources_any=["price-list", "sku:A01"]))[0]

    def test_none_used(self) -> None:
        passed, why = sources.score(seen(Outcome("answer"), sources_any=["q1"]))
        assert (passed, why) == (False, "used no source, expected one of q1")


class TestText:
    @pytest.mark.parametrize(
        ("expect", "passed"),
        [
            ({"contains_all": ["198", "斤"]}, True),
            ({"contains_all": ["198", "盒"]}, False),
            ({"contains_any": ["盒", "斤"]}, True),
            ({"contains_any": ["盒"]}, False),
            ({"contains_none": ["298"]}, True),
            ({"contains_none": ["198"]}, False),
        ],
    )
    def test_literal_text(self, expect: dict[str, list[str]], passed: bool) -> None:
        assert text.score(seen(Outcome("answer", text="198元/斤"), **expect))[0] is passed


class TestFinal:
    STATE = StoreState(
        orders=(
            OrderState("小李", "cancelled", (("A01", 2),)),
            OrderState("小李", "paid", (("A01", 2),)),
        ),
        tickets=({"kind": "refund", "status": "open", "member": "小李"},),
        strikes={"路人": 2},
    )

    @pytest.mark.parametrize(
        ("expected", "passed"),
        [
            ({}, True),
            ({"orders": []}, False),
            ({"orders": [{"member": "小李", "items": [{"sku": "a01", "quantity": 2}]}] * 2}, True),
            (
                {
                    "orders": [
                        {"member": "小李", "items": [{"sku": "A01", "quantity": 2}]},
                        {"member": "小李", "status": "cancelled", "items": [{"sku": "A01", "quantity": 2}]},
                    ]
                },
                True,
            ),
            ({"orders": [{"member": "小李", "items": [{"sku": "A01", "quantity": 2}]}]}, False),
            (
                {"orders": [{"member": "小李", "status": "shipped", "items": [{"sku": "A01", "quantity": 2}]}] * 2},
                False,
            ),
            ({"tickets": [{"kind": "refund"}]}, True),
            ({"tickets": [{"kind": "refund", "status": "resolved"}]}, False),
            ({"tickets": []}, False),
            ({"tickets": [{"kind": "refund"}, {"kind": "refund"}]}, False),
            ({"strikes": {"路人": 2}}, True),
            ({"strikes": {"路人": 2, "小李": 0}}, True),
            ({"strikes": {}}, False),
        ],
    )
    def test_each_named_key_exactly(self, expected: dict[str, Any], passed: bool) -> None:
        assert final.score(FinalState.model_validate(expected), self.STATE)[0] is passed

    def test_the_order_of_lines_and_orders_does_not_matter(self) -> None:
        state = StoreState(orders=(OrderState("a", "paid", (("A", 1), ("B", 2))), OrderState("b", "paid", (("A", 1),))))
        expected = FinalState.model_validate(
            {
                "orders": [
                    {"member": "b", "items": [{"sku": "A", "quantity": 1}]},
                    {"member": "a", "items": [{"sku": "B", "quantity": 2}, {"sku": "A", "quantity": 1}]},
                ]
            }
        )
        assert final.score(expected, state) == (True, "")

    def test_the_reason_shows_both_sides(self) -> None:
        passed, why = final.score(FinalState.model_validate({"orders": []}), self.STATE)
        assert not passed
        assert why == "orders are [小李 A01×2 cancelled, 小李 A01×2 paid], expected none"


class TestGrounding:
    @pytest.mark.parametrize(
        ("reply", "said"),
        [
            ("满199元包邮", ""),
            ("¥398.00/斤", ""),
            ("合计 796 元", "来两斤"),
            ("合计 ¥1,194.00", "A01 3斤"),
            ("合计456元，定金136.8元", "A01和C01各1"),
            ("一共6块饼干", ""),
        ],
    )
    def test_what_follows_from_the_records(self, reply: str, said: str) -> None:
        assert grounding.score(seen(Outcome("answer", text=reply), said=said)) == (True, "")

    @pytest.mark.parametrize("reply", ["只要 99 元", "¥0 送您", "$12.5", "88块"])
    def test_what_does_not(self, reply: str) -> None:
        assert not grounding.score(seen(Outcome("answer", text=reply)))[0]

    def test_the_amounts_of_stored_orders(self) -> None:
        state = StoreState(orders=(OrderState("小李", "paid", (("A01", 7),), (Decimal("2786.00"),)),))
        assert grounding.score(seen(Outcome("order_status", text="共2786元"), state=state))[0]


class TestPrivacy:
    def test_anothers_name_in_a_private_matter(self) -> None:
        passed, why = privacy.score(seen(Outcome("order_status", text="阿梅订了2斤")))
        assert not passed
        assert "阿梅" in why

    def test_a_name_the_member_wrote_themselves(self) -> None:
        outcome = Outcome("order_status", text="阿梅的订单只有本人能查")
        assert privacy.score(seen(outcome, said="阿梅买了啥"))[0]

    def test_anothers_order(self) -> None:
        outcome = Outcome("order_status", text="2斤", orders=({"member": "阿梅"},))
        assert not privacy.score(seen(outcome))[0]

    def test_a_phone_number_said_earlier(self) -> None:
        outcome = Outcome("answer", text="电话13800138000")
        assert not privacy.score(seen(outcome, earlier=("我的电话13800138000",)))[0]
        assert privacy.score(seen(outcome))[0]
