"""Today: what needs somebody now, how the day goes, and when it is busy; for one group or all of the seller's."""

from collections.abc import Sequence

from nicegui import ui
from nicegui.element import Element

from assistant.accounts.permissions import Deed
from assistant.groups.toml import settings_from_json
from assistant.reports.day import DayFigures
from assistant.reports.today import Today, TodayService
from assistant.web.console.parts import Text, attributes, empty, region
from assistant.web.console.registry import PAGES
from assistant.web.console.shell import page
from assistant.web.console.switches import group_chooser
from assistant.web.console.views.today import Scope, Tile, ToDo, busy_hours, chart, money_tiles, talk_tiles, to_dos
from assistant.web.console.visit import Visit


@page("/", words="today", icon="today", deed=Deed.READ, order=10, group=False, nav="main")
async def today(visit: Visit) -> None:
    """Show the day, and keep it up to date."""
    asked = bool(ui.context.client.request.query_params.get("group"))
    groups = [visit.group] if asked and visit.has_group else visit.groups
    if not groups:
        empty("storefront", visit.w("no_group"), visit.w("no_group_text"))
        return
    if len(visit.groups) > 1:
        _scope(visit, one=len(groups) == 1)
    service = TodayService(visit.server.yidan.database, visit.server.yidan.clock)
    shown = await service.show([group.id for group in groups])
    board = Element("div").classes("y-stack")
    _draw(visit, board, shown, [group.id for group in groups])

    async def look() -> None:
        nonlocal shown
        fresh = await service.show([group.id for group in groups])
        if fresh != shown:
            shown = fresh
            _draw(visit, board, shown, [group.id for group in groups])

    visit.on_news(look)


def _scope(visit: Visit, *, one: bool) -> None:
    w = visit.w
    with region("nav", w("scope")).classes("y-row"):
        with Element("a").classes("y-pill") as every:
            attributes(every, href="/console/")
            if not one:
                attributes(every, aria_current="true")
            Text("span", w("all_groups", count=len(visit.groups)))
        if one:
            group_chooser(visit, "/")
        else:
            with Element("a").classes("y-pill") as single:
                attributes(single, href=f"/console/?group={(visit.group if visit.has_group else visit.groups[0]).id}")
                Text("span", w("one_group"))


def _draw(visit: Visit, board: Element, shown: Today, group_ids: Sequence[str]) -> None:
    groups = {group.id: settings_from_json(group.settings) for group in visit.groups if group.id in group_ids}
    currency = next(iter(groups.values())).payment.currency
    scope = Scope(
        now=visit.server.yidan.clock.now(),
        names={group_id: settings.name for group_id, settings in groups.items()},
        zones={group_id: settings.zone for group_id, settings in groups.items()},
        pages=frozenset(path for path, one in PAGES.items() if visit.may(one.deed)),
    )
    w = visit.w
    board.clear()
    with board:
        if visit.may(Deed.MEMBERS):
            _needs(visit, to_dos(shown.needs, scope, w))
        _tiles(visit, w("talk"), w("talk_text", count=shown.today.messages), talk_tiles(shown, w))
        if visit.may(Deed.MONEY):
            _tiles(visit, w("trade"), "", money_tiles(shown, w, currency))
        _hours(visit, shown.today)


def _needs(visit: Visit, lines: Sequence[ToDo]) -> None:
    w = visit.w
    with region("section", w("now")).classes("y-card y-stack"):
        Text("h2", w("now"))
        if not lines:
            with Element("p").classes("y-row y-quiet"):
                ui.icon("task_alt").classes("y-good")
                Text("span", w("nothing_text"))
            return
        with Element("ul").classes("y-list"):
            for line in lines:
                with Element("li"):
                    _need(line)


def _need(line: ToDo) -> None:
    with Element("a" if line.href else "div").classes("y-item y-need") as item:
        if line.href:
            attributes(item, href=line.href)
        ui.icon(line.icon).classes("y-warm" if line.urgent else "")
        with Element("span").classes("y-grow"):
            Text("span", line.title).classes("y-need-title")
            if line.detail:
                Text("span", line.detail).classes("y-need-detail y-quiet")
        if line.waits:
            Text("span", line.waits).classes("y-quiet y-need-waits")
        if line.href:
            ui.icon("chevron_right")


def _tiles(visit: Visit, title: str, text: str, tiles: Sequence[Tile]) -> None:
    w = visit.w
    with region("section", title).classes("y-stack"):
        with Element("div"):
            Text("h2", title)
            if text:
                Text("p", text).classes("y-quiet")
        with Element("dl").classes("y-tiles y-figures"):
            for tile in tiles:
                with Element("div").classes("y-card y-figure"):
                    Text("dt", w(f"tile.{tile.key}"))
                    Text("dd", tile.value).classes("y-big")
                    Text("dd", w(f"tile_help.{tile.key}")).classes("y-quiet")
                    Text("dd", tile.note).classes("y-quiet y-figure-note")


def _hours(visit: Visit, day: DayFigures) -> None:
    w = visit.w
    with region("section", w("hours")).classes("y-card y-stack"):
        Text("h2", w("hours"))
        if not any((*day.asked_by_hour, *day.orders_by_hour)):
            Text("p", w("hours_none")).classes("y-quiet")
            return
        picture = ui.echart(chart(day, w, orders=True), renderer="svg").classes("y-chart")
        attributes(picture, role="img", aria_label=w("chart.title"))
        with Element("details").classes("y-fold"):
            Text("summary", w("as_table"))
            with Element("table").classes("y-table y-narrow"):
                with Element("thead"), Element("tr"):
                    for name in (w("hour"), w("chart.asked"), w("chart.orders")):
                        attributes(Text("th", name), scope="col")
                with Element("tbody"):
                    for hour in busy_hours(day):
                        with Element("tr"):
                            attributes(Text("th", f"{hour}:00–{hour + 1}:00"), scope="row")
                            Text("td", str(day.asked_by_hour[hour])).classes("y-num")
                            Text("td", str(day.orders_by_hour[hour])).classes("y-num")
