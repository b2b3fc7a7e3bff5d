"""The wizard: from a price list to a working group in four steps."""

from collections.abc import Awaitable, Callable

from nicegui import ui

from assistant.accounts.permissions import Deed
from assistant.web.console.pages.start import opened, price_list, steps
from assistant.web.console.parts import Text, region
from assistant.web.console.registry import page
from assistant.web.console.views.start import Form, fresh_form
from assistant.web.console.visit import Visit

Step = Callable[["Wizard"], Awaitable[None]]


class Wizard:
    """One run of the wizard: what was filled in, and which step is shown."""

    def __init__(self, visit: Visit, form: Form, place: ui.element) -> None:
        self.visit = visit
        self.form = form
        self.group_id = ""
        self._place = place

    async def show(self, step: int) -> None:
        """Show a step, counted from 0."""
        w, shown = self.visit.w, (steps.deal, price_list.price_list, steps.terms, opened.opened)
        self._place.clear()
        with self._place:
            Text("p", w("step", number=step + 1, count=len(shown))).classes("y-quiet")
            with region("section").classes("y-card y-stack"):
                Text("h2", w(f"steps.{step + 1}"))
                await shown[step](self)
        if step:
            # By the client: the handler's own place on the page was cleared just now.
            self.visit.client.run_javascript("window.scrollTo(0, 0)")


@page("/start", words="start", icon="add_business", deed=Deed.GROUP, order=95, group=False, nav="none")
async def start(visit: Visit) -> None:
    """Open a group: the deal, the price list, the terms; then its QR code and a first question."""
    known = visit.person.seller or (visit.groups[-1].settings.get("seller", "") if visit.groups else "")
    form = fresh_form(visit.w, visit.server.yidan.clock.now().date(), seller=str(known))
    place = region("div").classes("y-stack y-narrow")
    await Wizard(visit, form, place).show(0)
