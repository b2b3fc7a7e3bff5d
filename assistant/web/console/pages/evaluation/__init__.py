"""Evaluation: run the group's suites in the background, read what failed, compare runs. Nothing live changes."""

from nicegui import ui

from assistant.accounts.permissions import Deed
from assistant.runs.service import RunView
from assistant.web.console.pages.evaluation.cases import cases_card
from assistant.web.console.pages.evaluation.reading import compare_runs, read_run
from assistant.web.console.pages.evaluation.runs import start_card
from assistant.web.console.parts import Text, attributes, empty, link, region
from assistant.web.console.shell import page
from assistant.web.console.views.evaluation import Rate, named
from assistant.web.console.visit import Visit

_LOOK_SECONDS = 1.0
UNFINISHED = ("waiting", "running")


@page("/evaluation", words="evaluation", icon="rule", deed=Deed.EVALUATE, order=50)
async def evaluation(visit: Visit) -> None:
    """Show what can be run, what runs, and the history; two runs of it can be compared."""
    w, runs = visit.w, visit.server.runs
    chosen: list[int] = []
    known: list[RunView] = []

    async def draw() -> None:
        known[:] = await runs.list(visit.group.id)
        chosen[:] = [id for id in chosen if any(run.id == id for run in known)]
        history.clear()
        with history:
            if not known:
                empty("rule", w("no_runs"), w("no_runs_text"))
            for run in known:
                _run(run)
        compare.set_enabled(len(chosen) == 2)
        timer.active = any(run.status in UNFINISHED for run in known)

    async def look() -> None:
        fresh = await runs.list(visit.group.id)
        if fresh != known:
            await draw()

    def pick(id: int, on: bool) -> None:
        if on and id not in chosen:
            chosen.append(id)
        elif not on and id in chosen:
            chosen.remove(id)
        compare.set_enabled(len(chosen) == 2)

    def _run(run: RunView) -> None:
        with region("article").classes("y-card k-run"):
            box = ui.checkbox(value=run.id in chosen, on_change=lambda event: pick(run.id, bool(event.value)))
            attributes(box, aria_label=w("pick", id=run.id))
            box.set_visibility(run.status == "done")
            with region("div").classes("y-grow y-stack y-tight"):
                with region("div").classes("y-row"):
                    Text("strong", named(run.suites, w))
                    if run.draft:
                        Text("span", w("of_draft")).classes("y-chip y-warm")
                    if run.status != "done":
                        tone = "y-bad" if run.status == "failed" else ""
                        Text("span", w(f"status.{run.status}")).classes(f"y-chip {tone}")
                at = f"{run.created_at.astimezone(visit.zone):%Y-%m-%d %H:%M}"
                Text("p", w("run_line", at=at, name=run.created_by, version=run.knowledge_version)).classes("y-quiet")
                if run.status in UNFINISHED:
                    _progress(run)
                if run.error:
                    Text("p", run.error).classes("y-quiet")
            if run.status == "done":
                rate = Rate(run.passed, run.cases)
                with region("div").classes("k-rate"):
                    Text("p", rate.text).classes(f"y-big {rate.tone}")
                    Text("p", w("passed_of", passed=run.passed, total=run.cases)).classes("y-quiet")
                ui.button(w("read"), on_click=visit.deed(Deed.EVALUATE, lambda: read_run(visit, run, place))).props(
                    "outline"
                )
            elif run.status in UNFINISHED:
                ui.button(w("stop"), on_click=visit.deed(Deed.EVALUATE, lambda: stop(run.id))).props("flat")

    def _progress(run: RunView) -> None:
        share = run.done / run.total if run.total else 0
        told = Text("p", w("progress", done=run.done, total=run.total, failed=run.failed))
        attributes(told, role="status")
        with region("div").classes("k-bar") as bar:
            attributes(bar, aria_hidden="true")
            region("div").style(f"width: {max(1, round(share * 100))}%")

    async def stop(id: int) -> None:
        await runs.stop(visit.group.id, id, by=visit.person.actor)
        await draw()

    async def compared() -> None:
        before, after = sorted(chosen)
        await compare_runs(visit, before, after, place)

    if visit.may(Deed.DRAFT):
        link(w("to_knowledge"), visit.link("/knowledge"), icon="menu_book")
    with region("div").classes("y-grid k-wide-grid"):
        await start_card(visit, draw)
        await cases_card(visit)
    place = region("div").classes("y-stack")
    attributes(place, aria_live="polite")
    with region("div").classes("y-row y-between"):
        Text("h2", w("history"))
        compare = ui.button(w("compare"), icon="compare_arrows", on_click=visit.deed(Deed.EVALUATE, compared))
        compare.props("outline")
    Text("p", w("history_hint")).classes("y-quiet")
    history = region("div").classes("y-stack")
    timer = ui.timer(_LOOK_SECONDS, visit.deed(Deed.EVALUATE, look, once=True), active=False)
    await draw()
