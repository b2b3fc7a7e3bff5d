"""Payments: bills of WeChat and Alipay beside the orders, proofs that belong to no order, ways to pay."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from nicegui import ui
from nicegui.element import Element

from assistant.accounts.permissions import Deed
from assistant.delivery.bills import BillDesk, Standing
from assistant.delivery.claims import ClaimDesk, ClaimView
from assistant.delivery.methods import Method, MethodDesk
from assistant.errors import Conflict
from assistant.orders.book import BookOrder
from assistant.payments.bills import MOST_BYTES
from assistant.web.console.pages.orders.asking import buttons, field, sheet
from assistant.web.console.pages.orders.proofs import picture, reading
from assistant.web.console.parts import Text, attributes, pick_button, region
from assistant.web.console.redrawn import Redrawn
from assistant.web.console.shell import page
from assistant.web.console.told import told
from assistant.web.console.views.bills import Row, Setting, lines_left, matched, orders_left
from assistant.web.console.views.shown import moment, money
from assistant.web.console.visit import Visit
from assistant.web.console.words import Words

Changed = Callable[[], Awaitable[None]]


@page("/payments", words="payments", icon="account_balance_wallet", deed=Deed.MONEY, order=32)
async def payments(visit: Visit) -> None:
    """Show the chosen group's proofs without an order, its bills and its ways to pay."""
    desks = _Desks(visit)
    strays = Redrawn[tuple[list[ClaimView], list[BookOrder]]](lambda shown: _strays(visit, *shown, desks, look))
    _import(visit, desks, lambda: look())
    standing = Redrawn[Standing](lambda shown: _standing(visit, shown, desks, look))
    ways = Redrawn[tuple[Method, ...]](lambda shown: _ways(visit, shown, desks, look))

    async def look() -> None:
        group_id = visit.group.id
        claims = await desks.claims.list(group_id, "claimed", language=visit.w.language)
        owing = [order for order in await visit.server.orders.book(group_id) if "confirm" in order.choices]
        strays.show(([claim for claim in claims if claim.order is None], owing))
        standing.show(await desks.bills.standing(group_id))
        ways.show(await desks.methods.show(group_id))

    await look()
    visit.on_news(look)


class _Desks:
    """What the page works with."""

    def __init__(self, visit: Visit) -> None:
        server = visit.server
        parts = server.yidan.database, server.yidan.clock
        self.claims = ClaimDesk(*parts, server.orders)
        self.bills = BillDesk(*parts, server.orders)
        self.methods = MethodDesk(*parts)


def _strays(
    visit: Visit, claims: Sequence[ClaimView], owing: Sequence[BookOrder], desks: _Desks, look: Changed
) -> None:
    w = visit.w
    if not claims:
        return
    with region("section", w("strays")).classes("y-stack"):
        Text("h2", w("strays"))
        Text("p", w("strays_text")).classes("y-quiet")
        for claim in claims:
            with Element("div").classes("y-card y-proof"):
                if claim.image is not None:
                    picture(visit, claim)
                with Element("div").classes("y-stack y-tight y-grow"):
                    Text("h3", claim.member)
                    at = moment(claim.at, visit.server.yidan.clock.now(), visit.zone, w)
                    Text("p", w.of("orders")("claimed_at", at=at)).classes("y-quiet")
                    if claim.text:
                        Text("p", w.of("orders")("in_words", text=claim.text))
                    reading(visit, claim)
                    _stray_answers(visit, claim, owing, desks, look)


def _stray_answers(visit: Visit, claim: ClaimView, owing: Sequence[BookOrder], desks: _Desks, look: Changed) -> None:
    w = visit.w
    theirs_first = sorted(owing, key=lambda order: (order.member_id != claim.member_id, order.number))
    names = {
        order.number: f"{w('order_of', number=order.number, member=order.member)} {money(order.due, order.currency)}"
        for order in theirs_first
    }

    def ask_order() -> None:
        with sheet(w("attach")) as dialog:
            Text("p", w("attach_text"))
            chosen = ui.select(names, value=next(iter(names)), label=w("which_order")).props("outlined")
            chosen.classes("y-wide")

            async def go() -> None:
                await desks.claims.attach(visit.group.id, claim.id, chosen.value, by=visit.person.actor)
                visit.server.yidan.proofs.nudge()
                visit.server.announce(visit.group.id)
                dialog.close()
                visit.go(visit.link("/orders", order=str(chosen.value)))

            buttons(visit, dialog, w("attach"), visit.deed(Deed.MONEY, go))

    def ask_reject() -> None:
        with sheet(w("set_aside")) as dialog:
            Text("p", w("set_aside_text"))
            note = field(w.of("orders")("note_to_member"))

            async def go() -> None:
                said = (note.value or "").strip()
                (answer,) = await desks.claims.reject(visit.group.id, [claim.id], by=visit.person.actor, note=said)
                if answer.error:
                    raise Conflict(answer.error)
                visit.server.announce(visit.group.id)
                dialog.close()
                await look()

            buttons(visit, dialog, w("set_aside"), visit.deed(Deed.MONEY, go), harmful=True)

    with Element("div").classes("y-row"):
        if names:
            ui.button(w("attach"), on_click=visit.deed(Deed.MONEY, ask_order))
        ui.button(w("set_aside"), on_click=visit.deed(Deed.MONEY, ask_reject), color="negative").props("outline")


