"""The draft on top of the page: what it changes; checked in plain words, tested and published, or discarded."""

from collections.abc import Callable, Sequence
from functools import partial

from nicegui import ui
from nicegui.element import Element

from assistant.accounts.permissions import Deed
from assistant.checks.base import Finding
from assistant.checks.words import advice, said
from assistant.evaluation.compare import CaseChange
from assistant.publishing.checking import drafted_folder, findings_of
from assistant.publishing.comparing import Tell
from assistant.publishing.service import Publication, Wish, publish
from assistant.publishing.wire import conversation
from assistant.web.console.pages.knowledge.board import Board
from assistant.web.console.pages.knowledge.history import show_changes, title_of
from assistant.web.console.parts import Text, attributes, region, sheet
from assistant.web.console.views.audit import actor_name
from assistant.web.console.views.knowledge import counted
from assistant.web.console.words import Words

MOST = 30


def draft_bar(board: Board) -> None:
    """Show how much is drafted and what can be done with it; nothing where nothing is drafted."""
    w, visit = board.w, board.visit
    bar = region("section", w("draft.label")).classes("y-card k-draft")

    def draw() -> None:
        changes = board.state.changes
        bar.clear()
        bar.set_visibility(bool(changes))
        if not changes:
            return
        with bar:
            with region("div").classes("y-grow"):
                Text("strong", w("draft.count", count=len(changes)))
                Text("p", w("draft.hint")).classes("y-quiet")
                if board.state.stale:
                    Text("p", w("draft.stale", count=len(board.state.stale))).classes("y-bad")
            with region("div").classes("y-row"):
                look = visit.deed(Deed.READ, partial(_show_draft, board))
                ui.button(w("draft.look"), on_click=look).props("flat")
                check = visit.deed(Deed.READ, partial(_check, board))
                ui.button(w("draft.check"), icon="fact_check", on_click=check).props("outline")
                if visit.may(Deed.PUBLISH):
                    ui.button(
                        w("draft.publish"),
                        icon="publish",
                        on_click=visit.deed(Deed.PUBLISH, partial(_publish, board, force=False)),
                    )
                else:
                    Text("p", w("draft.owner_publishes")).classes("y-quiet")

    draw()
    board.on_change(draw)


def _show_draft(board: Board) -> None:
    w, visit = board.w, board.visit

    async def discard(*places: str) -> None:
        await board.yidan.drafts.discard(board.group_id, places, by=board.by)
        dialog.close()
        visit.note(w("draft.discarded"))
        await board.changed()

    with board.place(), sheet(w("draft.title")) as dialog:
        ui.context.slot.parent.classes("k-wide")
        dialog.on_value_change(lambda event: None if event.value else dialog.delete())
        told = [w(f"counted.{what}", count=count) for what, count in counted(board.state.changes).items() if count]
        Text("p", w("list_break").join(told)).classes("y-quiet")
        for change in board.state.changes[:MOST]:
            with region("div").classes("k-step"):
                with region("div").classes("y-row"):
                    tone = {"added": "y-good", "removed": "y-bad"}.get(change.what, "y-warm")
                    Text("span", w(f"what.{change.what}")).classes(f"y-chip {tone}")
                    Text("strong", title_of(change.after or change.before))
                    if change.stale:
                        Text("span", w("stale")).classes("y-chip y-bad")
                    if visit.may(Deed.DRAFT):
                        drop = visit.deed(Deed.DRAFT, partial(discard, change.place))
                        ui.button(w("draft.discard_one"), on_click=drop).props("flat dense").classes("k-end")
                if change.stale:
                    Text("p", w("stale_text")).classes("y-quiet")
                at = f"{change.at.astimezone(visit.zone):%m-%d %H:%M}"
                Text("p", w("draft.by", name=actor_name(change.by, w), at=at)).classes("y-quiet")
                show_changes(change.before, change.after, w, visit.zone)
        if len(board.state.changes) > MOST:
            Text("p", w("and_more", count=len(board.state.changes) - MOST)).classes("y-quiet")
        with region("div").classes("y-row k-buttons"):
            ui.button(w("close"), on_click=dialog.close)
            if visit.may(Deed.DRAFT):
                drop_all = visit.deed(Deed.DRAFT, discard)
                ui.button(w("draft.discard_all"), icon="delete", on_click=drop_all).props(
                    "flat color=negative"
                ).classes("k-end")
    dialog.open()


async def _check(board: Board) -> None:
    w = board.w
    folder, _ = await drafted_folder(board.yidan, board.group_id)
    findings = await findings_of(board.yidan, folder.settings, folder.knowledge)
    with board.place(), sheet(w("check.title")) as dialog:
        ui.context.slot.parent.classes("k-wide")
        dialog.on_value_change(lambda event: None if event.value else dialog.delete())
        if not findings:
            Text("p", w("check.fine"))
        _findings(board, findings)
        ui.button(w("close"), on_click=dialog.close)
    dialog.open()


def _findings(board: Board, findings: Sequence[Finding]) -> None:
    w = board.w
    for finding in sorted(findings, key=lambda one: one.severity)[:MOST]:
        with region("div").classes("y-note y-stack y-tight " + ("y-bad" if finding.severity == "error" else "")):
            with region("div").classes("y-row"):
                tone = "y-bad" if finding.severity == "error" else "y-warm"
                Text("span", w(f"check.{finding.severity}")).classes(f"y-chip {tone}")
                Text("span", " · ".join(_name(board, place) for place in finding.places)).classes("y-quiet")
            Text("p", _named(board, finding, said(finding, w.language)))
            Text("p", _named(board, finding, advice(finding, w.language))).classes("y-quiet")


