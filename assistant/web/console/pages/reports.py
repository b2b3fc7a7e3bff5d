"""Reports: a week or everything so far, on the page, printed or as a file."""

from typing import Any

from nicegui import ui
from nicegui.element import Element

from assistant.accounts.permissions import Deed
from assistant.reports.page import Listing, Parts, Picture
from assistant.web.console.parts import Text, attributes, link, region
from assistant.web.console.shell import page
from assistant.web.console.views.reports import ALL, as_picture, kept, periods
from assistant.web.console.visit import Visit


@page("/reports", words="reports", icon="insights", deed=Deed.READ, order=60)
async def reports(visit: Visit) -> None:
    """Show the report of what was chosen; ``?week=`` chooses it."""
    now = visit.server.yidan.clock.now()
    known = periods(visit.group.created_at, now, visit.zone, visit.w)
    wanted = ui.context.client.request.query_params.get("week", ALL)
    chosen = wanted if wanted in known else ALL
    service, private = visit.server.yidan.reports, visit.may(Deed.MEMBERS) and visit.may(Deed.MONEY)
    report = await service.make(visit.group.id, "" if chosen == ALL else chosen)
    _tools(visit, known, chosen, private)
    _show(report.parts(visit.w.language, private=private))
    told = kept(await service.kept(visit.group.id), known, visit.w)
    if told:
        with region("section", visit.w("told")).classes("y-card y-stack y-tight"):
            Text("h2", visit.w("told"))
            for period, name in told.items():
                link(name, visit.link("/reports", week=period), icon="description")


def _tools(visit: Visit, known: dict[str, str], chosen: str, private: bool) -> None:
    w = visit.w

    def choose(event: Any) -> None:
        visit.go(visit.link("/reports", week=event.value))

    async def save() -> None:
        report = await visit.server.yidan.reports.make(visit.group.id, "" if chosen == ALL else chosen)
        allowed = visit.may(Deed.MEMBERS) and visit.may(Deed.MONEY)
        ui.download.content(
            report.page(w.language, private=allowed), f"{visit.group.id}-{chosen}.html", "text/html; charset=utf-8"
        )

    with Element("div").classes("y-row y-between y-no-print"):
        period = ui.select(known, value=chosen, label=w("period"), on_change=visit.deed(Deed.READ, choose))
        period.props("outlined dense").classes("y-auto y-period")
        with Element("div").classes("y-row"):
            print_it = ui.button(w("print"), icon="print").props("outline")
            print_it.on("click", js_handler="() => window.print()")
            ui.button(w("save_file"), icon="download", on_click=visit.deed(Deed.READ, save)).props("outline")
    if not private:
        Text("p", w("without_private")).classes("y-quiet")


def _show(parts: Parts) -> None:
    with Element("div").classes("y-report y-stack"):
        with Element("div"):
            Text("h2", parts.title)
            Text("p", f"{parts.span} · {parts.made}").classes("y-quiet")
        with Element("dl").classes("y-tiles y-figures"):
            for label, value in parts.tiles:
                with Element("div").classes("y-card y-figure"):
                    Text("dt", label)
                    Text("dd", value).classes("y-big")
        for picture in parts.pictures:
            _picture(picture, parts.nothing)
        for listing in parts.listings:
            _listing(listing)


def _picture(picture: Picture, nothing: str) -> None:
    with region("section", picture.heading).classes("y-card y-stack"):
        Text("h2", picture.heading)
        if not picture.svg:
            Text("p", nothing).classes("y-quiet")
            return
        with Element("div").classes("y-drawing y-drawing-wide" if picture.wide else "y-drawing") as box:
            if picture.wide:
                attributes(box, tabindex="0", role="group", aria_label=picture.heading)
            attributes(Element("img"), src=as_picture(picture.svg), alt=picture.heading)


def _listing(listing: Listing) -> None:
    with region("section", listing.heading).classes("y-card y-stack y-tight"):
        Text("h2", listing.heading)
        if not listing.rows:
            Text("p", listing.nothing).classes("y-quiet")
            return
        with Element("ul").classes("y-plain-list"):
            for left, right in listing.rows:
                with Element("li").classes("y-row y-between y-top"):
                    Text("span", left).classes("y-grow")
                    Text("strong", right)
