"""The end of a group: close, archive, erase, move; and a new one from a copy."""

from datetime import timedelta

from nicegui import ui

from assistant.accounts.permissions import Deed
from assistant.closing.reopening import NewDates
from assistant.closing.view import ClosingView
from assistant.web.console.parts import Text, link, region, sheet, way_out
from assistant.web.console.views.group import erased
from assistant.web.console.visit import Handler, Visit


async def show(visit: Visit) -> None:
    """Show how far the group is, and what can be done."""
    closing = await visit.server.yidan.closing.show(visit.group.id)
    with region("div").classes("y-grid"):
        if closing is None:
            await _open(visit)
        else:
            _closed(visit, closing)
        _copy(visit)
        if closing is None or not closing.moved_to:
            _move(visit)


async def _open(visit: Visit) -> None:
    w, group_id = visit.w, visit.group.id
    info = await visit.server.yidan.groups.show(group_id)
    days = info.settings.erase_after_days
    with region("section").classes("y-card y-stack"):
        Text("h2", w("close_title"))
        Text("p", w("close_will"))
        with region("ul"):
            Text("li", w("close_orders", orders=info.counts.orders) if info.counts.orders else w("close_no_orders"))
            Text("li", w("close_members", members=info.counts.members))
            Text("li", w("close_archive"))
            at = visit.server.yidan.clock.now() + timedelta(days=days)
            Text("li", w("close_erase", at=f"{at.astimezone(visit.zone):%Y-%m-%d}", days=days))

        async def close() -> None:
            await visit.server.yidan.closing.close(group_id, by=visit.person.actor)
            visit.server.announce(group_id)
            ui.navigate.reload()

        _typed(visit, w("close"), Deed.GROUP, close)


def _typed(visit: Visit, words: str, deed: Deed, handler: Handler) -> None:
    """Show a button for what cannot be undone: the group's id is typed first."""
    w, group_id = visit.w, visit.group.id
    with sheet(words) as dialog:
        Text("p", w("type_it", id=group_id))
        typed = ui.input(w("type_label")).props("outlined autocomplete=off")

        async def sure() -> None:
            if str(typed.value or "").strip() != group_id:
                visit.fail(w("typed_wrong", id=group_id))
                return
            dialog.close()
            done = handler()
            if done is not None:
                await done

        with way_out(dialog, w("cancel")):
            ui.button(words, on_click=visit.deed(deed, sure)).props("color=negative")
    ui.button(words, on_click=dialog.open).props("color=negative outline")


def _closed(visit: Visit, closing: ClosingView) -> None:
    w, zone, group_id = visit.w, visit.zone, visit.group.id

    async def erase() -> None:
        await visit.server.yidan.closing.erase(group_id, by=visit.person.actor)
        visit.server.announce(group_id)
        ui.navigate.reload()

    with region("section").classes("y-card y-stack"):
        Text("h2", w("is_closed"))
        with region("dl").classes("y-facts"):
            _fact(w("closed_at"), f"{closing.closed_at.astimezone(zone):%Y-%m-%d %H:%M}")
            reason = f"close_reason.{closing.reason}"
            _fact(w("closed_why"), w(reason) if w.has(reason) else closing.reason)
            if closing.moved_to:
                _fact(w("moved_to"), closing.moved_to)
            if closing.erased_at is not None:
                _fact(w("erased_at"), f"{closing.erased_at.astimezone(zone):%Y-%m-%d %H:%M}")
            else:
                _fact(w("erase_at"), f"{closing.erase_at.astimezone(zone):%Y-%m-%d}")
        if closing.erased_at is not None:
            _protocol(visit, closing)
            return
        if closing.archive is not None and visit.may(Deed.ERASE):
            link(w("archive"), f"/api/groups/{group_id}/archive", icon="archive").classes("y-button")
            Text("p", w("archive_hint")).classes("y-quiet")
        if visit.may(Deed.ERASE):
            Text("p", w("erase_hint")).classes("y-quiet")
            _typed(visit, w("erase"), Deed.ERASE, erase)


def _fact(name: str, value: str) -> None:
    Text("dt", name)
    Text("dd", value)


def _protocol(visit: Visit, closing: ClosingView) -> None:
    """Show what was erased, and what is left for the seller to look at."""
    w = visit.w
    Text("h3", w("protocol"))
    with region("dl").classes("y-facts"):
        for name, count in erased(closing.protocol):
            _fact(w(f"erased.{name}"), str(count))
    for name in ("left", "knowledge_to_check"):
        if found := closing.protocol.get(name):
            Text("p", w(f"erased.{name}", what=w("list_break").join(str(one) for one in found))).classes("y-note")


def _copy(visit: Visit) -> None:
    w = visit.w
    with region("section").classes("y-card y-stack"):
        Text("h2", w("copy_title"))
        Text("p", w("copy_hint")).classes("y-quiet")
        new_id = ui.input(w("new_id")).props("outlined autocomplete=off")
        new_id.props["hint"] = w("new_id_hint")
        name = ui.input(w("new_name"), value=visit.group.name).props("outlined")
        opens = ui.input(w("field.opens_at"), placeholder=w("moment_like")).props("outlined stack-label")
        closes = ui.input(w("field.closes_at"), placeholder=w("moment_like")).props("outlined stack-label")
        result = region("div").classes("y-stack")

        async def copy() -> None:
            dates = NewDates(str(opens.value or "") or None, str(closes.value or "") or None)
            done = await visit.server.yidan.closing.reopen(
                visit.group.id,
                str(new_id.value or "").strip(),
                name=str(name.value or ""),
                dates=dates,
                by=visit.person.actor,
            )
            result.clear()
            with result:
                Text("p", w("copied_group", entries=done.entries, products=done.products)).classes("y-note")
                if done.dated:
                    Text("p", w("dated", keys=", ".join(done.dated))).classes("y-quiet")
                link(w("to_new_group"), f"/console/group?group={done.group_id}", icon="arrow_forward")

        ui.button(w("copy_group"), on_click=visit.deed(Deed.GROUP, copy))


def _move(visit: Visit) -> None:
    w = visit.w
    with region("section").classes("y-card y-stack"):
        Text("h2", w("move_title"))
        Text("p", w("move_hint")).classes("y-quiet")
        spare = ui.input(w("spare_id")).props("outlined autocomplete=off")
        spare.props["hint"] = w("spare_hint")

        async def move() -> None:
            done = await visit.server.yidan.closing.move(
                visit.group.id, str(spare.value or "").strip(), by=visit.person.actor
            )
            visit.server.announce(visit.group.id)
            visit.server.announce(done.group_id)
            visit.note(w("moved_them", members=done.members, orders=done.orders))
            visit.go(f"/console/group?group={done.group_id}")

        _typed(visit, w("move"), Deed.GROUP, move)
