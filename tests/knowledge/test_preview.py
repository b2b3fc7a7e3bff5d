"""An import looked at before it is taken in; entries copied from another group."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from assistant.errors import BadFile
from assistant.knowledge.drafts import DraftState
from assistant.knowledge.files import entries_bytes, products_bytes
from assistant.knowledge.preview import copied, read_preview, sheet_of
from assistant.knowledge.records import EntryRecord, Knowledge, ProductRecord

ZONE = ZoneInfo("Asia/Shanghai")
NOW = datetime(2026, 5, 20, tzinfo=UTC)
PRICE = EntryRecord("price", "多少钱", ("怎么卖",), "12元", "price", ("价格",))
SHIP = EntryRecord("ship", "什么时候发货", (), "三天内", "delivery")
ORANGE = ProductRecord("A01", "鲜橙", price=Decimal("12.00"), unit="斤", stock=9)
KNOWN = Knowledge((PRICE, SHIP), (ORANGE,))
STATE = DraftState(KNOWN, KNOWN, (), "r")


def test_each_record_is_told_with_before_and_after() -> None:
    new = EntryRecord("q-x", "能开发票吗", (), "可以", "payment")
    data = entries_bytes((replace(PRICE, answer="13元"), SHIP, new), ".csv", ZONE)
    told, sheet = read_preview(STATE, data, "faq.csv", ZONE)
    assert sheet and not told.problems and told.unchanged == 1
    changed, added = told.steps
    assert (changed.what, changed.before.answer, changed.after.answer) == ("changed", "12元", "13元")
    assert (added.what, added.name) == ("added", "q-x")


def test_replacing_tells_what_goes() -> None:
    told, _ = read_preview(STATE, entries_bytes((PRICE,), ".xlsx", ZONE), "问答 (1).xlsx", ZONE, replace_all=True)
    assert [(step.what, step.name) for step in told.steps] == [("removed", "ship")]
    kept, _ = read_preview(STATE, entries_bytes((PRICE,), ".md", ZONE), "faq.md", ZONE)
    assert kept.steps == ()


def test_a_catalogue_is_told_apart_and_a_column_that_is_missing_keeps_what_is_there() -> None:
    told, _ = read_preview(STATE, "sku,name,price,unit\na01,鲜橙,15,斤\n".encode(), "prices.csv", ZONE)
    [step] = told.steps
    assert told.kind == "product" and (step.name, step.after.price, step.after.stock) == ("sku:a01", Decimal("15"), 9)
    assert read_preview(STATE, products_bytes((ORANGE,), ".csv"), "c.csv", ZONE)[0].steps == ()


def test_problems_are_told_by_line_and_nothing_can_be_taken_in() -> None:
    told, sheet = read_preview(STATE, "sku,name,price,unit\nB1,桃,abc,斤\nB2,,3,斤\n".encode(), "p.csv", ZONE)
    assert sheet is None and len(told.problems) == 2
    assert "line 2" in told.problems[0] and "line 3" in told.problems[1]


@pytest.mark.parametrize("name", ["../../etc/passwd.csv", "..\\x\\faq.csv", "/faq.csv", "a\x00b.csv"])
def test_a_name_cannot_lead_anywhere(name: str) -> None:
    assert len(sheet_of(entries_bytes((PRICE,), ".csv", ZONE), name, ZONE).entries) == 1


def test_what_cannot_be_read_is_refused_in_one_line() -> None:
    for data, name in ((b"\x00\x01\x02", "x.csv"), (b"PK\x03\x04 broken", "x.xlsx"), (b"a", "x.exe"), (b"", "x.csv")):
        told, sheet = read_preview(STATE, data, name, ZONE)
        assert sheet is None and told.problems
    with pytest.raises(BadFile):
        sheet_of(b"x" * (20 * 2**20 + 1), "x.csv", ZONE)


def test_a_copy_leaves_what_is_known_and_gives_new_ids_where_they_are_taken() -> None:
    theirs = (
        replace(PRICE, question="多少钱？", answer="别的价"),
        EntryRecord("ship", "能寄国外吗", (), "不能", "delivery"),
        EntryRecord("pick", "能自提吗", (), "可以", "delivery", valid_until=NOW - timedelta(days=1)),
    )
    drafts = copied(theirs, KNOWN.entries, NOW)
    abroad, pick = drafts.values()
    assert abroad.question == "能寄国外吗" and abroad.key not in ("ship", "price")
    assert (pick.key, pick.valid_until) == ("pick", None)
    assert copied(theirs, [*KNOWN.entries, abroad, pick], NOW) == {}
