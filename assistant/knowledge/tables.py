"""CSV and XLSX files as rows of cells by field, with the place of each row for the problems."""

import csv
import io
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Literal

from assistant.errors import BadFile
from assistant.knowledge.fields import ENTRY_FIELDS, PRODUCT_FIELDS

Kind = Literal["entries", "catalogue"]

_ZIP, _OLD_EXCEL = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
_MAX_BYTES = 100 * 1024 * 1024
_MAX_CELL = 1_000_000

_ENTRY_NAMES: dict[str, tuple[str, ...]] = {
    "id": ("key", "编号", "序号", "问题编号", "标识"),
    "question": ("q", "问题", "问", "标准问", "标准问题", "提问"),
    "similar_questions": ("similar", "similar_question", "相似问", "相似问题", "相似问法", "同义问", "扩展问"),
    "answer": ("a", "reply", "答案", "回答", "答", "回复", "标准答案"),
    "category": ("分类", "类别", "类目"),
    "keywords": ("keyword", "关键词", "关键字", "触发词"),
    "valid_from": ("生效时间", "生效日期", "开始时间", "开始日期", "有效期从", "有效期起"),
    "valid_until": ("valid_to", "失效时间", "失效日期", "到期时间", "结束时间", "结束日期", "有效期至", "有效期止"),
}
_PRODUCT_NAMES: dict[str, tuple[str, ...]] = {
    "sku": ("code", "item", "编号", "编码", "货号", "款号", "商品编号", "商品编码", "产品编号"),
    "name": ("product", "名称", "品名", "商品", "产品", "商品名", "商品名称", "产品名称"),
    "aliases": ("alias", "别名", "别称", "俗称", "简称"),
    "price": ("unit_price", "价格", "单价", "售价", "团购价"),
    "unit": ("单位", "计价单位"),
    "stock": ("inventory", "库存", "库存数量", "库存量"),
    "per_member_limit": ("limit", "限购", "每人限购", "限购数量", "单人限购"),
    "preorder": ("pre_order", "预订", "预定", "预售", "可预订", "可预售"),
    "description": ("描述", "说明", "介绍", "商品描述", "商品介绍", "备注"),
}


@dataclass(frozen=True)
class Row:
    """One row: ``place`` is ``line 7`` or ``row 7`` as an editor or Excel counts, ``cells`` the texts by field."""

    place: str
    cells: Mapping[str, str]


@dataclass(frozen=True)
class Table:
    """The rows of a file under known columns, and what was wrong with its form."""

    kind: Kind
    rows: tuple[Row, ...]
    problems: tuple[str, ...]
    warnings: tuple[str, ...]


@dataclass(frozen=True)
class _Line:
    place: str
    cells: tuple[str, ...]


def read_bytes(path: Path) -> bytes:
    """Return what the file holds. Raises BadFile where it cannot be read or is far too big."""
    try:
        if path.stat().st_size > _MAX_BYTES:
            raise BadFile(f"{path.name} is larger than 100 MB")
        return path.read_bytes()
    except FileNotFoundError:
        raise BadFile(f"there is no file {path}") from None
    except IsADirectoryError:
        raise BadFile(f"{path} is a folder, not a file") from None
    except OSError as error:
        raise BadFile(f"{path} cannot be read: {error.strerror}") from error


