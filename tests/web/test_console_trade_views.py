"""What the pages about trade show, worked out without a browser."""

import ast
import inspect
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from orders.test_spreadsheet import order

import assistant.delivery.bills
import assistant.delivery.claims
import assistant.delivery.methods
import assistant.orders.cashbook
import assistant.orders.money
import assistant.orders.moves
import assistant.orders.service
import assistant.orders.states
import assistant.payments.bills
from assistant.errors import Conflict, UsageError
from assistant.orders.book import BookEvent
from assistant.orders.ledger import OrderItem
from assistant.payments.proof import Proof
from assistant.reports.day import DayFigures, Standing
from assistant.reports.needs import Need
from assistant.reports.service import KeptReport
from assistant.reports.today import Today
from assistant.web.console.told import told
from assistant.web.console.views import shown
from assistant.web.console.views.orders import (
    Wanted,
    amount_of,
    chosen,
    counts,
    doable,
    history,
    note_text,
    owed,
    read_off,
    wanted_from,
)
from assistant.web.console.views.reports import kept, periods
from assistant.web.console.views.today import Scope, busy_hours, chart, money_tiles, talk_tiles, to_dos
from assistant.web.console.words import LANGUAGES, Words

NOW = datetime(2026, 5, 20, 2, 0, tzinfo=UTC)
SHANGHAI = ZoneInfo("Asia/Shanghai")
ZH, EN = (Words("orders", language) for language in LANGUAGES)


class TestAmountsAndTimes:
    @pytest.mark.parametrize(
        ("amount", "currency", "text"),
        [
            ("1188.00", "CNY", "¥1,188"),
            ("24.50", "USD", "$24.50"),
            ("-5.25", "EUR", "-€5.25"),
            ("7", "CHF", "7 CHF"),
            ("0", "CNY", "¥0"),
        ],
    )
    def test_an_amount_has_its_sign_and_thousands(self, amount, currency, text):
        assert shown.money(Decimal(amount), currency) == text

    def test_currencies_stand_beside_each_other(self):
        assert shown.sums({"USD": Decimal(3), "CNY": Decimal(10), "EUR": Decimal(0)}) == "¥10 + $3"
        assert shown.sums({}, "USD") == "$0"

    @pytest.mark.parametrize(
        ("at", "chinese", "english"),
        [
            (NOW, "今天 10:00", "today 10:00"),
            (NOW - timedelta(hours=11), "昨天 23:00", "yesterday 23:00"),
            (NOW + timedelta(days=1), "明天 10:00", "tomorrow 10:00"),
            (NOW - timedelta(days=9), "5月11日 10:00", "11 May 10:00"),
            (NOW - timedelta(days=365), "2025年5月20日 10:00", "20 May 2025 10:00"),
        ],
    )
    def test_a_time_is_told_by_the_groups_clock(self, at, chinese, english):
        assert shown.moment(at, NOW, SHANGHAI, ZH) == chinese
        assert shown.moment(at, NOW, SHANGHAI, EN) == english

    @pytest.mark.parametrize(
        ("minutes", "text"),
        [(-5, "less than a minute"), (0.5, "less than a minute"), (89, "89 min"), (150, "2 h"), (3000, "2 d")],
    )
    def test_a_span_is_as_coarse_as_it_may_be(self, minutes, text):
        assert shown.span(timedelta(minutes=minutes), EN) == text


BOOK = [
    order(1, "paid", "阿梅", choices=("ship", "complete", "refund"), due=Decimal(0)),
    order(2, "payment_claimed", "老李", choices=("confirm", "reject", "cancel"), due=Decimal(396), parcel="顺丰 SF778"),
    order(
        12,
        "pending_payment",
        "阿梅",
        choices=("confirm", "cancel"),
        due=Decimal(50),
        total=Decimal(50),
        updated_at=NOW + timedelta(hours=1),
        lines=(OrderItem("B02", "金骏眉 礼盒", "盒", Decimal(50), 1),),
    ),
]


