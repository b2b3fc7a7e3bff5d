"""The wizard's questions about the deal and its terms."""

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING
from zoneinfo import available_timezones

from nicegui import ui
from nicegui.client import Client

from assistant.accounts.permissions import Deed
from assistant.errors import UsageError
from assistant.groups.starter import new_group
from assistant.web.console.parts import Text, region
from assistant.web.console.views.start import CURRENCIES, deal_of, end_of

if TYPE_CHECKING:
    from assistant.web.console.pages.start import Wizard


async def deal(wizard: "Wizard") -> None:
    """Ask for the shop, the deal's name and its end."""
    visit, form, w = wizard.visit, wizard.form, wizard.visit.w
    seller = ui.input(w("deal.seller"), placeholder=w("deal.seller_example")).bind_value(form, "seller")
    seller.props("outlined").set_enabled(not visit.person.seller)
    ui.input(w("deal.name"), placeholder=w("deal.name_example")).bind_value(form, "name").props("outlined")
    with region("div").classes("y-filters"):
        ui.input(w("deal.end_day")).bind_value(form, "end_day").props("outlined type=date stack-label")
        ui.input(w("deal.end_time")).bind_value(form, "end_time").props("outlined type=time stack-label")
    Text("p", w("deal.end_hint")).classes("y-quiet")
    with region("div").classes("y-filters"):
        languages = {"zh-CN": "中文", "en": "English"}
        ui.select(languages, label=w("deal.language")).bind_value(form, "language").props("outlined")
        ui.select(list(CURRENCIES), label=w("deal.currency")).bind_value(form, "currency").props("outlined")

    async def go_on() -> None:
        if not form.seller.strip() or not form.name.strip():
            raise UsageError("a group needs a name and a shop's name")
        end = end_of(form)
        if end is not None and end <= visit.server.yidan.clock.now():
            raise UsageError("the end lies in the past; choose a later one")
        await wizard.show(1)

    _buttons(wizard, 0, visit.deed(Deed.GROUP, go_on))
    zone = await _browsers_zone(visit.client)
    form.timezone = zone or form.timezone


async def terms(wizard: "Wizard") -> None:
    """Ask for ways to pay, delivery, refunds and rules."""
    visit, form, w = wizard.visit, wizard.form, wizard.visit.w
    Text("h3", w("pay.title"))
    with region("div").classes("y-row"):
        for method in w("pay.methods").split("|"):
            _method(wizard, method)
    ui.input(w("pay.other"), placeholder=w("pay.other_example")).bind_value(form, "other_method").props("outlined")
    Text("h3", w("delivery.title"))
    ui.input(w("delivery.label"), placeholder=w("delivery.example")).bind_value(form, "delivery").props("outlined")
    Text("h3", w("refund.title"))
    with region("div").classes("y-filters"):
        days = ui.input(w("refund.days"), placeholder="7").bind_value(form, "refund_days")
        days.props("outlined inputmode=numeric")
        condition = ui.input(w("refund.condition"), placeholder=w("refund.example"))
        condition.bind_value(form, "refund_condition").props("outlined")
    Text("p", w("refund.hint")).classes("y-quiet")
    Text("h3", w("rules.title"))
    for at in range(3):
        _rule(wizard, at)

    async def finish() -> None:
        await _open(wizard)
        await wizard.show(3)

    _buttons(wizard, 2, visit.deed(Deed.GROUP, finish))


def _method(wizard: "Wizard", method: str) -> None:
    form = wizard.form

    def switch(event: object) -> None:
        on = bool(getattr(event, "value", False))
        form.methods = [one for one in form.methods if one != method] + ([method] if on else [])

    ui.checkbox(method, value=method in form.methods, on_change=switch)


def _rule(wizard: "Wizard", at: int) -> None:
    form = wizard.form
    form.rules += [""] * (at + 1 - len(form.rules))

    def keep(event: object) -> None:
        form.rules[at] = str(getattr(event, "value", "") or "")

    label = wizard.visit.w("rules.label", number=at + 1)
    ui.input(label, value=form.rules[at], on_change=keep).props("outlined maxlength=200")


async def _open(wizard: "Wizard") -> None:
    """Make the group, with its first invitation."""
    visit, yidan = wizard.visit, wizard.visit.server.yidan
    if visit.person.seller:
        wizard.form.seller = visit.person.seller
    taken = {group.id for group in await visit.server.directory.groups()}
    folder = new_group(deal_of(wizard.form), wizard.form.products, taken=taken, now=yidan.clock.now())
    await yidan.groups.load(folder, by=visit.person.actor, fresh=True)
    wizard.group_id = folder.settings.id
    await yidan.invitations.current(wizard.group_id, by=visit.person.actor)
    await visit.server.sessions.choose_group(visit.person.session_id, wizard.group_id)


def _buttons(wizard: "Wizard", step: int, go_on: Callable[..., Awaitable[None]]) -> None:
    w = wizard.visit.w

    async def back() -> None:
        await wizard.show(step - 1)

    with region("div").classes("y-row y-between"):
        if step:
            ui.button(w("back"), on_click=back).props("flat")
        ui.button(w("finish") if step == 2 else w("next"), on_click=go_on).classes("y-push")


async def _browsers_zone(client: Client) -> str:
    """Return the time zone of the one who looks, once their browser is connected."""
    await client.connected()
    zone = await client.run_javascript("Intl.DateTimeFormat().resolvedOptions().timeZone", timeout=5)
    return str(zone) if zone in available_timezones() else ""
