"""Endpoints for runs of suites: choose, start, watch, stop, read, compare. Nothing of them changes what is live."""

from dataclasses import asdict
from datetime import datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Path, Query, Response
from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from assistant.accounts.permissions import Deed
from assistant.evaluation.report_html import html_comparison, html_of
from assistant.runs.service import MOST_EPOCHS, RunView
from assistant.web.auth import OfGroup, SellerAccess, needs
from assistant.web.schemas import clean

router = APIRouter(prefix="/api/groups/{group_id}", tags=["evaluation"])

RunId = Annotated[int, Path(ge=1, le=2**31 - 1)]
RunQuery = Annotated[int, Query(ge=1, le=2**31 - 1)]
Language = Annotated[Literal["zh-CN", "en"] | None, Query(description="Of the page; the group's own without.")]
Name = Annotated[str, Field(min_length=1, max_length=200), AfterValidator(clean)]


class SuiteOut(BaseModel):
    """A suite that can be run; ``problem`` tells why not."""

    name: str
    kind: Literal["own", "learnt", "smoke"]
    cases: int
    problem: str


class RunIn(BaseModel):
    """What to run; ``draft``: on the draft instead of what members get. Each case ``epochs`` times."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"suites": ["smoke"], "draft": False, "epochs": 1}]})
    suites: Annotated[list[Name], Field(min_length=1, max_length=50)]
    draft: bool = False
    epochs: Annotated[int, Field(ge=1, le=MOST_EPOCHS)] = 1


class RunOut(BaseModel):
    """A run. ``done`` and ``failed`` count case runs of ``total``; ``passed`` cases of ``cases``."""

    id: int
    suites: list[str]
    draft: bool
    knowledge_version: int
    epochs: int
    status: Literal["waiting", "running", "done", "failed", "stopped"]
    done: int
    failed: int
    total: int
    passed: int
    cases: int
    error: str
    created_at: datetime
    created_by: str
    ended_at: datetime | None


class ChangedOut(BaseModel):
    """A case that passes in only one of two runs, with why it fails in the other."""

    suite: str
    id: str
    why: str


class ComparisonOut(BaseModel):
    """What changed over the cases that both runs have; ``p_value``: how likely so by chance (McNemar, exact)."""

    common: int
    before_passed: int
    after_passed: int
    difference: float
    p_value: float
    fixed: list[ChangedOut]
    broken: list[ChangedOut]
    added: list[str]
    removed: list[str]


@router.get("/suites")
@needs(Deed.EVALUATE)
async def list_suites(access: OfGroup) -> list[SuiteOut]:
    """Return the group's suites: its own files, what was learnt from answers, the generated one."""
    found = await access.server.runs.choices(_group(access))
    return [SuiteOut.model_validate(asdict(one)) for one in found]


@router.get("/runs")
@needs(Deed.EVALUATE)
async def list_runs(access: OfGroup) -> list[RunOut]:
    """Return the runs, newest first."""
    return [_out(run) for run in await access.server.runs.list(_group(access))]


@router.post("/runs", status_code=202)
@needs(Deed.EVALUATE)
async def start_run(access: OfGroup, body: RunIn) -> RunOut:
    """Begin a run in the background; ask for it to see how far it is."""
    run = await access.server.runs.start(
        _group(access), body.suites, by=access.caller.actor, draft=body.draft, epochs=body.epochs
    )
    return _out(run)


@router.get("/runs/compare")
@needs(Deed.EVALUATE)
async def compare_runs(access: OfGroup, before: RunQuery, after: RunQuery) -> ComparisonOut:
    """Return what got better and worse from one run to another."""
    comparison = await access.server.runs.compare(_group(access), before, after)
    return ComparisonOut.model_validate(comparison.to_json())


@router.get("/runs/compare.html")
@needs(Deed.EVALUATE)
async def compare_page(access: OfGroup, before: RunQuery, after: RunQuery, language: Language = None) -> Response:
    """Return the comparison as a page, each changed case before and after side by side."""
    comparison = await access.server.runs.compare(_group(access), before, after)
    page = html_comparison(comparison, language or "en")
    return Response(page, media_type="text/html; charset=utf-8")


@router.get("/runs/{run_id}")
@needs(Deed.EVALUATE)
async def show_run(access: OfGroup, run_id: RunId) -> RunOut:
    """Return a run and how far it is."""
    return _out(await access.server.runs.get(_group(access), run_id))


@router.post("/runs/{run_id}/stop")
@needs(Deed.EVALUATE)
async def stop_run(access: OfGroup, run_id: RunId) -> RunOut:
    """End a run that waits or goes on."""
    return _out(await access.server.runs.stop(_group(access), run_id, by=access.caller.actor))


@router.get("/runs/{run_id}/report")
@needs(Deed.EVALUATE)
async def run_report(access: OfGroup, run_id: RunId) -> dict[str, Any]:
    """Return a run's report, as ``yidan eval run --json`` writes it."""
    return await access.server.runs.report(_group(access), run_id)


@router.get("/runs/{run_id}/report.html")
@needs(Deed.EVALUATE)
async def run_page(access: OfGroup, run_id: RunId, language: Language = None) -> Response:
    """Return a run's report as a page, failed conversations as chats."""
    page = html_of(await access.server.runs.report(_group(access), run_id), language)
    return Response(page, media_type="text/html; charset=utf-8")


def _out(run: RunView) -> RunOut:
    return RunOut.model_validate(asdict(run))


def _group(access: SellerAccess) -> str:
    assert access.group is not None
    return access.group.id
