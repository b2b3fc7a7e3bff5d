"""Try a question: what the assistant would do with it as the draft stands, and which entries came into question."""

from collections.abc import Callable

from nicegui import ui
from nicegui.element import Element

from assistant.accounts.permissions import Deed
from assistant.knowledge.drafts import Record
from assistant.publishing.trying import try_question
from assistant.turn.rehearsal import NearHit, Rehearsed
from assistant.web.console.pages.knowledge.board import Board
from assistant.web.console.parts import Text, attributes, region
from assistant.web.console.words import Words

LONGEST = 500

NEAR = 0.01
"""What comes less into question is shown only where it is all there is."""


def try_panel(
    board: Board, edit: Callable[[], Record | None] | None = None, *, level: str = "h2"
) -> Callable[[], None]:
    """Show the panel; ``edit`` gives what is just being written. Return what tries the same question again."""
    visit, w = board.visit, board.w
    asked = 0

    async def look() -> None:
        nonlocal asked
        asked += 1
        this, text = asked, str(field.value or "").strip()[:LONGEST]
        if not text:
            result.clear()
            return
        tried = await try_question(
            board.yidan, board.group_id, text, edit=edit() if edit is not None else None, to_assistant=named.value
        )
        if this == asked:
            result.clear()
            with result:
                show_trial(tried, w)

    with region("section", w("try.title")).classes("y-card y-stack k-try"):
        Text(level, w("try.title"))
        Text("p", w("try.hint_edit" if edit else "try.hint")).classes("y-quiet")
        field = ui.input(label=w("try.label")).props("outlined dense clearable debounce=500 maxlength=500")
        field.classes("k-try-field")
        named = ui.checkbox(w("try.to_assistant", name=visit.settings.assistant_name or w("try.assistant"))).props(
            "dense"
        )
        result = region("div").classes("y-stack y-tight")
        attributes(result, aria_live="polite")
    again = visit.deed(Deed.READ, look, once=False)
    field.on_value_change(again)
    named.on_value_change(again)

    def retry() -> None:
        if field.value:
            ui.timer(0, again, once=True)

    return retry


def show_trial(tried: Rehearsed, w: Words) -> None:
    """Show what would come of a message."""
    outcome = tried.outcome
    tone = {"answer": "y-good", "silent": "", "handoff": "y-warm"}.get(outcome.action, "y-good")
    with region("div").classes("y-row"):
        Text("span", w(f"act.{outcome.action}")).classes(f"y-chip {tone}")
        if outcome.private:
            Text("span", w("try.private")).classes("y-chip")
    if tried.asks_model:
        Text("p", w("try.asks_model")).classes("y-quiet")
    if outcome.text:
        Text("p", outcome.text).classes("k-bubble y-pre")
    elif outcome.action == "silent":
        Text("p", w("try.silent")).classes("y-quiet")
    if tried.wants is not None:
        Text("p", w("try.wants", chance=f"{tried.wants:.0%}")).classes("y-quiet")
    near = [hit for place, hit in enumerate(tried.hits) if place == 0 or hit.probability >= NEAR]
    if near:
        Text("h3", w("try.hits"))
        with Element("ol").classes("k-hits"):
            for hit in near:
                show_hit(hit)


def show_hit(hit: NearHit) -> None:
    """Show an entry that came into question, with its chance as a number and a bar."""
    with Element("li").classes("k-hit"):
        with region("div").classes("k-hit-line"):
            Text("span", hit.question).classes("y-grow")
            Text("strong", f"{hit.probability:.0%}").classes("y-num")
        bar = region("div").classes("k-bar")
        attributes(bar, aria_hidden="true")
        with bar:
            region("div").style(f"width: {max(1, round(hit.probability * 100))}%")
        Text("p", hit.answer).classes("y-quiet k-two")
