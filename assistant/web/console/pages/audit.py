"""Audit: who did what, and when; the newest first."""

from dataclasses import replace
from datetime import UTC

from nicegui import ui

from assistant.accounts.permissions import Deed
from assistant.desk.audit import PAGE, AuditLog, Wanted
from assistant.groups.toml import settings_from_json
from assistant.web.console.parts import Text, empty, region
from assistant.web.console.shell import page
from assistant.web.console.views.audit import THEMES, DeedRow, deed_row
from assistant.web.console.visit import Visit


@page("/audit", words="audit", icon="history", deed=Deed.AUDIT, order=90, group=False)
async def audit(visit: Visit) -> None:
    """Show who did what, with filters for the group, the person and the theme."""
    w, log, seller_id = visit.w, AuditLog(visit.server.yidan.database), visit.person.seller_id
    names = {group.id: group.name for group in visit.groups}
    zone = settings_from_json(visit.groups[0].settings).zone if visit.groups else UTC
    wanted = Wanted()

    async def more() -> None:
        nonlocal wanted
        noted = await log.read(seller_id, wanted)
        if noted:
            wanted = replace(wanted, before=noted[-1].id)
        with rows:
            for one in noted:
                _deed(deed_row(one, w, names), f"{one.at.astimezone(zone):%Y-%m-%d %H:%M}", w("details"))
            if not noted and not rows.default_slot.children:
                empty("history", w("empty"), w("empty_text"))
        older.set_visibility(len(noted) == PAGE)

    async def filtered() -> None:
        nonlocal wanted
        wanted = Wanted(str(group.value or ""), str(who.value or ""), THEMES.get(str(theme.value), ()))
        rows.clear()
        await more()

    change = visit.deed(Deed.AUDIT, filtered, once=False)
    with region("div").classes("y-filters"):
        theme = _choice(w("theme"), {"all": w("themes.all")} | {name: w(f"themes.{name}") for name in THEMES}, "all")
        group = _choice(w("group"), {"": w("all_groups")} | names, "")
        actors = await log.actors(seller_id)
        shown = {one: w(f"actor.{one}") if w.has(f"actor.{one}") else one for one in actors}
        who = _choice(w("who"), {"": w("everybody")} | shown, "")
    for choice in (theme, group, who):
        choice.on_value_change(change)
    rows = region("div").classes("y-stack y-tight")
    older = ui.button(w("older"), on_click=visit.deed(Deed.AUDIT, more)).props("outline")
    await more()


def _choice(label: str, options: dict[str, str], value: str) -> ui.select:
    return ui.select(options, label=label, value=value).props("outlined dense options-dense")


def _deed(row: DeedRow, at: str, details: str) -> None:
    with region("article").classes("y-card y-deed"):
        with region("div").classes("y-row y-between"):
            with region("p"):
                Text("strong", row.who)
                Text("span", f" {row.did}")
            Text("time", at).classes("y-quiet")
        if row.to:
            Text("p", row.to).classes("y-quiet y-pre")
        if row.details:
            with region("details"):
                Text("summary", details).classes("y-quiet")
                with region("dl").classes("y-facts"):
                    for name, value in row.details:
                        Text("dt", name)
                        Text("dd", value)
