"""Fonts of this machine that can write a text; a sign that no font has is never drawn as a box."""

import shutil
import subprocess
import unicodedata
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from assistant.errors import UsageError

if TYPE_CHECKING:
    from PIL.ImageFont import FreeTypeFont

_USUAL = (
    "/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc",
    "/usr/share/fonts/noto-cjk/NotoSansCJK-Regular.ttc",
    "/usr/share/fonts/google-noto-cjk/NotoSansCJK-Regular.ttc",
    "/usr/share/fonts/truetype/wqy/wqy-microhei.ttc",
    "/usr/share/fonts/truetype/wqy/wqy-zenhei.ttc",
    "/usr/share/fonts/truetype/arphic/uming.ttc",
    "/System/Library/Fonts/PingFang.ttc",
    "/System/Library/Fonts/Hiragino Sans GB.ttc",
    "C:/Windows/Fonts/msyh.ttc",
    "C:/Windows/Fonts/simhei.ttf",
    "/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf",
    "/Library/Fonts/Arial Unicode.ttf",
    "C:/Windows/Fonts/arial.ttf",
)
"""Where systems keep them, those with Chinese first."""

_MISSING = "\U000fffff"
"""A sign no font has: what it is drawn as is the box."""


def font_for(texts: Iterable[str], size: int, chosen: Path | None = None) -> "FreeTypeFont":
    """Return a font of this machine in which all texts can be written, apart from emoji.

    ``chosen`` is the only one tried where it is given.

    Raises:
        UsageError: there is none; the message says what to do.
    """
    signs = {char for text in texts for char in text if _needs_glyph(char)}
    files = (chosen,) if chosen is not None else _files()
    for file in files:
        font = _loaded(file, size)
        if font is not None and all(has_glyph(font, char) for char in signs):
            return font
    if chosen is not None:
        raise UsageError(f"the font {chosen} cannot write this text; choose another, or write .svg or .html instead")
    raise UsageError(
        "this machine has no font for this text; write the poster as .svg or .html instead (the reader's own fonts"
        " show it), or install a font such as Debian's fonts-noto-cjk"
    )


def without_missing(font: "FreeTypeFont", text: str) -> str:
    """Return the text without what the font cannot draw (emoji); the rest was checked before."""
    return " ".join("".join(char if has_glyph(font, char) or char == " " else "" for char in text).split())


def has_glyph(font: "FreeTypeFont", char: str) -> bool:
    """Return whether the font draws this sign as itself."""
    if char.isspace():
        return True
    seen = font.getmask(char)
    missing = font.getmask(_MISSING)
    return seen.size != missing.size or bytes(seen) != bytes(missing)


def _needs_glyph(char: str) -> bool:
    """Emoji and the joiners between them may be left out; words, digits and signs may not."""
    return not char.isspace() and unicodedata.category(char) not in ("So", "Sk", "Cf", "Mn", "Me", "Cn", "Co", "Cs")


@cache
def _files() -> tuple[Path, ...]:
    found = [Path(file) for file in _fontconfig()] + [Path(file) for file in _USUAL]
    return tuple(dict.fromkeys(file for file in found if file.is_file()))


def _fontconfig() -> list[str]:
    """Return what fontconfig would take for Chinese, then for English; nothing where there is no fontconfig."""
    command = shutil.which("fc-match")
    if command is None:
        return []
    files: list[str] = []
    for pattern in ("sans:lang=zh-cn", "sans:lang=en"):
        try:
            done = subprocess.run(
                [command, "--format", "%{file}", pattern], capture_output=True, text=True, timeout=10, check=False
            )
        except (OSError, subprocess.TimeoutExpired):
            return files
        if done.returncode == 0 and done.stdout:
            files.append(done.stdout)
    return files


def _loaded(file: Path, size: int) -> "FreeTypeFont | None":
    from PIL import ImageFont

    try:
        # A collection (.ttc) holds a face a language; any of them draws all Chinese signs, the third simplified.
        for index in (2, 0):
            try:
                return ImageFont.truetype(str(file), size, index=index)
            except OSError:
                continue
    except ValueError:
        return None
    return None