def decode(data: bytes, name: str) -> str:
    """Return the text of a UTF-8 (with or without BOM), UTF-16 (with BOM) or GB18030 file. Raises BadFile."""
    if data.startswith(_ZIP):
        raise BadFile(f"{name} is an Excel workbook or a zip file; give it the ending .xlsx if it is a workbook")
    if data.startswith(_OLD_EXCEL):
        raise BadFile(f"{name} is an old Excel file; save it as .xlsx or as CSV")
    for mark, encoding in ((b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"), (b"", "utf-8-sig"), (b"", "gb18030")):
        if data.startswith(mark):
            try:
                return data.decode(encoding)
            except UnicodeDecodeError:
                continue
    raise BadFile(f"{name} is not a text file in UTF-8 or GB18030")


def read_table(path: Path, kind: Kind | None = None) -> Table:
    """Return the rows of a ``.csv`` or ``.xlsx`` file; ``kind`` is told from its header where it is not given.

    Raises BadFile where the file as a whole cannot be used; problems of single rows are in the table.
    """
    data = read_bytes(path)
    if path.suffix.lower() in (".xlsx", ".xlsm"):
        return _table(path.name, list(_xlsx_lines(data, path.name)), [], kind)
    lines, problems = _csv_lines(decode(data, path.name), path.name)
    return _table(path.name, lines, problems, kind)


def lines_of(name: str, data: bytes) -> list[tuple[str, tuple[str, ...]]]:
    """Return the filled rows of a CSV or Excel file with their places, whatever they mean.

    Raises:
        BadFile: it is neither, is damaged, or is far too big.
    """
    if len(data) > _MAX_BYTES:
        raise BadFile(f"{name} is larger than 100 MB")
    if data.startswith(_ZIP):
        return [(line.place, line.cells) for line in _xlsx_lines(data, name)]
    lines, problems = _csv_lines(decode(data, name), name)
    if problems:
        raise BadFile(f"{name} cannot be read", problems)
    return [(line.place, line.cells) for line in lines]


def _csv_lines(text: str, name: str) -> tuple[list[_Line], list[str]]:
    if "\x00" in text:
        line = text[: text.index("\x00")].count("\n") + 1
        raise BadFile(f"{name} line {line}: holds a NUL character; it is not a CSV file or is damaged")
    head = text.lstrip("\r\n").split("\n", 1)[0]
    delimiter = max(",;\t", key=head.count)
    csv.field_size_limit(_MAX_CELL)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    lines: list[_Line] = []
    start = 1
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                lines.append(_Line(f"line {start}", tuple(cells)))
            start = reader.line_num + 1
    except csv.Error as error:
        if "unexpected end" in str(error):
            why = "a quotation mark opens here and is never closed"
        elif "field larger" in str(error):
            why = "a cell is far too long; a quotation mark is probably not closed"
        else:
            why = 'a quotation mark inside a quoted text must be written twice ("")'
        return lines, [f"{name} line {start}: {why}"]
    return lines, []


def _xlsx_lines(data: bytes, name: str) -> Iterator[_Line]:
    from zipfile import BadZipFile

    from openpyxl import load_workbook
    from openpyxl.utils.exceptions import InvalidFileException

    if not data.startswith(_ZIP):
        raise BadFile(f"{name} is not an Excel workbook (.xlsx)")
    try:
        book = load_workbook(io.BytesIO(data), read_only=True, data_only=True)
        sheet = book.worksheets[0]
        # Some programs write a wrong size into the sheet; without this only its first cell would be read.
        sheet.reset_dimensions()
        for number, cells in enumerate(sheet.iter_rows(values_only=True), start=1):
            texts = tuple(_cell_text(value) for value in cells)
            if any(text.strip() for text in texts):
                yield _Line(f"row {number}", texts)
    except (BadZipFile, InvalidFileException, KeyError, ValueError, IndexError, SyntaxError) as error:
        raise BadFile(f"{name} is a damaged Excel workbook") from error


def _cell_text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else f"{value:.12g}"
    if isinstance(value, datetime):
        # Excel keeps fractions of days: a time read back is off by a few microseconds.
        return _to_second(value).isoformat(sep=" ").removesuffix(" 00:00:00")
    if isinstance(value, date):
        return value.isoformat()
    return str(value)


def _to_second(value: datetime) -> datetime:
    from datetime import timedelta

    return (value + timedelta(microseconds=500_000)).replace(microsecond=0)


def _field_of(header: str, kind: Kind) -> str | None:
    text = unicodedata.normalize("NFKC", header).replace("\ufeff", "").strip().casefold()
    text = re.sub(r"\s*\(.*?\)\s*$", "", text).strip("*: ")
    text = re.sub(r"[\s_-]+", "_", text)
    names = _ENTRY_NAMES if kind == "entries" else _PRODUCT_NAMES
    return next((field for field, others in names.items() if text == field or text in others), None)


def _kind_of(cells: Sequence[str]) -> Kind | None:
    entry = {_field_of(cell, "entries") for cell in cells}
    product = {_field_of(cell, "catalogue") for cell in cells}
    if {"question", "answer"} <= entry:
        return "entries"
    return "catalogue" if {"name", "price"} <= product else None


def _table(name: str, lines: list[_Line], problems: list[str], kind: Kind | None) -> Table:
    if not lines and not problems:
        raise BadFile(f"{name} is empty")
    # A title above the header is common in workbooks.
    found = next(((at, told) for at, line in enumerate(lines[:5]) if (told := _kind_of(line.cells))), None)
    if found is None:
        raise BadFile(_no_header(name, lines, kind), problems)
    at, told = found
    if kind is not None and told != kind:
        says = {"entries": "FAQ entries", "catalogue": "a catalogue"}
        raise BadFile(f"{name} holds {says[told]}, where {says[kind]} should be")
    fields = [_field_of(cell, told) for cell in lines[at].cells]
    problems = [*_header_problems(name, lines[at], fields), *problems]
    warnings = [
        f"{name}: column '{cell.strip()}' is not known and is left out"
        for cell, field in zip(lines[at].cells, fields, strict=True)
        if field is None and cell.strip()
    ]
    rows = []
    for line in lines[at + 1 :]:
        extra = [cell for cell in line.cells[len(fields) :] if cell.strip()]
        if extra:
            problems.append(
                f"{name} {line.place}: has {len(line.cells)} cells where the header has {len(fields)}; "
                'a text with a comma must stand in quotation marks ("...")'
            )
            continue
        cells = {field: cell for field, cell in zip(fields, line.cells, strict=False) if field}
        if any(cell.strip() for cell in cells.values()):
            rows.append(Row(line.place, cells))
    return Table(told, tuple(rows), tuple(problems), tuple(warnings))


def _header_problems(name: str, header: _Line, fields: Sequence[str | None]) -> list[str]:
    seen: dict[str, str] = {}
    problems = []
    for cell, field in zip(header.cells, fields, strict=True):
        if field in seen:
            problems.append(f"{name} {header.place}: columns '{seen[field]}' and '{cell.strip()}' are both {field}")
        elif field:
            seen[field] = cell.strip()
    return problems


def _no_header(name: str, lines: Sequence[_Line], kind: Kind | None) -> str:
    entries = f"a FAQ needs question and answer (columns: {', '.join(ENTRY_FIELDS)})"
    products = f"a catalogue needs name and price (columns: {', '.join(PRODUCT_FIELDS)})"
    needed = {"entries": entries, "catalogue": products, None: f"{entries}; {products}"}[kind]
    cells = [cell.strip() for cell in lines[0].cells if cell.strip()] if lines else []
    shown = ", ".join(cell[:30] for cell in cells[:10])
    return f"{name} has no header that can be used (its first line: {shown or 'nothing'}): {needed}"


def csv_text(fields: Sequence[str], rows: Iterable[Mapping[str, str]]) -> str:
    """Return a CSV file's text: the header, then one record a row, quoted only where needed."""
    stream = io.StringIO(newline="")
    writer = csv.DictWriter(stream, fields, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return stream.getvalue()
