"""The wire types of drafts, checks and publications."""

from datetime import datetime
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict


class DraftChangeOut(BaseModel):
    """One drafted change; ``stale``: what is published was changed since it was written."""

    id: str
    kind: Literal["entry", "product"]
    what: Literal["added", "changed", "removed"]
    stale: bool
    by: str
    at: datetime
    before: dict[str, Any] | None
    after: dict[str, Any] | None


class DraftOut(BaseModel):
    """What the draft changes, in the order in which it was begun."""

    changes: list[DraftChangeOut]


class DiscardedOut(BaseModel):
    """The entries and products whose drafts are gone."""

    discarded: list[str]


class FindingOut(BaseModel):
    """Something to look at: where, what (``error`` or ``warning``), and what to do, in every language."""

    rule: str
    severity: Literal["error", "warning"]
    places: list[str]
    message: dict[str, str]
    suggestion: dict[str, str]


class CheckOut(BaseModel):
    """What a check found; ``draft``: in the draft as it would be published."""

    draft: bool
    errors: int
    warnings: int
    findings: list[FindingOut]


class PublishIn(BaseModel):
    """``strict`` also refuses where the check finds an error; ``force`` publishes all the same, on record."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"force": False, "strict": False, "dry_run": True}]})
    force: bool = False
    strict: bool = False
    dry_run: bool = False


class CaseTurnOut(BaseModel):
    """A message that is answered differently with the draft."""

    text: str
    before: str
    after: str
    why: str


class CaseChangeOut(BaseModel):
    """A case that passes only before, or only with the draft."""

    suite: str
    id: str
    why: str
    turns: list[CaseTurnOut]


class PublicationOut(BaseModel):
    """What came of a publication; ``generated``: the group has no suite, so its own questions were asked."""

    published: bool
    version: int | None
    refusals: list[Literal["broken", "errors", "stale"]]
    changes: list[DraftChangeOut]
    suites: list[str]
    generated: bool
    cases: int
    passed_before: int
    passed_after: int
    broken: list[CaseChangeOut]
    fixed: list[CaseChangeOut]
    findings: list[FindingOut]
    new_findings: list[FindingOut]