def numbers(**wanted) -> list[int]:
    return [one.number for one in chosen(BOOK, Wanted(**wanted))]


class TestList:
    @pytest.mark.parametrize(
        ("text", "found"),
        [
            ("", [12, 2, 1]),
            ("12", [12]),
            ("#2", [2]),
            ("阿梅", [12, 1]),
            ("阿梅 b02", [12]),
            ("sf778", [2]),
            ("金骏眉", [12]),
            ("ＳＦ７７８", [2]),
            ("nobody", []),
        ],
    )
    def test_a_search_looks_where_a_seller_would(self, text, found):
        assert numbers(text=text) == found

    def test_it_narrows_to_a_state(self):
        assert numbers(state="paid") == [1]
        assert numbers(state="paid", text="b02") == []
        assert counts(BOOK) == [("payment_claimed", 1), ("paid", 1), ("pending_payment", 1)]

    @pytest.mark.parametrize(
        ("sort", "found"),
        [("newest", [12, 2, 1]), ("oldest", [1, 2, 12]), ("amount", [1, 2, 12]), ("changed", [12, 2, 1])],
    )
    def test_it_sorts(self, sort, found):
        assert numbers(sort=sort) == found

    def test_an_address_says_what_is_wanted_and_nonsense_nothing(self):
        assert wanted_from({"state": "paid", "text": "x"}) == Wanted("paid", "x")
        assert wanted_from({"state": "<script>"}) == Wanted()
        assert Wanted().but(sort="no such sort") == Wanted()

    def test_many_can_be_done_at_once_where_any_allows_it(self):
        assert doable(BOOK) == [("confirm", 2), ("ship", 1), ("complete", 1), ("cancel", 2)]
        assert doable([]) == []
        assert owed(BOOK) == {"CNY": Decimal(446)}


class TestOne:
    def test_its_history_is_told_newest_first_with_changed_lines(self):
        events = [
            BookEvent(NOW, "阿梅", "", "pending_payment", "", (("A01", 1),)),
            BookEvent(NOW, "阿梅", "pending_payment", "pending_payment", "", (("A01", 2),)),
            BookEvent(NOW, "yidan", "pending_payment", "expired", "not paid in time", (("A01", 2),)),
        ]
        steps = history(events)
        assert [(step.state, step.changed) for step in steps] == [
            ("expired", ()),
            ("", (("A01", 2),)),
            ("pending_payment", (("A01", 1),)),
        ]

    @pytest.mark.parametrize(
        ("note", "text"),
        [
            ("deposit 59.40", "收定金 ¥59.40"),
            ("refund 5", "退款 ¥5"),
            ("not paid in time", "超过付款期限"),
            ("顺丰 SF1", "顺丰 SF1"),
            ("deposit of love", "deposit of love"),
        ],
    )
    def test_what_the_product_noted_is_told_in_the_pages_language(self, note, text):
        assert note_text(note, "CNY", ZH) == text

    @pytest.mark.parametrize(
        ("text", "amount"), [("", None), (" ¥1,188.00 ", Decimal("1188.00")), ("12", Decimal(12)), ("￥5", Decimal(5))]
    )
    def test_a_sum_is_read_as_it_is_typed(self, text, amount):
        assert amount_of(text) == amount

    @pytest.mark.parametrize("text", ["abc", "1.2.3", "十块"])
    def test_what_is_no_sum_is_told(self, text):
        with pytest.raises(UsageError):
            amount_of(text)

    def test_of_a_picture_amount_and_time_are_told_even_where_they_are_missing(self):
        assert read_off(Proof(readable=True), ZH) == [("amount", "没看到"), ("time", "没看到")]
        full = Proof(True, Decimal("396"), "CNY", datetime(2026, 5, 20, 9, 8), "100", "老王", "wechat")
        assert dict(read_off(full, ZH)) == {
            "amount": "¥396",
            "time": "2026-05-20 09:08",
            "payee": "老王",
            "reference": "100",
            "app": "微信支付",
        }


