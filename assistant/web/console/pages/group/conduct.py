"""Order in the group: warnings with what was written, and taking one back."""

from typing import Any

from nicegui import ui

from assistant.accounts.permissions import Deed
from assistant.moderation.service import ConductDesk, StrikeView
from assistant.web.console.parts import Text, empty, region
from assistant.web.console.visit import Visit


async def show(visit: Visit) -> None:
    """Show the warnings, the newest first, kept fresh."""
    w, desk = visit.w, ConductDesk(visit.server.yidan.database, visit.server.yidan.clock)
    Text("p", w("conduct_hint", strikes=visit.settings.moderation.strikes)).classes("y-quiet")
    rows = region("section").classes("y-stack")
    seen: list[StrikeView] | None = None

    async def refresh() -> None:
        nonlocal seen
        strikes = await desk.list(visit.group.id)
        if strikes == seen:
            return
        seen = strikes
        rows.clear()
        with rows:
            if not strikes:
                empty("verified_user", w("no_strikes"), w("no_strikes_text"))
            for one in reversed(strikes):
                _strike(visit, desk, one, refresh)

    await refresh()
    visit.on_news(refresh)


def _strike(visit: Visit, desk: ConductDesk, one: StrikeView, refresh: Any) -> None:
    w, zone = visit.w, visit.zone

    async def lift() -> None:
        await desk.lift(visit.group.id, one.id, by=visit.person.actor)
        visit.server.announce(visit.group.id)
        visit.note(w("lifted_it", name=one.member))
        await refresh()

    with region("article").classes("y-card y-stack y-tight"):
        with region("div").classes("y-row y-between"):
            with region("p").classes("y-row"):
                Text("strong", one.member)
                Text("span", w(f"reason.{one.reason}") if w.has(f"reason.{one.reason}") else one.reason).classes(
                    "y-chip"
                )
                if one.removed:
                    Text("span", w("removed")).classes("y-chip y-bad")
            Text("time", f"{one.at.astimezone(zone):%Y-%m-%d %H:%M}").classes("y-quiet")
        Text("blockquote", one.text or w("a_picture")).classes("y-note y-pre y-evidence")
        if one.lifted_at is not None:
            Text("p", w("lifted", at=f"{one.lifted_at.astimezone(zone):%Y-%m-%d %H:%M}", by=one.lifted_by)).classes(
                "y-quiet"
            )
        elif visit.may(Deed.TALK):
            ui.button(w("lift"), on_click=visit.deed(Deed.TALK, lift)).props("outline dense")
