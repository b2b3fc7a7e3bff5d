"""Ways to pay that are out of order: switched off and on; members are told at once, and the guide names the others."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from assistant.clock import Clock
from assistant.db import Database
from assistant.errors import Conflict, NotFound
from assistant.groups.settings import GroupSettings
from assistant.groups.toml import settings_from_json
from assistant.models import Audit, Group, Outbox
from assistant.replies.catalogue import replies_for

CHANNEL = "api"
"""Where everybody in the group reads."""


@dataclass(frozen=True, slots=True)
class Method:
    """A way to pay of a group, and whether it can be used just now."""

    name: str
    usable: bool


class MethodDesk:
    """Switches a group's ways to pay off and on."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def switch(self, group_id: str, method: str, *, on: bool, by: str, tell: bool = True) -> tuple[Method, ...]:
        """Switch a method and return all of them; with ``tell`` the group hears of it. Doing it again changes nothing.

        Raises:
            NotFound: there is no such group, or no such method in it.
            Conflict: it is the last one that can be used.
        """
        async with self._database.write() as session:
            group = await session.get(Group, group_id, with_for_update=True)
            if group is None:
                raise NotFound(f"no group '{group_id}'")
            settings = settings_from_json(group.settings)
            name = _known(settings, method)
            if on != (name in settings.payment.off):
                return _methods(settings)
            off = [one for one in settings.payment.methods if (one in settings.payment.off) != (one == name)]
            if len(off) == len(settings.payment.methods):
                raise Conflict(f"{name} is the only way to pay that is left; name another one in the settings first")
            group.settings = group.settings | {"payment": {**group.settings["payment"], "off": off}}
            # Who asks next gets the new answer: kept views belong to a version.
            group.knowledge_version += 1
            settings = settings_from_json(group.settings)
            self._note(session, group_id, name, on=on, by=by)
            if tell:
                session.add(_announcement(settings, name, on=on, now=self._clock.now()))
            return _methods(settings)

    async def show(self, group_id: str) -> tuple[Method, ...]:
        """Return a group's ways to pay. Raises NotFound."""
        async with self._database.read() as session:
            group = await session.get(Group, group_id)
        if group is None:
            raise NotFound(f"no group '{group_id}'")
        return _methods(settings_from_json(group.settings))

    def _note(self, session: AsyncSession, group_id: str, name: str, *, on: bool, by: str) -> None:
        action = "payment_method.on" if on else "payment_method.off"
        now = self._clock.now()
        session.add(Audit(at=now, actor=by, action=action, group_id=group_id, subject=name, details={}))


def _known(settings: GroupSettings, method: str) -> str:
    wanted = method.strip().casefold()
    for name in settings.payment.methods:
        if name.casefold() == wanted:
            return name
    known = ", ".join(settings.payment.methods) or "none"
    raise NotFound(f"'{method}' is no way to pay in group '{settings.id}'; there are: {known}")


def _methods(settings: GroupSettings) -> tuple[Method, ...]:
    return tuple(Method(name, name not in settings.payment.off) for name in settings.payment.methods)


def _announcement(settings: GroupSettings, name: str, *, on: bool, now: datetime) -> Outbox:
    replies = replies_for(settings.language, settings.timezone, settings.payment.currency)
    key = "payment.back_on" if on else "payment.off"
    values = {"off": name} if on else {"off": name, "methods": replies.join(settings.payment.usable)}
    return Outbox(
        group_id=settings.id,
        member_id=None,
        channel=CHANNEL,
        author="assistant",
        text=replies.render(key, **values),
        addressees=[],
        private=False,
        created_at=now,
        next_attempt_at=now,
    )
