"""A question tried out on the draft, on what members get, or on an edit that nobody has saved yet."""

from dataclasses import replace
from typing import Any

from assistant.delivery.bootstrap import Yidan
from assistant.groups.library import GroupView
from assistant.knowledge.catalogue import Catalogue
from assistant.knowledge.changes import key_of
from assistant.knowledge.drafts import Record
from assistant.knowledge.records import EntryRecord, Knowledge
from assistant.turn.rehearsal import Rehearsed


async def try_question(
    yidan: Yidan,
    group_id: str,
    text: str,
    *,
    published: bool = False,
    edit: Record | None = None,
    to_assistant: bool = False,
) -> Rehearsed:
    """Return what the assistant would do with a question; nothing is written or sent.

    ``published``: as members get it now, else as the draft would make it. ``edit`` takes the place of its record (or
    is added). Raises NotFound.
    """
    view = await drafted_view(yidan, group_id, published=published, edit=edit)
    return await yidan.pipeline.rehearse(view, text, to_assistant=to_assistant)


async def drafted_view(
    yidan: Yidan, group_id: str, *, published: bool = False, edit: Record | None = None
) -> GroupView:
    """Return the group as its draft (with ``edit`` on top) would make it, ready to be searched. Raises NotFound."""
    async with yidan.database.read() as session:
        live = await yidan.library.view(session, group_id)
    state = await yidan.drafts.state(group_id)
    knowledge = state.published if published else state.drafted
    if edit is not None:
        knowledge = with_edit(knowledge, edit)
    if knowledge == live.knowledge:
        return live
    index = await yidan.library.prepare(live.settings, knowledge)
    return replace(live, knowledge=knowledge, catalogue=Catalogue(knowledge.products), index=index)


def with_edit(knowledge: Knowledge, edit: Record) -> Knowledge:
    """Return the knowledge with this record in place of the one it edits, or added at the end."""
    if isinstance(edit, EntryRecord):
        return replace(knowledge, entries=_put(knowledge.entries, edit))
    return replace(knowledge, products=_put(knowledge.products, edit))


def _put(records: tuple[Any, ...], edit: Record) -> tuple[Any, ...]:
    kept = tuple(edit if key_of(record) == key_of(edit) else record for record in records)
    return kept if edit in kept else (*kept, edit)
