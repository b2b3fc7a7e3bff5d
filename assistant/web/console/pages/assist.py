"""Assist: for groups where only the seller may send. Paste lines of the chat, get drafts, copy them with one tap."""

import re
from decimal import Decimal
from typing import Any

from nicegui import ui
from nicegui.events import GenericEventArguments

from assistant.accounts.permissions import Deed
from assistant.delivery.assist import Excerpt, Taken
from assistant.delivery.assist_sheet import AssistLine, SentDraft, Sheet
from assistant.web.console.parts import Text, attributes, copies_from, copy_button, empty, region
from assistant.web.console.shell import page
from assistant.web.console.views.inbox import clock
from assistant.web.console.views.shown import money
from assistant.web.console.views.why import why
from assistant.web.console.visit import Visit


@page("/assist", words="assist", icon="content_paste_go", deed=Deed.TALK, order=28)
async def assist(visit: Visit) -> None:
    """Show the box to paste into, and the drafts."""
    await _AssistPage(visit).show()


class _AssistPage:
    """Lines and drafts of one group."""

    def __init__(self, visit: Visit) -> None:
        self.visit, self.w = visit, visit.w
        self.seen: Sheet | None = None
        self.editing = False

    async def show(self) -> None:
        """Build the page."""
        with region("div").classes("y-stack y-assist-page"):
            self._paste()
            with region("div").classes("y-stack"):
                self.notices = region("section", self.w("also")).classes("y-stack")
                self.lines = region("section", self.w("sheet")).classes("y-stack")
        await self._look()
        self.visit.on_news(self._look)

    def _paste(self) -> None:
        visit, w = self.visit, self.w
        with region("div").classes("y-card y-stack"):
            Text("p", w("intro")).classes("y-quiet")
            self.text = ui.textarea(w("paste")).props("outlined autogrow maxlength=100000").classes("y-wide y-paste")
            Text("p", w("paste_hint")).classes("y-quiet")
            with region("details"):
                Text("summary", w("more_options"))
                with region("div").classes("y-stack"):
                    self.author = ui.input(w("author")).props("outlined dense maxlength=60")
                    self.ours = ui.input(w("ours")).props("outlined dense maxlength=400")
            with region("div").classes("y-row"):
                self.button = ui.button(w("take"), icon="edit_note", on_click=visit.deed(Deed.TALK, self._take))
            self.told = region("div").classes("y-stack y-tight")
            attributes(self.told, aria_live="polite")

    async def _take(self) -> None:
        visit, w, text = self.visit, self.w, str(self.text.value or "")
        if not text.strip():
            visit.fail(w("nothing_pasted"))
            return
        ours = tuple(name for name in map(str.strip, re.split(r"[,，、;；]", str(self.ours.value or ""))) if name)
        self.button.props("loading")
        try:
            excerpt = Excerpt(text, str(self.author.value or "").strip(), ours)
            taken = await visit.server.assist.take(visit.group.id, excerpt)
        finally:
            self.button.props(remove="loading")
        self.text.value, self.editing = "", False
        self._tell(taken)
        visit.server.announce(visit.group.id)
        await self._look()

    def _tell(self, taken: Taken) -> None:
        w = self.w
        self.told.clear()
        with self.told:
            Text("p", w("taken", count=len(taken.lines)) if taken.lines else w("taken_none")).classes("y-good")
            for key, count in (("known", taken.known), ("echoes", taken.echoes), ("pictures", taken.pictures)):
                if count:
                    Text("p", w(key, count=count)).classes("y-quiet")
            for key, texts in (("nameless", taken.nameless), ("refused", taken.refused)):
                if texts:
                    Text("p", w(key)).classes("y-warm")
                for text in texts:
                    Text("p", text).classes("y-quiet y-pre")

    async def _look(self) -> None:
        sheet = await self.visit.server.drafts.sheet(self.visit.group.id)
        if sheet == self.seen or self.editing:
            # What somebody is changing is not taken out of their hands.
            return
        self.seen = sheet
        w = self.w
        self.notices.clear()
        with self.notices:
            if sheet.notices:
                Text("h2", w("also"))
                Text("p", w("also_text")).classes("y-quiet")
            for notice in sheet.notices:
                with region("article").classes("y-card y-stack"):
                    self._draft(notice)
        self.lines.clear()
        with self.lines:
            waiting = sum(line.draft is not None and line.draft.state == "waiting" for line in sheet.lines)
            if sheet.lines:
                with region("div").classes("y-row y-between"):
                    Text("h2", w("sheet"))
                    Text("span", w("to_send", count=waiting)).classes("y-chip y-warm" if waiting else "y-chip")
            named: set[str] = set()
            for line in reversed(sheet.lines):
                self._line(line, newest=line.author not in named)
                named.add(line.author)
            if not sheet.lines and not sheet.notices:
                empty("content_paste_go", w("empty"), w("empty_text"))

    def _line(self, line: AssistLine, *, newest: bool) -> None:
        visit, w = self.visit, self.w
        with region("article").classes("y-card y-stack y-assist"):
            with region("div"):
                with region("p").classes("y-quiet y-bubble-head"):
                    Text("strong", line.author)
                    Text("time", clock(line.at, visit.server.yidan.clock.now(), visit.zone))
                    if line.role != "member":
                        Text("span", w("ours_chip")).classes("y-chip")
                    if newest:
                        self._side(line)
                Text("p", line.text).classes("y-pre")
            for order in line.orders:
                total = money(Decimal(order.total), visit.settings.payment.currency)
                told = w("order", number=order.number, status=w(f"status.{order.status}"), total=total)
                Text("p", told).classes("y-chip y-good y-self")
            if line.answered and line.draft is not None and line.draft.state == "waiting":
                Text("p", w("answered")).classes("y-note")
            if line.draft is not None:
                self._draft(line.draft)
            elif line.shared:
                Text("p", w("shared")).classes("y-quiet")
            else:
                Text("p", why(line.action, line.reason, w.of("why"))).classes("y-quiet")

    def _side(self, line: AssistLine) -> None:
        """Offer to set a name right that was taken for the wrong side."""
        visit, w, ours = self.visit, self.w, line.role == "member"

        async def flip() -> None:
            done = await visit.server.names.set_side(visit.group.id, line.author, ours=ours, by=visit.person.actor)
            told = w("now_ours" if ours else "now_member", name=line.author)
            visit.note(f"{told} {w('lines_kept', count=done.kept)}" if done.kept else told)
            await self._changed()

        button = ui.button(w("is_ours" if ours else "is_member"), on_click=visit.deed(Deed.TALK, flip))
        button.props("flat dense no-caps")
        attributes(button, aria_label=w("is_ours_of" if ours else "is_member_of", name=line.author))

    def _draft(self, draft: SentDraft) -> None:
        w = self.w
        with region("div").classes(f"y-draft y-draft-{draft.state} y-stack y-tight"):
            with region("div").classes("y-row"):
                names = w("list_break").join(draft.addressees)
                where = w("private", names=names) if draft.private and names else w("public")
                chip = Text("span", where).classes("y-chip y-warm" if draft.private else "y-chip")
                chip.classes("y-lines")
                if draft.by_seller:
                    Text("span", w("by_you")).classes("y-chip")
                if draft.state != "waiting":
                    Text("span", w(f"was_{draft.state}")).classes(
                        "y-chip y-good" if draft.state == "sent" else "y-chip"
                    )
            body = region("div")
            with body:
                Text("p", draft.text).classes("y-pre")
            with region("div").classes("y-row"):
                self._buttons(draft, body)

    def _buttons(self, draft: SentDraft, body: Any) -> None:
        visit, w = self.visit, self.w
        box: ui.textarea | None = None

        async def sent(event: GenericEventArguments) -> None:
            words = str(box.value or "").strip() if box is not None else None
            await visit.server.drafts.sent(visit.group.id, draft.id, by=visit.person.actor, text=words)
            copied = bool(event.args)
            changed = words is not None and words != draft.text
            visit.note(w("copied_edited" if changed else "copied") if copied else w("copy_failed"))
            await self._changed()

        def edit() -> None:
            nonlocal box
            self.editing = True
            body.clear()
            with body:
                box = ui.textarea(w("edit"), value=draft.text).props("outlined autogrow maxlength=4000")
                box.classes("y-wide").run_method("focus")
            # What is copied is what stands in the field in the browser: it need not have reached us yet.
            copies_from(copy, box)
            change.set_visibility(False)

        label = w("copy") if draft.state != "not_sent" else w("again")
        copy = copy_button(label, draft.text, then=visit.deed(Deed.TALK, sent))
        if draft.state == "sent":
            copy.props("outline")
        change = ui.button(w("edit"), on_click=edit).props("flat")
        if draft.state != "not_sent":
            back = ui.button(w("not_sent"), on_click=visit.deed(Deed.TALK, lambda: self._back(draft)))
            back.props("flat")

    async def _back(self, draft: SentDraft) -> None:
        visit = self.visit
        await visit.server.drafts.not_sent(visit.group.id, draft.id, by=visit.person.actor)
        visit.note(self.w("taken_back"))
        await self._changed()

    async def _changed(self) -> None:
        self.editing = False
        self.visit.server.broadcast.notify(self.visit.group.id)
        await self._look()
