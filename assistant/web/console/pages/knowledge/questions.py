"""Unanswered questions: most asked first, answered once for all who asked, joined to an entry, or dismissed."""

from functools import partial

from nicegui import ui

from assistant.accounts.permissions import Deed
from assistant.agent.suggest import DraftEntry
from assistant.delivery.suggestions import Suggestions
from assistant.errors import UsageError
from assistant.knowledge.records import CATEGORIES
from assistant.publishing.answering import (
    Waiting,
    add_to_entry,
    answer_question,
    questions_of,
    unanswered,
    with_phrasings,
)
from assistant.questions.service import Question, QuestionState
from assistant.web.console.pages.knowledge.board import Board
from assistant.web.console.parts import Text, attributes, empty, region, sheet
from assistant.web.console.views.knowledge import lines_of

STATES: tuple[QuestionState, ...] = ("open", "answered", "dismissed")
MOST = 60


async def questions_tab(board: Board) -> None:
    """Show the questions of a state; the tab tells how many are open."""
    visit, w = board.visit, board.w

    async def draw() -> None:
        wanted: QuestionState = state.value
        found = await unanswered(board.yidan, board.group_id, state=wanted)
        cards.clear()
        with cards:
            if not found:
                empty("task_alt", w(f"questions.none_{wanted}"), w(f"questions.none_{wanted}_text"))
            for one in found[:MOST]:
                _card(board, one)
        if wanted == "open" and board.questions_tab is not None:
            waiting = sum(not one.covered for one in found)
            label = w("tab.questions_count", count=waiting) if waiting else w("tab.questions")
            board.questions_tab.props["label"] = label
            board.questions_tab.update()

    with region("div").classes("y-row y-between"):
        Text("p", w("questions.hint")).classes("y-quiet y-grow")
        names = {name: w(f"questions.{name}") for name in STATES}
        state = ui.select(names, value="open", label=w("questions.state")).props("outlined dense options-dense")
        state.classes("k-state")
    cards = region("div").classes("y-stack")
    state.on_value_change(visit.deed(Deed.MEMBERS, draw, once=False))
    board.on_change(draw)
    await draw()


def _card(board: Board, one: Waiting) -> None:
    w, visit, question = board.w, board.visit, one.question
    with region("article").classes("y-card y-stack y-tight"):
        with region("div").classes("y-row y-between"):
            Text("h3", question.text).classes("y-grow")
            count = Text("span", w("questions.asked", count=question.count)).classes("y-chip y-warm")
            attributes(count, title=w("questions.by", members=question.members))
        at = f"{question.last_at.astimezone(visit.zone):%m-%d %H:%M}"
        Text("p", w("questions.last", at=at, members=question.members)).classes("y-quiet")
        if len(question.phrasings) > 1:
            with region("details"):
                Text("summary", w("questions.words", count=len(question.phrasings))).classes("y-quiet")
                with region("ul").classes("k-plain"):
                    for text in question.phrasings:
                        Text("li", text)
        if one.near is not None and one.near.probability >= 0.1:
            key = "questions.covered" if one.covered else "questions.near"
            Text("p", w(key, entry=one.near.question, chance=f"{one.near.probability:.0%}")).classes("y-quiet")
        _buttons(board, one)


def _buttons(board: Board, one: Waiting) -> None:
    w, visit, question = board.w, board.visit, one.question

    async def decide(state: QuestionState) -> None:
        await questions_of(board.yidan).decide(board.group_id, question.id, state, by=board.by)
        visit.note(w(f"questions.now_{state}"))
        await board.changed()

    async def join(key: str) -> None:
        await add_to_entry(board.yidan, board.group_id, question.id, key, by=board.by)
        visit.note(w("questions.joined"))
        await board.changed()

    if not visit.may(Deed.DRAFT):
        return
    with region("div").classes("y-row"):
        if question.state != "open":
            ui.button(w("questions.reopen"), on_click=visit.deed(Deed.DRAFT, partial(decide, "open"))).props(
                "flat dense"
            )
            return
        ui.button(
            w("questions.answer"), icon="edit", on_click=visit.deed(Deed.DRAFT, partial(_answer, board, question))
        )
        near = one.near
        if near is not None and not near.id.startswith("sku:") and near.probability >= 0.1:
            ui.button(w("questions.join"), on_click=visit.deed(Deed.DRAFT, partial(join, near.id))).props("flat dense")
        ui.button(w("questions.dismiss"), on_click=visit.deed(Deed.DRAFT, partial(decide, "dismissed"))).props(
            "flat dense"
        )


def _answer(board: Board, question: Question) -> None:
    """Open the form that answers a question for all who asked."""
    w, visit, yidan = board.w, board.visit, board.yidan

    async def suggest() -> None:
        suggestions = Suggestions(yidan.database, yidan.library, visit.server.desk, yidan.model)
        draft = await suggestions.entry(board.group_id, standard.value, answer.value or standard.value)
        similar.value = "\n".join(
            with_phrasings((*lines_of(similar.value), *draft.similar_questions), (), standard.value)
        )

    async def save() -> None:
        if not str(answer.value or "").strip():
            raise UsageError("answer is empty")
        draft = DraftEntry(str(standard.value), lines_of(similar.value), str(answer.value), "rules")
        await answer_question(yidan, board.group_id, question.id, draft, category=str(category.value), by=board.by)
        dialog.close()
        visit.note(w("questions.drafted"))
        await board.changed()

    with board.place(), sheet(w("questions.answer_title")) as dialog:
        ui.context.slot.parent.classes("k-wide")
        dialog.props("persistent")
        dialog.on_value_change(lambda event: None if event.value else dialog.delete())
        standard = ui.input(label=w("field.question"), value=question.text).props("outlined dense")
        answer = ui.textarea(label=w("field.answer")).props("outlined dense autogrow autofocus")
        attributes(answer, hint=w("hint.answer"))
        worded = "\n".join(with_phrasings((), question.phrasings, question.text))
        similar = ui.textarea(label=w("field.similar_questions"), value=worded).props("outlined dense autogrow")
        attributes(similar, hint=w("questions.their_words"))
        ui.button(w("suggest"), icon="auto_awesome", on_click=visit.deed(Deed.DRAFT, suggest)).props(
            "flat dense"
        ).classes("k-left")
        names = {name: w(f"category.{name}") for name in CATEGORIES}
        category = ui.select(names, label=w("field.category"), value="other").props("outlined dense options-dense")
        with region("div").classes("y-row k-buttons"):
            ui.button(w("save_draft"), on_click=visit.deed(Deed.DRAFT, save))
            ui.button(w("cancel"), on_click=dialog.close).props("flat")
    dialog.open()
