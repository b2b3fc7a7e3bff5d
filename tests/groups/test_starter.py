"""A new group from what a seller says first: complete, consistent, and nothing made up."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from assistant.checks.service import check
from assistant.errors import UsageError
from assistant.groups.starter import LISTED, Deal, new_group, new_id
from assistant.knowledge.records import ProductRecord
from assistant.knowledge.tidying import entry_problems

NOW = datetime(2026, 5, 20, 2, 0, tzinfo=UTC)
PRODUCTS = (
    ProductRecord("A01", "龙井", price=Decimal("198.00"), unit="斤"),
    ProductRecord("A02", "毛尖", price=Decimal("88.50"), unit="盒"),
)
SAID = Deal(
    seller="老王茶铺",
    name="5月20日春茶团购",
    language="zh-CN",
    timezone="Asia/Shanghai",
    currency="CNY",
    closes_at=NOW + timedelta(days=2),
    methods=("微信转账", "支付宝"),
    refund_days=7,
    refund_condition="未拆封",
    delivery="截单后3天内发顺丰",
    rules=("只聊本次交易",),
)
LITTLE = Deal("Ann", "Bread", "en", "Europe/London", "GBP", None)


def opened(deal=SAID, products=PRODUCTS, taken=()):
    return new_group(deal, products, taken=taken, now=NOW)


def test_what_was_said_is_in_settings_and_answers():
    folder = opened()
    assert folder.settings.payment.methods == ("微信转账", "支付宝") and folder.settings.refund.window_days == 7
    said = {entry.key: entry.answer for entry in folder.knowledge.entries}
    assert "A02 毛尖 88.50元/盒" in said["prices"] and "7天内，未拆封" in said["refund"]
    assert said["delivery"] == "截单后3天内发顺丰" and "5月22日10:00" in said["close"]


def test_what_was_not_said_becomes_no_entry():
    folder = opened(LITTLE)
    assert [entry.key for entry in folder.knowledge.entries] == ["prices", "order"]
    assert folder.settings.refund is None and folder.settings.payment.methods == ()


@pytest.mark.parametrize("deal", [SAID, LITTLE, replace(SAID, language="en", currency="USD")])
def test_its_entries_are_sound_and_the_check_finds_no_error(deal):
    folder = opened(deal)
    assert [problem for entry in folder.knowledge.entries for problem in entry_problems(entry)] == []
    found = check(folder.settings, folder.knowledge, now=NOW)
    assert [finding for finding in found if finding.severity == "error"] == []


def test_a_long_list_says_how_to_ask_for_the_rest():
    many = tuple(replace(PRODUCTS[0], sku=f"B{number:03d}") for number in range(LISTED + 5))
    answer = opened(products=many).knowledge.entries[0].answer
    assert answer.count("\n") == LISTED + 1 and str(LISTED + 5) in answer


@pytest.mark.parametrize(
    ("deal", "products"),
    [
        (replace(SAID, name=" "), PRODUCTS),
        (replace(SAID, seller=""), PRODUCTS),
        (replace(SAID, closes_at=NOW), PRODUCTS),
        (SAID, ()),
    ],
)
def test_what_is_missing_is_said(deal, products):
    with pytest.raises(UsageError):
        opened(deal, products)


def test_ids_say_what_it_is_and_are_free():
    day = datetime(2026, 5, 22, tzinfo=UTC)
    assert new_id("春茶团购", day, ()) == "chun-cha-tuan-gou-0522"
    assert new_id("Ann's Bread!", day, {"ann-s-bread-0522"}) == "ann-s-bread-0522-2"
    assert new_id("🍓", day, ()) == "group-0522"
