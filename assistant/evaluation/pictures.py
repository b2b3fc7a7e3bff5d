"""The report's pictures as inline SVG."""

import math
from typing import Any, get_args

from markupsafe import Markup, escape

from assistant.turn.outcome import Action

_CELL, _LABEL, _HEAD = 44, 84, 62


def ring_svg(rate: float) -> Markup:
    """Return a ring filled by ``rate`` (0..1) with the percentage in its middle."""
    radius = 42
    around = 2 * math.pi * radius
    return Markup(
        '<svg viewBox="0 0 100 100" role="img" aria-label="{label}">'
        '<circle cx="50" cy="50" r="{r}" fill="none" style="stroke: var(--bad-soft)" stroke-width="11"/>'
        '<circle cx="50" cy="50" r="{r}" fill="none" style="stroke: var(--good)" stroke-width="11" '
        'stroke-dasharray="{done:.2f} {around:.2f}" transform="rotate(-90 50 50)"/>'
        '<text x="50" y="56" text-anchor="middle" style="font-size: 19px; font-weight: 650">{label}</text></svg>'
    ).format(r=radius, done=around * rate, around=around, label=f"{rate:.1%}")


def matrix_svg(counts: dict[str, dict[str, int]], words: dict[str, Any]) -> Markup:
    """Return the confusion matrix: a row for each expected action, a column for each that happened."""
    seen = set(counts) | {did for row in counts.values() for did in row}
    actions = [action for action in get_args(Action) if action in seen]
    names = [words["actions"].get(action, action) for action in actions]
    side = _CELL * len(actions)
    parts = [
        Markup('<text class="axis" x="{}" y="{}" text-anchor="end">{} ↓ {} →</text>').format(
            _LABEL - 8, _HEAD - 10, words["should"], words["did"]
        )
    ]
    for number, name in enumerate(names):
        middle = _CELL * number + _CELL / 2
        parts.append(
            Markup('<text transform="translate({} {}) rotate(-40)">{}</text>').format(
                _LABEL + middle - 4, _HEAD - 8, name
            )
        )
        parts.append(
            Markup('<text x="{}" y="{}" text-anchor="end">{}</text>').format(_LABEL - 8, _HEAD + middle + 4, name)
        )
    for y, should in enumerate(actions):
        row = counts.get(should, {})
        total = sum(row.values()) or 1
        parts += [_cell(x, y, row.get(did, 0), row.get(did, 0) / total, x == y) for x, did in enumerate(actions)]
    box = f"0 0 {_LABEL + side + 48} {_HEAD + side + 4}"
    return Markup('<svg viewBox="{}" role="img" aria-label="{}">{}</svg>').format(
        box, escape(words["by_action"]), Markup("").join(parts)
    )


def _cell(x: int, y: int, count: int, share: float, right: bool) -> Markup:
    colour = "var(--good)" if right else "var(--bad)"
    shade = 0.05 if not count else 0.18 + 0.5 * share
    fill = colour if count or right else "var(--dim)"
    return Markup(
        '<rect x="{x}" y="{y}" width="{side}" height="{side}" rx="5" style="fill: {fill}; fill-opacity: {shade:.2f}"/>'
        '<text x="{mx}" y="{my}" text-anchor="middle">{count}</text>'
    ).format(
        x=_LABEL + x * _CELL + 1,
        y=_HEAD + y * _CELL + 1,
        side=_CELL - 2,
        fill=fill,
        shade=shade,
        mx=_LABEL + x * _CELL + _CELL / 2,
        my=_HEAD + y * _CELL + _CELL / 2 + 4,
        count=count or "",
    )
