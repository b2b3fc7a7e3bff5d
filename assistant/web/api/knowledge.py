"""Sellers' endpoints for the catalogue, trials, figures, imports, exports, history and copies of what a group knows."""

from dataclasses import asdict
from datetime import timedelta
from typing import Annotated, Literal

from fastapi import APIRouter, Path, Query, Response, UploadFile

from assistant.accounts.permissions import Deed
from assistant.errors import UsageError
from assistant.knowledge.drafts import Place
from assistant.knowledge.files import entries_bytes, products_bytes
from assistant.knowledge.history import HistoryService, Step
from assistant.knowledge.preview import MOST_BYTES, copied, read_preview
from assistant.knowledge.records import ProductRecord
from assistant.knowledge.repository import product_json, record_json
from assistant.knowledge.tidying import fold_sku
from assistant.marks.tally import tally
from assistant.publishing.trying import try_question
from assistant.web.api.entries import clean_key
from assistant.web.auth import OfGroup, SellerAccess, needs
from assistant.web.errors import ApiError
from assistant.web.schemas_knowledge import (
    CopyIn,
    DraftedOut,
    FiguresOut,
    HitOut,
    ImportOut,
    ProductBody,
    ProductOut,
    RestoreIn,
    RevisionOut,
    StepOut,
    TriedOut,
    TryIn,
)

router = APIRouter(prefix="/api/groups/{group_id}", tags=["knowledge"])

