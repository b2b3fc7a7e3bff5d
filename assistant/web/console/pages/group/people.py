"""Who is in the group, who asks to come in, and who writes for the seller."""

from nicegui import ui

from assistant.accounts.permissions import Deed
from assistant.delivery.directory import MemberRow
from assistant.delivery.joining import RequestView
from assistant.moderation.members import MemberDesk
from assistant.web.console.parts import Text, attributes, empty, icon_button, region, sheet, way_out
from assistant.web.console.visit import Visit


async def show(visit: Visit) -> None:
    """Show requests to join, kept fresh, and the members."""
    waiting, members = region("section").classes("y-stack"), region("section").classes("y-stack")
    seen: object = None

    async def refresh() -> None:
        nonlocal seen
        requests = await visit.server.joining.requests(visit.group.id, "pending")
        rows = await visit.server.directory.members(visit.group.id)
        if (requests, rows) == seen:
            return
        seen = (requests, rows)
        waiting.clear()
        with waiting:
            _requests(visit, requests, refresh)
        members.clear()
        with members:
            _members(visit, rows, refresh)

    await refresh()
    visit.on_news(refresh)


def _requests(visit: Visit, requests: list[RequestView], refresh: object) -> None:
    w = visit.w
    Text("h2", w("requests", count=len(requests)))
    if not requests:
        Text("p", w("no_requests")).classes("y-quiet")
    for one in requests:
        with region("article").classes("y-card y-row y-between"):
            with region("div").classes("y-grow"):
                Text("strong", one.nickname)
                Text("p", w("came_from", source=one.source or "—")).classes("y-quiet")
                for flag in one.flags:
                    Text("span", w(f"flag.{flag}") if w.has(f"flag.{flag}") else flag).classes("y-chip y-warm")
            if visit.may(Deed.TALK):
                _decide(visit, one, refresh)


def _decide(visit: Visit, one: RequestView, refresh: object) -> None:
    w, joining, group_id = visit.w, visit.server.joining, visit.group.id

    async def approve() -> None:
        await joining.approve(group_id, one.id, by=visit.person.actor)
        visit.server.announce(group_id)
        visit.note(w("approved", name=one.nickname))
        await refresh()  # type: ignore[operator]

    with sheet(w("refuse_title", name=one.nickname)) as dialog:
        note = ui.input(w("refuse_note")).props("outlined maxlength=300")

        async def refuse() -> None:
            await joining.refuse(group_id, one.id, by=visit.person.actor, note=str(note.value or ""))
            dialog.close()
            visit.server.announce(group_id)
            await refresh()  # type: ignore[operator]

        with way_out(dialog, w("cancel")):
            ui.button(w("refuse"), on_click=visit.deed(Deed.TALK, refuse)).props("color=negative")
    with region("div").classes("y-row"):
        ui.button(w("approve"), on_click=visit.deed(Deed.TALK, approve))
        ui.button(w("refuse"), on_click=dialog.open).props("outline")


def _members(visit: Visit, rows: list[MemberRow], refresh: object) -> None:
    w, zone = visit.w, visit.zone
    inside = [row for row in rows if row.removed_at is None]
    limit = visit.settings.member_limit
    Text("h2", w("members", count=sum(row.role == "member" for row in inside)))
    if limit:
        Text("p", w("limit", limit=limit)).classes("y-quiet")
    if not rows:
        empty("group", w("no_members"), w("no_members_text"))
        return
    with region("ul").classes("y-list y-card y-members"):
        for row in sorted(rows, key=lambda one: (one.removed_at is not None, one.role == "member", one.id)):
            with region("li").classes("y-row y-member"):
                with region("div").classes("y-grow"):
                    Text("strong", row.nickname)
                    if row.role != "member":
                        Text("span", w(f"role_of.{row.role}")).classes("y-chip y-good")
                    if row.removed_at is not None:
                        Text("span", w("removed")).classes("y-chip y-bad")
                    joined = f"{row.joined_at.astimezone(zone):%Y-%m-%d %H:%M}"
                    told = w("joined_from", at=joined, source=row.source) if row.source else w("joined", at=joined)
                    Text("p", told).classes("y-quiet")
                if row.role != "seller" and visit.may(Deed.GROUP):
                    _menu(visit, row, refresh)


def _menu(visit: Visit, row: MemberRow, refresh: object) -> None:
    w, group_id, by = visit.w, visit.group.id, visit.person.actor
    desk = MemberDesk(visit.server.yidan.database, visit.server.yidan.clock)

    async def done(words: str) -> None:
        dialog.close()
        visit.server.announce(group_id)
        visit.note(w(words, name=row.nickname))
        await refresh()  # type: ignore[operator]

    async def change_role() -> None:
        await desk.set_role(group_id, row.id, "member" if row.role == "helper" else "helper", by=by)
        await done("role_changed")

    async def remove() -> None:
        await desk.remove(group_id, row.id, by=by)
        await done("was_removed")

    async def readmit() -> None:
        await desk.readmit(group_id, row.id, by=by)
        await done("was_readmitted")

    dialog: ui.dialog

    def choose() -> None:
        """Made when it is asked for: a big group has a menu a member."""
        nonlocal dialog
        with sheet(row.nickname) as dialog:
            dialog.on_value_change(lambda event: None if event.value else event.sender.delete())
            if row.removed_at is not None:
                ui.button(w("readmit"), on_click=visit.deed(Deed.GROUP, readmit))
            else:
                words = "make_member" if row.role == "helper" else "make_helper"
                Text("p", w("helper_means")).classes("y-quiet")
                ui.button(w(words), on_click=visit.deed(Deed.GROUP, change_role)).props("outline")
                Text("p", w("remove_means")).classes("y-quiet")
                ui.button(w("remove"), on_click=visit.deed(Deed.GROUP, remove)).props("color=negative outline")
            way_out(dialog, w("cancel"))
        dialog.open()

    button = icon_button("more_vert", w("what_with", name=row.nickname), on_click=visit.deed(Deed.GROUP, choose))
    attributes(button, aria_haspopup="dialog")
