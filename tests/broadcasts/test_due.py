"""What to send now, what is too late, what waits for the end of the night."""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.broadcasts.due import FURTHEST_BACK, Kind, Plan, after_quiet, judge
from assistant.broadcasts.schedule import parse_schedule

ZONE = ZoneInfo("Asia/Shanghai")
NIGHT = (time(22), time(8))


def at(text: str) -> datetime:
    return datetime.strptime(f"2026-05-{text}", "%Y-%m-%d %H:%M").replace(tzinfo=ZONE)


def plan(line: str, kind: Kind = "text", **more) -> Plan:
    return Plan(parse_schedule(line, ZONE), kind, ZONE, **more)


def test_the_morning_list_leaves_in_the_morning() -> None:
    verdict = judge(plan("daily 09:00", "todays_list"), looked_until=at("20 08:59"), now=at("20 09:00"))
    assert verdict.send is not None and verdict.send.key == "20260520T0100Z/0"
    assert judge(plan("daily 09:00"), looked_until=at("20 09:00"), now=at("20 09:01")).send is None


def test_a_late_server_sends_the_list_within_reason_only() -> None:
    daily = plan("daily 09:00", "todays_list")
    assert judge(daily, looked_until=at("20 08:00"), now=at("20 11:30")).send is not None
    late = judge(daily, looked_until=at("20 08:00"), now=at("20 23:00"))
    assert late.send is None and len(late.missed) == 1


def test_a_server_that_slept_for_days_sends_one_and_notes_the_others() -> None:
    verdict = judge(plan("daily 09:00"), looked_until=at("15 10:00"), now=at("20 10:00"))
    assert verdict.send is not None and verdict.send.planned == at("20 09:00")
    assert [one.planned.astimezone(ZONE).day for one in verdict.missed] == [16, 17, 18, 19]


def test_two_that_fell_due_together_are_told_as_one() -> None:
    verdict = judge(plan("cron 0 9,10 * * *"), looked_until=at("20 08:00"), now=at("20 10:30"))
    assert verdict.send is not None and verdict.send.planned == at("20 10:00")
    assert [one.planned for one in verdict.merged] == [at("20 09:00")]


def test_an_important_one_is_said_again() -> None:
    important = plan("at 2026-05-20 09:00", repeats=2, every=timedelta(hours=4))
    keys = [one.key for one in important.between(at("20 08:00"), at("21 08:00"))]
    assert keys == ["20260520T0100Z/0", "20260520T0100Z/1", "20260520T0100Z/2"]
    assert not important.over(at("20 13:00")) and important.over(at("20 17:00"))


def test_repetitions_of_what_was_never_said_do_not_come() -> None:
    daily = plan("daily 09:00", repeats=1, every=timedelta(hours=4), starts=at("20 10:00"))
    assert [one.due.astimezone(ZONE).day for one in daily.between(at("20 10:00"), at("21 14:00"))] == [21, 21]


class TestQuietHours:
    @pytest.mark.parametrize(
        ("moment", "due"),
        [
            ("20 21:59", "20 21:59"),
            ("20 22:00", "21 08:00"),
            ("20 03:00", "20 08:00"),
            ("20 08:00", "20 08:00"),
            ("20 12:00", "20 12:00"),
        ],
    )
    def test_across_midnight(self, moment: str, due: str) -> None:
        assert after_quiet(at(moment), NIGHT, ZONE) == at(due)

    def test_within_a_day(self) -> None:
        assert after_quiet(at("20 12:30"), (time(12), time(14)), ZONE) == at("20 14:00")
        assert after_quiet(at("20 14:00"), (time(12), time(14)), ZONE) == at("20 14:00")

    def test_what_falls_into_the_night_comes_in_the_morning(self) -> None:
        nightly = plan("daily 23:00", quiet=NIGHT)
        assert judge(nightly, looked_until=at("20 22:00"), now=at("20 23:30")).send is None
        assert judge(nightly, looked_until=at("20 23:30"), now=at("21 08:00")).send is not None


def test_closing_soon_is_not_told_after_the_close() -> None:
    soon = plan("before_close 2h", "closing_soon", closes_at=at("22 20:00"))
    assert judge(soon, looked_until=at("22 17:00"), now=at("22 18:30")).send is not None
    late = judge(soon, looked_until=at("22 17:00"), now=at("22 20:00"))
    assert late.send is None and len(late.missed) == 1


def test_nothing_older_than_a_week_is_looked_for() -> None:
    verdict = judge(plan("daily 09:00"), looked_until=at("01 00:00"), now=at("20 23:00"))
    assert len(verdict.missed) == FURTHEST_BACK.days


LINES = ("daily 09:00", "daily 23:30", "weekly mon,wed,fri 07:00", "cron 0,30 6-23 * * *", "at 2026-05-10 21:50")


@given(
    line=st.sampled_from(LINES),
    repeats=st.integers(0, 3),
    quiet=st.sampled_from((None, NIGHT, (time(12), time(14)))),
    steps=st.lists(st.integers(1, 6 * 24 * 60), min_size=1, max_size=40),
)
def test_however_the_clock_is_looked_at_each_occurrence_is_dealt_with_once(line, repeats, quiet, steps) -> None:
    """Each occurrence up to the last look is sent, merged or missed, exactly once, and never before it is due."""
    one = plan(line, repeats=repeats, every=timedelta(hours=4), quiet=quiet)
    looked = start = at("01 00:00")
    seen: list[str] = []
    for minutes in steps:
        now = looked + timedelta(minutes=minutes)
        verdict = judge(one, looked_until=looked, now=now)
        dealt = [*verdict.missed, *verdict.merged, *([verdict.send] if verdict.send else [])]
        assert all(looked < occurrence.due <= now for occurrence in dealt)
        if verdict.send:
            assert now - verdict.send.due <= one.latest()
        seen += [occurrence.key for occurrence in dealt]
        looked = now
    assert sorted(seen) == sorted(occurrence.key for occurrence in one.between(start, looked))
    assert len(seen) == len(set(seen))
