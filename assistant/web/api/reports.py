"""Sellers' endpoints for reports: figures as JSON, and the page that prints."""

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Query
from fastapi.responses import HTMLResponse
from pydantic import BaseModel, ConfigDict

from assistant.accounts.permissions import Deed
from assistant.reports.service import GroupReport
from assistant.reports.today import TodayService
from assistant.web.auth import OfGroup, needs

router = APIRouter(prefix="/api/groups/{group_id}", tags=["sellers"])

Week = Annotated[
    str,
    Query(max_length=10, description="A week such as 2026-W21; without it everything so far.", examples=["2026-W21"]),
]


class KeptReportOut(BaseModel):
    """A report that was told: a week such as ``2026-W21``, or ``close``."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"period": "2026-W21", "made_at": "2026-05-25T01:00:00Z"}]}
    )
    period: str
    made_at: datetime


@router.get("/report")
@needs(Deed.READ)
async def show_report(access: OfGroup, week: Week = "") -> dict[str, Any]:
    """Return the figures of a week or of everything so far; amounts are decimal text.

    Whose role does not show them money and members' words gets the rest.
    """
    return (await _made(access, week)).to_json(private=_private(access))


@router.get("/report.html", response_model=None, responses={200: {"content": {"text/html": {}}}})
@needs(Deed.READ)
async def show_report_page(access: OfGroup, week: Week = "") -> HTMLResponse:
    """Return the report as one page without anything from outside; it prints as PDF."""
    return HTMLResponse((await _made(access, week)).page(private=_private(access)))


@router.get("/reports")
@needs(Deed.READ)
async def list_reports(access: OfGroup) -> list[KeptReportOut]:
    """Return which reports were told so far, the newest first."""
    assert access.group is not None
    kept = await access.server.yidan.reports.kept(access.group.id)
    return [KeptReportOut(period=one.period, made_at=one.made_at) for one in kept]


@router.get("/today")
@needs(Deed.READ)
async def show_today(access: OfGroup) -> dict[str, Any]:
    """Return how the group's day goes beside yesterday's, which money is not in yet, and what needs the seller.

    Whose role does not show them money and members gets the rest.
    """
    assert access.group is not None
    yidan = access.server.yidan
    shown = await TodayService(yidan.database, yidan.clock).show([access.group.id])
    return shown.to_json(private=_private(access))


def _private(access: OfGroup) -> bool:
    """Return whether the caller may see money and what members wrote."""
    return access.may(Deed.MONEY) and access.may(Deed.MEMBERS)


async def _made(access: OfGroup, week: str) -> GroupReport:
    assert access.group is not None
    return await access.server.yidan.reports.make(access.group.id, week)
