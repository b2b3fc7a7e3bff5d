"""Bill files read as the apps export them."""

from datetime import datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.errors import BadFile
from assistant.payments.bills import read_bill
from payments.bills_kit import alipay_csv, alipay_line, wechat_csv, wechat_line, wechat_xlsx

ZONE = ZoneInfo("Asia/Shanghai")
ONE = "1000050001202605200001234567"
TWO = "1000050001202605200009999999"


class TestTheFormats:
    @pytest.mark.parametrize("write", [wechat_csv, wechat_xlsx])
    def test_wechat_as_csv_and_as_excel(self, write: object) -> None:
        bill = read_bill(write([wechat_line(ONE, "396.00")]), "bill", ZONE)  # type: ignore[operator]
        (line,) = bill.lines
        assert (bill.app, line.kind, line.amount, line.reference) == ("wechat", "in", Decimal("396.00"), ONE)
        assert line.moved_at == datetime(2026, 5, 20, 10, 9, 12, tzinfo=ZONE)
        assert (line.counterparty, line.note) == ("阿梅", "转账")

    def test_alipay(self) -> None:
        number = "2026052022001100120012345678"
        bill = read_bill(alipay_csv([alipay_line(number, "1396.50", note="茶叶 3号单")]), "alipay.csv", ZONE)
        (line,) = bill.lines
        assert (bill.app, line.amount, line.reference) == ("alipay", Decimal("1396.50"), number)
        assert "3号单" in line.note

    def test_alipays_older_page_of_the_web_site(self) -> None:
        header = (
            "交易号,商家订单号,交易创建时间,付款时间,类型,交易对方,商品名称,金额（元）,收/支,交易状态,成功退款（元）,"
        )
        row = f"{TWO}\t,T1\t,2026-05-20 10:00:00,2026-05-20 10:09:12,即时到账,阿梅,茶叶,396.00,收入,交易成功,96.00,"
        data = "\r\n".join(["支付宝交易记录明细查询", "账号:[wang@example.com]", header, row]).encode("gb18030")
        (line,) = read_bill(data, "old.csv", ZONE).lines
        assert (line.amount, line.moved_at.minute) == (Decimal("300.00"), 9)


class TestWhatMovedMoney:
    def test_outgoing_closed_and_neutral_lines(self) -> None:
        bill = read_bill(
            wechat_csv(
                [
                    wechat_line(ONE, "50.00", direction="支出", state="对方已收钱"),
                    wechat_line(TWO, "9.00", direction="/", state="提现已到账"),
                    wechat_line(TWO + "1", "9.00", direction="支出", state="支付失败"),
                ]
            ),
            "bill.csv",
            ZONE,
        )
        assert [(line.kind, line.amount) for line in bill.lines] == [("out", Decimal("50.00"))]
        assert bill.passed_over == 2

    def test_what_went_back_in_full_or_in_part(self) -> None:
        states = ("已全额退款", "已退款(￥96.00)", "已退款(￥396.00)")
        rows = [wechat_line(f"{ONE}{i}", "396.00", state=state) for i, state in enumerate(states)]
        bill = read_bill(wechat_csv(rows), "bill.csv", ZONE)
        assert [(line.kind, line.amount) for line in bill.lines] == [
            ("returned", Decimal("396.00")),
            ("in", Decimal("300.00")),
            ("returned", Decimal("396.00")),
        ]

    def test_the_same_line_twice_counts_once(self) -> None:
        rows = [wechat_line(ONE, "396.00")] * 2
        assert len(read_bill(wechat_csv(rows), "bill.csv", ZONE).lines) == 1


class TestBadFiles:
    @pytest.mark.parametrize(
        ("data", "says"),
        [
            (b"", "no bill of WeChat Pay or Alipay"),
            (b"sku,name,price\nA01,tea,198", "no bill of WeChat Pay or Alipay"),
            (b"PK\x03\x04 secret", "unpack the ZIP"),
            (b"%PDF-1.7", "no CSV and no .xlsx"),
            (b"\xff\xfe\x00\x81\xff", "no text file"),
            ("收/支,交易时间\n收入,2026-05-20".encode(), "without the columns"),
        ],
    )
    def test_it_is_told_what_is_wrong(self, data: bytes, says: str) -> None:
        with pytest.raises(BadFile, match=says):
            read_bill(data, "file", ZONE)

    def test_every_bad_line_is_named_and_nothing_is_taken(self) -> None:
        rows = [
            wechat_line(ONE, "396.00"),
            wechat_line(TWO, "abc"),
            wechat_line("", "5.00"),
            wechat_line("9" * 20, "5.00", at="gestern"),
        ]
        with pytest.raises(BadFile) as caught:
            read_bill(wechat_csv(rows), "bill.csv", ZONE)
        assert [problem.split(":")[0] for problem in caught.value.problems] == [
            f"bill.csv line {n}" for n in (15, 16, 17)
        ]
        assert "'¥abc' is no amount" in caught.value.problems[0]

    @given(st.binary(max_size=300))
    def test_no_file_breaks_it(self, data: bytes) -> None:
        for head in (b"", wechat_csv([])):
            try:
                read_bill(head + data, "file", ZONE)
            except BadFile as error:
                assert str(error)
