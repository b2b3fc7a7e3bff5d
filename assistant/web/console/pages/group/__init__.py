"""Group: its settings, people, invitation, announcements, order, voices and end; one part at a time."""

from collections.abc import Awaitable, Callable

from nicegui.element import Element

from assistant.accounts.permissions import Deed
from assistant.web.console.pages.group import conduct, ending, inviting, news, people, setup, voices
from assistant.web.console.parts import Text, attributes, region
from assistant.web.console.shell import page
from assistant.web.console.visit import Visit

_PARTS: dict[str, tuple[Deed, Callable[[Visit], Awaitable[None]]]] = {
    "setup": (Deed.READ, setup.show),
    "people": (Deed.MEMBERS, people.show),
    "inviting": (Deed.READ, inviting.show),
    "news": (Deed.READ, news.show),
    "conduct": (Deed.MEMBERS, conduct.show),
    "voices": (Deed.READ, voices.show),
    "ending": (Deed.GROUP, ending.show),
}


@page("/group", words="group", icon="storefront", deed=Deed.READ, order=50)
async def group(visit: Visit) -> None:
    """Show one part of the group's matters."""
    parts = [name for name, (deed, _) in _PARTS.items() if visit.may(deed)]
    request = visit.client.request
    wanted = request.query_params.get("part", "") if request else ""
    current = wanted if wanted in parts else parts[0]
    with region("nav", visit.w("parts_label")).classes("y-parts"):
        for name in parts:
            with Element("a").classes("y-part") as anchor:
                attributes(anchor, href=visit.link("/group", part=name))
                if name == current:
                    attributes(anchor, aria_current="page")
                Text("span", visit.w(f"parts.{name}"))
    await _PARTS[current][1](visit)
