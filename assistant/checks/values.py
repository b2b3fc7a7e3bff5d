"""The values in a folded clause: amounts of money, shares, durations, dates, times of day and counts.

Two values are compared only where they are of one kind; what they are about is told by the words around them
(see ``facts``).
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from assistant.text.numerals import EN_WORDS, ZH_NUMERAL, parse_number

Kind = Literal["money", "share", "duration", "date", "weekday", "clock", "hours", "count"]

_DIGITS = r"\d+(?:,\d{3})*(?:\.\d+)?"
_ZH = rf"[{ZH_NUMERAL}]+"
_EN = r"(?<![a-z])(?:half an?|an?|" + "|".join(sorted(EN_WORDS, key=len, reverse=True)) + r")(?![a-z])"
_N = rf"(?:{_DIGITS}|{_ZH}|半)"
_N_EN = rf"(?:{_DIGITS}|{_EN})"
_CURRENCIES = {
    "CNY": r"[¥¥]|rmb|cny|人民币|元|块钱?|yuan",
    "USD": r"\$|usd|美元|美金|刀|dollars?|bucks?",
    "GBP": r"£|gbp|英镑|quid|pounds?",
    "EUR": r"€|eur|欧元|euros?",
}
_SIGN = r"[$£€¥]|(?<![a-z])(?:rmb|usd|cny|gbp|eur)"
_NAME = (
    r"元|块钱|块(?=\s*(?:[/一每]|$))|人民币|美元|美金|英镑|欧元|刀(?!鱼)"
    r"|(?:rmb|yuan|cny|usd|gbp|eur|dollars?|bucks?|pounds?|quid|euros?)(?![a-z])"
)
_MONEY = re.compile(
    rf"(?P<sign>{_SIGN})\s*(?P<after>{_DIGITS})(?!\s*(?:million|billion|k\b|万|亿))|(?P<before>{_N})\s*(?P<name>{_NAME})"
)
_SHARE = re.compile(
    rf"(?P<percent>{_DIGITS})\s*(?:%|percent)|百分之(?P<zh>{_ZH}|{_DIGITS})|(?P<tenths>[一二三四五六七八九])成(?!都|本)"
    r"|(?P<half>一半|(?<![a-z])half(?= (?:of|the|now|up|in|on|is|as)))"
)
_MINUTES = (
    (r"分钟|min(?:ute)?s?(?![a-z])", 1),
    (r"个?小时|个?钟头|h(?:ou)?rs?(?![a-z])|h(?![a-z])", 60),
    (r"个?工作日|天|日(?=[内之后前])|(?:(?:working|business|calendar) )?days?(?![a-z])", 24 * 60),
    (r"周|个?星期|个?礼拜|weeks?(?![a-z])", 7 * 24 * 60),
    (r"个月|months?(?![a-z])", 30 * 24 * 60),
    (r"年(?!\d|级|货)|years?(?![a-z])", 365 * 24 * 60),
)
_DURATION = re.compile(
    rf"(?P<from>{_N}|{_N_EN})\s*(?:(?:[-~–到至]|to)\s*(?P<to>{_N_EN}|{_ZH}))?\s*-?\s*"
    + "(?:"
    + "|".join(f"(?P<u{at}>{words})" for at, (words, _) in enumerate(_MINUTES))
    + ")"
)
_MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
_MONTH = r"(?P<{0}>jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)"  # noqa: E501
_DATE = re.compile(
    rf"(?:(?P<year>\d{{4}})\s*[年./-]\s*)?(?P<month>\d{{1,2}}|[一二三四五六七八九十]{{1,2}})月(?P<day>\d{{1,2}}|{_ZH})(?:[日号]|(?!\d))"
    r"|(?P<iso>\d{4}-\d{2}-\d{2})"
    rf"|(?<![a-z]){_MONTH.format('m1')}\.?\s+(?:the )?(?P<d1>\d{{1,2}})(?:st|nd|rd|th)?(?![\d:%])"
    rf"|(?<![\d:])(?P<d2>\d{{1,2}})(?:st|nd|rd|th)?\s+(?:of )?{_MONTH.format('m2')}(?![a-z])"
)
_WEEKDAY = re.compile(
    r"(?:周|星期|礼拜)(?P<zh>[一二三四五六日天])(?![到至-])"
    r"|(?<![a-z])(?P<en>mon|tues?|wed(?:nes)?|thu(?:rs?)?|fri|sat(?:ur)?|sun)(?:day)?(?![a-z])"
)
_ZH_HALF_DAY = r"(?P<part>凌晨|清晨|早上?|上午|中午|下午|傍晚|晚上?|夜里)"
_CLOCK = re.compile(
    rf"(?:{_ZH_HALF_DAY}\s*)?(?P<h1>\d{{1,2}}):(?P<m1>\d{{2}})\s*(?P<ap1>[ap]\.?m)?"
    rf"|(?:(?P<part2>凌晨|清晨|早上?|上午|中午|下午|傍晚|晚上?|夜里)\s*)?(?P<h2>\d{{1,2}}|[一二三四五六七八九十两]{{1,3}})点(?P<half>半)?(?:(?P<m2>\d{{1,2}})分)?(?!心|钟头)"
    r"|(?<![\d.])(?P<h3>\d{1,2})\s*(?P<ap3>[ap]\.?m)(?![a-z])"
    r"|(?<![a-z])(?P<word>noon|midnight)(?![a-z])"
)
_BETWEEN = re.compile(r"\s*(?:[-~–到至]|to|until|till)\s*$")
_COUNT = re.compile(rf"(?P<n>{_N})\s*(?P<unit>单|人|位|个人|people|members|orders?)(?![a-z一])")


@dataclass(frozen=True)
class Value:
    """A value at ``[start, end)`` of its clause.

    ``amounts``: money in ``unit`` (a currency), shares of 1, durations in minutes, counts of ``unit``, weekdays from
    Monday as 0, times of day in minutes; a range has two. A time without a half of the day has both readings in
    ``also``. Dates are (month, day), or (year, month, day) where the year is told.
    """

    kind: Kind
    start: int
    end: int
    amounts: tuple[Decimal, ...]
    unit: str = ""
    also: tuple[Decimal, ...] = ()

    def agrees(self, other: "Value") -> bool:
        """Return whether both can be the same value; a range agrees with a range that is the same."""
        if self.kind == "date":
            return self.amounts[-2:] == other.amounts[-2:]
        return bool({self.amounts, self.also} & {other.amounts, other.also} - {()})


def values_in(clause: str) -> tuple[Value, ...]:
    """Return the values of a folded clause from left to right; none lies within another."""
    found: list[Value] = []
    for reader in (_dates, _money, _shares, _hours, _durations, _weekdays, _counts):
        for value in reader(clause):
            if all(value.end <= known.start or known.end <= value.start for known in found):
                found.append(value)
    return tuple(sorted(found, key=lambda value: value.start))


def _number(text: str) -> Decimal | None:
    return parse_number(text.strip())


def _money(clause: str) -> Iterator[Value]:
    for match in _MONEY.finditer(clause):
        amount = _number(match["after"] or match["before"])
        name = match["sign"] or match["name"]
        currency = next(code for code, words in _CURRENCIES.items() if re.fullmatch(words, name))
        if amount is not None:
            yield Value("money", match.start(), match.end(), (amount,), currency)


def _shares(clause: str) -> Iterator[Value]:
    for match in _SHARE.finditer(clause):
        if match["half"]:
            share: Decimal | None = Decimal("0.5")
        elif match["tenths"]:
            tenths = _number(match["tenths"])
            share = None if tenths is None else tenths / 10
        else:
            percent = _number(match["percent"] or match["zh"])
            share = None if percent is None else percent / 100
        if share is not None:
            yield Value("share", match.start(), match.end(), (share,))


def _durations(clause: str) -> Iterator[Value]:
    for match in _DURATION.finditer(clause):
        factor = next(factor for at, (_, factor) in enumerate(_MINUTES) if match[f"u{at}"])
        numbers = [_number(text) for text in (match["from"], match["to"]) if text]
        if all(number is not None for number in numbers):
            yield Value("duration", match.start(), match.end(), tuple(n * factor for n in numbers if n is not None))


def _dates(clause: str) -> Iterator[Value]:
    for match in _DATE.finditer(clause):
        if match["iso"]:
            parts = [Decimal(part) for part in match["iso"].split("-")]
        elif match["month"]:
            told = [match["year"], match["month"], match["day"]]
            parts = [number for text in told if text and (number := _number(text)) is not None]
        else:
            month = _MONTHS.index((match["m1"] or match["m2"])[:3]) + 1
            parts = [Decimal(month), Decimal(match["d1"] or match["d2"])]
        if len(parts) >= 2 and 1 <= parts[-2] <= 12 and 1 <= parts[-1] <= 31:
            yield Value("date", match.start(), match.end(), tuple(parts))


def _weekdays(clause: str) -> Iterator[Value]:
    for match in _WEEKDAY.finditer(clause):
        if match["zh"]:
            day = "一二三四五六日".find(match["zh"].replace("天", "日"))
        else:
            day = ["mo", "tu", "we", "th", "fr", "sa", "su"].index(match["en"][:2])
        yield Value("weekday", match.start(), match.end(), (Decimal(day),))


def _hours(clause: str) -> Iterator[Value]:
    """Times of day; two with a dash between them are one value of kind ``hours``."""
    single = [value for match in _CLOCK.finditer(clause) if (value := _clock(match)) is not None]
    at = 0
    while at < len(single):
        value = single[at]
        following = single[at + 1] if at + 1 < len(single) else None
        if following is not None and _BETWEEN.fullmatch(clause[value.end : following.start]):
            yield Value("hours", value.start, following.end, value.amounts + following.amounts)
            at += 2
        else:
            yield value
            at += 1


def _clock(match: re.Match[str]) -> Value | None:
    if match["word"]:
        minutes, sure = (12 * 60 if match["word"] == "noon" else 24 * 60), True
    else:
        hour = _number(match["h1"] or match["h2"] or match["h3"])
        minute = _number(match["m1"] or match["m2"] or "0")
        if hour is None or minute is None or hour > 24 or minute > 59:
            return None
        minutes = int(hour) * 60 + int(minute) + (30 if match["half"] else 0)
        part = (match["part"] or match["part2"] or "")[:1]
        half = (match["ap1"] or match["ap3"] or "")[:1]
        sure = bool(part or half or match["h1"] or hour > 12)
        if (half == "p" or part in ("下", "傍", "晚", "夜")) and hour < 12:
            minutes += 12 * 60
        elif (half == "a" and hour == 12) or (part == "晚" and hour == 12):
            minutes += -12 * 60 if half else 12 * 60
    amount = Decimal(minutes)
    also = () if sure or minutes >= 12 * 60 else (amount + 12 * 60,)
    return Value("clock", match.start(), match.end(), (amount,), also=also)


def _counts(clause: str) -> Iterator[Value]:
    for match in _COUNT.finditer(clause):
        number = _number(match["n"])
        if number is not None:
            unit = "order" if match["unit"] in ("单", "order", "orders") else "person"
            yield Value("count", match.start(), match.end(), (number,), unit)
