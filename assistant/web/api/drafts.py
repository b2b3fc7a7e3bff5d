"""Sellers' endpoints for drafts: change, look at, check, discard, publish. Members see what is published."""

from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Response

from assistant.accounts.permissions import Deed
from assistant.checks.words import finding_json
from assistant.publishing.checking import drafted_folder, findings_of
from assistant.publishing.service import Wish, publish
from assistant.publishing.wire import change_json, publication_json
from assistant.web.api.entries import Key, clean_key, entry_record
from assistant.web.api.views import entry_out
from assistant.web.auth import OfGroup, needs
from assistant.web.schemas import EntryBody, EntryOut
from assistant.web.schemas_drafts import CheckOut, DiscardedOut, DraftOut, PublicationOut, PublishIn

router = APIRouter(prefix="/api/groups/{group_id}", tags=["knowledge"])


@router.get("/draft")
@needs(Deed.READ)
async def show_draft(access: OfGroup) -> DraftOut:
    """Return what the draft changes, with what is published and what would be."""
    assert access.group is not None
    state = await access.server.yidan.drafts.state(access.group.id)
    return DraftOut.model_validate({"changes": [change_json(change) for change in state.changes]})


@router.put("/draft/entries/{key}")
@needs(Deed.DRAFT)
async def draft_entry(access: OfGroup, key: Key, entry: EntryBody) -> EntryOut:
    """Draft an entry's new content, or a new entry; members see it once it is published."""
    assert access.group is not None
    drafts, actor = access.server.yidan.drafts, access.caller.actor
    return entry_out(await drafts.save_entry(access.group.id, entry_record(key, entry), by=actor))


@router.delete("/draft/entries/{key}", status_code=204)
@needs(Deed.DRAFT)
async def draft_removal(access: OfGroup, key: Key) -> Response:
    """Draft the removal of an entry."""
    assert access.group is not None
    await access.server.yidan.drafts.remove(access.group.id, "entry", clean_key(key), by=access.caller.actor)
    return Response(status_code=204)


@router.delete("/draft")
@needs(Deed.DRAFT)
async def discard_draft(
    access: OfGroup,
    id: Annotated[
        list[Annotated[str, Path(max_length=200)]] | None, Query(description="Only these; all without.")
    ] = None,
) -> DiscardedOut:
    """Forget drafted changes; what is published stays."""
    assert access.group is not None
    names = [clean_key(name) for name in id or []]
    gone = await access.server.yidan.drafts.discard(access.group.id, names, by=access.caller.actor)
    return DiscardedOut(discarded=list(gone))


@router.get("/check")
@needs(Deed.READ)
async def check_knowledge(access: OfGroup, published: bool = False) -> CheckOut:
    """Look for contradictions, wrong prices and terms, doubles and slips, in the draft or in what is published."""
    assert access.group is not None
    yidan = access.server.yidan
    folder, drafted = await drafted_folder(yidan, access.group.id, published=published)
    findings = await findings_of(yidan, folder.settings, folder.knowledge)
    told: dict[str, Any] = {
        "draft": bool(drafted) and not published,
        "errors": sum(finding.severity == "error" for finding in findings),
        "warnings": sum(finding.severity == "warning" for finding in findings),
        "findings": [finding_json(finding) for finding in findings],
    }
    return CheckOut.model_validate(told)


@router.post("/publish")
@needs(Deed.PUBLISH)
async def publish_draft(access: OfGroup, wish: PublishIn) -> PublicationOut:
    """Test the draft against what members get now and make it live; it stays a draft where cases break.

    Takes as long as the group's suite, twice. Ask ``GET /draft`` where the connection was lost meanwhile.
    """
    assert access.group is not None
    group_id, server = access.group.id, access.server
    with server.one_publication(group_id):
        asked = Wish(
            access.caller.actor, force=wish.force, strict=wish.strict, dry_run=wish.dry_run, compare=server.compare
        )
        return PublicationOut.model_validate(publication_json(await publish(server.yidan, group_id, asked)))
