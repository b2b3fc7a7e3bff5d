"""The language model: is there one, what did its exam show, what may it do."""

from typing import TYPE_CHECKING, cast

from nicegui import ui

from assistant.accounts.permissions import Deed
from assistant.llm.roles import RANK, Role, Standing, endpoint_of, set_role, standing
from assistant.web.console.parts import Text, region
from assistant.web.console.views.settings import exam_facts
from assistant.web.console.visit import Visit

if TYPE_CHECKING:
    from assistant.llm.access import ModelAccess


async def model(visit: Visit) -> None:
    """Show the model with its role; lowering is free, raising is warned of and noted."""
    w, access = visit.w, visit.server.yidan.model
    with region("section", w("model.title")).classes("y-card y-stack"):
        Text("h2", w("model.title"))
        if access is None:
            Text("p", w("model.none"))
            Text("p", w("model.how")).classes("y-quiet")
            return
        async with visit.server.yidan.database.read() as session:
            now = await standing(session, access.settings)
        Text("p", w("model.is", name=access.settings.name, where=endpoint_of(access.settings)))
        Text("p", w(f"model.mode.{access.settings.mode}")).classes("y-quiet")
        _exam(visit, now)
        _role(visit, access, now)


def _exam(visit: Visit, now: Standing) -> None:
    w = visit.w
    if now.at is None:
        Text("p", w("model.unexamined")).classes("y-note")
        return
    earned = w(f"model.role.{now.earned}")
    Text("p", w("model.examined", day=f"{now.at:%Y-%m-%d}", earned=earned)).classes("y-note")
    with region("dl").classes("y-facts"):
        for name, value in exam_facts(now.report):
            Text("dt", w(f"model.fact.{name}"))
            Text("dd", w("model.yes" if value else "model.no") if isinstance(value, bool) else f"{value:.1f}")


def _role(visit: Visit, access: "ModelAccess", now: Standing) -> None:
    w = visit.w
    options = {role: w(f"model.role.{role}") for role in RANK}
    choice = ui.select(options, label=w("model.may"), value=now.role).props("outlined")
    warning = Text("p", w("model.above")).classes("y-note y-bad")

    def look() -> None:
        warning.set_visibility(RANK[cast(Role, choice.value)] > RANK[now.earned])

    choice.on_value_change(look)
    look()

    async def keep() -> None:
        yidan = visit.server.yidan
        async with yidan.database.write() as session:
            role = cast(Role, choice.value)
            raised = await set_role(session, access.settings, role, actor=visit.person.actor, now=yidan.clock.now())
        visit.note(w("model.raised" if raised else "saved"))

    button = ui.button(w("save"), on_click=visit.deed(Deed.MODEL, keep)).props("outline")
    button.set_enabled(now.at is not None)
