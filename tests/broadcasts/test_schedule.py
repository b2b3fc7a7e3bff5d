"""Schedules as lines of text: read, written back, and when they come."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.broadcasts.schedule import LEAST_APART, occurrences, parse_schedule
from assistant.errors import UsageError

SHANGHAI = ZoneInfo("Asia/Shanghai")
CHICAGO = ZoneInfo("America/Chicago")
START = datetime(2026, 5, 20, 0, 0, tzinfo=SHANGHAI)


def times(text: str, days: int = 7, zone: ZoneInfo = SHANGHAI, start: datetime = START) -> list[str]:
    schedule = parse_schedule(text, zone)
    until = start + timedelta(days=days)
    found = occurrences(schedule, after=start, until=until, zone=zone, closes_at=until)
    return [f"{moment.astimezone(zone):%d %H:%M}" for moment in found]


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("at 2026-05-20 09:00", ["20 09:00"]),
        ("at 2026-05-20T09:00+00:00", ["20 17:00"]),
        ("daily 9:05", [f"{day} 09:05" for day in range(20, 27)]),
        ("weekly mon,thu 20:30", ["21 20:30", "25 20:30"]),
        ("weekly 周一、星期四 20：30", ["21 20:30", "25 20:30"]),
        ("cron 0 9 * * 1-5", ["20 09:00", "21 09:00", "22 09:00", "25 09:00", "26 09:00"]),
        ("before_close 2h", ["26 22:00"]),
    ],
)
def test_when_it_comes(line: str, expected: list[str]) -> None:
    assert times(line) == expected


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("", "is no time to announce at"),
        ("sometimes", "is no time to announce at"),
        ("daily 25:00", "not a time of day"),
        ("weekly 20:30", "needs its days"),
        ("weekly someday 20:30", "not a day of the week"),
        ("cron 0 9 * *", "five fields"),
        ("cron 0 99 * * *", "not a cron line"),
        ("cron 0 0 30 2 *", "never comes|not a cron line"),
        ("cron * * * * *", "30 minutes apart"),
        ("before_close soon", "no length of time"),
        ("before_close 0h", "no length of time"),
        ("at tomorrow", "is not a time"),
    ],
)
def test_a_slip_is_told(line: str, says: str) -> None:
    with pytest.raises(UsageError, match=says):
        parse_schedule(line, SHANGHAI)


@given(
    st.one_of(
        st.builds(lambda h, m: f"daily {h}:{m:02}", st.integers(0, 23), st.integers(0, 59)),
        st.builds(
            lambda days, h, m: f"weekly {','.join(days)} {h}:{m:02}",
            st.lists(st.sampled_from(("mon", "Tuesday", "周三", "fri", "星期天")), min_size=1),
            st.integers(0, 23),
            st.integers(0, 59),
        ),
        st.builds(lambda n, unit: f"before_close {n}{unit}", st.integers(1, 200), st.sampled_from("mhd")),
        st.datetimes(datetime(2020, 1, 1), datetime(2040, 1, 1)).map(lambda at: f"at {at:%Y-%m-%d %H:%M}"),
    )
)
def test_what_is_written_reads_back_the_same(line: str) -> None:
    schedule = parse_schedule(line, SHANGHAI)
    again = parse_schedule(str(schedule), SHANGHAI)
    close = datetime(2031, 1, 1, tzinfo=UTC)
    window = {"after": datetime(2019, 12, 1, tzinfo=UTC), "until": datetime(2020, 2, 1, tzinfo=UTC)}
    assert str(again) == str(schedule)
    assert list(occurrences(schedule, **window, zone=SHANGHAI, closes_at=close)) == list(
        occurrences(again, **window, zone=SHANGHAI, closes_at=close)
    )


@given(st.text(max_size=40))
def test_any_text_is_read_or_refused(line: str) -> None:
    try:
        schedule = parse_schedule(line, SHANGHAI)
    except UsageError:
        return
    coming = list(occurrences(schedule, after=START, until=START + timedelta(days=30), zone=SHANGHAI, closes_at=None))
    assert all(later - earlier >= LEAST_APART for earlier, later in pairwise(coming))


def test_a_daily_time_comes_once_a_day_where_the_clocks_change() -> None:
    spring = times("daily 02:30", days=3, zone=CHICAGO, start=datetime(2026, 3, 7, 12, tzinfo=CHICAGO))
    autumn = times("daily 01:30", days=3, zone=CHICAGO, start=datetime(2026, 10, 31, 12, tzinfo=CHICAGO))
    assert [text[:2] for text in spring] == ["08", "09", "10"]
    assert [text[:2] for text in autumn] == ["01", "02", "03"]


def test_without_a_closing_time_nothing_comes_before_it() -> None:
    schedule = parse_schedule("before_close 2h", SHANGHAI)
    assert not list(occurrences(schedule, after=START, until=START + timedelta(days=9), zone=SHANGHAI, closes_at=None))
