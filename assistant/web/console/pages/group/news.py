"""Announcements: plan, look at, hold back, and what became of them."""

from collections.abc import Callable
from typing import Any, cast

from nicegui import ui

from assistant.accounts.permissions import Deed
from assistant.broadcasts.due import KINDS, Kind
from assistant.delivery.announcer import AnnouncementView, NewAnnouncement
from assistant.web.console.parts import Text, empty, region, sheet
from assistant.web.console.views.group import When
from assistant.web.console.visit import Visit

_MODES = ("now", "at", "daily", "weekly", "before_close", "cron")
_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_LEADS = ("30m", "1h", "2h", "6h", "1d")
_SAYS_SOMETHING = ("text", "statement")
_OVER = ("done", "cancelled")


async def show(visit: Visit) -> None:
    """Show the form for a new one, the plan, and the log."""
    w = visit.w
    form = region("div")
    plan, log = region("section").classes("y-stack"), region("section").classes("y-stack")

    async def refresh() -> None:
        announcer = visit.server.yidan.announcer
        planned = await announcer.planned(visit.group.id)
        sent = await announcer.log(visit.group.id, 20)
        plan.clear()
        with plan:
            _plan(visit, planned, refresh)
        log.clear()
        with log:
            Text("h2", w("log"))
            if not sent:
                Text("p", w("log_empty")).classes("y-quiet")
            for one in sent:
                with region("p").classes("y-row"):
                    Text("time", f"{one.at.astimezone(visit.zone):%m-%d %H:%M}").classes("y-quiet")
                    Text("span", w(f"kind.{one.kind}"))
                    Text("span", w(f"sending.{one.state}")).classes("y-chip")

    if visit.may(Deed.ANNOUNCE):
        with form:
            _form(visit, refresh)
    await refresh()


def _form(visit: Visit, refresh: Any) -> None:
    w, announcer, group_id = visit.w, visit.server.yidan.announcer, visit.group.id
    with region("section").classes("y-card y-stack"):
        Text("h2", w("new_announcement"))
        kind = ui.select({one: w(f"kind.{one}") for one in KINDS}, label=w("what"), value="text").props("outlined")
        text = ui.textarea(w("words")).props("outlined autogrow maxlength=2000").classes("y-wide")
        label = ui.input(w("label"), placeholder=w("label_hint")).props("outlined stack-label maxlength=40")
        mode = ui.select({one: w(f"when.{one}") for one in _MODES}, label=w("when_label"), value="now")
        mode.props("outlined")
        moment = ui.input(w("moment"), placeholder=w("moment_like")).props("outlined stack-label")
        days = ui.select({one: w(f"day.{one}") for one in _DAYS}, label=w("days"), multiple=True, value=["mon"])
        days.props("outlined use-chips")
        clock = ui.input(w("clock"), value="09:00").props("outlined")
        lead = ui.select({one: w(f"lead.{one}") for one in _LEADS}, label=w("lead_label"), value="2h").props("outlined")
        cron = ui.input(w("cron"), placeholder="0 9 * * 1-5").props("outlined stack-label")
        important = ui.switch(w("important"))
        quiet = ui.switch(w("respect_quiet"), value=True)
        text.bind_visibility_from(kind, "value", backward=lambda value: value in _SAYS_SOMETHING)
        for one, modes in ((moment, ("at",)), (days, ("weekly",)), (clock, ("daily", "weekly"))):
            one.bind_visibility_from(mode, "value", backward=_among(modes))
        lead.bind_visibility_from(mode, "value", value="before_close")
        cron.bind_visibility_from(mode, "value", value="cron")
        quiet.bind_visibility_from(mode, "value", backward=lambda value: value != "now")
        seen = region("div").classes("y-stack")

        def given() -> NewAnnouncement:
            when = When(
                str(mode.value),
                moment=str(moment.value or ""),
                clock=str(clock.value or ""),
                days=tuple(days.value or ()),
                lead=str(lead.value),
                cron=str(cron.value or ""),
            )
            return NewAnnouncement(
                kind=cast(Kind, kind.value),
                text=str(text.value or "") if kind.value in _SAYS_SOMETHING else "",
                when=when.schedule(),
                label=str(label.value or ""),
                important=bool(important.value),
                quiet=bool(quiet.value),
            )

        async def preview() -> None:
            shown = await announcer.preview_new(group_id, given())
            seen.clear()
            with seen:
                Text("p", shown.text or w("nothing_to_say")).classes("y-note y-pre")
                if shown.at is not None and mode.value != "now":
                    words = "comes_put_off" if shown.put_off else "comes"
                    Text("p", w(words, at=f"{shown.at.astimezone(visit.zone):%Y-%m-%d %H:%M}")).classes("y-quiet")

        async def send() -> None:
            new = given()
            await announcer.add(group_id, new, by=visit.person.actor)
            visit.server.announce(group_id)
            visit.note(w("announced" if new.when == "now" else "planned_it"))
            text.value = ""
            seen.clear()
            await refresh()

        async def usual() -> None:
            added = await announcer.add_usual(group_id, by=visit.person.actor)
            visit.note(w("usual_done", count=len(added)))
            await refresh()

        with region("div").classes("y-row"):
            ui.button(w("send"), icon="campaign", on_click=visit.deed(Deed.ANNOUNCE, send))
            ui.button(w("preview"), on_click=visit.deed(Deed.ANNOUNCE, preview)).props("outline")
            ui.button(w("usual"), on_click=visit.deed(Deed.ANNOUNCE, usual)).props("flat")


