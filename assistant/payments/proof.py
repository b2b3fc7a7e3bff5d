"""What a screenshot of a payment says: amount, time, payee, number, app, direction. Pure; no picture is opened here.

The layouts of the apps differ and change; what stays is that a screen has one big amount, a headline, and labels with
values beside or below them. So nothing here knows a layout: lines are paired by their places and told by their words.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from statistics import median
from typing import Any, Literal

from assistant.payments.screen import TextLine, below, beside, same_row, straightened
from assistant.payments.values import plain, read_amount, read_reference, read_time
from assistant.payments.words import Field, State, app_of, is_title, label_of, state_of, tells_incoming
from assistant.text.fold import fold

App = Literal["wechat", "alipay", ""]
Direction = Literal["out", "in"]

EVIDENCE_NEEDED = 2
"""An amount is a payment's only with so many signs of one around it: a headline, a number, a time, a title."""

_PARTS = 3
"""The apps break a long number over at most so many lines."""

_TIME_RANK = (
    "转账",
    "支付",
    "付款",
    "交易",
    "transfer",
    "payment",
    "transaction",
    "paid",
    "sent",
    "完成",
    "创建",
    "creat",
)


@dataclass(frozen=True, slots=True)
class Proof:
    """What was read. Fields are None (or empty) where the screen does not show them or could not be read."""

    readable: bool
    """Whether this is a payment's screen at all, with an amount."""
    amount: Decimal | None = None
    currency: str = ""
    time: datetime | None = None
    """Without a zone: as the phone shows it."""
    reference: str | None = None
    """The payment service's own number."""
    payee: str | None = None
    app: App = ""
    direction: Direction = "out"
    """``in``: the money came to the owner of the phone."""
    state: State | None = None

    def to_json(self) -> dict[str, Any]:
        """Return plain JSON; the amount as decimal text, the time as ISO 8601 without a zone."""
        return {
            "readable": self.readable,
            "amount": None if self.amount is None else str(self.amount),
            "currency": self.currency,
            "time": None if self.time is None else self.time.isoformat(),
            "reference": self.reference,
            "payee": self.payee,
            "app": self.app,
            "direction": self.direction,
            "state": self.state,
        }

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> "Proof":
        """Return what ``to_json`` wrote."""
        amount, time = data.get("amount"), data.get("time")
        return cls(
            readable=data["readable"],
            amount=None if amount is None else Decimal(amount),
            currency=data.get("currency", ""),
            time=None if time is None else datetime.fromisoformat(time),
            reference=data.get("reference"),
            payee=data.get("payee"),
            app=data.get("app", ""),
            direction=data.get("direction", "out"),
            state=data.get("state"),
        )


UNREADABLE = Proof(readable=False)


@dataclass(frozen=True, slots=True)
class _Labelled:
    field: Field
    label: str
    line: TextLine
    value: TextLine | None
    text: str
    """The value as it is written, broken values joined."""


def read_proof(lines: Sequence[TextLine]) -> Proof:
    """Return what the lines of a screenshot say about a payment."""
    found = straightened(lines)
    if not found:
        return UNREADABLE
    fields = _labelled(found)
    told = {id(item.line) for item in fields} | {id(item.value) for item in fields if item.value is not None}
    headlines = [line for line in found if id(line) not in told]
    paid = _amount(found, fields, headlines)
    time, reference = _time(fields, headlines), _reference(fields)
    states = [state for line in headlines if (state := state_of(fold(line.text))) is not None]
    states += [state for item in fields if item.field == "status" and (state := state_of(fold(item.text))) is not None]
    signs = (
        2 * bool(set(states) - {"unpaid"})
        + (reference is not None)
        + any(item.field == "time" for item in fields)
        + any(item.field == "method" for item in fields)
        + any(item.field == "payee" for item in fields)
        + any(is_title(fold(line.text)) for line in headlines)
    )
    if paid is None or signs < EVIDENCE_NEEDED or "unpaid" in states:
        return UNREADABLE
    amount, sign, currency = paid
    folded = [fold(line.text) for line in found]
    incoming = sign == "+" or any(map(tells_incoming, folded))
    return Proof(
        readable=True,
        amount=amount,
        currency=currency,
        time=time,
        reference=reference,
        payee=_payee(fields),
        app=app_of("\n".join(folded), reference),
        direction="in" if incoming else "out",
        state=_worst(states),
    )


def _worst(states: Sequence[State]) -> State | None:
    return next((state for state in ("failed", "returned", "done") if state in states), None)


