"""A proof as the seller sees it: the picture, what was read off it, what to look at, and the seller's word."""

from collections.abc import Awaitable, Callable

from nicegui import ui
from nicegui.element import Element

from assistant.accounts.permissions import Deed
from assistant.delivery.claims import Answered, ClaimDesk, ClaimView
from assistant.errors import Conflict
from assistant.orders.book import BookOrder
from assistant.web.console.pages.orders.asking import buttons, field, reject_text, sheet
from assistant.web.console.parts import Text, attributes, region
from assistant.web.console.views.orders import amount_of, read_off
from assistant.web.console.views.shown import moment, money
from assistant.web.console.visit import Visit

Changed = Callable[[], Awaitable[None]]


def proof(visit: Visit, order: BookOrder, claim: ClaimView, changed: Changed) -> None:
    """Show one proof of an order."""
    w = visit.w
    open_ = claim.status == "claimed"
    with region("section", w("proof")).classes("y-proof " + ("y-proof-open" if open_ else "")):
        if claim.image is not None:
            picture(visit, claim)
        with Element("div").classes("y-stack y-tight y-grow"):
            with Element("div").classes("y-row"):
                Text("h3", w("proof"))
                Text("span", w(f"claim.{claim.status}")).classes(f"y-chip {'y-warm' if open_ else ''}")
            at = moment(claim.at, visit.server.yidan.clock.now(), visit.zone, w)
            Text("p", w("claimed_at", at=at)).classes("y-quiet")
            if claim.text:
                Text("p", w("in_words", text=claim.text))
            reading(visit, claim)
            if open_ and visit.may(Deed.MONEY):
                _answers(visit, order, claim, changed)


def picture(visit: Visit, claim: ClaimView) -> None:
    """Show a proof's picture, small; a tap opens it."""
    w = visit.w.of("orders")
    address = f"/api/groups/{claim.group_id}/claims/{claim.id}/image"
    with Element("a").classes("y-proof-picture") as anchor:
        attributes(anchor, href=address, target="_blank", rel="noopener", aria_label=w("open_picture"))
        picture = Element("img")
        attributes(picture, src=address, alt=w("picture_of", member=claim.member), loading="lazy")


def reading(visit: Visit, claim: ClaimView) -> None:
    """Show what was read off a proof's picture, and what to look at."""
    w = visit.w.of("orders")
    if claim.image is None:
        Text("p", w("no_picture")).classes("y-quiet")
        return
    if claim.waiting:
        with Element("p").classes("y-row y-quiet"):
            ui.spinner(size="1.2rem")
            Text("span", w("reading"))
        return
    if claim.proof is not None and claim.proof.readable:
        Text("p", w("was_read")).classes("y-quiet")
        with Element("dl").classes("y-read"):
            for key, value in read_off(claim.proof, w):
                Text("dt", w(f"read.{key}"))
                Text("dd", value)
    if claim.warnings:
        with Element("ul").classes("y-warnings"):
            for _kind, text in claim.warnings:
                with Element("li"):
                    ui.icon("warning_amber")
                    Text("span", text)
    elif claim.clean:
        with Element("p").classes("y-row y-good"):
            ui.icon("verified")
            Text("span", w("agrees"))


def _answers(visit: Visit, order: BookOrder, claim: ClaimView, changed: Changed) -> None:
    w = visit.w
    desk = ClaimDesk(visit.server.yidan.database, visit.server.yidan.clock, visit.server.orders)

    async def settled(answer: Answered, told: str) -> None:
        if answer.error:
            raise Conflict(answer.error)
        await changed()
        visit.note(told)

    def ask_confirm() -> None:
        shown = claim.proof.amount if claim.proof and claim.proof.readable and claim.proof.amount else order.due
        with sheet(w("ask.confirm", number=order.number, member=order.member)) as dialog:
            due, total = money(order.due, order.currency), money(order.total, order.currency)
            Text("p", w("confirm_text", due=due, total=total))
            amount = field(w("amount"), f"{shown:.2f}", most=16, hint=w("amount_hint"), number=True)

            async def go() -> None:
                wanted = [claim.id]
                (answer,) = await desk.confirm(
                    visit.group.id, wanted, by=visit.person.actor, amount=amount_of(amount.value or "")
                )
                await settled(answer, w("did.confirm", number=order.number))
                dialog.close()

            buttons(visit, dialog, w("choice.confirm"), visit.deed(Deed.MONEY, go))

    def ask_reject() -> None:
        with sheet(w("ask.reject", number=order.number, member=order.member)) as dialog:
            reject_text(visit, order)
            note = field(w("note_to_member"))

            async def go() -> None:
                said = (note.value or "").strip()
                (answer,) = await desk.reject(visit.group.id, [claim.id], by=visit.person.actor, note=said)
                await settled(answer, w("did.reject", number=order.number))
                dialog.close()

            buttons(visit, dialog, w("choice.reject"), visit.deed(Deed.MONEY, go), harmful=True)

    with Element("div").classes("y-row"):
        if "confirm" in order.choices:
            ui.button(w("money_came"), on_click=visit.deed(Deed.MONEY, ask_confirm))
        ui.button(w("no_money"), on_click=visit.deed(Deed.MONEY, ask_reject), color="negative").props("outline")
