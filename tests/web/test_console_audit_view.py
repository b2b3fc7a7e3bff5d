"""Deeds as the audit page shows them, in both languages."""

import re

import pytest
from delivery.kit import NOW

from assistant.desk.audit import Noted
from assistant.web.console.views.audit import actor_name, deed_row
from assistant.web.console.words import Words

GROUPS = {"tea": "春茶"}


def noted(action: str, subject: str, **details) -> Noted:
    return Noted(1, NOW, "yidan", action, "tea", subject, details)


def test_an_order_s_move_reads_in_plain_words():
    row = deed_row(noted("order.move", "order 3", **{"from": "paid", "to": "shipped"}), Words("audit", "zh-CN"), GROUPS)
    assert (row.did, row.to) == ("改了订单状态", "3号单 · 春茶")
    assert row.details == (("原来", "已付款"), ("现在", "已发货"))


@pytest.mark.parametrize(
    ("action", "subject", "details"),
    [
        ("order.place", "order 3", {"to": "preorder", "lines": [{"sku": "1", "quantity": 2}]}),
        ("order.receive", "order 3", {"from": "shipped"}),
        ("claim.file", "claim 1", {"order": 1, "picture": True}),
        ("ticket.open", "ticket 4", {"kind": "complaint", "reason": "customer_request"}),
        ("strike.give", "member 12", {"reason": "link"}),
        ("survey.ask", "order 6", {}),
        ("question.decide", "9", {}),
        ("suites.run", "1", {"draft": False, "epochs": 1}),
    ],
)
def test_what_members_and_the_assistant_do_is_told_in_chinese(action, subject, details):
    row = deed_row(noted(action, subject, **details), Words("audit", "zh-CN"), GROUPS)
    shown = " ".join([row.did, row.to, *(part for pair in row.details for part in pair)])
    assert re.findall("[A-Za-z]{3,}", shown) == []


def test_what_has_no_words_stays_as_it_is_noted():
    row = deed_row(noted("odd.deed", "thing at http://x", strange_name=["a", "b"]), Words("audit", "en"), GROUPS)
    assert (row.did, row.to, row.details) == ("odd.deed", "thing at http://x · 春茶", (("strange name", "a, b"),))


@pytest.mark.parametrize(("actor", "shown"), [("cli", "命令行"), ("wang", "wang"), ("", "（未知）")])
def test_who_did_it_is_named_in_words(actor, shown):
    assert actor_name(actor, Words("knowledge", "zh-CN")) == shown
