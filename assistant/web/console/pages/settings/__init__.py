"""Settings: oneself, people and roles, tokens, how the assistant speaks, the language model."""

from assistant.accounts.permissions import Deed
from assistant.web.console.pages.settings.model import model
from assistant.web.console.pages.settings.own import own
from assistant.web.console.pages.settings.people import people
from assistant.web.console.pages.settings.talking import talking
from assistant.web.console.pages.settings.tokens import tokens
from assistant.web.console.parts import region
from assistant.web.console.registry import page
from assistant.web.console.visit import Visit


@page("/settings", words="settings", icon="settings", deed=Deed.READ, order=80, group=False)
async def settings(visit: Visit) -> None:
    """Show what one may set: everybody themselves, owners the rest."""
    with region("div").classes("y-columns"):
        if visit.may(Deed.PEOPLE):
            await people(visit)
        if visit.may(Deed.MODEL) and visit.has_group:
            await talking(visit)
        if visit.may(Deed.MODEL):
            await model(visit)
        if visit.may(Deed.PEOPLE):
            await tokens(visit)
        own(visit)
