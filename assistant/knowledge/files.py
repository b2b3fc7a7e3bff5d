"""Reading and writing entries and catalogues: CSV, XLSX and Markdown, told apart by their endings."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import tzinfo
from pathlib import Path
from typing import TypeVar

from assistant.errors import BadFile, UsageError
from assistant.knowledge.fields import (
    ENTRY_FIELDS,
    PRODUCT_FIELDS,
    cells_from_entry,
    cells_from_product,
    entry_from_cells,
    product_from_cells,
)
from assistant.knowledge.markdown import entries_page, read_sections
from assistant.knowledge.records import EntryRecord, ProductRecord
from assistant.knowledge.tables import Kind, Row, csv_text, decode, read_bytes, read_table
from assistant.knowledge.tidying import fold_sku, generated_key

Record = TypeVar("Record", EntryRecord, ProductRecord)

ENDINGS = (".csv", ".xlsx", ".md")


@dataclass(frozen=True)
class Sheet:
    """What a file holds: entries or products, and what the seller should know about it."""

    kind: Kind
    entries: tuple[EntryRecord, ...] = ()
    products: tuple[ProductRecord, ...] = ()
    warnings: tuple[str, ...] = ()
    columns: frozenset[str] | None = None
    """The fields that the file has; an import leaves the others of a known record as they are. None: all."""


def read_sheet(path: Path, zone: tzinfo, *, kind: Kind | None = None) -> Sheet:
    """Return the entries or the products in a file; times without an offset are in ``zone``.

    Raises BadFile with all problems at once; a file is taken in whole or not at all.
    """
    ending = path.suffix.lower()
    if path.is_dir():
        raise BadFile(f"{path} is a folder; name a file in it")
    if ending in (".md", ".markdown"):
        if kind == "catalogue":
            raise BadFile(f"{path.name}: a catalogue can be read from .csv or .xlsx, not from Markdown")
        rows, warning = read_sections(decode(read_bytes(path), path.name))
        if not rows:
            raise BadFile(f"{path.name} has no '## question' heading")
        return _entries_sheet(path.name, rows, [], [f"{path.name}: {warning}"] if warning else [], zone)
    if ending not in (".csv", ".tsv", ".txt", ".xlsx", ".xlsm"):
        raise BadFile(f"{path.name}: only {', '.join(ENDINGS)} files can be read, not '{ending or 'no ending'}'")
    table = read_table(path, kind)
    problems, warnings = list(table.problems), list(table.warnings)
    if table.kind == "entries":
        return _entries_sheet(path.name, table.rows, problems, warnings, zone)
    products = _records(path.name, table.rows, problems, zone, read=product_from_cells, key=_sku)
    _refuse(path.name, problems)
    return Sheet("catalogue", products=products, warnings=tuple(warnings), columns=_columns(table.rows))


def _columns(rows: Iterable[Row]) -> frozenset[str]:
    return frozenset(field for row in rows for field in row.cells)


def read_entries(path: Path, zone: tzinfo) -> tuple[EntryRecord, ...]:
    """Return the entries in a FAQ file. Raises BadFile with all problems at once."""
    return read_sheet(path, zone, kind="entries").entries


def read_products(path: Path, zone: tzinfo) -> tuple[ProductRecord, ...]:
    """Return the products in a catalogue file. Raises BadFile with all problems at once."""
    return read_sheet(path, zone, kind="catalogue").products


def entries_bytes(entries: Iterable[EntryRecord], ending: str, zone: tzinfo) -> bytes:
    """Return the file of the entries in the format of ``ending`` (``.csv``, ``.xlsx``, ``.md``)."""
    if ending == ".xlsx":
        from assistant.knowledge.workbook import entries_workbook

        return entries_workbook(entries, zone)
    if ending == ".md":
        return entries_page(entries, zone).encode()
    if ending == ".csv":
        return csv_text(ENTRY_FIELDS, (cells_from_entry(entry, zone) for entry in entries)).encode()
    raise UsageError(f"entries can be written as {', '.join(ENDINGS)}, not as '{ending or 'no ending'}'")


def products_bytes(products: Iterable[ProductRecord], ending: str) -> bytes:
    """Return the file of the catalogue in the format of ``ending`` (``.csv``, ``.xlsx``)."""
    if ending == ".xlsx":
        from assistant.knowledge.workbook import products_workbook

        return products_workbook(products)
    if ending == ".csv":
        return csv_text(PRODUCT_FIELDS, (cells_from_product(product) for product in products)).encode()
    raise UsageError(f"a catalogue can be written as .csv or .xlsx, not as '{ending or 'no ending'}'")


def write_file(path: Path, data: bytes) -> None:
    """Write the file so that a reader sees the old one or the new one, never half. Raises UsageError."""
    draft = path.with_name(f".{path.name}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        draft.write_bytes(data)
        draft.replace(path)
    except OSError as error:
        raise UsageError(f"{path} cannot be written: {error.strerror}") from error


def _entries_sheet(name: str, rows: Iterable[Row], problems: list[str], warnings: list[str], zone: tzinfo) -> Sheet:
    entries = _records(name, rows, problems, zone, read=entry_from_cells, key=_key)
    _refuse(name, problems)
    told = (*warnings, *_shared_keywords(name, entries))
    return Sheet("entries", entries=entries, warnings=told, columns=_columns(rows))


def _key(entry: EntryRecord) -> tuple[str, str]:
    made = entry.key == generated_key(entry.question)
    return "the question" if made else f"id '{entry.key}'", entry.key


def _sku(product: ProductRecord) -> tuple[str, str]:
    return f"sku '{product.sku}'", fold_sku(product.sku)


def _records(
    name: str,
    rows: Iterable[Row],
    problems: list[str],
    zone: tzinfo,
    *,
    read: Callable[..., tuple[Record, list[str]]],
    key: Callable[[Record], tuple[str, str]],
) -> tuple[Record, ...]:
    records: list[Record] = []
    places: dict[str, str] = {}
    for row in rows:
        record, wrong = read(row.cells, zone)
        shown, identity = key(record)
        if identity and identity in places:
            wrong.insert(0, f"{shown} is already used in {places[identity]}")
        places.setdefault(identity, row.place)
        problems.extend(f"{name} {row.place}: {problem}" for problem in wrong)
        records.append(record)
    return tuple(records)


def _refuse(name: str, problems: list[str]) -> None:
    if problems:
        count = "1 problem" if len(problems) == 1 else f"{len(problems)} problems"
        raise BadFile(f"{name} has {count}; nothing was taken in", problems)


def _shared_keywords(name: str, entries: Iterable[EntryRecord]) -> list[str]:
    owners: dict[str, list[str]] = {}
    for entry in entries:
        for keyword in entry.keywords:
            owners.setdefault(keyword.casefold(), []).append(entry.key)
    return [
        f"{name}: keyword '{keyword}' stands in {' and '.join(keys)}; it can answer only where one of them has it"
        for keyword, keys in owners.items()
        if len(keys) > 1
    ]