ALL_PAGES = ("/orders", "/inbox", "/group")


def scope(pages=ALL_PAGES, names=("tea",)) -> Scope:
    return Scope(NOW, {name: f"群{name}" for name in names}, dict.fromkeys(names, SHANGHAI), pages)


EVERY_NEED = [
    Need("claim", "tea", NOW, "阿梅", 1, 5, amount=Decimal(5), currency="CNY", doubtful=True),
    Need("claim", "tea", NOW, "阿梅", 1, 6),
    Need("claim", "tea", NOW, "阿梅", None, 7),
    Need("refund", "tea", NOW, "阿梅", 2, amount=Decimal(5), currency="CNY"),
    Need("refund", "tea", NOW, "阿梅", row=3, what="不想要了"),
    Need("complaint", "tea", NOW, "阿梅", row=4, what="坏了"),
    Need("handoff", "tea", NOW - timedelta(hours=2), "阿梅", row=5, what="能送吗"),
    Need("custom_request", "tea", NOW, "阿梅", row=6, what="刻字"),
    Need("join", "tea", NOW, "小张", row=7, what="朋友"),
    Need("expiring", "tea", NOW + timedelta(minutes=9), "阿梅", 8, amount=Decimal(9), currency="CNY"),
    Need("to_ship", "tea", NOW, count=3),
    Need("stock_out", "tea", NOW, what="A01 龙井", count=0),
    Need("stock_out", "tea", NOW, what="A02 碧螺春", count=2),
    Need("closing", "tea", NOW + timedelta(hours=3), what="春茶"),
    Need("part_paid", "tea", NOW, "阿梅", 9, amount=Decimal(148), currency="CNY"),
]


class TestToday:
    @pytest.mark.parametrize("language", LANGUAGES)
    def test_each_need_is_worded_and_leads_to_where_it_is_dealt_with(self, language):
        lines = to_dos(EVERY_NEED, scope(), Words("today", language))
        assert len(lines) == len(EVERY_NEED) and all(line.title and line.href for line in lines)
        hrefs = [line.href for line in lines]
        assert hrefs[0] == "/console/orders?group=tea&order=1"
        assert hrefs[4] == "/console/inbox?group=tea&open=ticket-3"
        assert hrefs[8] == "/console/inbox?group=tea&open=join-7"
        assert hrefs[10] == "/console/orders?group=tea&state=paid"
        assert hrefs[11] == "/console/orders?group=tea&restock=A01"

    def test_the_words_are_plain(self):
        lines = to_dos(EVERY_NEED, scope(), Words("today", "zh-CN"))
        assert (lines[0].title, lines[0].detail) == ("阿梅 说付了 ¥5（1号单）", "凭证有疑点，请先看")
        assert (lines[6].title, lines[6].detail, lines[6].waits) == ("阿梅 在等您答复", "能送吗", "等了 2 小时")
        assert (lines[9].title, lines[9].waits) == ("阿梅 的 8号单（¥9）快到付款期限", "还剩 9 分钟")
        assert lines[12].title == "A02 碧螺春 卖完了，2 单在排队"
        assert lines[13].waits == "今天 13:00"
        assert lines[14].title == "阿梅 的 9号单还差 ¥148"

    def test_many_of_a_kind_are_counted(self):
        lines = to_dos([Need("join", "tea", NOW, f"m{n}", row=n) for n in range(9)], scope(), Words("today", "en"))
        assert [line.title for line in lines][3:] == ["m3 wants to join", "5 more: requests to join"]
        assert lines[-1].href == "/console/inbox?group=tea&kind=join"

    def test_of_several_groups_each_line_says_which(self):
        lines = to_dos(EVERY_NEED[:1], scope(names=("tea", "cookies")), Words("today", "zh-CN"))
        assert lines[0].detail == "凭证有疑点，请先看 · 群tea"

    def test_nothing_leads_to_a_page_that_is_not_for_them(self):
        assert all(line.href == "" for line in to_dos(EVERY_NEED, scope(pages=()), Words("today", "en")))

    def test_figures_stand_beside_yesterdays(self):
        day = Today(
            DayFigures(answered=7, orders=2, confirmed={"CNY": Decimal(70)}, refunded={"CNY": Decimal(20)}),
            DayFigures(answered=5),
            Standing(expected={"CNY": Decimal(1100)}, expected_orders=3),
            (),
        )
        w = Words("today", "zh-CN")
        assert next((one.key, one.value, one.note) for one in talk_tiles(day, w)) == ("answered", "7", "昨天此时 5")
        assert [one.value for one in money_tiles(day, w, "CNY")] == ["2", "¥1,100", "¥0", "¥50"]

    def test_the_hours_reach_from_the_first_to_the_last_with_anything(self):
        asked = tuple(1 if hour in (6, 22) else 0 for hour in range(24))
        day = DayFigures(asked_by_hour=asked)
        assert (busy_hours(DayFigures()), busy_hours(day)) == (range(8, 21), range(6, 23))
        options = chart(day, Words("today", "en"), orders=True)
        assert [len(one["data"]) for one in options["series"]] == [17, 17] == [len(options["xAxis"]["data"])] * 2


