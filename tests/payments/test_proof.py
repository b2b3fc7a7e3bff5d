"""Payment screens read by the places and words of their lines."""

from datetime import datetime
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.payments.proof import UNREADABLE, Proof, read_proof
from assistant.payments.screen import TextLine, line_of
from payments.kit import line, screen

AT = datetime(2026, 5, 20, 10, 9, 12)
NUMBER = "10000500012026052000112345678901"


def bill(**more: object) -> Proof:
    rows = [
        ("当前状态", "对方已收钱"),
        ("转账时间", "2026年5月20日10:09:12"),
        ("支付方式", "零钱"),
        ("转账单号", NUMBER),
        ("商户单号", "1000179407945719793195302"),
    ]
    return read_proof(screen([("账单详情", 17), ("转账-转给老王茶铺", 16), ("-396.00", 36)], rows, **more))  # type: ignore[arg-type]


class TestWhatIsRead:
    @pytest.mark.parametrize("style", ["edge", "column", "one line"])
    def test_a_bill_whatever_its_layout(self, style: str) -> None:
        proof = bill(style=style)
        assert (proof.amount, proof.time, proof.reference) == (Decimal("396.00"), AT, NUMBER)
        assert (proof.readable, proof.direction, proof.app, proof.state) == (True, "out", "wechat", "done")

    def test_a_number_broken_over_two_lines_is_joined(self) -> None:
        rows = [
            ("Status", "Payment successful"),
            ("Transaction ID", (NUMBER[:23], NUMBER[23:])),
            ("Payment Method", "Balance"),
        ]
        for style in ("edge", "column"):
            proof = read_proof(screen([("-396.00", 36)], rows, style=style))
            assert proof.reference == NUMBER, style

    def test_the_payments_time_goes_before_that_of_its_arrival(self) -> None:
        rows = [("收款时间", "2026-05-20 10:15:00"), ("转账时间", "2026-05-20 10:09:12")]
        assert read_proof(screen([("老王已收款", 17), ("¥396.00", 40)], rows)).time == AT

    def test_the_shops_number_stands_in_only_where_there_is_no_other(self) -> None:
        rows = [("商家订单号", "T2026052000123456"), ("创建时间", "2026-05-20 10:09:12")]
        assert read_proof(screen([("交易成功", 13), ("-396.00", 36)], rows)).reference == "T2026052000123456"
        rows.append(("订单号", "2026052022001100120012345678"))
        assert read_proof(screen([("交易成功", 13), ("-396.00", 36)], rows)).reference == "2026052022001100120012345678"

    def test_other_money_on_the_screen_is_not_what_was_paid(self) -> None:
        rows = [("订单金额", "¥400.00"), ("红包", "-¥4.00"), ("账户余额", "¥9,000.00"), ("付款方式", "余额宝")]
        proof = read_proof(screen([("付款成功", 18), ("¥396.00", 40)], rows))
        assert (proof.amount, proof.app) == (Decimal("396.00"), "alipay")

    def test_a_label_above_the_big_amount(self) -> None:
        proof = read_proof(screen([("微信支付凭证", 15), ("付款金额", 13), ("¥396.00", 32)], [("收款方", "老王茶铺")]))
        assert (proof.amount, proof.payee) == (Decimal("396.00"), "老王茶铺")

    def test_money_that_came_in_is_told_apart(self) -> None:
        rows = [("当前状态", "已存入零钱"), ("收款时间", "2026-05-20 10:09:12"), ("转账单号", NUMBER)]
        assert read_proof(screen([("转账-来自阿梅", 16), ("+396.00", 36)], rows)).direction == "in"

    @pytest.mark.parametrize(
        ("words", "state"), [("支付失败", "failed"), ("已全额退款", "returned"), ("支付成功", "done")]
    )
    def test_how_it_stands(self, words: str, state: str) -> None:
        rows = [("当前状态", words), ("支付时间", "2026-05-20 10:09:12"), ("交易单号", NUMBER)]
        assert read_proof(screen([("-396.00", 36)], rows)).state == state

    def test_a_picture_that_leans_is_read_all_the_same(self) -> None:
        slanted = []
        for item in screen(
            [("账单详情", 17), ("-396.00", 36)], [("转账时间", "2026-05-20 10:09:12"), ("转账单号", NUMBER)]
        ):
            corners = [
                (item.left, item.top),
                (item.right, item.top),
                (item.right, item.bottom),
                (item.left, item.bottom),
            ]
            slanted.append(line_of(item.text, [(x - 0.04 * y, y + 0.04 * x) for x, y in corners], 1.0))
        proof = read_proof(slanted)
        assert (proof.time, proof.reference) == (AT, NUMBER)

    def test_an_english_receipt_in_one_column(self) -> None:
        words = [
            ("Payment receipt", 20),
            ("Sent", 22),
            ("$24.00", 46),
            ("To: Maple Home", 16),
            ("Jun 2, 2026 10:19 AM", 16),
        ]
        proof = read_proof(screen([*words, ("ID 4000000000001", 14)], []))
        assert (proof.amount, proof.currency) == (Decimal("24.00"), "USD")
        assert (proof.time, proof.reference, proof.payee) == (
            datetime(2026, 6, 2, 10, 19),
            "4000000000001",
            "Maple Home",
        )


class TestWhatIsNoProof:
    def test_a_chat_about_money(self) -> None:
        talk = ("我转了¥867.59，付款成功了哦", "好的收到", "¥867.59一盒", "单号是多少？", "10:12")
        assert not read_proof([line(words, x=60, y=100 + 60 * i) for i, words in enumerate(talk)]).readable

    def test_a_price_list(self) -> None:
        rows = [("A01 西湖龙井", "¥198.00"), ("A02 碧螺春", "¥268.00")]
        assert not read_proof(screen([("春茶价目表", 17)], rows)).readable

    def test_an_order_that_waits_to_be_paid(self) -> None:
        rows = [
            ("下单时间", "2026-05-20 10:09:12"),
            ("订单编号", "123456789012345678"),
            ("付款方式", "零钱"),
            ("应付金额", "¥396.00"),
        ]
        assert not read_proof(screen([("待付款", 17), ("¥396.00", 30), ("立即支付 ¥396.00", 17)], rows)).readable

    def test_nothing_at_all(self) -> None:
        assert read_proof([]) == UNREADABLE

    @settings(max_examples=200)
    @given(
        st.lists(
            st.builds(
                TextLine,
                st.one_of(
                    st.text(max_size=30),
                    st.sampled_from(["转账单号", "¥396.00", "支付成功", "2026-05-20 10:09:12", "1" * 30]),
                ),
                *[st.floats(-50, 3000) for _ in range(4)],
            ),
            max_size=12,
        )
    )
    def test_no_screen_breaks_it(self, lines: list[TextLine]) -> None:
        proof = read_proof(lines)
        assert not proof.readable or proof.amount is not None

    def test_what_was_read_goes_to_the_store_and_back(self) -> None:
        proof = bill()
        assert Proof.from_json(proof.to_json()) == proof
