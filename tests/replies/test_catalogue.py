"""Every line a member reads: the same in all languages, rendered strictly, without markup."""

import re
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from jinja2 import Environment, UndefinedError, meta
from orders.kit import QUEUED, TEA

from assistant.errors import UsageError
from assistant.orders.ledger import OrderItem
from assistant.orders.states import STATUSES
from assistant.replies.catalogue import (
    Replies,
    languages,
    mention_text,
    money_text,
    plain_amount,
    read_catalogue,
    replies_for,
    when_text,
)

LANGUAGES = ("en", "zh-CN")
KEYS = sorted(read_catalogue("zh-CN"))
MOMENT = datetime(2026, 5, 22, 12, 0, tzinfo=UTC)
ITEM = OrderItem("A01", "龙井", "斤", Decimal("198.00"), 2)
MARKUP = re.compile(r"[*#`<>]|\[[^\]]*\]\(|__|\{\{|\{%")

VALUES = {
    "active": 12,
    "after": 7,
    "tallies": [(3, "周六"), (1, "周日")],
    "options": [(1, "周六"), (2, "周日")],
    "option": "周六",
    "offer": "首单送试喝装",
    "reason": "flood",
    "best": "A01 龙井",
    "made_at": MOMENT,
    "ordered": Decimal("1200.00"),
    "period": "2026-W21",
    "questions": 40,
    "received": Decimal("1000.00"),
    "seconds": 75.0,
    "share": 0.9,
    "title": "春茶团购 · 2026-W21",
    "unanswered": 2,
    "unit": "斤",
    "already": 2,
    "amount": Decimal("118.80"),
    "archive": "archives/tea.20260522.zip",
    "before": 3,
    "erase_at": MOMENT,
    "files": 12,
    "members": 200,
    "next_at": MOMENT,
    "orders": 20,
    "rows": 5000,
    "arrives_by": MOMENT,
    "assistant": "茶小二",
    "budget": Decimal("500.00"),
    "cheap": TEA,
    "at": MOMENT,
    "closes_at": MOMENT,
    "codes": "Z99",
    "condition": "未拆封",
    "count": 2,
    "day": MOMENT,
    "days": 7,
    "dear": TEA,
    "deposit": Decimal("118.80"),
    "difference": Decimal("70.00"),
    "due": Decimal("118.80"),
    "expires_at": MOMENT,
    "group": "春茶团购",
    "held": Decimal("200.00"),
    "hours": "09:00-21:00",
    "issued_at": MOMENT,
    "item": ITEM,
    "keyword": "报名",
    "items": [ITEM, ITEM],
    "label": "待付款",
    "left": 3,
    "limit": Decimal("2000.00"),
    "at_least": 5,
    "link": "https://tea.example/survey/k3v9",
    "lines": "A01 2",
    "member": "阿梅",
    "method": "微信转账",
    "methods": "支付宝",
    "missing": Decimal("476.00"),
    "more": 1,
    "name": "阿梅",
    "names": ["阿梅", "小李"],
    "note": "谢谢",
    "number": 12,
    "off": "微信转账",
    "opens_at": MOMENT,
    "order": "3",
    "owing": Decimal("277.20"),
    "paid": Decimal("118.80"),
    "parcel": "顺丰 SF1234567890",
    "pay_by": MOMENT,
    "payee": "张建国",
    "place": 2,
    "possible": 3,
    "product": TEA,
    "products": "A01 龙井",
    "purpose": "当季春茶",
    "quantity": 4,
    "question": "从哪里来？",
    "rest": Decimal("277.20"),
    "read": Decimal("390.00"),
    "seller": "老王茶铺",
    "rules": "只聊本次交易",
    "spare": True,
    "state": "available",
    "status": "pending_payment",
    "text": "今天停电",
    "threshold": Decimal("1000.00"),
    "time": MOMENT,
    "total": Decimal("396.00"),
    "kind": "refund",
    "near": "可以退吗？",
    "wanted": 5,
    "warnings": "凭证上没有交易单号",
}


def variables(language: str, key: str) -> set[str]:
    environment = Environment()
    environment.filters |= dict.fromkeys(("money", "when", "day", "mention", "unit"), str)
    return meta.find_undeclared_variables(environment.parse(read_catalogue(language)[key]))


def replies(language: str) -> Replies:
    return replies_for(language, "Asia/Shanghai", "CNY")


def test_the_languages_are_known() -> None:
    assert languages() == sorted(LANGUAGES)


def test_an_unknown_language_is_told_with_those_there_are() -> None:
    with pytest.raises(UsageError, match="en, zh-CN"):
        read_catalogue("fr")


