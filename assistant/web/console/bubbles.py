"""A talk as bubbles: who said what, what the assistant did about it, and why. Everything is shown as text."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, tzinfo

from nicegui import ui
from nicegui.element import Element

from assistant.delivery.dossier import titled
from assistant.delivery.talk import TalkLine
from assistant.groups.toml import settings_from_json
from assistant.web.console.parts import Text, attributes, region
from assistant.web.console.views.inbox import clock
from assistant.web.console.views.why import Titles, because, why
from assistant.web.console.visit import Visit
from assistant.web.console.words import Words


@dataclass(frozen=True, slots=True)
class Teller:
    """What it takes to tell a talk: the words of ``why``, names of the sides, the time and zone, titles of sources."""

    w: Words
    assistant: str
    seller: str
    private: str
    picture: str
    now: datetime
    zone: tzinfo
    titles: Titles
    image: Callable[[int], str]
    """The address of a message's picture."""


def bubble(line: TalkLine, teller: Teller, *, marked: bool = False) -> Element:
    """Show one line; put what can be done with it into what is returned."""
    item, own = line.item, line.item.kind == "reply"
    side = "y-told" if own or item.role != "member" else "y-said"
    by_seller = " y-by-seller" if item.role in ("seller", "helper") else ""
    with region("article").classes(f"y-bubble {side}{by_seller}" + (" y-marked" if marked else "")) as made:
        with region("p").classes("y-quiet y-bubble-head"):
            Text("strong", _name(line, teller))
            Text("time", clock(item.at, teller.now, teller.zone))
            if item.addressees and own:
                Text("span", "→ " + teller.w("list_break").join(item.addressees))
            if item.private:
                Text("span", teller.private).classes("y-chip")
        if item.has_image and line.message_id is not None:
            picture = Element("img").classes("y-picture")
            attributes(picture, src=teller.image(line.message_id), alt=teller.picture, loading="lazy")
        Text("p", item.text or ("" if item.has_image else "…")).classes("y-pre")
    return made


def reasons(line: TalkLine, teller: Teller) -> Element | None:
    """Show why the assistant did what it did with a member's message, folded up; None where it did nothing."""
    deed = line.deed
    if deed is None:
        return None
    with region("details").classes("y-why") as made:
        with Element("summary"):
            ui.icon("volume_off" if deed.action == "silent" else "help_outline")
            Text("span", why(deed.action, deed.reason, teller.w))
        for told in because(deed.sources, teller.titles, teller.w):
            Text("p", told).classes("y-quiet")
        if deed.model:
            Text("p", teller.w("by_model", name=deed.model)).classes("y-quiet")
    return made


def _name(line: TalkLine, teller: Teller) -> str:
    if line.item.kind == "message":
        return line.item.author
    return teller.assistant if line.item.author == "assistant" else teller.seller


async def teller_of(visit: Visit, group_id: str) -> Teller:
    """Return what it takes to tell the talk of one of the seller's groups."""
    w, server = visit.w, visit.server
    group = next(group for group in visit.groups if group.id == group_id)
    settings = settings_from_json(group.settings)
    async with server.yidan.database.read() as session:
        view = await server.yidan.library.view(session, group_id)
    return Teller(
        w=w.of("why"),
        assistant=settings.assistant_name or w("assistant"),
        seller=w("me"),
        private=w("talk_private"),
        picture=w("picture"),
        now=server.yidan.clock.now(),
        zone=settings.zone,
        titles=lambda source: titled(source, view)[0],
        image=lambda message_id: f"/api/groups/{group_id}/messages/{message_id}/image",
    )
