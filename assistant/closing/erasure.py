"""Erases the rows of a group's members from the store and takes their names out of what stays."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from assistant.closing.scope import group_rows, personal_tables
from assistant.models import Audit, Entry, JoinRequest, Member, Message, PaymentClaim

_PHONE = re.compile(r"(?<!\d)(?:1[3-9]\d[ -]?\d{4}[ -]?\d{4}|\+?\d{1,3}[ -]?\(?\d{2,4}\)?[ -]?\d{3,4}[ -]?\d{4})(?!\d)")
_SOMEBODY = "a member"


async def names_of(session: AsyncSession, group_id: str) -> frozenset[str]:
    """Return what tells the group's members in a text: nicknames, the channel's ids, numbers they wrote.

    A name of one character is left out: it would be found everywhere.
    """
    people = await session.execute(
        select(Member.nickname, Member.external_id).where(Member.group_id == group_id, Member.role == "member")
    )
    names = {name for row in people for name in row if len(name) >= 2 and not name.isspace()}
    asked = await session.scalars(select(JoinRequest.nickname).where(JoinRequest.group_id == group_id))
    names.update(name for name in asked if len(name) >= 2)
    for column, group in ((Message.text, Message.group_id), (PaymentClaim.text, PaymentClaim.group_id)):
        for text in await session.scalars(select(column).where(group == group_id)):
            names.update(_PHONE.findall(text))
    return frozenset(names)


async def personal_rows(session: AsyncSession, group_id: str) -> dict[str, list[Mapping[str, Any]]]:
    """Return all rows with members' data of the group, by table."""
    rows: dict[str, list[Mapping[str, Any]]] = {}
    for table in personal_tables():
        found = await session.execute(select(table).where(group_rows(table, group_id)))
        rows[table.name] = [dict(row._mapping) for row in found]
    return rows


async def erase_rows(session: AsyncSession, group_id: str, names: Iterable[str]) -> dict[str, int]:
    """Delete the rows of the group's members and clean the audit; return how many, by table."""
    counts: dict[str, int] = {}
    connection = await session.connection()
    for table in personal_tables():
        done = await connection.execute(delete(table).where(group_rows(table, group_id)))
        if done.rowcount:
            counts[table.name] = done.rowcount
    await _clean_audit(session, group_id, frozenset(names))
    return counts


async def _clean_audit(session: AsyncSession, group_id: str, names: frozenset[str]) -> None:
    """Keep who did what and when, without a member's name and without words."""
    for record in await session.scalars(select(Audit).where(Audit.group_id == group_id)):
        record.details = {}
        if record.actor in names or any(name in record.subject for name in names):
            record.actor, record.subject = _SOMEBODY, ""


async def knowledge_with(session: AsyncSession, group_id: str, names: Iterable[str]) -> list[str]:
    """Return the keys of entries that hold one of the names: the seller has to look at these."""
    found = list(names)
    entries = await session.scalars(select(Entry).where(Entry.group_id == group_id).order_by(Entry.position))
    return [
        entry.key
        for entry in entries
        if any(name in " ".join((entry.question, entry.answer, *entry.similar_questions)) for name in found)
    ]


async def still_used(session: AsyncSession, pictures: Iterable[str]) -> set[str]:
    """Return which of the pictures rows of other groups speak of."""
    wanted = list(pictures)
    used: set[str] = set()
    for column in (Message.image, PaymentClaim.image):
        for start in range(0, len(wanted), 500):
            query = select(column).where(column.in_(wanted[start : start + 500]))
            used.update(name for name in await session.scalars(query) if name)
    return used