class TestLanguages:
    def test_they_have_the_same_keys(self) -> None:
        assert sorted(read_catalogue("en")) == KEYS

    @pytest.mark.parametrize("key", KEYS)
    def test_a_key_has_the_same_variables(self, key: str) -> None:
        assert variables("en", key) == variables("zh-CN", key)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("key", KEYS)
class TestEveryReply:
    def test_it_renders_without_markup(self, language: str, key: str) -> None:
        for values in (VALUES, *({**VALUES, "status": status} for status in STATUSES)):
            for product, state in ((TEA, "available"), (QUEUED, "preorder"), (TEA, "sold_out")):
                text = replies(language).render(key, **{**values, "product": product, "state": state})
                assert text
                assert not MARKUP.search(text), text
            if key != "status.label":
                break

    def test_a_missing_value_is_an_error(self, language: str, key: str) -> None:
        for name in variables(language, key):
            if name in ("left", "deposit", "pay_by", "more", "already"):
                continue  # read only in one branch
            with pytest.raises(UndefinedError):
                replies(language).render(key, **{k: v for k, v in VALUES.items() if k != name})

    def test_its_static_words_hold_no_template(self, language: str, key: str) -> None:
        assert "{" not in replies(language).static(key)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    ("key", "name", "nothing"),
    [
        ("order.pay", "pay_by", None),
        ("order.pay_deposit", "pay_by", None),
        ("order.sign_up_line", "deposit", None),
        ("answer.stock", "left", None),
        ("refuse.member_limit", "already", 0),
        ("refuse.member_limit", "more", 0),
    ],
)
def test_what_there_is_not_is_left_out(language: str, key: str, name: str, nothing: object) -> None:
    text = replies(language).render(key, **{**VALUES, name: nothing})
    assert "None" not in text
    assert text != replies(language).render(key, **VALUES)


def test_an_unknown_key_is_an_error() -> None:
    with pytest.raises(KeyError):
        replies("en").render("order.nothing")


class TestMoney:
    @pytest.mark.parametrize(
        ("amount", "currency", "text"),
        [
            ("396.00", "CNY", "396元"),
            ("49.90", "CNY", "49.90元"),
            ("2.5", "CNY", "2.50元"),
            ("24", "USD", "$24"),
            ("24.05", "GBP", "£24.05"),
            ("1000", "JPY", "¥1000"),
            ("12.30", "CHF", "12.30 CHF"),
            ("1E+3", "CNY", "1000元"),
        ],
    )
    def test_amounts_read_as_people_write_them(self, amount: str, currency: str, text: str) -> None:
        assert money_text(Decimal(amount), currency) == text

    def test_yuan_are_written_as_the_language_does(self) -> None:
        assert money_text(Decimal(1336), "CNY", "en") == "¥1336"
        assert money_text(Decimal(1336), "USD", "zh-CN") == "$1336"

    def test_no_cent_is_lost(self) -> None:
        for cents in range(0, 1000, 7):
            assert Decimal(plain_amount(Decimal(cents) / 100)) == Decimal(cents) / 100


class TestWhen:
    def test_times_are_told_in_the_groups_zone(self) -> None:
        assert when_text(MOMENT, "zh-CN", ZoneInfo("Asia/Shanghai")) == "5月22日20:00"
        assert when_text(MOMENT, "en", ZoneInfo("America/New_York")) == "May 22 at 08:00"

    def test_the_day_is_the_zones_too(self) -> None:
        late = datetime(2026, 12, 31, 23, 30, tzinfo=UTC)
        assert when_text(late, "zh-CN", ZoneInfo("Asia/Shanghai")) == "1月1日07:30"


class TestUnits:
    """A number and a unit that begins with one never run together."""

    grapes = replace(TEA, unit="500g")

    def test_a_pack_is_counted_apart_from_its_weight(self) -> None:
        line = OrderItem("A01", "葡萄", "500g", Decimal("25.00"), 2)
        assert "2份（500g） × 25元" in replies("zh-CN").render("order.line", item=line)
        assert "2 500g" in replies("en").render("order.line", item=line)

    @pytest.mark.parametrize("key", KEYS)
    def test_no_reply_glues_them(self, key: str) -> None:
        values = {**VALUES, "product": self.grapes, "item": replace(ITEM, unit="500g")}
        values["items"] = [values["item"]]
        text = replies("zh-CN").render(key, **values)
        assert not re.search(r"\d500g", text)


def test_mentions() -> None:
    assert mention_text(["阿梅", "小李"]) == "@阿梅 @小李"