class TestReports:
    def test_every_week_since_the_opening_can_be_chosen(self):
        w = Words("reports", "zh-CN")
        found = periods(datetime(2026, 5, 8, tzinfo=UTC), NOW, SHANGHAI, w)
        assert found == {
            "all": "开群到现在",
            "2026-W21": "本周（5月18日–5月24日）",
            "2026-W20": "5月11日–5月17日",
            "2026-W19": "5月4日–5月10日",
        }
        told_ = kept([KeptReport("close", NOW), KeptReport("2026-W20", NOW), KeptReport("2020-W01", NOW)], found, w)
        assert told_ == {"all": "截单时的报告", "2026-W20": "5月11日–5月17日"}


MODULES = (
    assistant.orders.money,
    assistant.orders.moves,
    assistant.orders.service,
    assistant.orders.states,
    assistant.delivery.claims,
    assistant.delivery.bills,
    assistant.delivery.methods,
    assistant.payments.bills,
)


def sentences(module) -> list[str]:
    """Return what a module's errors say, with something put in for what varies."""
    found = []
    for node in ast.walk(ast.parse(inspect.getsource(module))):
        if isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call) and node.exc.args:
            text = _text(node.exc.args[0])
            if " " in text and not text.startswith("'some' is no order state"):
                found.append(text)
    return found


def _text(node: ast.expr) -> str:
    if isinstance(node, ast.Constant):
        return str(node.value)
    if isinstance(node, ast.JoinedStr):
        return "".join(part.value if isinstance(part, ast.Constant) else "some" for part in node.values)
    return ""


@pytest.mark.parametrize("module", MODULES, ids=lambda module: module.__name__)
def test_whatever_goes_wrong_is_told_in_chinese(module):
    general = told(Conflict("nobody wrote this down"), "zh-CN")
    for text in sentences(module):
        # Lines of a file stand after the file's name and the line's number.
        spoken = [told(Conflict(one), "zh-CN") for one in (text, f"bill.csv line 7: {text}")]
        assert any(one != general and re.search("[一-鿿]", one) for one in spoken), text


def test_a_row_is_not_left_out_of_the_errors():
    assert sum(len(sentences(module)) for module in MODULES) > 25


def test_words_of_an_order_do_not_depend_on_its_state():
    for state in ("paid", "preorder", "expired"):
        assert ZH(f"state.{state}") and EN(f"state.{state}")
    assert replace(BOOK[0], status="expired").owing == 0
