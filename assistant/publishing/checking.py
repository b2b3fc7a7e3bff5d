"""Checks of a loaded group, and of a group's folder that is not loaded."""

import asyncio
from datetime import datetime

from assistant.checks.base import Finding
from assistant.checks.service import check
from assistant.delivery.bootstrap import Yidan
from assistant.groups.folder import GroupFolder
from assistant.groups.settings import GroupSettings
from assistant.knowledge.records import Knowledge
from assistant.retrieval.index import Progress


async def findings_of(
    yidan: Yidan,
    settings: GroupSettings,
    knowledge: Knowledge,
    *,
    now: datetime | None = None,
    progress: Progress | None = None,
) -> tuple[Finding, ...]:
    """Return what is to be looked at in knowledge, which need not be stored; what members would find included."""
    index = await yidan.library.prepare(settings, knowledge, progress=progress)
    at = now or yidan.clock.now()
    return await asyncio.to_thread(check, settings, knowledge, now=at, index=index)


async def drafted_folder(yidan: Yidan, group_id: str, *, published: bool = False) -> tuple[GroupFolder, int]:
    """Return the group as its draft would make it (or as it is), and how many changes are drafted. Raises NotFound."""
    settings = (await yidan.groups.show(group_id)).settings
    state = await yidan.drafts.state(group_id)
    knowledge = state.published if published else state.drafted
    return GroupFolder(settings, knowledge), len(state.changes)
