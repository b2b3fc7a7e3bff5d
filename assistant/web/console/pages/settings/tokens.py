"""Tokens with which other programs call the server."""

from nicegui import ui

from assistant.accounts.permissions import ROLES, Deed
from assistant.delivery.access import TokenInfo
from assistant.errors import UsageError
from assistant.web.console.parts import Text, copy_button, region, sheet
from assistant.web.console.views.settings import Again
from assistant.web.console.visit import Visit


async def tokens(visit: Visit) -> None:
    """List the tokens; create one (shown once) and revoke."""
    w = visit.w
    with region("section", w("tokens.title")).classes("y-card y-stack"):
        with region("div").classes("y-row y-between"):
            Text("h2", w("tokens.title"))
            add = ui.button(w("tokens.add"), icon="key").props("outline")
        Text("p", w("tokens.hint")).classes("y-quiet")
        place = region("ul").classes("y-list y-people")

    async def show() -> None:
        place.clear()
        found = [one for one in await visit.server.access.list(visit.person.seller_id) if one.revoked_at is None]
        with place:
            for token in found:
                _token(visit, token, show)
            if not found:
                Text("li", w("tokens.none")).classes("y-quiet")

    add.on("click", visit.deed(Deed.PEOPLE, lambda: _add(visit, show)))
    await show()


def _token(visit: Visit, token: TokenInfo, again: Again) -> None:
    w = visit.w

    async def revoke() -> None:
        await visit.server.access.revoke(token.id, seller_id=visit.person.seller_id, by=visit.person.actor)
        visit.note(w("tokens.revoked"))
        await again()

    with region("li").classes("y-row y-between"):
        with region("div").classes("y-grow"):
            Text("strong", token.label or w("tokens.unnamed"))
            what = w("tokens.joins", group=token.group_id) if token.kind == "join" else w(f"role.{token.role}")
            until = w("tokens.until", day=f"{token.expires_at:%Y-%m-%d}") if token.expires_at else w("tokens.endless")
            Text("p", f"{what} · {until}").classes("y-quiet")
        ui.button(w("tokens.revoke"), on_click=visit.deed(Deed.PEOPLE, revoke)).props("flat dense color=negative")


def _add(visit: Visit, again: Again) -> None:
    w = visit.w
    with sheet(w("tokens.add")) as dialog:
        place = region("div").classes("y-stack")
        with place:
            label = ui.input(w("tokens.label"), placeholder=w("tokens.example")).props("outlined maxlength=100")
            roles = {one: w(f"role.{one}") for one in ROLES}
            role = ui.select(roles, label=w("people.role"), value="helper").props("outlined")
            days = ui.input(w("tokens.days"), placeholder=w("tokens.endless")).props("outlined inputmode=numeric")

            async def create() -> None:
                wanted = str(days.value or "").strip()
                if wanted and not (wanted.isdecimal() and 0 < int(wanted) <= 3650):
                    raise UsageError("the days are a number from 1 to 3650, or empty")
                token = await visit.server.access.create_seller(
                    visit.person.seller,
                    label=str(label.value or "").strip(),
                    days=int(wanted) if wanted else None,
                    role=str(role.value),
                    by=visit.person.actor,
                )
                place.clear()
                with place:
                    Text("p", w("tokens.once")).classes("y-note")
                    Text("code", token).classes("y-code")
                    copy_button(w("tokens.copy"), token).props("outline")
                await again()

            ui.button(w("tokens.create"), on_click=visit.deed(Deed.PEOPLE, create))
    dialog.open()
