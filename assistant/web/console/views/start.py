"""What the wizard keeps between its steps, and what becomes of it. No browser, no store."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from assistant.errors import UsageError
from assistant.groups.starter import Deal
from assistant.knowledge.pricelist.cells import Doubt, Price, read_count, read_price
from assistant.knowledge.pricelist.columns import FIELDS, Field
from assistant.knowledge.pricelist.reading import Line, Sheet, read_lines
from assistant.knowledge.records import ProductRecord
from assistant.knowledge.tidying import product_problems, tidy_product
from assistant.web.console.words import Words

CURRENCIES = ("CNY", "USD", "EUR", "GBP", "JPY", "HKD", "SGD", "MYR", "TWD", "AUD", "CAD")

LEFT_OUT = -1
"""In place of a column: the list has none for this field."""


@dataclass
class Form:
    """What was filled in so far; the fields are what the page's inputs are bound to."""

    seller: str = ""
    name: str = ""
    language: str = "zh-CN"
    timezone: str = "Asia/Shanghai"
    currency: str = "CNY"
    end_day: str = ""
    end_time: str = "20:00"
    methods: list[str] = field(default_factory=list)
    other_method: str = ""
    refund_days: str = ""
    refund_condition: str = ""
    delivery: str = ""
    rules: list[str] = field(default_factory=list)
    file: str = ""
    sheet: Sheet | None = None
    columns: dict[Field, int] = field(default_factory=dict)
    lines: list[Line] = field(default_factory=list)

    @property
    def products(self) -> tuple[ProductRecord, ...]:
        """What can be sold."""
        return tuple(line.product for line in self.lines if line.usable)

    @property
    def doubtful(self) -> list[int]:
        """The places in ``lines`` of what somebody should look at."""
        return [at for at, line in enumerate(self.lines) if line.doubts]


def fresh_form(w: Words, today: date, *, seller: str = "") -> Form:
    """Return a form with suggestions: three days, the usual ways to pay and rules of the language."""
    chinese = w.language == "zh-CN"
    return Form(
        seller=seller,
        language=w.language,
        currency="CNY" if chinese else "USD",
        end_day=(today + timedelta(days=3)).isoformat(),
        methods=[w("pay.methods").split("|")[0]],
        rules=w("rules.usual").split("|"),
    )


def take_sheet(form: Form, name: str, sheet: Sheet, unit: str) -> None:
    """Take a new price list in, with the columns as they were guessed."""
    form.file, form.sheet, form.columns = name, sheet, dict(sheet.columns)
    form.lines = read_lines(sheet, form.columns, unit=unit)


def map_column(form: Form, what: Field, column: int, unit: str) -> None:
    """Say which column holds a field, and read the list anew. A column holds one field."""
    if form.sheet is None:
        return
    form.columns = {one: at for one, at in form.columns.items() if one != what and at != column}
    if column != LEFT_OUT:
        form.columns[what] = column
    form.lines = read_lines(form.sheet, form.columns, unit=unit)


def column_options(form: Form, w: Words) -> dict[int, str]:
    """Return the columns of the list with their titles."""
    titles = form.sheet.titles if form.sheet else []
    return {LEFT_OUT: w("list.no_column")} | {at: f"{chr(65 + at % 26)}: {title}" for at, title in enumerate(titles)}


def shown_fields(form: Form) -> list[Field]:
    """Return the fields whose column can be chosen."""
    return [one for one in FIELDS if one in ("name", "price", "unit", "sku", "stock", "spec") or one in form.columns]


def set_line(form: Form, at: int | None, *, name: str, price: str, unit: str, stock: str, sku: str) -> None:
    """Give a line what somebody typed, or add one at the end for None.

    Raises:
        UsageError: it cannot be sold like this.
    """
    amount, count = read_price(price), read_count(stock)
    if not isinstance(amount, Price):
        raise UsageError(f"'{price.strip()}' is not a price; write it like 39.90")
    if isinstance(count, str):
        raise UsageError(f"'{stock.strip()}' is not a number; leave the stock empty where there is no limit")
    others = {line.product.sku.casefold() for place, line in enumerate(form.lines) if place != at}
    numbered = (f"A{number:02d}" for number in range(1, len(form.lines) + 2))
    sku = sku.strip() or next(free for free in numbered if free.casefold() not in others)
    if sku.casefold() in others:
        raise UsageError(f"the number {sku} is taken; choose another")
    before = form.lines[at].product if at is not None else ProductRecord("", "")
    product = tidy_product(
        replace(before, sku=sku, name=name, price=amount.amount, unit=amount.unit or unit, stock=count)
    )
    if problems := product_problems(product):
        raise UsageError("; ".join(problems))
    line = Line(form.lines[at].place if at is not None else "", product)
    form.lines = [*form.lines, line] if at is None else [*form.lines[:at], line, *form.lines[at + 1 :]]


def drop_line(form: Form, at: int) -> None:
    """Leave a line out."""
    form.lines = [*form.lines[:at], *form.lines[at + 1 :]]


def doubt_text(line: Line, w: Words) -> str:
    """Return where a line stands in the file and what is doubtful about it."""
    doubts: Sequence[Doubt] = line.doubts
    kind, _, number = line.place.partition(" ")
    place = w(f"list.{kind}", number=number) if kind in ("row", "line") else ""
    name = line.product.name or w("list.nameless")
    return w("list.doubt", place=place, name=name, doubts=w("list.and").join(w(f"doubt.{one}") for one in doubts))


def end_of(form: Form) -> datetime | None:
    """Return when orders close, aware; None where no day is given.

    Raises:
        UsageError: it is no date or time.
    """
    if not form.end_day.strip():
        return None
    try:
        day, clock = date.fromisoformat(form.end_day.strip()), time.fromisoformat(form.end_time.strip() or "23:59")
    except ValueError:
        raise UsageError("the end is not a date and time; write it like 2026-05-22 and 20:00") from None
    return datetime.combine(day, clock, ZoneInfo(form.timezone))


def deal_of(form: Form) -> Deal:
    """Return what was said about the deal.

    Raises:
        UsageError: a number or a date is off.
    """
    days = form.refund_days.strip()
    if days and not (days.isdecimal() and int(days) <= 365):
        raise UsageError("the days for refunds are a number from 0 to 365")
    other = [part.strip() for part in form.other_method.replace("，", ",").split(",") if part.strip()]
    return Deal(
        seller=form.seller,
        name=form.name,
        language=form.language,
        timezone=form.timezone,
        currency=form.currency,
        closes_at=end_of(form),
        methods=tuple(dict.fromkeys([*form.methods, *other])),
        refund_days=int(days) if days else None,
        refund_condition=form.refund_condition,
        delivery=form.delivery,
        rules=tuple(form.rules[:3]),
    )


def money(amount: Decimal, unit: str, form: Form) -> str:
    """Return a price with its unit, as the group will write it."""
    from assistant.replies.catalogue import money_text

    return f"{money_text(amount, form.currency, form.language)}/{unit}"
