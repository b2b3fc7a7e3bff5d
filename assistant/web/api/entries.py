"""Sellers' endpoints for what a group knows; the next question sees every change."""

from typing import Annotated

from fastapi import APIRouter, Path, Response

from assistant.accounts.permissions import Deed
from assistant.errors import UsageError
from assistant.knowledge.records import EntryRecord
from assistant.web.api.views import entry_out
from assistant.web.auth import OfGroup, needs
from assistant.web.errors import ApiError
from assistant.web.schemas import EntryBody, EntryIn, EntryOut, clean

router = APIRouter(prefix="/api/groups/{group_id}/entries", tags=["knowledge"])

Key = Annotated[str, Path(max_length=200, description="The entry's id.", examples=["price-longjing"])]


@router.get("")
@needs(Deed.READ)
async def list_entries(access: OfGroup) -> list[EntryOut]:
    """Return all entries of the group, in the seller's order."""
    assert access.group is not None
    knowledge = await access.server.yidan.knowledge.knowledge(access.group.id)
    return [entry_out(entry) for entry in knowledge.entries]


@router.post("", status_code=201)
@needs(Deed.PUBLISH)
async def create_entry(access: OfGroup, entry: EntryIn) -> EntryOut:
    """Add an entry."""
    assert access.group is not None
    record = entry_record(entry.id, entry)
    return entry_out(await access.server.yidan.knowledge.add_entry(access.group.id, record, by=access.caller.actor))


@router.get("/{key}")
@needs(Deed.READ)
async def show_entry(access: OfGroup, key: Key) -> EntryOut:
    """Return one entry."""
    assert access.group is not None
    entry = (await access.server.yidan.knowledge.knowledge(access.group.id)).entry(key)
    if entry is None:
        raise ApiError(404, f"no entry '{key}' in this group")
    return entry_out(entry)


@router.put("/{key}")
@needs(Deed.PUBLISH)
async def update_entry(access: OfGroup, key: Key, entry: EntryBody) -> EntryOut:
    """Give an entry new content."""
    assert access.group is not None
    record = entry_record(key, entry)
    return entry_out(await access.server.yidan.knowledge.update_entry(access.group.id, record, by=access.caller.actor))


@router.delete("/{key}", status_code=204)
@needs(Deed.PUBLISH)
async def delete_entry(access: OfGroup, key: Key) -> Response:
    """Remove an entry; its history stays."""
    assert access.group is not None
    await access.server.yidan.knowledge.remove_entry(access.group.id, clean_key(key), by=access.caller.actor)
    return Response(status_code=204)


def clean_key(key: str) -> str:
    """Return an id as it may be looked up. Raises UsageError."""
    try:
        return clean(key)
    except ValueError as error:
        raise UsageError(str(error)) from error


def entry_record(key: str, entry: EntryBody) -> EntryRecord:
    """Return what a request says about the entry with this id. Raises UsageError."""
    for moment in (entry.valid_from, entry.valid_until):
        if moment is not None and moment.tzinfo is None:
            raise UsageError("valid_from and valid_until need a time zone, like 2026-05-22T20:00:00+08:00")
    return EntryRecord(
        key=clean_key(key),
        question=entry.question,
        similar_questions=tuple(entry.similar_questions),
        answer=entry.answer,
        category=entry.category,
        keywords=tuple(entry.keywords),
        valid_from=entry.valid_from,
        valid_until=entry.valid_until,
    )