def _named(board: Board, finding: Finding, text: str) -> str:
    """Return a finding's words with what people call the entries in place of their ids."""
    for place in sorted(finding.places, key=len, reverse=True):
        name = _name(board, place)
        if name != place:
            text = text.replace(place, board.w("quoted", text=name))
    return text


def _name(board: Board, place: str) -> str:
    if place.startswith("sku:"):
        record = next((one for one in board.state.drafted.products if f"sku:{one.sku}" == place), None)
        return title_of(record) or place
    return title_of(board.state.drafted.entry(place)) or place


async def _publish(board: Board, *, force: bool) -> None:
    """Test the draft and make it live, showing how far the test is and what came of it."""
    server = board.visit.server
    with server.one_publication(board.group_id):
        with board.place(), sheet(board.w("publish.title")) as dialog:
            ui.context.slot.parent.classes("k-wide")
            dialog.props("persistent")
            dialog.on_value_change(lambda event: None if event.value else dialog.delete())
            tell, tested = _progress(board)
            result = region("div").classes("y-stack")
            attributes(result, aria_live="polite")
        dialog.open()
        try:
            wish = Wish(by=board.by, force=force, careful=True, compare=server.compare)
            came = await publish(board.yidan, board.group_id, wish, tell=tell)
        except BaseException:
            dialog.close()
            raise
    if board.visit.client.is_deleted:
        return  # Whoever closed the page sees it in the history.
    tested()
    with result:
        _outcome(board, came, dialog)
    if came.version is not None:
        await board.changed()


def _progress(board: Board) -> tuple[Tell, Callable[[], None]]:
    """Show that the draft is tested; return what tells how far it is, and what takes this away."""
    w, known = board.w, [0, 0]

    def tell(done: int, total: int) -> None:
        # Called from other threads too: the page is only touched by its own timer.
        known[:] = done, total

    def show() -> None:
        done, total = known
        if total:
            told.text = w("publish.tried", done=done, total=total)
            full.style(f"width: {max(1, round(100 * done / total))}%")

    with region("div").classes("y-stack") as waiting:
        with region("div").classes("y-row"):
            ui.spinner(size="2rem")
            with region("div").classes("y-grow"):
                attributes(Text("p", w("publish.testing")), role="status")
                told = Text("p", w("publish.preparing")).classes("y-quiet")
        with region("div").classes("k-bar") as bar:
            attributes(bar, aria_hidden="true")
            full = region("div").style("width: 1%")
        ui.timer(0.5, show)
    return tell, waiting.delete


def _outcome(board: Board, came: Publication, dialog: ui.dialog) -> None:
    w, visit, trial = board.w, board.visit, came.trial
    if came.version is not None:
        Text("p", w("publish.live")).classes("y-note k-good")
    else:
        with region("div").classes("y-note y-bad y-stack y-tight") as note:
            attributes(note, role="alert")
            Text("strong", w("publish.refused"))
            for reason in came.refusals:
                Text("p", w(f"publish.because.{reason}"))
    comparison = trial.comparison
    if comparison is not None:
        Text("h3", w("publish.suites", names=w("list_break").join(trial.suites)))
        with region("div").classes("y-tiles"):
            for key, count in (("before", comparison.before_passed), ("after", comparison.after_passed)):
                with region("div").classes("y-card"):
                    Text("p", w(f"publish.{key}")).classes("y-quiet")
                    Text("p", f"{count} / {comparison.common}").classes("y-big")
        if trial.generated:
            Text("p", w("publish.generated")).classes("y-quiet")
        _cases(board, w("publish.broken", count=len(comparison.broken)), comparison.broken)
        _cases(board, w("publish.fixed", count=len(comparison.fixed)), comparison.fixed)
    if trial.findings:
        Text("h3", w("publish.findings", count=len(trial.findings)))
        _findings(board, trial.findings)
    with region("div").classes("y-row k-buttons"):
        ui.button(w("close"), on_click=dialog.close)
        if came.version is None and visit.may(Deed.PUBLISH):

            async def anyway() -> None:
                dialog.close()
                await _publish(board, force=True)

            ui.button(w("publish.anyway"), on_click=visit.deed(Deed.PUBLISH, anyway)).props(
                "flat color=negative"
            ).classes("k-end")


def _cases(board: Board, title: str, changes: Sequence[CaseChange]) -> None:
    if not changes:
        return
    Text("h3", title)
    for change in changes[:MOST]:
        show_case_change(change, board.w)


def show_case_change(change: CaseChange, w: Words) -> None:
    """Show a case that came out differently: what was asked, the reply before and after, why it matters."""
    for turn in conversation(change, w.language):
        with region("div").classes("k-step y-stack y-tight"):
            Text("p", turn["text"]).classes("k-bubble k-asked y-pre")
            with Element("dl").classes("y-facts"):
                Text("dt", w("publish.before"))
                Text("dd", turn["before"] or w("publish.said_nothing")).classes("y-pre")
                Text("dt", w("publish.after"))
                Text("dd", turn["after"] or w("publish.said_nothing")).classes("y-pre")
            if turn["why"]:
                Text("p", turn["why"]).classes("y-quiet")
