"""Amounts, times and numbers as screens and bills write them."""

from datetime import datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.payments.values import read_amount, read_reference, read_time


class TestAmounts:
    @pytest.mark.parametrize(
        ("text", "amount", "sign", "currency"),
        [
            ("¥396.00", "396.00", "", "CNY"),
            ("￥1,188.00", "1188.00", "", "CNY"),
            ("-1,030.09", "1030.09", "-", ""),
            ("+ 396.00", "396.00", "+", ""),
            ("-¥5.00", "5.00", "-", "CNY"),
            ("¥-5.00", "5.00", "-", "CNY"),
            ("396元", "396.00", "", "CNY"),
            ("$24.00", "24.00", "", "USD"),
            ("¥￥2137.00", "2137.00", "", "CNY"),
            ("¥ 396 .00", "396.00", "", "CNY"),
            ("Y396.00", "396.00", "", ""),
        ],
    )
    def test_an_amount_is_read_with_its_sign_and_currency(
        self, text: str, amount: str, sign: str, currency: str
    ) -> None:
        read = read_amount(text)
        assert read is not None
        assert read[:2] == (Decimal(amount), sign)
        assert read[2] in (currency, "CNY")

    def test_misread_thousands_are_put_right(self) -> None:
        read = read_amount("¥1.188.00")
        assert read is not None and read[0] == Decimal("1188.00")

    @pytest.mark.parametrize(
        "text", ["10:09", "87%", "2026-05-20", "396", "1000050001202605200012", "A01 2份", "", "¥"]
    )
    def test_what_is_no_amount_is_none(self, text: str) -> None:
        assert read_amount(text) is None

    @given(st.decimals(min_value="0.01", max_value="999999.99", places=2))
    def test_every_amount_is_read_back_as_apps_write_it(self, amount: Decimal) -> None:
        for text in (f"¥{amount:,.2f}", f"-{amount:.2f}", f"￥{amount}"):
            read = read_amount(text)
            assert read is not None and read[0] == amount


class TestTimes:
    @pytest.mark.parametrize(
        "text",
        [
            "2026-05-20 10:09:12",
            "2026-05-2010:09:12",
            "2026年5月20日10:09:12",
            "2026年05月20日 10:09:12",
            "2026/05/20 10:09:12",
            "2026.05.20 10：09：12",
            "May 20, 2026 10:09:12 AM",
            "May 20,2026 10:09:12",
            "20 May 2026 10:09:12",
            "转账时间：2026-05-20 10:09:12",
        ],
    )
    def test_the_usual_spellings(self, text: str) -> None:
        assert read_time(text) == datetime(2026, 5, 20, 10, 9, 12)

    def test_afternoons(self) -> None:
        assert read_time("May 20, 2026 01:05:15 PM") == datetime(2026, 5, 20, 13, 5, 15)
        assert read_time("2026年5月20日 下午1:05") == datetime(2026, 5, 20, 13, 5)
        assert read_time("May 20, 2026 12:05 AM") == datetime(2026, 5, 20, 0, 5)

    @pytest.mark.parametrize("text", ["10:09", "5月20日", "2026-13-40 10:09", "单号：1000000000202605200001", ""])
    def test_a_clock_or_a_date_alone_is_no_time(self, text: str) -> None:
        assert read_time(text) is None

    @given(st.datetimes(min_value=datetime(2020, 1, 1), max_value=datetime(2039, 12, 31)))
    def test_every_time_is_read_back(self, moment: datetime) -> None:
        moment = moment.replace(microsecond=0)
        for shape in ("%Y-%m-%d %H:%M:%S", "%Y年%m月%d日%H:%M:%S", "%Y/%m/%d %H:%M:%S", "%b %d, %Y %I:%M:%S %p"):
            assert read_time(moment.strftime(shape)) == moment


class TestReferences:
    def test_blanks_and_misread_digits_are_put_right(self) -> None:
        assert read_reference("1000 0500 0120 2605 2000") == "10000500012026052000"
        assert read_reference("1O000500012026052000l234") == "100005000120260520001234"

    def test_a_shops_own_number_keeps_its_letters(self) -> None:
        assert read_reference("T202605200001234") == "T202605200001234"

    @pytest.mark.parametrize("text", ["零钱", "12345", "2026年5月20日", "老王茶铺", "ABCDEFGHIJKLMNOP"])
    def test_what_is_no_number_is_none(self, text: str) -> None:
        assert read_reference(text) is None

    @given(st.text(max_size=60))
    def test_nothing_breaks_the_readers(self, text: str) -> None:
        read_amount(text)
        read_time(text)
        read_reference(text)
