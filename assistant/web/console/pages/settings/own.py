"""One's own password."""

from nicegui import ui

from assistant.accounts.permissions import Deed
from assistant.errors import NotAllowed
from assistant.web.console.parts import Text, region
from assistant.web.console.visit import Visit


def own(visit: Visit) -> None:
    """Let somebody change their own password; they stay signed in here only."""
    w, person, server = visit.w, visit.person, visit.server
    with region("section", w("own.title")).classes("y-card y-stack"):
        Text("h2", w("own.title"))
        Text("p", w("signed_in_as", name=person.name, role=w(f"role.{person.role}"))).classes("y-quiet")
        old = ui.input(w("own.old"), password=True).props("outlined autocomplete=current-password")
        new = ui.input(w("own.new"), password=True, password_toggle_button=False)
        new.props("outlined autocomplete=new-password")

        async def change() -> None:
            if server.limits.sign_in.take(f"own:{person.login}"):
                raise NotAllowed("too many tries; please wait a few minutes")
            token = await server.sessions.sign_in(person.login, str(old.value or ""))
            try:
                await server.accounts.set_password(
                    person.login, str(new.value or ""), by=person.actor, keep_session=person.session_id
                )
            finally:
                if (proof := await server.sessions.person(token)) is not None:
                    await server.sessions.sign_out(proof.session_id)
            old.value = new.value = ""
            visit.note(w("own.changed"))

        ui.button(w("own.change"), on_click=visit.deed(Deed.READ, change)).props("outline")
