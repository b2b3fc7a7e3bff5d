"""Polls in the chat, and what the anonymous survey came to."""

from typing import Any

from nicegui import ui

from assistant.accounts.permissions import Deed
from assistant.delivery.surveys import SurveyDesk
from assistant.polls.repository import PollView
from assistant.polls.service import MOST_OPTIONS, PollDesk
from assistant.web.console.parts import Text, attributes, empty, region
from assistant.web.console.views.group import stars_line
from assistant.web.console.visit import Visit


async def show(visit: Visit) -> None:
    """Show polls, kept fresh, and the survey."""
    w, yidan = visit.w, visit.server.yidan
    desk = PollDesk(yidan.database, yidan.clock)
    form, rows = region("div"), region("section").classes("y-stack")
    seen: list[PollView] | None = None

    async def refresh() -> None:
        nonlocal seen
        polls = await desk.list(visit.group.id)
        if polls == seen:
            return
        seen = polls
        rows.clear()
        with rows:
            Text("h2", w("polls"))
            if not polls:
                empty("how_to_vote", w("no_polls"), w("no_polls_text"))
            for one in reversed(polls):
                _poll(visit, desk, one, refresh)

    if visit.may(Deed.ANNOUNCE):
        with form:
            _form(visit, desk, refresh)
    await refresh()
    visit.on_news(refresh)
    await _survey(visit)


def _form(visit: Visit, desk: PollDesk, refresh: Any) -> None:
    w = visit.w
    with region("section").classes("y-card y-stack"):
        Text("h2", w("new_poll"))
        question = ui.input(w("poll_question")).props("outlined maxlength=300").classes("y-wide")
        options = ui.textarea(w("poll_options", most=MOST_OPTIONS)).props("outlined autogrow").classes("y-wide")
        hours = ui.input(w("poll_hours"), value="24").props("outlined inputmode=decimal")
        tell = ui.switch(w("poll_tell"), value=True)

        async def ask() -> None:
            if not str(hours.value or "").strip().isdecimal():
                visit.fail(w("problem.whole"))
                return
            await desk.open(
                visit.group.id,
                str(question.value or ""),
                str(options.value or "").splitlines(),
                hours=int(hours.value),
                tell_group_result=bool(tell.value),
                by=visit.person.actor,
            )
            visit.server.announce(visit.group.id)
            question.value = options.value = ""
            visit.note(w("poll_asked"))
            await refresh()

        ui.button(w("poll_ask"), icon="how_to_vote", on_click=visit.deed(Deed.ANNOUNCE, ask))


def _poll(visit: Visit, desk: PollDesk, one: PollView, refresh: Any) -> None:
    w, zone = visit.w, visit.zone

    async def close() -> None:
        await desk.close(visit.group.id, one.id, by=visit.person.actor)
        visit.server.announce(visit.group.id)
        await refresh()

    most = max(one.votes, default=0) or 1
    with region("article").classes("y-card y-stack y-tight"):
        with region("div").classes("y-row y-between"):
            Text("strong", one.question)
            is_open = one.closed_at is None
            Text("span", w("poll_open" if is_open else "poll_closed")).classes("y-chip y-good" if is_open else "y-chip")
        for option, votes in zip(one.options, one.votes, strict=True):
            _bar(option, w("votes", count=votes), votes / most)
        if one.closed_at is None:
            Text("p", w("poll_until", at=f"{one.closes_at.astimezone(zone):%Y-%m-%d %H:%M}")).classes("y-quiet")
            if visit.may(Deed.ANNOUNCE):
                ui.button(w("poll_end"), on_click=visit.deed(Deed.ANNOUNCE, close)).props("outline dense")


def _bar(name: str, value: str, share: float) -> None:
    with region("div").classes("y-stack y-tight"):
        with region("div").classes("y-row y-between"):
            Text("span", name)
            Text("span", value).classes("y-quiet y-num")
        bar = region("div").classes("y-votes")
        attributes(bar, aria_hidden="true", style=f"--share: {share:.0%}")


async def _survey(visit: Visit) -> None:
    w, yidan = visit.w, visit.server.yidan
    results = await SurveyDesk(yidan.database, yidan.clock, yidan.settings.public_url).results(visit.group.id)
    with region("section").classes("y-card y-stack"):
        Text("h2", w("survey"))
        Text("p", w("survey_hint", at_least=results.at_least)).classes("y-quiet")
        Text("p", w("survey_counts", asked=results.asked, answered=results.answered))
        if results.average is None:
            return
        Text("p", f"{results.average:.1f} ★").classes("y-big")
        for number, count, share in stars_line(results.stars):
            _bar("★" * number, str(count), share)
        for text in results.texts if visit.may(Deed.MEMBERS) else ():
            Text("blockquote", text).classes("y-note y-pre y-evidence")
