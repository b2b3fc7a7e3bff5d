"""From an answered ticket to knowledge, in one step."""

from nicegui import ui

from assistant.accounts.permissions import Deed
from assistant.delivery.dossier import Dossier
from assistant.delivery.suggestions import Suggestions
from assistant.knowledge.records import CATEGORIES
from assistant.publishing.learning import Learnt, Lesson, learn
from assistant.web.console.parts import Text, region
from assistant.web.console.visit import Visit


class Learning:
    """The form that makes an entry and a test case of a ticket."""

    def __init__(self, visit: Visit, found: Dossier) -> None:
        self.visit, self.ticket = visit, found.ticket

    def show(self) -> None:
        """Show the offer; the form comes with what is suggested when it is taken up."""
        visit, w = self.visit, self.visit.w
        with region("section").classes("y-card y-stack"):
            Text("h2", w("learn"))
            Text("p", w("learn_text")).classes("y-quiet")
            self.form = region("div").classes("y-stack")
            with self.form:
                ui.button(w("learn"), icon="school", on_click=visit.deed(Deed.DRAFT, self._open))

    async def _open(self) -> None:
        visit, w, ticket = self.visit, self.visit.w, self.ticket
        yidan = visit.server.yidan
        suggestions = Suggestions(yidan.database, yidan.library, visit.server.desk, yidan.model)
        draft = await suggestions.entry(ticket.group_id, ticket.question, ticket.answer)
        known = (await yidan.knowledge.knowledge(ticket.group_id)).entry(f"ticket-{ticket.id}")
        self.form.clear()
        with self.form:
            if known is not None:
                Text("p", w("learnt_before")).classes("y-note")
            self.question = self._field("learn_question", known.question if known else draft.question)
            similar = known.similar_questions if known else draft.similar_questions
            self.similar = self._field("learn_similar", "\n".join(similar))
            self.answer = self._field("learn_answer", known.answer if known else draft.answer)
            options = {name: w(f"category.{name}") for name in CATEGORIES}
            chosen = known.category if known else "other"
            self.category = ui.select(options, label=w("learn_category"), value=chosen).props("outlined dense")
            with region("div").classes("y-row"):
                if visit.may(Deed.PUBLISH):
                    self.publish = ui.button(w("learn_publish"), icon="publish")
                    self.publish.on_click(visit.deed(Deed.PUBLISH, self._publish))
                ui.button(w("learn_draft"), on_click=visit.deed(Deed.DRAFT, self._draft)).props("outline")

    def _field(self, label: str, value: str) -> ui.textarea:
        made = ui.textarea(self.visit.w(label), value=value).props("outlined autogrow maxlength=4000")
        return made.classes("y-wide")

    async def _draft(self) -> None:
        learnt = await self._learn(live=False)
        self._told(self.visit.w("learnt_draft"), learnt)

    async def _publish(self) -> None:
        w = self.visit.w
        self.publish.props("loading")
        self.visit.note(w("learning"))
        try:
            learnt = await self._learn(live=True)
        finally:
            self.publish.props(remove="loading")
        if learnt.live:
            self._told(w("learnt_unsure" if learnt.answers is False else "learnt_live"), learnt)
        else:
            self._told(
                w("learnt_broken", count=len(learnt.broken), names=w("list_break").join(learnt.broken[:3])), learnt
            )

    async def _learn(self, *, live: bool) -> Learnt:
        visit, ticket = self.visit, self.ticket
        # Whoever is demoted or loses the group while the page is open finds no ticket any more.
        await visit.server.desk.show(ticket.id, seller_id=visit.person.seller_id)
        lesson = Lesson(
            question=str(self.question.value or "").strip(),
            answer=str(self.answer.value or "").strip(),
            similar_questions=tuple(line for line in map(str.strip, str(self.similar.value or "").split("\n")) if line),
            category=str(self.category.value),
        )
        server, by = visit.server, visit.person.actor
        with server.one_publication(ticket.group_id):
            return await learn(
                server.yidan, ticket.group_id, ticket.id, lesson, by=by, live=live, compare=server.compare
            )

    def _told(self, text: str, learnt: Learnt) -> None:
        self.visit.note(text)
        self.form.clear()
        with self.form:
            Text("p", text).classes("y-note" if not learnt.live else "y-good")
            Text("p", f"{learnt.entry.question} → {learnt.entry.answer}").classes("y-quiet y-pre")
        self.visit.server.announce(self.ticket.group_id)
