"""Faults of many kinds, each planted into a copy of a sample group: every one is found, and nothing else is."""

from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from functools import cache
from pathlib import Path

import pytest

from assistant.checks.base import Finding
from assistant.groups.folder import read_folder
from checks.kit import NOW, Copy

FAULTS: dict[str, tuple[Callable[[], Copy], set[str], str]] = {
    "a price in words that the catalogue does not have": (
        lambda: Copy.of("tea").entry("product-gift", answer="金骏眉礼盒最体面，一百九十八元一盒，带手提袋。"),
        {"price.catalogue"},
        "product-gift",
    ),
    "an old price in English": (
        lambda: Copy.of("homecare").more("win", "Could you also do our windows?", "Sure, it is $6 per window."),
        {"price.catalogue"},
        "win",
    ),
    "a price per another unit": (
        lambda: Copy.of("tea").more("xz", "正山小种贵不贵？", "不贵，正山小种88元一盒，喝得起。"),
        {"price.unit"},
        "xz",
    ),
    "a second closing time": (
        lambda: Copy.of("homecare").more(
            "late", "Is it too late to join?", "No rush, you can book until June 7, noon."
        ),
        {"terms.differ"},
        "late",
    ),
    "a closing time in other words": (
        lambda: Copy.of("tea").more("zuihou", "周末再买来得及吗？", "来得及，最晚五月二十三号晚上八点，过后就不接了。"),
        {"terms.differ"},
        "zuihou",
    ),
    "a second refund window": (
        lambda: Copy.of("tea").more("manyi", "喝不惯怎么办？", "没关系，收货后十五天以内没拆的都能退。"),
        {"terms.differ"},
        "manyi",
    ),
    "more time to pay than there is": (
        lambda: Copy.of("cookies").entry("pay-how", answer="只收微信转账，下单两小时之内把定金转给“小满烘焙”就行。"),
        {"terms.differ"},
        "pay-how",
    ),
    "another limit for one order": (
        lambda: Copy.of("homecare").more("cap", "Can I spend a lot?", "A single booking cannot exceed $1,500."),
        {"terms.differ"},
        "cap",
    ),
    "another deposit": (
        lambda: Copy.of("homecare").more("upfront", "Do I pay everything now?", "No, only half up front as a deposit."),
        {"terms.differ"},
        "upfront",
    ),
    "another number of orders that closes the group": (
        lambda: Copy.of("cookies").more("jidan", "还差几单？", "这次满三十单就截，快了。"),
        {"terms.differ"},
        "jidan",
    ),
    "other hours": (
        lambda: Copy.of("tea").more("ren", "晚上有人吗？", "客服早上十点到晚上6点在线。"),
        {"terms.differ"},
        "ren",
    ),
    "a way to pay that the group does not take": (
        lambda: Copy.of("homecare").entry("pay-how", answer="Venmo, Zelle or PayPal to Maple Home Services."),
        {"terms.method"},
        "pay-how",
    ),
    "two amounts for free shipping": (
        lambda: Copy.of("tea").more("mianyou", "买多少才不用出邮费？", "凑够99元就免邮啦。"),
        {"contradiction"},
        "mianyou",
    ),
    "two days of delivery": (
        lambda: Copy.of("cookies").more("liuyi", "赶得上儿童节吗？", "6月2日送达，正好过节后第二天。"),
        {"contradiction"},
        "liuyi",
    ),
    "two durations for one thing that no setting knows": (
        lambda: Copy.of("tea").more("daozhang", "退的款几天能回来？", "老王点了通过以后，7天之内原路退回您的账户。"),
        {"contradiction"},
        "daozhang",
    ),
    "a limit that the catalogue does not have": (
        lambda: Copy.of("homecare").more(
            "deep", "Could we get several deep cleans?", "At most 3 deep cleans per household."
        ),
        {"limit.catalogue", "limit.none"},
        "deep",
    ),
    "said to be sold out with stock left": (
        lambda: Copy.of("tea").more("bilc", "碧螺春还有没有？", "不好意思，碧螺春已经卖光了。"),
        {"stock.left"},
        "bilc",
    ),
    "an item number that is not there": (
        lambda: Copy.of("tea").entry("product-beginner", answer="新手推荐D03小罐装，香气好，不苦。"),
        {"sku.unknown"},
        "product-beginner",
    ),
    "the same question twice": (
        lambda: Copy.of("cookies").more("baozhi", "饼干开袋后呢？", "开袋后三天吃完口感最好。", "饼干怎么保存"),
        {"question.same"},
        "baozhi",
    ),
    "a keyword twice": (
        lambda: Copy.of("homecare").entry("pay-balance", keywords=("Balance", "DEPOSIT")),
        {"keyword.shared"},
        "pay-balance",
    ),
    "a keyword that is another's question": (
        lambda: Copy.of("cookies").entry("ship-when", keywords=("怎么订饼干",)),
        {"keyword.shadows"},
        "ship-when",
    ),
    "a keyword that is a product": (
        lambda: Copy.of("tea").entry("product-origin", keywords=("碧螺春",)),
        {"keyword.product"},
        "product-origin",
    ),
    "two products of one name": (
        lambda: Copy.of("homecare").product("H05", aliases=("window cleaning", "Carpet")),
        {"product.name"},
        "sku:H05",
    ),
    "a product without a price": (
        lambda: Copy.of("cookies").product("K02", price=Decimal("0.00")),
        {"product.no_price"},
        "sku:K02",
    ),
    "ended while the deal goes on": (
        lambda: Copy.of("tea").entry("ship-fee", valid_until=datetime(2026, 5, 19, 4, tzinfo=UTC)),
        {"entry.expired"},
        "ship-fee",
    ),
    "ended before the deal": (
        lambda: Copy.of("cookies").entry("pay-deposit", valid_until=datetime(2025, 6, 1, tzinfo=UTC)),
        {"entry.never_served"},
        "pay-deposit",
    ),
    "a day of the deal before": (
        lambda: Copy.of("homecare").entry("visit-dates", answer="Visits run April 6 to 18, Monday to Saturday."),
        {"date.past"},
        "visit-dates",
    ),
    "the wrong weekday": (
        lambda: Copy.of("cookies").entry("ship-when", answer="5月31日，周六，上午十点起统一配送。"),
        {"date.weekday"},
        "ship-when",
    ),
    "not filled in": (
        lambda: Copy.of("tea").entry("ship-pickup", answer="可以自提，地址【地址】，营业到XX点。"),
        {"answer.placeholder"},
        "ship-pickup",
    ),
    "nothing said": (
        lambda: Copy.of("homecare").entry("pay-tip", answer="..."),
        {"answer.empty"},
        "pay-tip",
    ),
    "broken off": (
        lambda: Copy.of("cookies").entry("product-sugar", answer="K05用麦芽糖醇代替蔗糖，血糖问题请先问医生，另外"),
        {"answer.cut_off"},
        "product-sugar",
    ),
    "far too long": (
        lambda: Copy.of("homecare").entry("product-pets", answer="We only use cleaners that are safe for pets. " * 45),
        {"answer.too_long"},
        "product-pets",
    ),
    "copied HTML": (
        lambda: Copy.of("tea").entry("product-storage", answer="绿茶密封冷藏。&nbsp;红茶放阴凉处。"),
        {"answer.broken"},
        "product-storage",
    ),
    "a link that leads nowhere": (
        lambda: Copy.of("homecare").entry("visit-area", answer="See the map at http//maple.example/map please."),
        {"answer.link"},
        "visit-area",
    ),
    "somebody's telephone number": (
        lambda: Copy.of("homecare").entry("visit-home", answer="No. If the key sticks, call Dave on (312) 555-0188."),
        {"personal.phone"},
        "visit-home",
    ),
    "somebody's account": (
        lambda: Copy.of("cookies").entry("ship-area", answer="只送南京主城区，远的加微信号: xiaoman_bake 问。"),
        {"personal.account"},
        "ship-area",
    ),
    "another language": (
        lambda: Copy.of("cookies").entry("product-additive", answer="No preservatives at all, only real butter."),
        {"language.answer"},
        "product-additive",
    ),
    "another currency": (
        lambda: Copy.of("homecare").entry("price-extra", answer="Materials are billed at cost, usually about 80元."),
        {"terms.currency"},
        "price-extra",
    ),
}
"""What is planted, the rules of which one must find it, and where."""

