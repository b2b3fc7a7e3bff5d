"""Lines of text on a screenshot, with their places: what lies beside, below and in one column."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from statistics import median

TURNED_AT_MOST = 0.12
"""Radians: a screen photographed at a slant; what leans further is not a screen."""


@dataclass(frozen=True, slots=True)
class TextLine:
    """One line as the reader found it. The box is in pixels, y downwards; ``sure`` is 0 to 1."""

    text: str
    left: float
    top: float
    right: float
    bottom: float
    sure: float = 1.0
    slope: float = 0.0
    """How far its upper edge leans, in pixels down for each pixel to the right."""

    @property
    def height(self) -> float:
        """The line's height in pixels."""
        return self.bottom - self.top

    @property
    def middle(self) -> float:
        """The height of its middle on the screen."""
        return (self.top + self.bottom) / 2


Corner = Sequence[float]


def line_of(text: str, corners: Sequence[Corner], sure: float) -> TextLine:
    """Return the line with these corners (left top, right top, right bottom, left bottom)."""
    (x0, y0), (x1, y1), (x2, y2), (x3, y3) = corners
    slope = (y1 - y0) / (x1 - x0) if x1 > x0 else 0.0
    middle_x, middle_y = (x0 + x1 + x2 + x3) / 4, (y0 + y1 + y2 + y3) / 4
    # The box's own sides, not its bounds: a slanted line is no higher than a straight one.
    width = (math.dist((x0, y0), (x1, y1)) + math.dist((x3, y3), (x2, y2))) / 2
    height = (math.dist((x0, y0), (x3, y3)) + math.dist((x1, y1), (x2, y2))) / 2
    return TextLine(
        text=text,
        left=middle_x - width / 2,
        top=middle_y - height / 2,
        right=middle_x + width / 2,
        bottom=middle_y + height / 2,
        sure=sure,
        slope=slope,
    )


def straightened(lines: Iterable[TextLine]) -> list[TextLine]:
    """Return the lines from top to bottom, turned back where the whole picture leans."""
    found = list(lines)
    slopes = [line.slope for line in found if line.right - line.left > 3 * line.height]
    lean = median(slopes) if len(slopes) >= 3 else 0.0
    if 0.004 < abs(lean) < TURNED_AT_MOST:
        found = [_turned(line, -math.atan(lean)) for line in found]
    return sorted(found, key=lambda line: (line.middle, line.left))


def _turned(line: TextLine, angle: float) -> TextLine:
    x, y = (line.left + line.right) / 2, line.middle
    x, y = x * math.cos(angle) - y * math.sin(angle), x * math.sin(angle) + y * math.cos(angle)
    wide, high = (line.right - line.left) / 2, line.height / 2
    return replace(line, left=x - wide, right=x + wide, top=y - high, bottom=y + high)


def same_row(one: TextLine, other: TextLine) -> bool:
    """Return whether two lines stand beside each other."""
    overlap = min(one.bottom, other.bottom) - max(one.top, other.top)
    return overlap >= 0.5 * min(one.height, other.height)


def beside(label: TextLine, lines: Sequence[TextLine]) -> TextLine | None:
    """Return the nearest line to the right of ``label`` in its row."""
    right = [line for line in lines if line is not label and same_row(label, line) and line.left > label.left]
    right = [line for line in right if line.left >= label.right - label.height]
    return min(right, key=lambda line: line.left, default=None)


def below(line: TextLine, lines: Sequence[TextLine], *, within: float = 2.2) -> TextLine | None:
    """Return the next line under ``line`` in its column, at most ``within`` of its heights further down."""
    under = [
        other
        for other in lines
        if other is not line
        and other.middle > line.middle
        and other.top - line.bottom < within * line.height
        and not same_row(line, other)
        and _in_column(line, other)
    ]
    return min(under, key=lambda other: other.top, default=None)


def _in_column(one: TextLine, other: TextLine) -> bool:
    """Return whether two lines share their left edge, right edge or middle."""
    near = 1.2 * max(one.height, other.height)
    centred = abs((one.left + one.right) - (other.left + other.right)) / 2
    return min(abs(one.left - other.left), abs(one.right - other.right), centred) < near
