"""Amounts and times as a seller reads them on a page. Pure."""

from collections.abc import Mapping
from datetime import datetime, timedelta, tzinfo
from decimal import Decimal
from typing import Protocol

_SYMBOLS = {"CNY": "¥", "USD": "$", "EUR": "€", "GBP": "£", "JPY": "¥"}
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


class Says(Protocol):
    """A page's words."""

    language: str

    def __call__(self, key: str, **values: object) -> str:
        """Return the words under a key."""
        ...

    def has(self, key: str) -> bool:
        """Tell whether there are words under a key."""
        ...


def money(amount: Decimal, currency: str) -> str:
    """Return an amount with its sign and thousands, such as ``¥1,188`` or ``$24.50``."""
    digits = f"{abs(amount):,.2f}".removesuffix(".00")
    sign = "-" if amount < 0 else ""
    symbol = _SYMBOLS.get(currency)
    return f"{sign}{symbol}{digits}" if symbol else f"{sign}{digits} {currency}".rstrip()


def sums(amounts: Mapping[str, Decimal], currency: str = "CNY") -> str:
    """Return amounts by currency beside each other; nothing is a zero of ``currency``."""
    shown = [money(amount, one) for one, amount in sorted(amounts.items()) if amount]
    return " + ".join(shown) or money(Decimal(0), currency)


def moment(at: datetime, now: datetime, zone: tzinfo, w: Says) -> str:
    """Return a time: the clock for today and yesterday, else with its date; the year where it is another one."""
    local, today = at.astimezone(zone), now.astimezone(zone).date()
    clock = f"{local:%H:%M}"
    days = (today - local.date()).days
    if days == 0:
        return w("time.today", clock=clock)
    if days == 1:
        return w("time.yesterday", clock=clock)
    if days == -1:
        return w("time.tomorrow", clock=clock)
    return f"{day(local, w, with_year=local.year != today.year)} {clock}"


def day(local: datetime, w: Says, *, with_year: bool = False) -> str:
    """Return the date of a local time."""
    if w.language.startswith("zh"):
        return (f"{local.year}年" if with_year else "") + f"{local.month}月{local.day}日"
    return f"{local.day} {_MONTHS[local.month - 1]}" + (f" {local.year}" if with_year else "")


def span(length: timedelta, w: Says) -> str:
    """Return how long something is: minutes, hours or days, the coarsest that says enough."""
    minutes = max(0, int(length.total_seconds() // 60))
    if minutes < 1:
        return w("time.moment")
    if minutes < 90:
        return w("time.minutes", count=minutes)
    hours = round(minutes / 60)
    return w("time.hours", count=hours) if hours < 48 else w("time.days", count=round(hours / 24))