def _among(modes: tuple[str, ...]) -> Callable[[str], bool]:
    return lambda mode: mode in modes


def _plan(visit: Visit, planned: list[AnnouncementView], refresh: Any) -> None:
    w = visit.w
    Text("h2", w("plan"))
    shown = [one for one in planned if one.state not in _OVER]
    if not shown:
        empty("campaign", w("plan_empty"), w("plan_empty_text"))
    for one in shown:
        with region("article").classes("y-card y-stack y-tight"):
            with region("div").classes("y-row y-between"):
                Text("strong", w(f"kind.{one.kind}"))
                chip = "y-chip y-good" if one.state == "active" else "y-chip y-warm"
                Text("span", w(f"announcement.{one.state}")).classes(chip)
            if one.text:
                Text("p", one.text).classes("y-pre")
            at = f"{one.next_at.astimezone(visit.zone):%Y-%m-%d %H:%M}" if one.next_at else "—"
            Text("p", f"{_when(visit, one.schedule)} · {w('next_at', at=at)}").classes("y-quiet")
            _acts(visit, one, refresh)


def _when(visit: Visit, schedule: str) -> str:
    """Return a schedule in words: its kind, and the rest as it is written."""
    mode, _, rest = schedule.partition(" ")
    w = visit.w
    if mode == "at":
        return w("when.at")
    for day in _DAYS:
        rest = rest.replace(day, w(f"day.{day}")) if mode == "weekly" else rest
    if mode == "before_close" and w.has(f"lead.{rest}"):
        return w("ahead_of_close", lead=w(f"lead.{rest}"))
    return f"{w(f'when.{mode}')} {rest}"


def _acts(visit: Visit, one: AnnouncementView, refresh: Any) -> None:
    w, announcer, group_id, by = visit.w, visit.server.yidan.announcer, visit.group.id, visit.person.actor

    async def preview() -> None:
        seen = await announcer.preview(group_id, one.id)
        words.text = seen.text or w("nothing_to_say")
        dialog.open()

    async def pause() -> None:
        await (announcer.pause if one.state == "active" else announcer.resume)(group_id, one.id, by=by)
        await refresh()

    async def cancel() -> None:
        await announcer.cancel(group_id, one.id, by=by)
        await refresh()

    with sheet(w("preview")) as dialog:
        words = Text("p").classes("y-note y-pre")
    with region("div").classes("y-row"):
        ui.button(w("preview"), on_click=visit.deed(Deed.READ, preview)).props("flat dense")
        if visit.may(Deed.ANNOUNCE):
            held = w("pause" if one.state == "active" else "resume")
            ui.button(held, on_click=visit.deed(Deed.ANNOUNCE, pause)).props("flat dense")
            ui.button(w("drop"), on_click=visit.deed(Deed.ANNOUNCE, cancel)).props("flat dense color=negative")
