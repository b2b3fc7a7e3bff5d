"""Amounts, times and numbers as they are written on payment screens and in bills."""

import re
import unicodedata
from datetime import datetime
from decimal import Decimal

from assistant.replies.catalogue import MONTHS

_CURRENCIES = {"¥": "CNY", "元": "CNY", "rmb": "CNY", "cny": "CNY", "$": "USD", "usd": "USD", "€": "EUR", "£": "GBP"}
# A reader now and then takes the sign for a letter or sees it twice.
_MARK = r"(?:[¥$€£羊半]|cny|rmb|usd|(?<![a-z])y(?=\d))"
_AMOUNT = re.compile(
    rf"(?P<sign>[-+])?\s*(?P<mark>{_MARK}*)\s*(?P<late>[-+])?\s*(?P<number>\d[\d,. ]*)\s*(?P<unit>元|cny|rmb|usd)?",
    re.IGNORECASE,
)
_MONTHS = {name[:3].lower(): number for number, name in enumerate(MONTHS, start=1)}
_MONTH = rf"(?P<month>{'|'.join(_MONTHS)})[a-z]*\.?"
_CLOCK = r"(?P<hour>\d{1,2})\s*[:.]\s*(?P<minute>\d{2})(?:\s*[:.]\s*(?P<second>\d{2}))?\s*(?P<half>[ap]\.?m\.?)?"
_DATES = (
    re.compile(
        rf"(?P<year>20\d\d)\s*[-/.年]\s*(?P<month>\d{{1,2}})\s*[-/.月]\s*(?P<day>\d{{1,2}}?)\s*日?\s*{_CLOCK}", re.I
    ),
    re.compile(rf"{_MONTH}\s*(?P<day>\d{{1,2}})\s*,?\s*(?P<year>20\d\d)\s*,?\s*(?:at\s*)?{_CLOCK}", re.I),
    re.compile(rf"(?P<day>\d{{1,2}})\s*{_MONTH}\s*,?\s*(?P<year>20\d\d)\s*,?\s*(?:at\s*)?{_CLOCK}", re.I),
)
_HALF = {"上午": "am", "凌晨": "am", "早上": "am", "下午": "pm", "晚上": "pm", "中午": "pm"}
_DASHES = str.maketrans("—–−", "---")
_NUMBER = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{8,63}")
_MISREAD = str.maketrans("OoDIlBSZ", "00011852")


def plain(text: str) -> str:
    """Return the text in half width, with one sign for yuan, minus and colon."""
    text = unicodedata.normalize("NFKC", text).translate(_DASHES)
    return text.replace("￥", "¥").strip()


def read_amount(text: str) -> tuple[Decimal, str, str] | None:
    """Return (amount, sign, currency) of a text that is an amount of money and nothing else.

    The sign is ``-``, ``+`` or empty; the currency is empty where no sign tells it. A number counts as money by its
    currency's sign or by its two decimals. Misread thousands ("1.188.00") are put right.
    """
    match = _AMOUNT.fullmatch(plain(text).lower())
    if match is None:
        return None
    number = match["number"].replace(" ", "").rstrip(".,")
    mark, unit = match["mark"] or "", match["unit"] or ""
    whole, _, cents = number.replace(",", ".").rpartition(".")
    if whole and len(cents) in (1, 2):
        digits, decimals = whole.replace(".", ""), cents
    else:
        digits, decimals = number.replace(",", "").replace(".", ""), ""
    if not (mark or unit) and len(decimals) != 2:
        return None
    if len(digits) > 9:
        return None
    amount = Decimal(f"{digits}.{decimals or '0'}").quantize(Decimal("0.01"))
    currency = next((name for sign, name in _CURRENCIES.items() if sign in mark + unit), "CNY" if mark else "")
    return amount, match["sign"] or match["late"] or "", currency


def read_time(text: str) -> datetime | None:
    """Return the date with its time of day that a text holds, without a zone; None for a clock alone."""
    words = plain(text)
    half = next((value for word, value in _HALF.items() if word in words), "")
    for word in _HALF:
        words = words.replace(word, " ")
    for pattern in _DATES:
        match = pattern.search(words)
        if match is not None and (moment := _moment(match, half)) is not None:
            return moment
    return None


def _moment(match: re.Match[str], half: str) -> datetime | None:
    month = match["month"].lower()
    hour = int(match["hour"])
    half = (match["half"] or half).lower().replace(".", "")
    if half == "pm" and hour < 12:
        hour += 12
    elif half == "am" and hour == 12:
        hour = 0
    try:
        return datetime(
            int(match["year"]),
            _MONTHS.get(month[:3]) or int(month),
            int(match["day"]),
            hour,
            int(match["minute"]),
            int(match["second"] or 0),
        )
    except ValueError:
        return None


def read_reference(text: str) -> str | None:
    """Return the transaction number that a text is, without blanks; at least nine signs, most of them digits."""
    joined = re.sub(r"[\s.,·:]", "", plain(text))
    if _NUMBER.fullmatch(joined) is None:
        return None
    digits = sum(char.isdigit() for char in joined)
    if digits < 8 or digits < 0.6 * len(joined):
        return None
    # The apps' own numbers are digits throughout; a single letter among many is a misread digit.
    if len(joined) >= 16 and len(joined) - digits <= 2 and not joined[0].isalpha():
        joined = joined.translate(_MISREAD)
    return joined