def _labelled(lines: Sequence[TextLine]) -> list[_Labelled]:
    """Return the labels on the screen with their values."""
    labels: list[tuple[TextLine, Field, str, str]] = []
    for line in lines:
        if (label := label_of(fold(plain(line.text)))) is not None:
            labels.append((line, *label))
    marked = {id(line) for line, *_ in labels}
    # "Transfer" may be a value itself: what stands to the right of another label in its row is one.
    for line, *_ in list(labels):
        left = [
            other for other, *_ in labels if other is not line and same_row(line, other) and other.right < line.left
        ]
        if left:
            marked.discard(id(line))
    rest = [line for line in lines if id(line) not in marked]
    return [_with_value(item, rest, lines) for item in labels if id(item[0]) in marked]


def _with_value(
    item: tuple[TextLine, Field, str, str], rest: Sequence[TextLine], lines: Sequence[TextLine]
) -> _Labelled:
    line, field, label, tail = item
    if tail:
        # Label and value in one line; the value keeps its own spelling.
        text = plain(line.text)[-len(tail) :] if len(plain(line.text)) >= len(tail) else tail
        return _Labelled(field, label, line, line, text + _continued(field, text, line, rest, lines))
    value = beside(line, rest)
    if value is None:
        under = below(line, rest, within=1.6)
        value = under if under is not None and beside(under, rest) is None else None
    if value is None:
        return _Labelled(field, label, line, None, "")
    text = plain(value.text)
    return _Labelled(field, label, line, value, text + _continued(field, text, value, rest, lines))


def _continued(field: Field, text: str, value: TextLine, rest: Sequence[TextLine], lines: Sequence[TextLine]) -> str:
    """Return what follows of a value that was broken at the edge of its column."""
    if field not in ("reference", "merchant_reference", "time"):
        return ""
    parts, last = "", value
    for _ in range(_PARTS - 1):
        following = below(last, rest, within=0.9)
        if following is None or any(other.left < following.left - 4 and same_row(other, following) for other in lines):
            break
        words = plain(following.text).replace(" ", "")
        if field == "time":
            whole = read_time(f"{text} {words}")
            return f" {words}" if read_time(text) is None and whole is not None else ""
        if not words.isalnum() or not any(char.isdigit() for char in words) or not words.isascii():
            break
        if len(words) > len(text) + 2 or following.height > 1.5 * value.height:
            break
        parts, last = parts + words, following
    return parts


def _amount(
    lines: Sequence[TextLine], fields: Sequence[_Labelled], headlines: Sequence[TextLine]
) -> tuple[Decimal, str, str] | None:
    """Return the amount that was paid: the one in big letters, else the one that is labelled so."""
    usual = median(line.height for line in lines)
    big = [(line, paid) for line in headlines if (paid := read_amount(line.text)) is not None]
    # A label right above the big amount ("付款金额") takes it for its value.
    big += [
        (item.value, paid)
        for item in fields
        if item.field == "paid" and item.value is not None and (paid := read_amount(item.text)) is not None
    ]
    big = [(line, paid) for line, paid in big if paid[0] > 0]
    if big:
        line, paid = max(big, key=lambda pair: pair[0].height)
        if line.height >= 1.25 * usual or len(big) == 1:
            return paid
    return next(
        (paid for item in fields if item.field == "paid" and (paid := read_amount(item.text)) is not None), None
    )


def _time(fields: Sequence[_Labelled], headlines: Sequence[TextLine]) -> datetime | None:
    """Return when the money was sent: the payment's own time before that of its arrival."""

    def rank(item: _Labelled) -> int:
        return next((number for number, word in enumerate(_TIME_RANK) if word in item.label), len(_TIME_RANK))

    labelled = sorted((item for item in fields if item.field == "time"), key=rank)
    for item in labelled:
        if (moment := read_time(item.text)) is not None:
            return moment
    stamps = [moment for line in headlines if len(line.text) <= 40 and (moment := read_time(line.text)) is not None]
    return stamps[0] if len(stamps) == 1 else None


def _reference(fields: Sequence[_Labelled]) -> str | None:
    """Return the payment service's number, or the shop's where it is the only one."""
    for wanted in ("reference", "merchant_reference"):
        for item in fields:
            if item.field == wanted and (number := read_reference(item.text)) is not None:
                return number
    return None


def _payee(fields: Sequence[_Labelled]) -> str | None:
    """Return to whom it went, as the screen names them."""
    for item in fields:
        if item.field == "payee" and item.text.strip():
            return item.text.strip()
    return None