WEEK = timedelta(days=7)
Sku = Annotated[str, Path(max_length=40, description="The product's number.", examples=["A01"])]
Version = Annotated[int, Path(ge=1, le=2**31 - 1)]
MEDIA = {
    "csv": "text/csv; charset=utf-8",
    "md": "text/markdown; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


@router.get("/products")
@needs(Deed.READ)
async def list_products(access: OfGroup) -> list[ProductOut]:
    """Return the catalogue as members get it, in the seller's order."""
    knowledge = await access.server.yidan.knowledge.knowledge(_group(access))
    return [ProductOut.model_validate(product_json(product)) for product in knowledge.products]


@router.put("/draft/products/{sku}")
@needs(Deed.DRAFT)
async def draft_product(access: OfGroup, sku: Sku, body: ProductBody) -> ProductOut:
    """Draft a product's line, or a new product; members see it once it is published."""
    record = ProductRecord(sku=clean_key(sku), **{**body.model_dump(), "aliases": tuple(body.aliases)})
    saved = await access.server.yidan.drafts.save_product(_group(access), record, by=access.caller.actor)
    return ProductOut.model_validate(product_json(saved))


@router.delete("/draft/products/{sku}", status_code=204)
@needs(Deed.DRAFT)
async def draft_product_removal(access: OfGroup, sku: Sku) -> Response:
    """Draft the removal of a product."""
    key = fold_sku(clean_key(sku))
    await access.server.yidan.drafts.remove(_group(access), "product", key, by=access.caller.actor)
    return Response(status_code=204)


@router.get("/knowledge/figures")
@needs(Deed.READ)
async def knowledge_figures(access: OfGroup) -> list[FiguresOut]:
    """Return how often each entry and product answered in the last seven days, and its marks."""
    yidan = access.server.yidan
    async with yidan.database.read() as session:
        found = await tally(session, _group(access), yidan.clock.now() - WEEK)
    return [FiguresOut(id=id, **asdict(one)) for id, one in sorted(found.items())]


@router.post("/try")
@needs(Deed.READ)
async def try_a_question(access: OfGroup, tried: TryIn) -> TriedOut:
    """Say what the assistant would do with a question; nothing is written, nobody is told."""
    came = await try_question(
        access.server.yidan,
        _group(access),
        tried.text,
        published=tried.published,
        to_assistant=tried.to_assistant,
    )
    outcome = came.outcome
    return TriedOut(
        action=outcome.action,
        text=outcome.text,
        reason=outcome.reason,
        responder=outcome.responder,
        intent=outcome.intent,
        private=outcome.private,
        wants=came.wants,
        asks_model=came.asks_model,
        hits=[HitOut(**asdict(hit)) for hit in came.hits],
    )


@router.post("/draft/import")
@needs(Deed.DRAFT)
async def import_file(
    access: OfGroup,
    file: UploadFile,
    dry_run: Annotated[bool, Query(description="Only tell what would change.")] = False,
    replace: Annotated[bool, Query(description="Also draft the removal of what is not in the file.")] = False,
) -> ImportOut:
    """Take a file of entries or products (CSV, XLSX, Markdown) into the draft, whole or not at all."""
    yidan, group_id = access.server.yidan, _group(access)
    data = await file.read(MOST_BYTES + 1)
    if len(data) > MOST_BYTES:
        raise ApiError(413, f"a file may have at most {MOST_BYTES // 2**20} MB")
    zone = await yidan.knowledge.zone(group_id)
    state = await yidan.drafts.state(group_id)
    told, sheet = read_preview(state, data, file.filename or "file", zone, replace_all=replace)
    if sheet is not None and not dry_run:
        await yidan.drafts.save_sheet(group_id, sheet, replace=replace, by=access.caller.actor)
    return ImportOut(
        kind=told.kind,
        taken_in=sheet is not None and not dry_run,
        changes=[step_out(step) for step in told.steps],
        unchanged=told.unchanged,
        problems=list(told.problems),
        warnings=list(told.warnings),
    )


@router.get("/export/{what}.{form}", responses={200: {"content": {kind: {} for kind in MEDIA.values()}}})
@needs(Deed.READ)
async def export_file(
    access: OfGroup,
    what: Literal["entries", "products"],
    form: Literal["csv", "xlsx", "md"],
    draft: Annotated[bool, Query(description="The draft instead of what members get.")] = False,
) -> Response:
    """Return the entries or the products as a file that imports again to the same."""
    yidan, group_id = access.server.yidan, _group(access)
    zone = await yidan.knowledge.zone(group_id)
    state = await yidan.drafts.state(group_id)
    knowledge = state.drafted if draft else state.published
    if what == "entries":
        data = entries_bytes(knowledge.entries, f".{form}", zone)
    else:
        data = products_bytes(knowledge.products, f".{form}")
    headers = {"Content-Disposition": f'attachment; filename="{group_id}-{what}.{form}"'}
    return Response(data, media_type=MEDIA[form], headers=headers)


@router.get("/history")
@needs(Deed.READ)
async def list_history(
    access: OfGroup,
    before: Annotated[int | None, Query(ge=1, le=2**31 - 1, description="Only earlier versions.")] = None,
    id: Annotated[str, Query(max_length=200, description="Only changes of this entry or product (sku:...).")] = "",
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> list[RevisionOut]:
    """Return who changed what from what to what, newest first."""
    found = await _history(access).revisions(
        _group(access), before=before, of=place_of(clean_key(id)) if id else None, limit=limit
    )
    return [
        RevisionOut(version=one.version, at=one.at, by=one.by, changes=[step_out(step) for step in one.steps])
        for one in found
    ]


@router.post("/history/{version}/restore")
@needs(Deed.DRAFT)
async def restore_version(access: OfGroup, version: Version, body: RestoreIn) -> DraftedOut:
    """Draft the way back to what was known with a version; publish it to make it so. Stock stays as it is."""
    steps = await _history(access).roll_back(
        _group(access),
        version,
        by=access.caller.actor,
        only=place_of(body.id) if body.id else None,
        over_drafts=body.over_drafts,
    )
    return DraftedOut(changes=[step_out(step) for step in steps])


@router.post("/draft/copy")
@needs(Deed.DRAFT)
async def copy_entries(access: OfGroup, body: CopyIn) -> DraftedOut:
    """Draft entries of another of the seller's groups here; what is known here already stays."""
    yidan, group_id = access.server.yidan, _group(access)
    source = await access.server.directory.group(body.source, access.caller.seller_id)
    assert access.group is not None
    if source.seller_id != access.group.seller_id:
        raise UsageError("entries can be copied only between groups of one seller")
    theirs = (await yidan.knowledge.knowledge(source.id)).entries
    wanted = [entry for entry in theirs if not body.ids or entry.key in body.ids]
    present = (await yidan.drafts.state(group_id)).drafted.entries
    records = copied(wanted, present, yidan.clock.now())
    await yidan.drafts.save_all(group_id, records, by=access.caller.actor)
    return DraftedOut(changes=[step_out(Step(place, None, record)) for place, record in records.items()])


def place_of(name: str) -> Place:
    """Return the record that an id means: an entry's own, a product's with ``sku:``."""
    return ("product", fold_sku(name.removeprefix("sku:"))) if name.startswith("sku:") else ("entry", name)


def step_out(step: Step) -> StepOut:
    """Return a change as the API tells it."""
    return StepOut(
        id=step.name,
        kind=step.place[0],
        what=step.what,
        before=record_json(step.before),
        after=record_json(step.after),
    )


def _history(access: SellerAccess) -> HistoryService:
    return HistoryService(access.server.yidan.database, access.server.yidan.clock)


def _group(access: SellerAccess) -> str:
    assert access.group is not None
    return access.group.id
