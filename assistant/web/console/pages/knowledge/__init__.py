"""Knowledge: what the group's assistant can say, drafted, tried, checked and published; and what it could not say."""

from nicegui import ui

from assistant.accounts.permissions import Deed
from assistant.web.console.pages.knowledge.board import Board
from assistant.web.console.pages.knowledge.drafts import draft_bar
from assistant.web.console.pages.knowledge.files import file_menu
from assistant.web.console.pages.knowledge.history import history_tab
from assistant.web.console.pages.knowledge.lists import entries_tab, products_tab
from assistant.web.console.pages.knowledge.questions import questions_tab
from assistant.web.console.pages.knowledge.trying import try_panel
from assistant.web.console.parts import region
from assistant.web.console.shell import page
from assistant.web.console.visit import Visit


@page("/knowledge", words="knowledge", icon="menu_book", deed=Deed.READ, order=20, nav="main")
async def knowledge(visit: Visit) -> None:
    """Show entries, products, unanswered questions and the history, each in a tab, with the draft on top."""
    w, board = visit.w, Board(visit)
    await board.load()
    draft_bar(board)
    with region("div").classes("k-page"):
        with region("div").classes("y-stack k-main"):
            with region("div").classes("k-tabs-row"):
                with ui.tabs().props("no-caps dense inline-label outside-arrows mobile-arrows align=left") as tabs:
                    ui.tab("entries", label=w("tab.entries"))
                    ui.tab("products", label=w("tab.products"))
                    if visit.may(Deed.MEMBERS):
                        board.questions_tab = ui.tab("questions", label=w("tab.questions"))
                    ui.tab("history", label=w("tab.history"))
                file_menu(board)
            with ui.tab_panels(tabs, value="entries").props("keep-alive").classes("k-panels"):
                with ui.tab_panel("entries"):
                    entries_tab(board)
                with ui.tab_panel("products"):
                    products_tab(board)
                if visit.may(Deed.MEMBERS):
                    with ui.tab_panel("questions"):
                        await questions_tab(board)
                with ui.tab_panel("history"):
                    history = history_tab(board)
            tabs.on_value_change(
                visit.deed(Deed.READ, lambda event: history() if event.value == "history" else None, once=False)
            )
        with region("div").classes("k-side"):
            try_panel(board)
    board.dialogs = region("div")
