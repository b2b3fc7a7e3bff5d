"""Reading times as chat apps write them beside messages."""

import re
from datetime import date, datetime, time, timedelta

_CLOCK = re.compile(
    r"(?P<part>上午|下午|晚上|凌晨|中午|早上)?\s*(?P<hour>\d{1,2}):(?P<minute>\d{2})(?::(?P<second>\d{2}))?\s*(?P<half>[AaPp])?\.?(?:[Mm]\.?)?"
)
_YEAR_FIRST = re.compile(r"(?P<y>\d{4})\s*[-/.年]\s*(?P<m>\d{1,2})\s*[-/.月]\s*(?P<d>\d{1,2})日?")
_YEAR_LAST = re.compile(r"(?<!\d)(?P<a>\d{1,2})\s*[-/.]\s*(?P<b>\d{1,2})\s*[-/.]\s*(?P<y>\d{4}|\d{2})(?!\d)")
_NO_YEAR = re.compile(r"(?<!\d)(?P<m>\d{1,2})\s*[-/月]\s*(?P<d>\d{1,2})日?(?!\d)")
_MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
_NAMED = re.compile(rf"(?P<d>\d{{1,2}})\.?\s*(?P<m>{'|'.join(_MONTHS)})[a-z]*\.?,?\s*(?P<y>\d{{4}})?", re.IGNORECASE)
_NAMED_FIRST = re.compile(rf"(?P<m>{'|'.join(_MONTHS)})[a-z]*\.?\s*(?P<d>\d{{1,2}}),?\s*(?P<y>\d{{4}})?", re.IGNORECASE)
_AGO = {"今天": 0, "today": 0, "昨天": 1, "yesterday": 1, "前天": 2}
_WEEKDAY = re.compile(r"(?:星期|周)([一二三四五六日天])")
_WEEKDAYS = "一二三四五六日"


def read_moment(text: str, *, day: date | None, now: datetime) -> datetime | None:
    """Return the time that a text names, in the zone of ``now``; None where it names none.

    Without a day of its own it is of ``day``, else the last time this clock time came.
    """
    clock = _clock(text)
    if clock is None:
        return None
    named = _day(_CLOCK.sub(" ", text), now, american=re.search(r"\d\s?[AaPp]\.?[Mm]", text) is not None) or day
    at = datetime.combine(named or now.date(), clock, tzinfo=now.tzinfo)
    if named is None and at > now + timedelta(minutes=5):
        return at - timedelta(days=1)
    return at


def read_day(text: str, *, now: datetime) -> date | None:
    """Return the day that a whole line stands for (a date, 昨天 10:23, a bare 10:23); None for any other line."""
    rest = text
    for pattern in (_CLOCK, _YEAR_FIRST, _YEAR_LAST, _NAMED, _NAMED_FIRST, _NO_YEAR, _WEEKDAY):
        rest = pattern.sub(" ", rest)
    for word in _AGO:
        rest = re.sub(word, " ", rest, flags=re.IGNORECASE)
    if rest.strip(" ,，.()（）") or not re.search(r"\d|[天一二三四五六日y]", text):
        return None
    return _day(_CLOCK.sub(" ", text), now, american=False) or (now.date() if _clock(text) is not None else None)


def _clock(text: str) -> time | None:
    found = _CLOCK.search(text)
    if found is None:
        return None
    hour, minute = int(found["hour"]), int(found["minute"])
    half = (found["half"] or "").lower()
    if (half == "p" or found["part"] in ("下午", "晚上", "中午")) and 1 <= hour < 12:
        hour += 0 if found["part"] == "中午" and hour == 11 else 12
    elif (half == "a" or found["part"] == "凌晨") and hour == 12:
        hour = 0
    second = int(found["second"] or 0)
    return time(hour, minute, second) if hour < 24 and minute < 60 and second < 60 else None


def _day(text: str, now: datetime, *, american: bool) -> date | None:
    if found := _YEAR_FIRST.search(text):
        return _date(int(found["y"]), int(found["m"]), int(found["d"]))
    if found := _YEAR_LAST.search(text):
        first, second, year = int(found["a"]), int(found["b"]), int(found["y"])
        month_first = (american and first <= 12) or second > 12
        month, day = (first, second) if month_first else (second, first)
        return _date(year + 2000 if year < 100 else year, month, day)
    if found := _NAMED.search(text) or _NAMED_FIRST.search(text):
        month = _MONTHS.index(found["m"][:3].lower()) + 1
        return _date(int(found["y"] or now.year), month, int(found["d"]))
    for word, days in _AGO.items():
        if word in text.lower():
            return now.date() - timedelta(days=days)
    if found := _WEEKDAY.search(text):
        back = (now.weekday() - _WEEKDAYS.index(found[1].replace("天", "日"))) % 7
        return now.date() - timedelta(days=back)
    if found := _NO_YEAR.search(text):
        return _date(now.year, int(found["m"]), int(found["d"]))
    return None


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None
