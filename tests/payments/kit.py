"""Screens as lines of text with places, without a picture."""

from collections.abc import Sequence

from assistant.payments.screen import TextLine

WIDTH = 375.0


def line(text: str, *, x: float, y: float, size: float = 14, align: str = "left") -> TextLine:
    """One line; ``x`` is its left edge, its middle or its right edge."""
    width = sum(size if ord(char) > 0x2E80 else size * 0.55 for char in text)
    left = {"left": x, "middle": x - width / 2, "right": x - width}[align]
    return TextLine(text, left, y - size * 0.6, left + width, y + size * 0.6)


def screen(
    headlines: Sequence[tuple[str, float]], rows: Sequence[tuple[str, str | Sequence[str]]], *, style: str = "edge"
) -> list[TextLine]:
    """A screen: (words, size) in the middle from the top, then labelled values; a sequence is a broken value."""
    lines, y = [], 30.0
    for words, size in headlines:
        y += size * 1.8
        lines.append(line(words, x=WIDTH / 2, y=y, size=size, align="middle"))
    y += 30
    for label, value in rows:
        if style == "one line":
            lines.append(line(f"{label}：{value}", x=WIDTH / 2, y=y, align="middle"))
            y += 30
            continue
        lines.append(line(label, x=20, y=y))
        for part in [value] if isinstance(value, str) else value:
            lines.append(line(part, x=355, y=y, align="right") if style == "edge" else line(part, x=120, y=y))
            y += 21
        y += 10
    return lines
