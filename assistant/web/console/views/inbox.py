"""What waits, as the inbox shows it: a card each, its wait in words."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from assistant.delivery.directory import GroupRow
from assistant.delivery.waiting import WaitingItem
from assistant.groups.toml import settings_from_json
from assistant.web.console.words import Words

ICONS: Mapping[str, str] = {
    "handoff": "support_agent",
    "custom_request": "auto_awesome",
    "refund": "currency_exchange",
    "complaint": "sentiment_dissatisfied",
    "join": "person_add",
}

SOON = timedelta(minutes=10)
LONG = timedelta(hours=1)
"""From so long a wait on it is shown as a long one."""


@dataclass(frozen=True, slots=True)
class Card:
    """One thing of the list. ``tone`` is the look of its wait: good, warm or bad; empty for what is done."""

    href: str
    icon: str
    kind: str
    member: str
    group: str
    text: str
    wait: str
    tone: str
    state: str
    more: str
    chosen: bool = False


@dataclass(frozen=True, slots=True)
class Look:
    """From where the list is looked at: the time, who looks, what is open beside it, and the filters in the address."""

    now: datetime
    me: str
    chosen: str = ""
    query: tuple[tuple[str, str], ...] = ()


def card(item: WaitingItem, look: Look, w: Words) -> Card:
    """Return the card of a ticket or a request."""
    name = f"{'join' if item.kind == 'join' else 'ticket'}-{item.id}"
    waits = item.state != "resolved"
    since = look.now - item.since
    return Card(
        href="/console/inbox?" + urlencode([("open", name), *look.query]),
        icon=ICONS[item.kind],
        kind=w(f"kind.{item.kind}"),
        member=item.member,
        group=item.group,
        text=item.text or (w("no_source") if item.kind == "join" else ""),
        wait=w("waits", time=duration(since, w)) if waits else w("done_ago", time=duration(_done(item, look.now), w)),
        tone=("good" if since < SOON else "warm" if since < LONG else "bad") if waits else "",
        state=state_text(item.state, item.with_whom, look.me, w),
        more=w("others_too", count=item.others) if item.others else "",
        chosen=name == look.chosen,
    )


def state_text(state: str, with_whom: str, me: str, w: Words) -> str:
    """Return who has it, in words; empty for what nobody has taken."""
    if state == "open":
        return ""
    if state == "claimed":
        return w("with_me") if with_whom == me else w("with", name=with_whom)
    return w("done_by", name=with_whom) if with_whom else w("done")


def duration(span: timedelta, w: Words) -> str:
    """Return how long something takes or took, in the largest unit that fits."""
    minutes = max(0, int(span.total_seconds() // 60))
    if minutes < 1:
        return w("time.moment")
    if minutes < 60:
        return w("time.minutes", count=minutes)
    if minutes < 48 * 60:
        return w("time.hours", count=minutes // 60)
    return w("time.days", count=minutes // (24 * 60))


def clock(moment: datetime, now: datetime, zone: tzinfo) -> str:
    """Return a time in the group's zone; of another day with its date."""
    local, today = moment.astimezone(zone), now.astimezone(zone).date()
    return f"{local:%H:%M}" if local.date() == today else f"{local:%m-%d %H:%M}"


def zone_of(group: GroupRow) -> ZoneInfo:
    """Return a group's time zone."""
    return settings_from_json(group.settings).zone


def _done(item: WaitingItem, now: datetime) -> timedelta:
    return now - (item.done_at or item.since)
