"""What the knowledge and evaluation pages show, without a browser."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from runs.test_service import report

from assistant.evaluation.compare import compare_json
from assistant.knowledge.drafts import DraftChange, DraftState
from assistant.knowledge.records import EntryRecord, Knowledge, ProductRecord
from assistant.marks.tally import Tally
from assistant.web.console.views.evaluation import Rate, by_tag, failed_cases, percent, verdict
from assistant.web.console.views.knowledge import (
    changed_fields,
    count_from,
    diff_parts,
    entry_rows,
    from_field,
    lines_of,
    matching,
    product_rows,
    shown,
    to_field,
    words_of,
)
from assistant.web.console.words import LANGUAGES, Words, catalogue, variables

NOW = datetime(2026, 5, 20, 2, tzinfo=UTC)
ZONE = ZoneInfo("Asia/Shanghai")
PRICE = EntryRecord("price", "多少钱", ("怎么卖",), "龙井198元/斤", "price", ("价格",))
SHIP = EntryRecord("ship", "什么时候发货", (), "三天内", "delivery", valid_until=NOW - timedelta(days=1))
TEA = ProductRecord("A01", "龙井", ("明前",), Decimal("198.00"), "斤", 10)
LIVE = Knowledge((PRICE, SHIP), (TEA,))
CHANGED = replace(PRICE, answer="龙井188元/斤")
STATE = DraftState(
    LIVE,
    Knowledge((CHANGED,), (TEA,)),
    (
        DraftChange("entry", "price", "changed", PRICE, CHANGED, False, NOW, "x"),
        DraftChange("entry", "ship", "removed", SHIP, None, True, NOW, "x"),
    ),
    "r",
)


def test_rows_show_the_draft_and_what_it_removes() -> None:
    price, ship = entry_rows(STATE, {"price": Tally(7, 2, 1)}, NOW)
    assert (price.text, price.what, price.tally.hits, price.stale) == ("龙井188元/斤", "changed", 7, False)
    assert (ship.what, ship.stale, ship.validity) == ("removed", True, "over")
    [tea] = product_rows(STATE, {}, NOW, "CNY")
    assert (tea.title, tea.text, tea.id, tea.what) == ("A01 龙井", "¥198.00 / 斤", "sku:A01", None)


def test_rows_are_found_by_any_of_their_words_and_filtered() -> None:
    rows = entry_rows(STATE, {"price": Tally(1, 0, 2)}, NOW)
    assert [row.id for row in matching(rows, "怎么卖")] == ["price"]
    assert [row.id for row in matching(rows, "１８８ 龙井")] == ["price"]
    assert matching(rows, "龙井 发货") == []
    assert [row.id for row in matching(rows, category="delivery")] == ["ship"]
    assert [row.id for row in matching(rows, only="bad")] == ["price"]
    assert [row.id for row in matching(rows, only="unused")] == ["ship"]
    assert [row.id for row in matching(rows, only="over")] == ["ship"]
    assert len(matching(rows, only="draft")) == 2


@pytest.mark.parametrize(
    ("before", "after", "parts"),
    [
        ("龙井198元", "龙井188元", [("same", "龙井"), ("gone", "198"), ("new", "188"), ("same", "元")]),
        ("ships fast", "ships slow", [("same", "ships "), ("gone", "fast"), ("new", "slow")]),
        ("", "新", [("new", "新")]),
        ("一样", "一样", [("same", "一样")]),
    ],
)
def test_a_difference_strikes_out_whole_numbers_and_words(before: str, after: str, parts: list) -> None:
    assert diff_parts(before, after) == parts


@given(st.text(max_size=40), st.text(max_size=40))
def test_a_difference_holds_both_texts(before: str, after: str) -> None:
    parts = diff_parts(before, after)
    assert "".join(text for what, text in parts if what != "new") == before
    assert "".join(text for what, text in parts if what != "gone") == after


def test_only_fields_that_differ_are_told_in_plain_words() -> None:
    w = Words("knowledge", "en")
    assert [one[0] for one in changed_fields(PRICE, CHANGED)] == ["answer"]
    assert {one[0] for one in changed_fields(None, TEA)} == {"name", "aliases", "price", "unit", "stock"}
    assert shown("category", "delivery", w, ZONE) == "Delivery"
    assert shown("valid_until", NOW.isoformat(), w, ZONE) == "2026-05-20 10:00"
    assert (shown("aliases", ["a", "b"], w, ZONE), shown("stock", None, w, ZONE)) == ("a / b", "")
    assert shown("stock", 0, w, ZONE) == "0"


def test_fields_are_read_as_people_fill_them_in() -> None:
    assert lines_of(" a \n\nb|a\n") == ("a", "b")
    assert words_of("价格，多少钱、 price;价格") == ("价格", "多少钱", "price")
    assert from_field(to_field(NOW, ZONE), ZONE) == NOW
    assert (from_field("", ZONE), to_field(None, ZONE)) == (None, "")
    assert (count_from(" 12 "), count_from(""), count_from(None)) == (12, None, None)
    with pytest.raises((ValueError, ArithmeticError)):
        count_from("many")


@pytest.mark.parametrize("page", ["knowledge", "evaluation"])
def test_both_languages_have_the_same_words_with_the_same_variables(page: str) -> None:
    first, second = (catalogue(page, language) for language in LANGUAGES)
    assert first.keys() == second.keys()
    assert {key: variables(text) for key, text in first.items()} == {k: variables(t) for k, t in second.items()}


def test_a_rate_that_is_not_full_does_not_read_as_full() -> None:
    assert (percent(1.0), percent(0.9996), percent(0.994), percent(0.5)) == ("100%", "99.9%", "99.4%", "50%")
    rate = Rate(19, 20)
    assert rate.text == "95%" and rate.interval == "76%–99%" and rate.tone == "y-good"
    assert Rate(0, 0).text == "100%" and Rate(1, 4).tone == "y-bad"


def test_tags_come_worst_first_over_all_suites() -> None:
    one = {"suite": "a", "by_tag": {"x": {"passed": 1, "total": 2}, "y": {"passed": 2, "total": 2}}, "cases": []}
    two = {"suite": "b", "by_tag": {"x": {"passed": 0, "total": 2}}, "cases": [{"id": "c", "passed": False}]}
    both = {"suites": [one, two]}
    assert [(tag, rate.passed, rate.total) for tag, rate in by_tag(both)] == [("x", 1, 4), ("y", 2, 2)]
    assert failed_cases(both) == [{"id": "c", "passed": False, "suite": "b"}]


def test_the_verdict_says_whether_it_may_be_chance() -> None:
    names = [f"c{number}" for number in range(10)]
    fine = report(**dict.fromkeys(names, True))

    def told(failing: int) -> str:
        return verdict(compare_json(fine, report(**{name: at >= failing for at, name in enumerate(names)})))

    assert (told(0), told(2), told(8)) == ("same", "maybe_worse", "worse")
    worse = report(**{name: at >= 8 for at, name in enumerate(names)})
    assert verdict(compare_json(worse, fine)) == "better"
    swapped = report(a=True, b=False), report(a=False, b=True)
    assert verdict(compare_json(*swapped)) == "mixed"
