"""Parts of a page that follow the news: drawn again only where what they show is different."""

from collections.abc import Callable
from typing import Generic, TypeVar

from nicegui.element import Element

T = TypeVar("T")


class Redrawn(Generic[T]):
    """A box whose content is drawn from a value; the same value leaves it alone, and who reads it undisturbed."""

    def __init__(self, draw: Callable[[T], None]) -> None:
        self._draw = draw
        self._box = Element("div").classes("y-stack")
        self._shown: T | None = None

    def show(self, value: T) -> None:
        """Draw the value, unless it is what stands there."""
        if value != self._shown:
            self._shown = value
            self._box.clear()
            with self._box:
                self._draw(value)
