"""When a group takes orders."""

from dataclasses import dataclass
from datetime import UTC, datetime

import pytest

from assistant.groups.settings import GroupSettings
from assistant.groups.state import describe_state, group_state


def at(day: int) -> datetime:
    return datetime(2026, 5, day, tzinfo=UTC)


@dataclass(frozen=True)
class View:
    settings: GroupSettings
    closed_at: datetime | None = None


SETTINGS = GroupSettings(id="tea", name="x", seller="y", opens_at=at(10), closes_at=at(20), close_after_orders=3)


@pytest.mark.parametrize(
    ("now", "orders", "closed_at", "state", "reason"),
    [
        (at(9), 0, None, "not_open", "before_opening"),
        (at(10), 0, None, "open", ""),
        (at(15), 2, None, "open", ""),
        (at(15), 3, None, "closed", "order_count"),
        (at(21), 0, None, "closed", "closing_time"),
        (at(15), 0, at(14), "closed", "by_hand"),
        (at(15), 3, at(14), "closed", "order_count"),
    ],
)
def test_state_and_reason(now, orders, closed_at, state, reason):
    told = describe_state(View(SETTINGS, closed_at), now, orders)
    assert (told.state, told.reason) == (state, reason)
    assert group_state(View(SETTINGS, closed_at), now, orders) == state


def test_a_group_without_times_is_open():
    assert group_state(View(GroupSettings(id="tea", name="x", seller="y")), at(1), 10**6) == "open"
