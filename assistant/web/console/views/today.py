"""What the page Today shows: figures beside yesterday's, the day's hours, what needs somebody and where. Pure."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import Any
from urllib.parse import urlencode

from assistant.reports.day import DayFigures
from assistant.reports.needs import Need
from assistant.reports.today import Today
from assistant.web.console.views.shown import Says, moment, money, span, sums

_EACH = 4
"""So many of one kind are named; the rest are counted."""


@dataclass(frozen=True, slots=True)
class Tile:
    """One figure; ``key`` names its words."""

    key: str
    value: str
    note: str = ""


def talk_tiles(today: Today, w: Says) -> list[Tile]:
    """Return what became of the day's messages, beside yesterday's at the same time."""
    now, before = today.today, today.yesterday
    return [
        Tile(key, str(getattr(now, key)), w("than_yesterday", before=getattr(before, key)))
        for key in ("answered", "silent", "handed_over", "unanswered")
    ]


def money_tiles(today: Today, w: Says, currency: str) -> list[Tile]:
    """Return the day's orders and where their money is; ``currency`` is what nothing is told in."""
    now, before, standing = today.today, today.yesterday, today.standing
    return [
        Tile("orders", str(now.orders), w("than_yesterday", before=before.orders)),
        Tile("expected", sums(standing.expected, currency), w("of_orders", count=standing.expected_orders)),
        Tile("claimed", sums(standing.claimed, currency), w("of_orders", count=standing.claimed_orders)),
        Tile("confirmed", sums(now.net, currency), w("than_yesterday", before=sums(before.net, currency))),
    ]


@dataclass(frozen=True, slots=True)
class ToDo:
    """A line of what needs somebody now. ``href`` is empty where no page deals with it."""

    kind: str
    icon: str
    title: str
    detail: str
    waits: str
    href: str
    urgent: bool


_ICONS = {
    "claim": "payments",
    "part_paid": "pie_chart",
    "refund": "currency_exchange",
    "complaint": "sentiment_dissatisfied",
    "handoff": "support_agent",
    "custom_request": "edit_note",
    "join": "person_add",
    "expiring": "timer",
    "to_ship": "local_shipping",
    "stock_out": "inventory_2",
    "closing": "event_busy",
}


@dataclass(frozen=True, slots=True)
class Scope:
    """What a line of needs is worded with: the time, each group's name and zone, and which pages there are."""

    now: datetime
    names: Mapping[str, str]
    zones: Mapping[str, tzinfo]
    pages: Collection[str]

    @property
    def several(self) -> bool:
        """Whether a line must say which group it is about."""
        return len(self.names) > 1


def to_dos(needs: Sequence[Need], scope: Scope, w: Says) -> list[ToDo]:
    """Return a line for each need, most urgent first; where many are of a kind in a group, a line counts the rest."""
    told: list[ToDo] = []
    seen: dict[tuple[str, str], int] = {}
    totals: dict[tuple[str, str], int] = {}
    for need in needs:
        totals[need.kind, need.group_id] = totals.get((need.kind, need.group_id), 0) + 1
    for need in needs:
        place = need.kind, need.group_id
        seen[place] = seen.get(place, 0) + 1
        if seen[place] <= _EACH:
            told.append(_line(need, scope, w))
        elif seen[place] == _EACH + 1:
            told.append(_rest(need, totals[place] - _EACH, scope, w))
    return told


def _line(need: Need, scope: Scope, w: Says) -> ToDo:
    values = {
        "member": need.member,
        "number": need.number or "",
        "what": need.what,
        "count": need.count,
        "amount": "" if need.amount is None else money(need.amount, need.currency),
    }
    detail = need.what if need.kind in ("complaint", "handoff", "custom_request", "refund") else ""
    if need.kind == "claim" and need.doubtful:
        detail = w("doubtful")
    if need.kind == "join" and need.what:
        detail = w("heard_of", source=need.what)
    return ToDo(
        need.kind,
        _ICONS[need.kind],
        w(f"need.{_wording(need)}", **values),
        _with_group(detail, need, scope),
        _waits(need, scope, w),
        _href(need, scope),
        need.kind in ("claim", "part_paid", "refund", "complaint", "handoff"),
    )


