"""How far a closing has come, as its seller sees it, and the protocol of what was erased."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class ClosingView:
    """How far a group's closing has come. ``archive`` is the file's path; None where it is gone or not made yet."""

    group_id: str
    reason: str
    closed_at: datetime
    told_at: datetime | None
    archive: Path | None
    archive_sha256: str
    erase_at: datetime
    erased_at: datetime | None
    protocol: Mapping[str, Any]
    moved_to: str

    def to_json(self) -> dict[str, Any]:
        """Return plain JSON; times are ISO 8601 in UTC."""
        return {
            "group": self.group_id,
            "reason": self.reason,
            "closed_at": self.closed_at.isoformat(),
            "told_at": self.told_at.isoformat() if self.told_at else None,
            "archive": str(self.archive) if self.archive else None,
            "archive_sha256": self.archive_sha256,
            "erase_at": self.erase_at.isoformat(),
            "erased_at": self.erased_at.isoformat() if self.erased_at else None,
            "protocol": dict(self.protocol),
            "moved_to": self.moved_to,
        }


def added_up(protocol: Mapping[str, Any], more: Mapping[str, Any]) -> dict[str, Any]:
    """Return the protocol with further counts added up and lists joined: a broken-off erasure goes on counting."""
    total = dict(protocol)
    for key, value in more.items():
        before = total.get(key)
        if isinstance(value, Mapping):
            kept = dict(before or {})
            total[key] = {name: kept.get(name, 0) + value.get(name, 0) for name in {*kept, *value}}
        elif isinstance(value, list):
            total[key] = sorted({*(before or ()), *value})
        else:
            total[key] = (before or 0) + value
    return total
