"""Small pictures of our own drawing, as SVG that stands in a page by itself and prints."""

from collections.abc import Sequence
from html import escape

_INK, _FAINT, _BAR = "#1f2933", "#8a94a0", "#2f6f5e"
_SHADES = ("#f3f5f4", "#d5e6df", "#a9cfc0", "#71b09a", "#3f8c74", "#1f5f4c")
_FONT = 'font-family="system-ui, -apple-system, &quot;Noto Sans CJK SC&quot;, sans-serif"'


def bars(rows: Sequence[tuple[str, float, str]], *, title: str) -> str:
    """Return horizontal bars: label, value and how the value is written, in the order given."""
    top, step, width, left = 6, 34, 400, 2
    most = max((value for _, value, _ in rows), default=0) or 1
    height = top + step * len(rows) + 4
    parts = [_open(width, height, title)]
    for at, (label, value, shown) in enumerate(rows):
        y = top + at * step
        length = value / most * (width - 2 * left)
        parts.append(f'<text x="{left}" y="{y + 12}" font-size="13" fill="{_INK}" {_FONT}>{escape(label)}</text>')
        parts.append(
            f'<text x="{width - left}" y="{y + 12}" font-size="13" fill="{_INK}" text-anchor="end" {_FONT}>'
            f"{escape(shown)}</text>"
        )
        parts.append(f'<rect x="{left}" y="{y + 17}" width="{length:.1f}" height="9" rx="3" fill="{_BAR}"/>')
    return "".join([*parts, "</svg>"])


def heat_map(counts: Sequence[Sequence[int]], *, days: Sequence[str], title: str) -> str:
    """Return a week of hours, a square each; the darker, the more."""
    left, top, cell = 44, 18, 24
    width, height = left + 24 * cell + 6, top + 7 * cell + 6
    most = max((max(row, default=0) for row in counts), default=0)
    parts = [_open(width, height, title)]
    for hour in range(0, 24, 3):
        x = left + hour * cell
        parts.append(f'<text x="{x}" y="12" font-size="11" fill="{_FAINT}" {_FONT}>{hour}</text>')
    for day, row in enumerate(counts):
        y = top + day * cell
        parts.append(f'<text x="4" y="{y + 16}" font-size="12" fill="{_INK}" {_FONT}>{escape(days[day])}</text>')
        for hour, count in enumerate(row):
            parts.append(_square(left + hour * cell, y, cell, count, most, f"{days[day]} {hour}:00 — {count}"))
    return "".join([*parts, "</svg>"])


def _square(x: int, y: int, cell: int, count: int, most: int, told: str) -> str:
    shade = _SHADES[0] if not count else _SHADES[1 + min(4, (count * 5 - 1) // max(1, most))]
    number = ""
    if count:
        ink = "#ffffff" if shade in _SHADES[3:] else _INK
        number = (
            f'<text x="{x + cell / 2 - 1}" y="{y + 15}" font-size="10" text-anchor="middle" fill="{ink}" {_FONT}>'
            f"{count}</text>"
        )
    return (
        f'<rect x="{x}" y="{y}" width="{cell - 2}" height="{cell - 2}" rx="3" fill="{shade}">'
        f"<title>{escape(told)}</title></rect>{number}"
    )


def _open(width: int, height: int, title: str) -> str:
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" role="img" width="100%">'
        f"<title>{escape(title)}</title>"
    )
