"""Sellers' endpoints for reports: figures as JSON, and the page that prints."""

from typing import Annotated, Any

from fastapi import APIRouter, Query
from fastapi.responses import HTMLResponse

from assistant.reports.service import GroupReport
from assistant.web.auth import OfGroup

router = APIRouter(prefix="/api/groups/{group_id}", tags=["sellers"])

Week = Annotated[
    str,
    Query(max_length=10, description="A week such as 2026-W21; without it everything so far.", examples=["2026-W21"]),
]


@router.get("/report")
async def show_report(access: OfGroup, week: Week = "") -> dict[str, Any]:
    """Return the figures of a week or of everything so far; amounts are decimal text."""
    return (await _made(access, week)).to_json()


@router.get("/report.html", response_model=None, responses={200: {"content": {"text/html": {}}}})
async def show_report_page(access: OfGroup, week: Week = "") -> HTMLResponse:
    """Return the report as one page without anything from outside; it prints as PDF."""
    return HTMLResponse((await _made(access, week)).page())


async def _made(access: OfGroup, week: str) -> GroupReport:
    assert access.group is not None
    return await access.server.yidan.reports.make(access.group.id, week)
