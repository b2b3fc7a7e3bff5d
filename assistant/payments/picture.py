"""Pictures as numbers: a fingerprint that survives scaling and compression, to find one that was sent before."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PIL.Image import Image

SIDE = 64
"""Two screens of one app differ in a few digits; with fewer places they could not be told apart."""

LEVELS = 16
"""Shades of grey that are kept: one hexadecimal digit a place."""

SAME_AT_MOST = 0.006
"""Largest difference of near-identical pictures. Measured (decision record): the same picture compressed, scaled or
darkened differs by at most 0.003, another payment in the same layout on the same phone by at least 0.011."""


def fingerprint(image: "Image") -> str:
    """Return the picture's shades at 64 × 64 places as 4096 hexadecimal digits."""
    from PIL import Image as Images

    small = image.convert("L").resize((SIDE, SIDE), Images.Resampling.BOX)
    return "".join(f"{shade * LEVELS // 256:x}" for shade in small.tobytes())


def difference(one: str, other: str) -> float:
    """Return how far two fingerprints differ: one minus their correlation, so that brightness plays no part.

    1 where either is none; 0 for two even surfaces.
    """
    import numpy as np

    if not one or len(one) != len(other):
        return 1.0
    if one == other:
        return 0.0
    a, b = (np.array([int(digit, LEVELS) for digit in print_], dtype=float) for print_ in (one, other))
    a, b = a - a.mean(), b - b.mean()
    size = float(np.linalg.norm(a) * np.linalg.norm(b))
    return 1.0 - float(a @ b) / size if size else 1.0


def near_identical(one: str, other: str) -> bool:
    """Return whether two fingerprints are of the same picture, scaled or compressed again."""
    return difference(one, other) <= SAME_AT_MOST
