"""The wizard's end: the QR code and the link, and a first question to the assistant."""

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from nicegui import ui

from assistant.accounts.permissions import Deed
from assistant.delivery.posters import join_address
from assistant.publishing.trying import try_question
from assistant.web.console.parts import Text, attributes, copy_button, link, region

if TYPE_CHECKING:
    from assistant.web.console.pages.start import Wizard


async def opened(wizard: "Wizard") -> None:
    """Show how members come in, and let the seller ask something as a member would."""
    visit, w, group_id = wizard.visit, wizard.visit.w, wizard.group_id
    yidan = visit.server.yidan
    invitation = await yidan.invitations.current(group_id, by=visit.person.actor)
    base = yidan.settings.public_url or str(visit.client.request.base_url).removesuffix("/console/")
    address = join_address(base, invitation.code)
    Text("p", w("opened.done", count=len(wizard.form.products)))
    with region("div").classes("y-poster"):
        poster = region("img")
        attributes(poster, src=f"/api/groups/{group_id}/poster.png", alt=w("opened.poster", name=wizard.form.name))
    with region("div").classes("y-row"):
        link(w("opened.download"), f"/api/groups/{group_id}/poster.png", icon="download").props("download")
        copy_button(w("opened.copy"), address).props("outline")
    Text("p", address).classes("y-code")
    if urlsplit(base).hostname in ("localhost", "127.0.0.1", "::1"):
        Text("p", w("opened.local")).classes("y-note")
    Text("h3", w("opened.try"))
    _try(wizard)
    with region("div").classes("y-row y-between"):
        link(w("opened.room"), f"/join/{invitation.code}", icon="forum")
        link(w("opened.console"), f"/console/?group={group_id}").classes("y-button")


def _try(wizard: "Wizard") -> None:
    visit, w = wizard.visit, wizard.visit.w

    async def ask() -> None:
        text = str(question.value or "").strip()
        if not text:
            return
        said.text = w("opened.thinking")
        came = await try_question(visit.server.yidan, wizard.group_id, text, published=True, to_assistant=True)
        said.text = came.outcome.text or w("opened.silent")

    first = wizard.form.products[0].name
    question = ui.input(w("opened.question"), value=w("opened.example", product=first)).props("outlined")
    run = visit.deed(Deed.GROUP, ask)
    question.on("keydown.enter", run)
    ui.button(w("opened.ask"), icon="send", on_click=run).props("outline")
    said = Text("p").classes("y-answer y-pre")
    attributes(said, role="status")
