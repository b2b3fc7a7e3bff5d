"""The frame around every page: who is let in, navigation, the group, language, badge and sound."""

import copy
from typing import Any

from fastapi import Request
from fastapi.responses import RedirectResponse, Response
from nicegui import ui
from nicegui.client import Client
from nicegui.element import Element

from assistant.accounts.permissions import Deed
from assistant.accounts.sessions import Person
from assistant.delivery.directory import GroupRow
from assistant.web.console.parts import Text, attributes, empty, link, region
from assistant.web.console.plain import asset_url
from assistant.web.console.registry import PAGES, Page, page
from assistant.web.console.switches import group_chooser, more_sheet, own_switches
from assistant.web.console.visit import Visit
from assistant.web.console.words import Words
from assistant.web.session import FIRST, SIGN_IN, START, person_of, token_of
from assistant.web.state import server_of

__all__ = ["page", "register"]

INBOX = "/inbox"


def register(spec: Page) -> None:
    """Make a page of the list answer at its address."""

    async def build(request: Request) -> Response | None:
        return await _open(spec, request)

    ui.page(spec.path, response_timeout=30)(build)


def lead_on(path: str, pages: list[Page]) -> None:
    """Make an address lead to the first page that whoever asks may see."""

    async def build(request: Request) -> Response:
        person = await person_of(server_of(request), request)
        seen = [one.path for one in pages if person is None or person.may(one.deed)]
        return RedirectResponse(f"/console{seen[0]}" if seen else SIGN_IN, status_code=303)

    ui.page(path)(build)


async def _open(spec: Page, request: Request) -> Response | None:
    server, client = server_of(request), ui.context.client
    person = await person_of(server, request)
    if person is None:
        if not await server.accounts.any():
            return RedirectResponse(FIRST, status_code=303)
        query = f"?{request.url.query}" if request.url.query else ""
        return RedirectResponse(f"{SIGN_IN}?next=/console{spec.path}{query}", status_code=303)
    visit = Visit(server, token_of(request), person, client, Words(spec.words, person.language))
    visit.groups = await server.directory.groups(person.seller_id)
    wanted = request.query_params.get("group") or ""
    chosen = _chosen(visit.groups, wanted, person)
    if chosen is not None:
        visit.choose(chosen)
        if chosen.id != person.group_id:
            await server.sessions.choose_group(person.session_id, chosen.id)
    client.on_exception(lambda: visit.fail(visit.shell_words("unexpected")))
    _frame(visit, spec)
    await _content(visit, spec, lost=bool(wanted) and (chosen is None or chosen.id != wanted))
    return None


def _chosen(groups: list[GroupRow], wanted: str, person: Person) -> GroupRow | None:
    """Return the group that is asked for, else the one looked at last, else the newest; only of the seller's."""
    by_id = {group.id: group for group in groups}
    if wanted:
        return by_id.get(wanted)
    newest = max(groups, key=lambda group: (group.closed_at is None, group.created_at), default=None)
    return by_id.get(person.group_id, newest)


async def _content(visit: Visit, spec: Page, *, lost: bool) -> None:
    w, role = visit.shell_words, visit.shell_words(f"role.{visit.person.role}")
    if not visit.may(spec.deed):
        visit.client.status_code = 403
        with empty("lock", w("not_for_you"), w("not_for_you_text", role=role)):
            link(w("to_today"), "/console/").classes("y-button")
    elif lost:
        visit.client.status_code = 404
        with empty("search_off", w("no_such_group"), w("no_such_group_text")):
            link(w("to_today"), "/console/").classes("y-button")
    elif spec.group and not visit.has_group:
        with empty("storefront", w("no_group"), w("no_group_text")):
            if visit.may(Deed.GROUP):
                link(w("open_group"), START).classes("y-button")
    else:
        await spec.build(visit)


def _frame(visit: Visit, spec: Page) -> None:
    w, client = visit.shell_words, visit.client
    title = visit.w("title")
    _localise(client, w.language)
    ui.page_title(f"{title} · {w('product')}")
    ui.add_head_html(f'<link rel="stylesheet" href="{asset_url("console.css")}">')
    ui.add_head_html(f'<script src="{asset_url("console.js")}" defer></script>')
    client.content.classes("y-main")
    attributes(client.content, tabindex="-1")
    with client.layout:
        skip = Text("a", w("skip")).classes("y-skip")
        attributes(skip, href=f"#{client.content.html_id}")
        skip.move(client.layout, 0)
        _navigation(visit, spec).move(client.layout, 1)
    with client.content, region("div").classes("y-head"):
        Text("h1", title)
        if spec.group and visit.groups:
            group_chooser(visit, spec.path)


def _localise(client: Client, language: str) -> None:
    """Give this client's page its language; the page itself is shared by all clients."""
    own: Any = copy.copy(client.page)
    own.language = "en-US" if language == "en" else "zh-CN"
    client.page = own


def _navigation(visit: Visit, current: Page) -> Element:
    """Return the navigation: a rail on a desk, a bar at the bottom of a phone."""
    w = visit.shell_words
    shown = [one for one in sorted(PAGES.values(), key=lambda one: one.order) if visit.may(one.deed)]
    with region("nav", w("navigation")).classes("y-nav") as nav:
        with Element("a").classes("y-brand") as brand:
            attributes(brand, href="/console/", aria_label=w("product"))
            attributes(Text("span", "单").classes("y-logo"), aria_hidden="true")
            Text("span", w("product"))
        with Element("ul").classes("y-tabs"):
            for one in shown:
                if one.nav != "none":
                    _tab(visit, one, current)
            with Element("li").classes("y-phone"):
                more_sheet(visit, [one for one in shown if one.nav == "more"], current)
        _foot(visit)
    return nav


def _tab(visit: Visit, one: Page, current: Page) -> None:
    with Element("li").classes("" if one.nav == "main" else "y-desk"), Element("a").classes("y-tab") as tab:
        attributes(tab, href=visit.link(one.path))
        if one.path == current.path:
            attributes(tab, aria_current="page")
        ui.icon(one.icon)
        Text("span", visit.w.of(one.words)("title"))
        if one.path == INBOX:
            _badge(visit)


def _badge(visit: Visit) -> None:
    """Show how much waits, and chime when it gets more."""
    badge = Text("span").classes("y-badge")
    known: tuple[int, int] | None = None

    async def look() -> None:
        nonlocal known
        groups = [group.id for group in visit.groups]
        newest = (await visit.server.desk.waiting(groups)).newest
        count = sum((await visit.server.waiting.counts(groups)).values())
        badge.text = str(count) if count else ""
        attributes(badge, aria_label=visit.shell_words("waiting", count=count))
        if known is not None and (newest > known[0] or count > known[1]):
            ui.run_javascript("yidan.chime()")
        known = newest, count

    visit.on_news(look)


def _foot(visit: Visit) -> None:
    """Show who is signed in, on a desk."""
    with region("div").classes("y-foot y-desk"):
        own_switches(visit)