ASKED: dict[str, tuple[Callable[[], Copy], set[str], tuple[str, ...]]] = {
    "two entries about one thing": (
        lambda: Copy.of("tea").more(
            "cun", "茶叶要怎么储存？", "放阴凉干燥的地方，绿茶要冷藏。", "茶买回家怎么放", "绿茶要不要放冰箱"
        ),
        {"entry.alike"},
        ("cun", "product-storage"),
    ),
    "an entry that takes another's questions": (
        lambda: Copy.of("homecare").entry(
            "product-pets",
            similar_questions=("Are the chemicals safe for kids?", "Do I have to be at home when you visit?"),
        ),
        {"entry.stolen", "entry.misplaced"},
        ("product-pets", "visit-home"),
    ),
    "one question with two answers": (
        lambda: Copy.of("cookies").more("fang", "饼干保质期多长？", "常温密封可以放30天。", "饼干能放几天", "多久会坏"),
        {"contradiction"},
        ("fang", "product-shelf"),
    ),
}
"""Faults that only retrieval shows."""


@cache
def found_in(fault: str) -> tuple[Finding, ...]:
    """Return what is found where a fault was planted, without asking retrieval."""
    return FAULTS[fault][0]().findings(ask=False)


@pytest.mark.parametrize("fault", FAULTS)
def test_a_planted_fault_is_found(fault: str) -> None:
    _, rules, place = FAULTS[fault]
    found = found_in(fault)
    assert [f for f in found if f.rule in rules and place in f.places], found
    assert all(place in f.places for f in found), found


@pytest.mark.slow
@pytest.mark.parametrize("fault", ASKED)
def test_a_fault_that_members_would_meet_is_found(fault: str) -> None:
    plant, rules, places = ASKED[fault]
    found = plant().findings(ask=True)
    assert [f for f in found if f.rule in rules and set(f.places) == set(places)], found
    assert all(set(f.places) & set(places) for f in found), found


@pytest.mark.parametrize("group", NOW)
def test_no_false_alarm_on_a_sample_group_at_any_time(group: str) -> None:
    copy = Copy.of(group)
    settings = copy.settings
    assert settings.opens_at and settings.closes_at
    assert not copy.findings(ask=True)
    for now in (
        settings.opens_at,
        settings.closes_at,
        datetime(2025, 1, 1, tzinfo=UTC),
        datetime(2027, 1, 1, tzinfo=UTC),
    ):
        assert not copy.findings(ask=False, now=now)


@pytest.mark.parametrize("group", ["flowers", "pottery"])
def test_no_false_alarm_where_answers_are_worded_trickily(group: str) -> None:
    folder = read_folder(Path(__file__).parent / "groups" / group)
    assert folder.settings.opens_at
    assert not Copy(folder.settings, folder.knowledge).findings(ask=False, now=folder.settings.opens_at)