def _import(visit: Visit, desks: _Desks, look: Changed) -> None:
    w = visit.w

    async def take(event: Any) -> None:
        data = await event.file.read()
        found = await desks.bills.take_in(visit.group.id, data, event.file.name, by=visit.person.actor)
        upload.reset()
        await look()
        app = w.of("orders")(f"app.{found.bill.app}")
        visit.note(w("taken_in", app=app, lines=len(found.bill.lines), new=found.new))

    with region("section", w("bills")).classes("y-card y-stack"):
        Text("h2", w("bills"))
        Text("p", w("bills_text")).classes("y-quiet")
        with Element("details").classes("y-fold"):
            Text("summary", w("bills_how"))
            Text("p", w("bills_how_text")).classes("y-pre y-quiet")
        upload = ui.upload(
            auto_upload=True,
            max_file_size=MOST_BYTES,
            on_upload=visit.deed(Deed.MONEY, take),
            on_rejected=lambda: visit.fail(w("too_large", megabytes=MOST_BYTES // 2**20)),
        ).props("accept=.csv,.xlsx")
        pick_button(w("choose_bill"), upload)


def _standing(visit: Visit, standing: Standing, desks: _Desks, look: Changed) -> None:
    w, found = visit.w, standing.reconciled
    if not (found.matches or found.lines_left or found.counted):
        return
    setting = Setting(visit.server.yidan.clock.now(), visit.zone, visit.settings.payment.currency)
    with region("section", w("result")).classes("y-stack"):
        _matches(visit, standing, matched(found.matches, setting, w), desks, look)
        _rest(visit, w("lines_left", count=len(found.lines_left)), lines_left(found.lines_left, setting, w))
        _rest(visit, w("orders_left", count=len(found.orders_left)), orders_left(found.orders_left, setting, w))
        Text("p", w("counted", count=len(found.counted))).classes("y-quiet")


def _matches(visit: Visit, standing: Standing, rows: Sequence[Row], desks: _Desks, look: Changed) -> None:
    w, matches = visit.w, standing.reconciled.matches
    with Element("div").classes("y-card y-stack"):
        Text("h2", w("matched", count=len(rows)))
        if not rows:
            Text("p", w("none_matched")).classes("y-quiet")
            return
        _list(visit, rows)
        total = money(
            sum((m.line.amount for m in matches), start=matches[0].line.amount * 0), visit.settings.payment.currency
        )

        async def confirm() -> None:
            numbers = [match.order.number for match in matches]
            done = await desks.bills.confirm(visit.group.id, by=visit.person.actor, orders=numbers)
            visit.server.announce(visit.group.id)
            await look()
            failed = [one for one in done if one.error]
            for one in failed:
                visit.fail(f"{w('order_number', number=one.number)}: {told(Conflict(one.error), w.language)}")
            if len(done) > len(failed):
                visit.note(w("confirmed", count=len(done) - len(failed)))

        ui.button(w("confirm_all", count=len(rows), total=total), on_click=visit.deed(Deed.MONEY, confirm))


def _rest(visit: Visit, title: str, rows: Sequence[Row]) -> None:
    if rows:
        with Element("details").classes("y-card y-fold"):
            Text("summary", title)
            _list(visit, rows)


def _list(visit: Visit, rows: Sequence[Row]) -> None:
    with Element("ul").classes("y-plain-list"):
        for row in rows:
            with Element("li"):
                with Element("div").classes("y-row y-between"):
                    if row.number is None:
                        Text("span", row.title)
                    else:
                        anchor = Text("a", row.title)
                        attributes(anchor, href=visit.link("/orders", order=str(row.number)))
                    Text("strong", row.amount)
                Text("p", row.detail).classes("y-quiet")


def _ways(visit: Visit, methods: Sequence[Method], desks: _Desks, look: Changed) -> None:
    w = visit.w
    with region("section", w("ways")).classes("y-card y-stack"):
        Text("h2", w("ways"))
        Text("p", w("ways_text") if methods else w("no_ways")).classes("y-quiet")
        for method in methods:
            with Element("div").classes("y-row y-between"):
                with Element("div").classes("y-row"):
                    Text("span", method.name)
                    if not method.usable:
                        Text("span", w("off")).classes("y-chip y-warm")
                if not visit.may(Deed.GROUP):
                    continue
                switch = ui.button(
                    w("switch_off") if method.usable else w("switch_on"),
                    on_click=visit.deed(Deed.GROUP, _asking_to_switch(visit, method, desks, look)),
                )
                switch.props("outline")
                attributes(switch, aria_label=f"{method.name}: {w('switch_off') if method.usable else w('switch_on')}")


def _asking_to_switch(visit: Visit, method: Method, desks: _Desks, look: Changed) -> Callable[[], None]:
    w: Words = visit.w

    def ask() -> None:
        title = w("off_title" if method.usable else "on_title", method=method.name)
        with sheet(title) as dialog:
            Text("p", w("off_text" if method.usable else "on_text"))
            tell = ui.checkbox(w("tell_group"), value=True)

            async def go() -> None:
                await desks.methods.switch(
                    visit.group.id, method.name, on=not method.usable, by=visit.person.actor, tell=bool(tell.value)
                )
                visit.server.announce(visit.group.id)
                dialog.close()
                await look()

            buttons(visit, dialog, w("switch_off" if method.usable else "switch_on"), visit.deed(Deed.GROUP, go))

    return ask
