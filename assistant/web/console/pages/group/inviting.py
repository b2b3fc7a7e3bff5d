"""The QR poster, the invitations behind it, and the opening notice."""

from collections.abc import Callable

from nicegui import ui
from nicegui.events import GenericEventArguments

from assistant.accounts.permissions import Deed
from assistant.broadcasts.due import Kind
from assistant.delivery.announcer import NewAnnouncement
from assistant.delivery.invitations import InvitationView
from assistant.delivery.posters import join_address
from assistant.groups.notice import notice_draft
from assistant.web.console.parts import Text, attributes, copies_from, copy_button, link, region
from assistant.web.console.visit import Visit

_NOTICE: Kind = "text"


_ALIVE = ("current", "spare", "replaced")
"""The invitations that can still be used, in the order in which they are shown."""


async def show(visit: Visit) -> None:
    """Show poster, invitations and notice."""
    with region("div").classes("y-inviting"):
        await _poster(visit)
        with region("div").classes("y-stack"):
            await _invitations(visit)
            _notice(visit)


async def _poster(visit: Visit) -> None:
    w, group_id = visit.w, visit.group.id
    with region("section").classes("y-card y-stack"):
        Text("h2", w("poster"))
        if visit.group.closed(visit.server.yidan.clock.now()):
            Text("p", w("poster_closed")).classes("y-quiet")
            return
        current = await visit.server.yidan.invitations.current(group_id, by=visit.person.actor)
        # The address changes with the invitation, so that no old picture is shown.
        address = f"/api/groups/{group_id}/poster.png?i={current.id}"
        picture = region("img").classes("y-poster")
        attributes(picture, src=address, alt=w("poster_alt", name=visit.group.name))
        with region("div").classes("y-row"):
            save = link(w("download"), address, icon="download").classes("y-button")
            attributes(save, download=f"{group_id}.png")
            attributes(link(w("printable"), f"/api/groups/{group_id}/poster.html", icon="print"), target="_blank")
        Text("p", w("poster_hint")).classes("y-quiet")


async def _invitations(visit: Visit) -> None:
    w, invitations, group_id = visit.w, visit.server.yidan.invitations, visit.group.id
    alive = [one for one in await invitations.of_group(group_id) if one.state in _ALIVE]
    alive.sort(key=lambda one: _ALIVE.index(one.state))

    async def renew() -> None:
        await invitations.issue(group_id, by=visit.person.actor)
        ui.navigate.reload()

    async def spare() -> None:
        await invitations.issue(group_id, by=visit.person.actor, spare=True)
        ui.navigate.reload()

    with region("section").classes("y-card y-stack"):
        Text("h2", w("invitations"))
        Text("p", w("invitations_hint")).classes("y-quiet")
        for one in alive:
            _invitation(visit, one)
        if visit.may(Deed.GROUP):
            with region("div").classes("y-row"):
                ui.button(w("renew"), icon="refresh", on_click=visit.deed(Deed.GROUP, renew))
                ui.button(w("new_spare"), on_click=visit.deed(Deed.GROUP, spare)).props("outline")


def _invitation(visit: Visit, one: InvitationView) -> None:
    w, server = visit.w, visit.server

    async def revoke() -> None:
        await server.yidan.invitations.revoke(visit.group.id, one.id, by=visit.person.actor)
        ui.navigate.reload()

    request = visit.client.request
    base = server.yidan.settings.public_url or (str(request.base_url).removesuffix("console/") if request else "")
    address = one.link or join_address(base.removesuffix("/console"), one.code)
    with region("div").classes("y-stack y-tight y-invitation"):
        with region("div").classes("y-row y-between"):
            Text("span", w(f"invitation.{one.state}")).classes("y-chip y-good" if one.state == "current" else "y-chip")
            until = f"{one.expires_at.astimezone(visit.zone):%Y-%m-%d %H:%M}" if one.expires_at else ""
            Text("span", w("until", at=until) if until else w("not_begun")).classes("y-quiet")
        if one.state != "spare":
            Text("p", address).classes("y-code")
        with region("div").classes("y-row"):
            if one.state != "spare":
                copy_button(w("copy_link"), address, then=_copied(visit)).props("flat dense")
            if visit.may(Deed.GROUP):
                ui.button(w("revoke"), on_click=visit.deed(Deed.GROUP, revoke)).props("flat dense color=negative")


def _copied(visit: Visit) -> Callable[[GenericEventArguments], None]:
    return lambda event: visit.note(visit.w("copied" if event.args else "copy_failed"))


def _notice(visit: Visit) -> None:
    w, yidan = visit.w, visit.server.yidan
    with region("section").classes("y-card y-stack"):
        Text("h2", w("notice"))
        Text("p", w("notice_hint")).classes("y-quiet")
        text = ui.textarea(w("notice"), value=notice_draft(visit.settings, yidan.clock.now()))
        text.props("outlined autogrow").classes("y-wide")

        async def post() -> None:
            new = NewAnnouncement(kind=_NOTICE, text=str(text.value or ""), label=w("notice_label"))
            await yidan.announcer.add(visit.group.id, new, by=visit.person.actor)
            visit.server.announce(visit.group.id)
            visit.note(w("posted"))

        with region("div").classes("y-row"):
            copies_from(copy_button(w("copy"), "", then=_copied(visit)), text)
            if visit.may(Deed.ANNOUNCE):
                ui.button(w("post"), on_click=visit.deed(Deed.ANNOUNCE, post)).props("outline")
