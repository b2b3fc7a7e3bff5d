"""People who may sign in, and what they may do."""

from nicegui import ui

from assistant.accounts.permissions import ROLES, Deed
from assistant.accounts.service import AccountInfo, NewAccount
from assistant.web.console.parts import Text, attributes, region, sheet, way_out
from assistant.web.console.views.settings import Again
from assistant.web.console.visit import Visit


async def people(visit: Visit) -> None:
    """List the people with their roles; add, change, shut out."""
    w = visit.w
    with region("section", w("people.title")).classes("y-card y-stack"):
        with region("div").classes("y-row y-between"):
            Text("h2", w("people.title"))
            add = ui.button(w("people.add"), icon="person_add").props("outline")
        place = region("ul").classes("y-list y-people")
        Text("p", w("people.roles")).classes("y-quiet y-pre")

    async def show() -> None:
        place.clear()
        with place:
            for account in await visit.server.accounts.list(visit.person.seller_id):
                _person(visit, account, show)

    add.on("click", visit.deed(Deed.PEOPLE, lambda: _add(visit, show)))
    await show()


def _person(visit: Visit, account: AccountInfo, again: Again) -> None:
    w = visit.w
    with region("li").classes("y-row y-between"):
        with region("div").classes("y-grow"):
            Text("strong", account.name)
            Text("span", f" {account.login}" if account.name != account.login else "").classes("y-quiet")
            Text("p", account.seller or w("people.all_sellers")).classes("y-quiet")
        if account.disabled_at is not None:
            Text("span", w("people.out")).classes("y-chip y-bad")
        Text("span", w(f"role.{account.role}")).classes("y-chip" + (" y-good" if account.role == "owner" else ""))
        button = ui.button(w("people.change"), on_click=visit.deed(Deed.PEOPLE, lambda: _change(visit, account, again)))
        button.props("flat dense")
        attributes(button, aria_label=w("people.change_whom", name=account.name))


def _add(visit: Visit, again: Again) -> None:
    w = visit.w
    with sheet(w("people.add")) as dialog:
        login = ui.input(w("people.login")).props("outlined autocomplete=off autocapitalize=none")
        name = ui.input(w("people.name")).props("outlined")
        word = ui.input(w("people.password"), password=True).props("outlined autocomplete=new-password")
        role = ui.select({one: w(f"role.{one}") for one in ROLES}, label=w("people.role"), value="helper")
        role.props("outlined")

        async def add() -> None:
            new = NewAccount(
                str(login.value or ""), str(word.value or ""), str(role.value), str(name.value or ""), w.language
            )
            made = await visit.server.accounts.create(new, by=visit.person.actor, seller_id=visit.person.seller_id)
            dialog.close()
            visit.note(w("people.added", name=made.name))
            await again()

        with way_out(dialog, w("cancel")):
            ui.button(w("people.add"), on_click=visit.deed(Deed.PEOPLE, add))
    dialog.open()


def _change(visit: Visit, account: AccountInfo, again: Again) -> None:
    w, accounts, by, seller_id = visit.w, visit.server.accounts, visit.person.actor, visit.person.seller_id
    with sheet(w("people.change_whom", name=account.name)) as dialog:

        async def done(text: str) -> None:
            dialog.close()
            visit.note(text)
            await again()

        role = ui.select({one: w(f"role.{one}") for one in ROLES}, label=w("people.role"), value=account.role)
        role.props("outlined")

        async def set_role() -> None:
            await accounts.set_role(account.login, str(role.value), by=by, seller_id=seller_id)
            await done(w("people.role_set", name=account.name, role=w(f"role.{role.value}")))

        ui.button(w("people.set_role"), on_click=visit.deed(Deed.PEOPLE, set_role)).props("outline")
        word = ui.input(w("people.new_password"), password=True).props("outlined autocomplete=new-password")

        async def set_password() -> None:
            await accounts.set_password(account.login, str(word.value or ""), by=by, seller_id=seller_id)
            await done(w("people.password_set", name=account.name))

        ui.button(w("people.set_password"), on_click=visit.deed(Deed.PEOPLE, set_password)).props("outline")
        out = account.disabled_at is None

        async def switch() -> None:
            await accounts.set_disabled(account.login, out, by=by, seller_id=seller_id)
            await done(w("people.is_out" if out else "people.is_in", name=account.name))

        button = ui.button(w("people.shut_out" if out else "people.let_in"), on_click=visit.deed(Deed.PEOPLE, switch))
        button.props("outline color=negative" if out else "outline")
        Text("p", w("people.hint")).classes("y-quiet")
        way_out(dialog, w("close"))
    dialog.open()
