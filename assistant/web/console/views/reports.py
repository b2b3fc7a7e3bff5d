"""Which reports can be looked at, and their drawings as pictures. Pure."""

from base64 import b64encode
from collections.abc import Sequence
from datetime import date, datetime, timedelta, tzinfo

from assistant.reports.service import KeptReport
from assistant.web.console.views.shown import Says, day

ALL = "all"
WEEKS = 12
"""So many weeks back can be chosen; older ones are in the archive."""


def periods(opened: datetime, now: datetime, zone: tzinfo, w: Says) -> dict[str, str]:
    """Return what can be chosen, by name: everything so far, and each week from this one back to the opening."""
    monday = _monday(now, zone)
    first = _monday(opened, zone)
    found = {ALL: w("everything")}
    for back in range(WEEKS):
        start = monday - timedelta(days=7 * back)
        if start < first:
            break
        year, week, _ = start.isocalendar()
        found[f"{year}-W{week:02d}"] = _week(start, w, now=back == 0)
    return found


def kept(reports: Sequence[KeptReport], known: dict[str, str], w: Says) -> dict[str, str]:
    """Return the reports that were told, by the period that shows them again; the one of the close shows everything."""
    told = {}
    for report in reports:
        if report.period in known:
            told[report.period] = known[report.period]
        elif report.period == "close":
            told[ALL] = w("at_close")
    return told


def as_picture(svg: str) -> str:
    """Return a drawing as the address of a picture: it is shown without being part of the page."""
    return "data:image/svg+xml;base64," + b64encode(svg.encode()).decode()


def _monday(at: datetime, zone: tzinfo) -> date:
    local = at.astimezone(zone).date()
    return local - timedelta(days=local.weekday())


def _week(monday: date, w: Says, *, now: bool) -> str:
    first = day(datetime(monday.year, monday.month, monday.day), w)
    sunday = monday + timedelta(days=6)
    last = day(datetime(sunday.year, sunday.month, sunday.day), w)
    return w("this_week" if now else "week", first=first, last=last)
