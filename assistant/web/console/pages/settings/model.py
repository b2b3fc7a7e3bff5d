"""The language model: is there one, its exam and what that showed, what it may do."""

from typing import TYPE_CHECKING, cast

from nicegui import ui
from nicegui.element import Element

from assistant.accounts.permissions import Deed
from assistant.llm.roles import RANK, Role, Standing, endpoint_of, set_role, standing
from assistant.runs.exam import ExamState
from assistant.web.console.parts import Text, attributes, region, sheet
from assistant.web.console.told import told_line
from assistant.web.console.views.settings import exam_facts, exam_share
from assistant.web.console.visit import Visit

if TYPE_CHECKING:
    from assistant.llm.access import ModelAccess

_LOOK_SECONDS = 1.0


async def model(visit: Visit) -> None:
    """Show the model with its exam and role; lowering is free, raising asks first and is noted."""
    w, access = visit.w, visit.server.yidan.model
    with region("section", w("model.title")).classes("y-card y-stack"):
        Text("h2", w("model.title"))
        if access is None:
            Text("p", w("model.none"))
            Text("p", w("model.how")).classes("y-quiet")
            return
        Text("p", w("model.is", name=access.settings.name, where=endpoint_of(access.settings)))
        Text("p", w(f"model.mode.{access.settings.mode}")).classes("y-quiet")
        await _Card(visit, access).draw()


class _Card:
    """What changes while somebody looks: how far the exam is, and what came of it."""

    def __init__(self, visit: Visit, access: "ModelAccess") -> None:
        self._visit, self._access, self._desk = visit, access, visit.server.exam
        self._box = Element("div").classes("y-stack")
        self._shown: ExamState | None = None
        self._timer = ui.timer(_LOOK_SECONDS, self._look, active=False)

    async def draw(self) -> None:
        """Show the exam as it is now."""
        state = self._shown = self._desk.state
        async with self._visit.server.yidan.database.read() as session:
            now = await standing(session, self._access.settings)
        self._box.clear()
        with self._box:
            if state.running:
                self._progress(state)
            else:
                self._result(state, now)
        self._timer.active = state.running

    async def _look(self) -> None:
        if self._desk.state != self._shown:
            await self.draw()

    def _progress(self, state: ExamState) -> None:
        w = self._visit.w
        going = w(f"model.stage.{state.stage}", number=state.number, of=state.of)
        attributes(Text("p", w("model.running", stage=going)), role="status")
        with region("div").classes("k-bar") as bar:
            attributes(bar, aria_hidden="true")
            region("div").style(f"width: {exam_share(state.stage, state.number, state.of):.0%}")
        Text("p", w("model.leave")).classes("y-quiet")

    def _result(self, state: ExamState, now: Standing) -> None:
        visit, w = self._visit, self._visit.w

        async def begin() -> None:
            self._desk.start(by=visit.person.actor)
            await self.draw()

        if state.error:
            Text("p", w("model.failed", why=told_line(state.error, w.language))).classes("y-note y-bad")
        if now.at is None:
            Text("p", w("model.unexamined")).classes("y-note")
        else:
            self._earned(now)
        Text("p", w("model.exam_hint")).classes("y-quiet")
        words = w("model.examine" if now.at is None else "model.again")
        examine = ui.button(words, icon="school", on_click=visit.deed(Deed.MODEL, begin))
        examine.props("" if now.at is None else "outline")
        if now.at is not None:
            _role(visit, self._access, now)

    def _earned(self, now: Standing) -> None:
        w = self._visit.w
        earned = w(f"model.role.{now.earned}")
        with region("div").classes("y-note y-stack y-tight"):
            Text("p", w("model.examined", day=f"{now.at:%Y-%m-%d}", earned=earned))
            with region("ul"):
                for reason in now.report.get("reasons", ()):
                    Text("li", told_line(str(reason), w.language))
        with region("dl").classes("y-facts"):
            for name, value in exam_facts(now.report):
                Text("dt", w(f"model.fact.{name}"))
                Text("dd", w("model.yes" if value else "model.no") if isinstance(value, bool) else f"{value:.1f}")


def _role(visit: Visit, access: "ModelAccess", now: Standing) -> None:
    w = visit.w
    if access.settings.role:
        Text("p", w("model.fixed", role=w(f"model.role.{access.settings.role}"))).classes("y-note")
        return
    options = {role: w(f"model.role.{role}") for role in RANK}
    choice = ui.select(options, label=w("model.may"), value=now.role).props("outlined")

    async def keep() -> None:
        dialog.close()
        yidan = visit.server.yidan
        async with yidan.database.write() as session:
            role = cast(Role, choice.value)
            raised = await set_role(session, access.settings, role, actor=visit.person.actor, now=yidan.clock.now())
        visit.note(w("model.raised" if raised else "saved"))

    async def save() -> None:
        if RANK[cast(Role, choice.value)] > RANK[now.earned]:
            dialog.open()
        else:
            await keep()

    with sheet(w("model.raise_title")) as dialog:
        Text("p", w("model.above"))
        with region("div").classes("y-row"):
            ui.button(w("model.raise"), on_click=visit.deed(Deed.MODEL, keep)).props("color=negative")
            ui.button(w("cancel"), on_click=dialog.close).props("flat")
    ui.button(w("save"), on_click=visit.deed(Deed.MODEL, save)).props("outline")
