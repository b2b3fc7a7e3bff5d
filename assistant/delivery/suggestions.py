"""Suggestions for sellers: a draft entry from a question and their reply, a ticket in three lines."""

from collections.abc import Sequence

from assistant.agent.suggest import DraftEntry, Summary, draft_entry, summarise
from assistant.db import Database
from assistant.desk.service import TicketDesk, TicketView
from assistant.errors import NotFound
from assistant.groups.library import Library
from assistant.llm.access import ModelAccess
from assistant.llm.roles import standing
from assistant.replies.catalogue import Replies, replies_for
from assistant.turn.grounding import ungrounded

SECONDS = 30.0
"""How long the model may take: the seller waits for it knowingly."""


class Suggestions:
    """Makes suggestions, with the model where it may write, else by rules."""

    def __init__(self, database: Database, library: Library, desk: TicketDesk, model: ModelAccess | None) -> None:
        self._database, self._library, self._desk, self._model = database, library, desk, model

    async def entry(self, group_id: str, question: str, answer: str) -> DraftEntry:
        """Return a draft entry; nothing is stored. Raises NotFound where there is no such group."""
        async with self._database.read() as session:
            language = (await self._library.view(session, group_id)).settings.language
        access = await self._writer()
        return await draft_entry(question, answer, language=language, access=access, holds=_holds, seconds=SECONDS)

    async def ticket(self, group_id: str, ticket_id: int) -> Summary:
        """Return a ticket in three lines. Raises NotFound where the group has no such ticket."""
        tickets = {view.id: view for view in await self._desk.list(group_id)}
        if ticket_id not in tickets:
            raise NotFound(f"no ticket {ticket_id} in {group_id}")
        view = tickets[ticket_id]
        async with self._database.read() as session:
            group = await self._library.view(session, group_id)
        settings = group.settings
        replies = replies_for(settings.language, settings.timezone, settings.payment.currency)
        # Who else wrote is none of the model's business.
        said = [
            line["text"] for line in view.context.get("last_lines", ()) if isinstance(line, dict) and line.get("text")
        ]
        tried = [hit["id"] for hit in view.context.get("tried", ())]
        known = [entry for entry in group.knowledge.entries if entry.key in tried]
        facts = [f"{entry.question} {entry.answer}" for entry in known]
        return await summarise(
            _three_lines(view, replies, [entry.question for entry in known]),
            [*said, view.question],
            facts,
            language=settings.language,
            access=await self._writer(),
            holds=_holds,
            seconds=SECONDS,
        )

    async def _writer(self) -> ModelAccess | None:
        if self._model is None:
            return None
        role = self._model.settings.role
        if not role:
            async with self._database.read() as session:
                role = (await standing(session, self._model.settings)).role
        return None if role == "none" else self._model


def _holds(text: str, known: Sequence[str]) -> bool:
    return not ungrounded(text, known, strict=True)


def _three_lines(view: TicketView, replies: Replies, near: Sequence[str]) -> tuple[str, str, str]:
    """Return what is wanted, what is known, and what to do, from the ticket's own fields."""
    orders = view.context.get("orders", ())
    told = replies.join(
        f"{order['number']} {replies.render('status.label', status=order['status'])}" for order in orders[:3]
    )
    wants = replies.render("summary.wants", member=view.member, question=" ".join(view.question.split())[:160])
    knows = replies.render("summary.knows", orders=told, near=near[0] if near else "")
    return wants, knows, replies.render("summary.do", kind=view.kind)
