"""Which rows of the store belong to a group's members.

The answer is read from the schema, so that a table that comes later is covered without a word here: whatever has a
``group_id``, or hangs on a row that has one, is erased, unless it is named in ``KEPT`` with the reason. A test holds
that every table is one or the other.
"""

from collections.abc import Mapping

from sqlalchemy import ColumnElement, Table, select

from assistant.models import Base

KEPT: Mapping[str, str] = {
    "sellers": "who opens groups",
    "accounts": "who signs in for a seller",
    "account_sessions": "where they are signed in",
    "groups": "settings of the seller's own",
    "entries": "knowledge of the seller's own",
    "entry_versions": "knowledge of the seller's own",
    "products": "the seller's catalogue",
    "product_versions": "the seller's catalogue",
    "suite_runs": "results of suites, whose cases hold no members' data",
    "knowledge_drafts": "knowledge of the seller's own, not yet published",
    "audit": "who did what and when; names and words are taken out of it",
    "model_exams": "what a language model came to in its exam; of no group",
    "closings": "counts and times of the closing itself",
    "reports": "figures without names",
    "regulars": "a fingerprint instead of a name; erased on the member's or the seller's word",
}
"""Tables whose rows outlive the members' data, and why."""


def personal_tables() -> list[Table]:
    """Return the tables with members' data, those that lean on others first (the order to delete in)."""
    return [table for table in reversed(Base.metadata.sorted_tables) if table.name not in KEPT]


def group_rows(table: Table, group_id: str) -> ColumnElement[bool]:
    """Return what tells a group's rows of a table with members' data.

    Raises LookupError for a table that has no way to a group.
    """
    found = _reach(table, group_id)
    if found is None:
        raise LookupError(f"nothing leads from table '{table.name}' to a group; name it in KEPT or give it a group")
    return found


def _reach(table: Table, group_id: str) -> ColumnElement[bool] | None:
    if table.name == "tokens":
        # A join token is the seller's; only what opens the door for one member is that member's.
        return (table.c.group_id == group_id) & table.c.member_id.is_not(None)
    if "group_id" in table.c:
        return table.c.group_id == group_id
    for key in sorted(table.foreign_keys, key=lambda key: key.parent.name):
        parent = key.column.table
        if parent.name in KEPT or parent is table:
            continue
        above = _reach(parent, group_id)
        if above is not None:
            return key.parent.in_(select(key.column).where(above))
    return None
