"""The settings' form: what stands in it, and what it changes."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from assistant.groups.settings import GroupSettings
from assistant.web.console.views.group import FIELDS, When, erased, filled, form_of, stars_line
from assistant.web.console.words import LANGUAGES, catalogue

SETTINGS = GroupSettings.model_validate(
    {
        "id": "tea",
        "name": "春茶",
        "seller": "老王",
        "timezone": "Asia/Shanghai",
        "rules": ["只聊本次交易"],
        "closes_at": datetime(2026, 5, 22, 12, tzinfo=UTC),
        "payment": {"methods": ["微信转账", "支付宝"], "deposit_ratio": "0.30"},
    }
)


def changed(**form: str | bool) -> dict[str, object]:
    return filled(SETTINGS, {path.replace("__", "."): value for path, value in form.items()}).changes


def test_a_form_that_nobody_touched_changes_nothing():
    assert filled(SETTINGS, form_of(SETTINGS)) == filled(SETTINGS, {})
    assert filled(SETTINGS, form_of(SETTINGS)).changes == {}


def test_times_are_shown_and_read_in_the_groups_zone():
    assert form_of(SETTINGS)["closes_at"] == "2026-05-22 20:00"
    later = changed(closes_at="2026-05-23T21:30")["closes_at"]
    assert later == datetime(2026, 5, 23, 13, 30, tzinfo=UTC)


def test_a_share_is_shown_and_read_in_percent():
    assert form_of(SETTINGS)["payment.deposit_ratio"] == "30"
    ratio = changed(payment__deposit_ratio="50%")["payment"]["deposit_ratio"]
    assert Decimal(ratio) == Decimal("0.5")


def test_lists_stand_line_by_line():
    assert changed(payment__methods="微信转账\n\n现金 \n") == {"payment": {"methods": ["微信转账", "现金"]}}


def test_an_emptied_field_takes_the_setting_out():
    assert changed(closes_at="", purpose=" ") == {"closes_at": None}
    assert changed(payment__deposit_ratio="") == {"payment": {"deposit_ratio": None}}


@pytest.mark.parametrize(
    ("path", "given", "problem"),
    [
        ("name", " ", "required"),
        ("member_limit", "many", "whole"),
        ("payment.order_limit", "-3", "number"),
        ("payment.deposit_ratio", "130", "percent"),
        ("opens_at", "tomorrow", "moment"),
    ],
)
def test_what_is_off_is_told_at_its_field(path, given, problem):
    result = filled(SETTINGS, {path: given})
    assert result.problems == {path: problem} and result.changes == {}


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_field_choice_and_problem_has_its_words(language):
    words = catalogue("group", language)
    for field in FIELDS.values():
        assert f"field.{field.words}" in words
        assert all(f"choice.{field.words}.{choice}" in words for choice in field.choices)


@pytest.mark.parametrize(
    ("when", "line"),
    [
        (When("now"), "now"),
        (When("at", moment="2026-05-20T09:00"), "at 2026-05-20 09:00"),
        (When("weekly", days=("mon", "thu"), clock="20:30"), "weekly mon,thu 20:30"),
        (When("before_close", lead="2h"), "before_close 2h"),
    ],
)
def test_the_forms_time_is_a_line_of_the_schedule(when, line):
    assert when.schedule() == line


def test_stars_come_with_the_best_first():
    assert stars_line((0, 0, 1, 0, 4))[0] == (5, 4, 1.0)


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_was_erased_is_counted_by_what_a_seller_knows(language):
    protocol = {"rows": {"turns": 3, "members": 4, "orders": 0, "tokens": 4}, "files": {"pictures": 2}, "left": []}
    told = erased(protocol)
    assert told == [("members", 4), ("pictures", 2), ("other", 7)]
    assert all(catalogue("group", language)[f"erased.{name}"] for name, _ in told)
