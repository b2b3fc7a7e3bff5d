"""The books as a file: types, formats, no formula from a member's hand."""

import shutil
import subprocess
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import openpyxl
import pytest

from assistant.errors import UsageError
from assistant.orders.book import BookOrder, BookPayment
from assistant.orders.spreadsheet import money_format, write_spreadsheet
from orders.kit import NOW, QUEUED, TEA, item

ZONE = ZoneInfo("Asia/Shanghai")
LATE = datetime(2026, 5, 20, 17, 30, tzinfo=UTC)  # the 21st in Shanghai


def payment(kind: str, amount: str, at: datetime = NOW, reference: str = "") -> BookPayment:
    return BookPayment(kind, Decimal(amount), "", reference, "seller", "老王", at, None, "")


def order(number: int, status: str, member: str = "阿梅", **more: Any) -> BookOrder:
    values = {
        "lines": (item(TEA, 2),),
        "total": Decimal("396.00"),
        "deposit": None,
        "currency": "CNY",
        "created_at": NOW,
        "pay_by": None,
        "updated_at": NOW,
    }
    return BookOrder(number, member, number, status, **(values | more))


LINK = '=HYPERLINK("http://x")'
PAID = {"paid": Decimal("396.00"), "payments": (payment("full", "396.00"),)}
ORDERS = [
    order(
        1,
        "paid",
        '=HYPERLINK("http://x")',
        paid=Decimal("396.00"),
        payments=(payment("full", "396.00", LATE, "00123"),),
    ),
    order(2, "preorder", "小李", lines=(item(QUEUED, 1),), total=Decimal("320.00")),
    order(3, "preorder", "老张", lines=(item(QUEUED, 2),), total=Decimal("640.00")),
    order(
        4,
        "refunded",
        "@大熊",
        paid=Decimal("396.00"),
        refunded=Decimal("396.00"),
        payments=(payment("full", "396.00"), payment("refund", "396.00", LATE)),
    ),
    order(
        5,
        "refund_requested",
        "阿强",
        paid=Decimal("396.00"),
        refund_asked_at=NOW,
        payments=(payment("full", "396.00"),),
    ),
]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    write_spreadsheet(tmp_path / "books.xlsx", ORDERS, ZONE)
    return tmp_path / "books.xlsx"


def rows(path: Path, sheet: str) -> list[dict[str, Any]]:
    table = list(openpyxl.load_workbook(path)[sheet].iter_rows(values_only=True))
    return [dict(zip(table[0], row, strict=True)) for row in table[1:]]


def test_every_sheet_is_there(path: Path) -> None:
    names = ["orders", "lines", "payments", "refunds", "preorders", "pick list", "days"]
    assert openpyxl.load_workbook(path).sheetnames == names


@pytest.mark.parametrize("language", ["zh-CN", "en"])
def test_they_speak_the_sellers_language(tmp_path: Path, language: str) -> None:
    write_spreadsheet(tmp_path / "books.xlsx", ORDERS, ZONE, language)
    book = openpyxl.load_workbook(tmp_path / "books.xlsx")
    raw = {"orders", "pick list", "created_at", "pending_payment", "refund_requested", "asked for", "full"}
    words = {str(cell.value) for page in book for row in page.iter_rows() for cell in row} | set(book.sheetnames)
    assert ("订单" in words, "申请退款" in words) == ((True, True) if language == "zh-CN" else (False, False))
    assert not any("_" in word for word in words)
    assert language == "en" or not raw & words


def test_amounts_are_numbers_in_their_currency_and_times_are_dates(path: Path) -> None:
    page = openpyxl.load_workbook(path)["orders"]
    total, created = page["D2"], page["J2"]
    assert (total.data_type, total.value, total.number_format) == ("n", 396, '"¥"#,##0.00')
    assert created.is_date and created.value == datetime(2026, 5, 20, 10, 0)


def test_what_a_member_wrote_is_never_a_formula(path: Path) -> None:
    book = openpyxl.load_workbook(path)
    assert all(cell.data_type != "f" for page in book for row in page.iter_rows() for cell in row)
    assert rows(path, "orders")[0]["member"] == '=HYPERLINK("http://x")'
    assert book["orders"]["B2"].quotePrefix and book["orders"]["B5"].quotePrefix


def test_a_reference_keeps_its_noughts(path: Path) -> None:
    assert rows(path, "payments")[0]["reference"] == "00123"


def test_the_line_of_those_who_wait_is_told_by_product(path: Path) -> None:
    assert [(row["sku"], row["place"], row["order"]) for row in rows(path, "preorders")] == [
        ("A04", 1, 2),
        ("A04", 2, 3),
    ]


def test_the_pick_list_has_what_is_paid_and_not_sent(path: Path) -> None:
    (row,) = rows(path, "pick list")
    assert (row["sku"], row["quantity"], row["orders"]) == ("A01", 2, '#1 =HYPERLINK("http://x") x 2')


def test_refunds_stand_with_the_requests_that_wait(path: Path) -> None:
    assert [(row["order"], row["status"], row["amount"]) for row in rows(path, "refunds")] == [
        (4, "refunded", 396),
        (5, "asked for", None),
    ]


def test_a_day_is_the_groups_own(path: Path) -> None:
    first, second = rows(path, "days")
    assert (first["date"], first["count"], first["received"]) == (datetime(2026, 5, 20), 4, 792)
    assert (second["date"], second["received"], second["refunded"], second["net"]) == (
        datetime(2026, 5, 21),
        396,
        396,
        0,
    )


def test_books_without_orders_have_their_headings(tmp_path: Path) -> None:
    write_spreadsheet(tmp_path / "none.xlsx", [], ZONE)
    assert [row for row in rows(tmp_path / "none.xlsx", "orders")] == []


def test_a_place_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(UsageError, match="cannot write"):
        write_spreadsheet(tmp_path / "file" / "books.xlsx", ORDERS, ZONE)


@pytest.mark.parametrize(
    ("currency", "wanted"), [("GBP", '"£"#,##0.00'), ("JPY", '"¥"#,##0'), ("CHF", '#,##0.00 "CHF"')]
)
def test_each_currency_has_its_format(currency: str, wanted: str) -> None:
    assert money_format(currency) == wanted


@pytest.mark.e2e
@pytest.mark.skipif(shutil.which("soffice") is None, reason="no LibreOffice on this machine")
def test_libreoffice_opens_them_and_reads_the_same(path: Path, tmp_path: Path) -> None:
    home = f"-env:UserInstallation=file://{tmp_path}/profile"
    convert = ["soffice", home, "--headless", "--convert-to", "xlsx", "--outdir", str(tmp_path / "out"), str(path)]
    done = subprocess.run(convert, capture_output=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    ours, theirs = openpyxl.load_workbook(path), openpyxl.load_workbook(tmp_path / "out" / "books.xlsx")
    assert theirs.sheetnames == ours.sheetnames
    for name in ours.sheetnames:
        read = [[cell.value or None for cell in row] for row in theirs[name].iter_rows()]
        assert read == [[cell.value or None for cell in row] for row in ours[name].iter_rows()], name
    total, created = theirs["orders"]["D2"], theirs["orders"]["J2"]
    assert "¥" in total.number_format and created.is_date
