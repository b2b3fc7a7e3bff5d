"""Entries as a Markdown page: a ``## question`` heading each, then its fields as a list, then the answer.

::

    ## How do I order?

    - id: order-how
    - similar: where can I buy | how to buy
    - keywords: order | buy

    Write the number and how many of it.

The list may be left out; an entry without an id gets one made from its question. A line of an answer that begins
with ``## `` is written ``\\## ``.
"""

import re
from collections.abc import Iterable
from datetime import tzinfo

from assistant.knowledge.fields import cells_from_entry
from assistant.knowledge.records import EntryRecord
from assistant.knowledge.tables import Row

_HEADING = re.compile(r"##(?!#)\s*(.*?)\s*#*\s*")
_FIELD = re.compile(r"[-*]\s*([^:：]{1,30}?)\s*[:：]\s*(.*)")
_MARKED = re.compile(r"\\*##(?!#)")
_LINE_END = re.compile(r"\r\n|\r|\n")
_WRITTEN = {"similar_questions": "similar"}
_NAMES = {
    "id": "id",
    "编号": "id",
    "similar": "similar_questions",
    "similar questions": "similar_questions",
    "similar_questions": "similar_questions",
    "相似问": "similar_questions",
    "相似问题": "similar_questions",
    "category": "category",
    "分类": "category",
    "keywords": "keywords",
    "关键词": "keywords",
    "valid_from": "valid_from",
    "valid from": "valid_from",
    "生效时间": "valid_from",
    "valid_until": "valid_until",
    "valid until": "valid_until",
    "失效时间": "valid_until",
}


def read_sections(text: str) -> tuple[list[Row], str | None]:
    """Return a row for each ``## question`` section, and a warning where text before the first is left out."""
    rows: list[Row] = []
    block: list[str] = []
    head: tuple[int, str] | None = None
    lost = False
    for number, line in enumerate(_LINE_END.split(text), start=1):
        heading = _HEADING.fullmatch(line)
        if heading:
            if head:
                rows.append(_row(head, block))
            head, block = (number, heading[1]), []
        elif head:
            block.append(line)
        else:
            lost = lost or bool(line.strip() and not line.startswith("# "))
    if head:
        rows.append(_row(head, block))
    return rows, "the text before the first '## question' is left out" if lost else None


def _row(head: tuple[int, str], block: list[str]) -> Row:
    cells = {"question": head[1]}
    at = 0
    while at < len(block) and not block[at].strip():
        at += 1
    while at < len(block) and (match := _FIELD.fullmatch(block[at].strip())):
        field = _NAMES.get(match[1].strip().casefold())
        if field is None or field in cells:
            break
        cells[field] = match[2]
        at += 1
    cells["answer"] = "\n".join(
        line[1:] if line.startswith("\\") and _MARKED.match(line) else line for line in block[at:]
    )
    return Row(f"line {head[0]}", cells)


def entries_page(entries: Iterable[EntryRecord], zone: tzinfo) -> str:
    """Return the page that ``read_sections`` reads back."""
    sections = []
    for entry in entries:
        cells = cells_from_entry(entry, zone)
        lines = [f"## {_shielded_heading(entry.question)}", "", f"- id: {entry.key}"]
        for field in ("similar_questions", "category", "keywords", "valid_from", "valid_until"):
            if cells[field]:
                lines.append(f"- {_WRITTEN.get(field, field)}: {cells[field]}")
        answer = [f"\\{line}" if _MARKED.match(line) else line for line in entry.answer.split("\n")]
        sections.append("\n".join([*lines, "", *answer, ""]))
    return "\n".join(sections)


def _shielded_heading(question: str) -> str:
    # A closing row of # is dropped from a heading, so a question that ends with one gets another.
    return f"{question} ##" if question.endswith("#") else question