def _wording(need: Need) -> str:
    """Return which sentence fits a need: with or without order, amount or people who wait."""
    if need.kind == "claim":
        return "claim_without_order" if need.number is None else "claim" if need.amount is not None else "claim_unread"
    if need.kind == "refund" and need.number is None:
        return "refund_without_order"
    if need.kind == "stock_out" and need.count:
        return "stock_out_waited"
    return need.kind


def _rest(need: Need, count: int, scope: Scope, w: Says) -> ToDo:
    title = w("more_of_kind", count=count, kind=w(f"kind.{need.kind}"))
    return ToDo(
        need.kind, _ICONS[need.kind], title, _with_group("", need, scope), "", _href(need, scope, all_=True), False
    )


def _with_group(detail: str, need: Need, scope: Scope) -> str:
    name = scope.names.get(need.group_id, "") if scope.several and need.kind != "closing" else ""
    return " · ".join(part for part in (detail, name) if part)


def _waits(need: Need, scope: Scope, w: Says) -> str:
    if need.kind == "stock_out":
        return ""
    if need.kind == "expiring":
        return w("left", span=span(need.at - scope.now, w))
    if need.kind == "closing":
        return moment(need.at, scope.now, scope.zones[need.group_id], w)
    return w("waits", span=span(scope.now - need.at, w))


def _href(need: Need, scope: Scope, *, all_: bool = False) -> str:
    path, query = _place(need, all_=all_)
    if path not in scope.pages:
        return ""
    return f"/console{path}?{urlencode({'group': need.group_id} | query)}"


def _place(need: Need, *, all_: bool) -> tuple[str, dict[str, str]]:
    """Return the page that deals with a need, and what to open there."""
    one = {"order": str(need.number)} if need.number is not None and not all_ else {}
    match need.kind:
        case "claim" | "part_paid":
            return "/orders", one or {"state": "payment_claimed"}
        case "refund" if need.row is None:
            return "/orders", one or {"state": "refund_requested"}
        case "expiring":
            return "/orders", one or {"state": "pending_payment"}
        case "to_ship":
            return "/orders", {"state": "paid"}
        case "stock_out":
            return "/orders", {"restock": need.what.split(" ")[0]}
        case "closing":
            return "/group", {}
        case _ if all_ or need.row is None:
            return "/inbox", {"kind": need.kind}
        case "join":
            return "/inbox", {"open": f"join-{need.row}"}
        case _:
            return "/inbox", {"open": f"ticket-{need.row}"}


def chart(day: DayFigures, w: Says, *, orders: bool) -> dict[str, Any]:
    """Return the day's hours as options of the chart; hours after which nothing came are left out at both ends."""
    hours = busy_hours(day)
    series = [_bars(w("chart.asked"), [day.asked_by_hour[hour] for hour in hours], "#2c8a68")]
    if orders:
        series.append(_bars(w("chart.orders"), [day.orders_by_hour[hour] for hour in hours], "#d98324"))
    quiet = {"color": "#7d8783"}
    return {
        "animation": False,
        "aria": {"enabled": True, "description": w("chart.title")},
        "grid": {"left": 8, "right": 8, "top": 34, "bottom": 4, "containLabel": True},
        "legend": {"top": 0, "left": 0, "textStyle": quiet, "itemWidth": 14},
        "tooltip": {"trigger": "axis"},
        "xAxis": {"type": "category", "data": [f"{hour}:00" for hour in hours], "axisLabel": quiet},
        "yAxis": {"type": "value", "minInterval": 1, "axisLabel": quiet, "splitLine": {"lineStyle": {"opacity": 0.25}}},
        "series": series,
    }


def _bars(name: str, values: list[int], colour: str) -> dict[str, Any]:
    style = {"color": colour, "borderRadius": [3, 3, 0, 0]}
    return {"type": "bar", "name": name, "data": values, "itemStyle": style, "barMaxWidth": 22, "barGap": "10%"}


def busy_hours(day: DayFigures) -> range:
    """Return the hours from the first to the last with anything in them, at least those of a working day."""
    with_any = [hour for hour in range(24) if day.asked_by_hour[hour] or day.orders_by_hour[hour]]
    return range(min([8, *with_any]), max([20, *with_any]) + 1)
