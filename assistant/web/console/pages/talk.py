"""Talk: everything that is said in the group, why the assistant did what it did, marks, and words of one's own."""

from nicegui import ui
from nicegui.element import Element
from nicegui.events import GenericEventArguments

from assistant.accounts.permissions import Deed
from assistant.delivery.feed import Cursor
from assistant.delivery.talk import TalkLine
from assistant.desk.pauses import PauseView
from assistant.marks.service import MarkService
from assistant.web.console.bubbles import Teller, bubble, reasons, teller_of
from assistant.web.console.keyboard import Typing
from assistant.web.console.parts import Text, attributes, empty, icon_button, region
from assistant.web.console.shell import page
from assistant.web.console.views.inbox import clock
from assistant.web.console.visit import Visit


@page("/talk", words="talk", icon="forum", deed=Deed.MEMBERS, order=25)
async def talk(visit: Visit) -> None:
    """Show the group's talk, live."""
    await _TalkPage(visit).show()


class _TalkPage:
    """The talk of one group, with the box to write in."""

    def __init__(self, visit: Visit) -> None:
        self.visit, self.w = visit, visit.w
        self.older: list[TalkLine] = []
        self.last: list[TalkLine] = []
        self.told: list[TalkLine] = []
        self.back: Cursor | None = None
        self.seen: tuple[object, ...] = ()
        self.newest = ""
        self.quoted: TalkLine | None = None
        self.typing: Typing | None = None

    async def show(self) -> None:
        """Build the page."""
        visit, w = self.visit, self.w
        self.pauses = region("div")
        with region("div").classes("y-card y-stack"):
            self.more = ui.button(w("earlier"), on_click=visit.deed(Deed.MEMBERS, self._earlier))
            self.more.props("flat dense").set_visibility(False)
            self.box = region("div", w("feed")).classes("y-talk y-talk-page")
            attributes(self.box, tabindex="0", role="log")
        if visit.may(Deed.TALK):
            with region("div").classes("y-card y-stack y-writing"):
                self._writing()
        await self._look()
        visit.on_news(self._look)

    async def _look(self) -> None:
        server, group = self.visit.server, self.visit.group
        lines, back = await server.talk.latest(group.id)
        pauses = await server.pauses.list(group.id)
        if self.older:
            # What has slid out of the last lines stays between them and the earlier ones.
            there = {line.item.id for line in lines}
            self.older += [line for line in self.last if line.item.id not in there]
        else:
            self.back = back
        self.last = lines
        kept = tuple(self.older)
        if (kept, tuple(lines), tuple(pauses)) == self.seen:
            return
        self.seen = (kept, tuple(lines), tuple(pauses))
        teller = await teller_of(self.visit, group.id)
        self._show_pauses(pauses, teller)
        self.more.set_visibility(self.back is not None)
        told = [*kept, *lines]
        # What stands there stays as it is, unfolded reasons included, where the talk only goes on.
        if not self.told or told[: len(self.told)] != self.told:
            self.box.clear()
            self.told = []
        with self.box:
            for line in told[len(self.told) :]:
                self._line(line, teller)
            if not told:
                empty("forum", self.w("empty"), self.w("empty_text"))
        self.told = told
        newest = lines[-1].item.id if lines else ""
        if newest != self.newest:
            self.newest = newest
            ui.run_javascript(f"yidan.end({self.box.id})")

    async def _earlier(self) -> None:
        if self.back is None:
            return
        lines, self.back = await self.visit.server.talk.latest(self.visit.group.id, self.back)
        known = {line.item.id for line in (*self.older, *self.last)}
        self.older = [line for line in lines if line.item.id not in known] + self.older
        await self._look()

    def _line(self, line: TalkLine, teller: Teller) -> None:
        visit, w = self.visit, self.w
        with bubble(line, teller, marked=self.quoted is not None and line.item.id == self.quoted.item.id):
            if line.item.kind != "message" or line.item.role != "member":
                return
            reasons(line, teller)
            with region("div").classes("y-row y-tools"):
                if visit.may(Deed.TALK):
                    say = icon_button("reply", w("answer_this", name=line.item.author))
                    say.on_click(visit.deed(Deed.TALK, lambda line=line: self._quote(line)))
                if line.deed is not None and visit.may(Deed.EVALUATE):
                    self._mark(line, good=True)
                    self._mark(line, good=False)

    def _mark(self, line: TalkLine, *, good: bool) -> None:
        visit, w, deed = self.visit, self.w, line.deed
        assert deed is not None
        pressed = deed.good is good

        async def mark() -> None:
            marks = MarkService(visit.server.yidan.database, visit.server.yidan.clock)
            if pressed:
                await marks.unmark(visit.group.id, deed.message_id, by=visit.person.actor)
            else:
                await marks.mark(visit.group.id, deed.message_id, good=good, by=visit.person.actor)
            visit.note(w("unmarked" if pressed else "marked_good" if good else "marked_bad"))
            await self._look()

        icon = "thumb_up" if good else "thumb_down"
        button = icon_button(icon if pressed else f"o_{icon}", w("good" if good else "bad"))
        button.on_click(visit.deed(Deed.EVALUATE, mark))
        attributes(button, aria_pressed="true" if pressed else "false")
        if pressed:
            button.props("color=primary" if good else "color=negative")

    def _show_pauses(self, pauses: list[PauseView], teller: Teller) -> None:
        visit, w = self.visit, self.w
        self.pauses.clear()
        if not pauses:
            return
        with self.pauses, region("div").classes("y-note y-stack y-tight"):
            Text("strong", w("pauses"))
            for pause in pauses:
                with region("div").classes("y-row y-between"):
                    if pause.until is None:
                        Text("span", w("typing_line", member=pause.member, by=pause.typing_by))
                        continue
                    until = clock(pause.until, teller.now, teller.zone)
                    Text("span", w("pause_line", member=pause.member, by=pause.by, time=until))
                    if visit.may(Deed.TALK):
                        end = icon_button("smart_toy", w("end_pause", member=pause.member))
                        end.on_click(visit.deed(Deed.TALK, lambda pause=pause: self._end(pause)))

    async def _end(self, pause: PauseView) -> None:
        visit = self.visit
        await visit.server.pauses.end(visit.group.id, pause.member_id, by=visit.person.actor)
        visit.server.announce(visit.group.id)
        visit.note(self.w("ended"))
        await self._look()

    def _writing(self) -> None:
        visit, w = self.visit, self.w
        self.quote: Element = region("div")
        self.text = ui.textarea(w("write")).props("outlined autogrow maxlength=4000").classes("y-wide")
        self.text.on("update:model-value", visit.deed(Deed.TALK, self._written, once=False), throttle=1.0)
        with region("div").classes("y-row y-between"):
            self.private = ui.checkbox(w("only_them"))
            self.private.set_visibility(False)
            ui.button(w("send"), icon="send", on_click=visit.deed(Deed.TALK, self._send))

    async def _written(self, event: GenericEventArguments) -> None:
        if self.typing is not None:
            await self.typing.written(str(event.args or ""))

    async def _quote(self, line: TalkLine) -> None:
        await self._drop_quote()
        self.quoted = line
        assert line.member_id is not None
        self.typing = Typing(self.visit, self.visit.group.id, line.member_id)
        self.visit.client.on_disconnect(self.typing.stop)
        with self.quote, region("div").classes("y-row y-between"):
            Text("blockquote", f"{line.item.author}：{line.item.text}").classes("y-asked y-grow y-two-lines")
            icon_button("close", self.w("no_quote"), on_click=self.visit.deed(Deed.TALK, self._drop_quote))
        self.private.set_visibility(True)
        attributes(self.text, label=self.w("write_to", name=line.item.author))
        self.text.run_method("focus")

    async def _drop_quote(self) -> None:
        self.quote.clear()
        self.quoted = None
        self.private.value = False
        self.private.set_visibility(False)
        attributes(self.text, label=self.w("write"))
        if self.typing is not None:
            await self.typing.stop()
            self.typing = None

    async def _send(self) -> None:
        visit, words = self.visit, str(self.text.value or "").strip()
        if not words:
            visit.fail(self.w("nothing_written"))
            return
        to = self.quoted.message_id if self.quoted is not None else None
        private = bool(self.private.value) and to is not None
        await visit.server.talk.say(visit.group.id, words, by=visit.person.actor, to=to, private=private)
        if self.typing is not None:
            self.typing.sent()
        self.text.value = ""
        await self._drop_quote()
        visit.server.announce(visit.group.id)
        visit.note(self.w("sent"))
