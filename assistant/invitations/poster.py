"""A group's poster: its QR code, how to join in three steps, the day of issue and a watermark.

As PNG with a font of this machine, or as SVG or HTML with the reader's own fonts.
"""

import html
import io
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from assistant.invitations.fonts import font_for, without_missing

if TYPE_CHECKING:
    from PIL.Image import Image
    from PIL.ImageDraw import ImageDraw
    from PIL.ImageFont import FreeTypeFont

WIDTH, HEIGHT, MARGIN = 1080, 1528, 80
"""Pixels; the shape of an A4 sheet."""

_QR_SIZE = 520
_INK, _SOFT, _BAND, _PAPER, _MARK = "#1f2a24", "#5b6b62", "#1f6f4a", "#ffffff", "#e9efeb"
_TITLE, _TEXT, _SMALL = 60, 38, 30


@dataclass(frozen=True, slots=True)
class Poster:
    """What stands on a poster. ``address`` is what the QR code says."""

    title: str
    purpose: str
    address: str
    steps: Sequence[str]
    dates: Sequence[str]
    watermark: str
    language: str

    def texts(self) -> list[str]:
        """Return everything that is written on it."""
        return [self.title, self.purpose, *self.steps, *self.dates, self.watermark, "123"]


def draw_png(poster: Poster, font_file: Path | None = None) -> bytes:
    """Return the poster as PNG.

    Raises:
        UsageError: no font of this machine can write it.
    """
    from PIL import Image, ImageDraw

    fonts = {size: font_for(poster.texts(), size, font_file) for size in (_TITLE, _TEXT, _SMALL)}
    sheet = Image.new("RGB", (WIDTH, HEIGHT), _PAPER)
    _draw_watermark(sheet, poster.watermark, fonts[_TEXT])
    draw = ImageDraw.Draw(sheet)
    title = _wrapped(poster.title, fonts[_TITLE], WIDTH - 2 * MARGIN, most=2)
    band = 60 + len(title) * 84 + 30
    draw.rectangle((0, 0, WIDTH, band), fill=_BAND)
    _centred(draw, title, fonts[_TITLE], top=50, leading=84, fill=_PAPER)
    purpose = _wrapped(poster.purpose, fonts[_TEXT], WIDTH - 2 * MARGIN, most=3)
    top = _centred(draw, purpose, fonts[_TEXT], top=band + 36, leading=54, fill=_INK) + 24
    code = _qr(poster.address)
    sheet.paste(code, ((WIDTH - code.width) // 2, top))
    top = _centred(draw, poster.dates, fonts[_SMALL], top=top + code.height + 20, leading=44, fill=_SOFT) + 30
    for number, step in enumerate(poster.steps, start=1):
        lines = _wrapped(step, fonts[_TEXT], WIDTH - 2 * MARGIN - 100, most=2)
        draw.ellipse((MARGIN, top, MARGIN + 64, top + 64), fill=_BAND)
        draw.text((MARGIN + 32, top + 32), str(number), font=fonts[_TEXT], fill=_PAPER, anchor="mm")
        for line_number, line in enumerate(lines):
            draw.text((MARGIN + 96, top + 32 + line_number * 54), line, font=fonts[_TEXT], fill=_INK, anchor="lm")
        top += max(90, 36 + len(lines) * 54)
    out = io.BytesIO()
    sheet.save(out, "PNG", optimize=True)
    return out.getvalue()


def draw_svg(poster: Poster) -> str:
    """Return the poster as SVG; the reader's fonts write it."""
    import segno

    code = segno.make(poster.address, error="m")
    side = code.symbol_size(border=2)[0]
    scale = _QR_SIZE / side
    path = code.svg_inline(border=2, omitsize=True, svgclass=None, lineclass=None)
    lines = [
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="{_PAPER}"/>',
        *(
            f'<text x="{x}" y="{y}" font-size="{_TEXT}" fill="{_MARK}" transform="rotate(-24 {x} {y})">'
            f"{html.escape(poster.watermark)}</text>"
            for y in range(260, HEIGHT + 300, 240)
            for x in (40, 580)
        ),
        f'<rect width="{WIDTH}" height="190" fill="{_BAND}"/>',
        _svg_line(poster.title, 118, _fitting(poster.title, _TITLE), _PAPER),
        _svg_line(poster.purpose, 262, _fitting(poster.purpose, _TEXT), _INK),
        f'<g transform="translate({(WIDTH - _QR_SIZE) // 2} 310) scale({scale:.4f})">{path}</g>',
        *(_svg_line(date, 890 + 44 * number, _SMALL, _SOFT) for number, date in enumerate(poster.dates)),
    ]
    for number, step in enumerate(poster.steps):
        y = 1060 + 120 * number
        lines += [
            f'<circle cx="{MARGIN + 32}" cy="{y}" r="32" fill="{_BAND}"/>',
            f'<text x="{MARGIN + 32}" y="{y + 13}" font-size="{_TEXT}" fill="{_PAPER}" text-anchor="middle">'
            f"{number + 1}</text>",
            f'<text x="{MARGIN + 96}" y="{y + 13}" font-size="{_fitting(step, _TEXT, 830)}" fill="{_INK}">'
            f"{html.escape(step)}</text>",
        ]
    body = "\n".join(lines)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" lang="{poster.language}"'
        f" font-family=\"'Noto Sans CJK SC', 'PingFang SC', 'Microsoft YaHei', sans-serif\">\n{body}\n</svg>\n"
    )


def draw_html(poster: Poster) -> str:
    """Return the poster as a page of its own, to look at and to print."""
    return (
        f'<!doctype html>\n<html lang="{poster.language}">\n<meta charset="utf-8">\n'
        f"<title>{html.escape(poster.title)}</title>\n"
        "<style>body{margin:0}svg{display:block;width:100%;max-width:210mm;margin:auto}</style>\n"
        f"{draw_svg(poster)}</html>\n"
    )


def _qr(address: str) -> "Image":
    import segno
    from PIL import Image

    out = io.BytesIO()
    code = segno.make(address, error="m")
    # Whole pixels a module, so that its edges stay sharp for a scanner.
    code.save(out, kind="png", scale=max(1, _QR_SIZE // code.symbol_size(border=2)[0]), border=2)
    out.seek(0)
    return Image.open(out).convert("RGB")


def _draw_watermark(sheet: "Image", text: str, font: "FreeTypeFont") -> None:
    from PIL import Image, ImageDraw

    width = int(font.getlength(without_missing(font, text))) + 80
    layer = Image.new("L", (2 * WIDTH, 2 * HEIGHT), 0)
    draw = ImageDraw.Draw(layer)
    for row, y in enumerate(range(0, 2 * HEIGHT, 220)):
        for x in range(-(row % 2) * width // 2, 2 * WIDTH, width):
            draw.text((x, y), without_missing(font, text), font=font, fill=255)
    turned = layer.rotate(24, expand=False).crop((WIDTH // 2, HEIGHT // 2, WIDTH // 2 + WIDTH, HEIGHT // 2 + HEIGHT))
    sheet.paste(Image.new("RGB", sheet.size, _MARK), (0, 0), turned)


def _centred(
    draw: "ImageDraw", lines: Sequence[str], font: "FreeTypeFont", *, top: int, leading: int, fill: str
) -> int:
    """Draw lines in the middle and return where the next thing may begin."""
    for line in lines:
        draw.text((WIDTH // 2, top + leading // 2), without_missing(font, line), font=font, fill=fill, anchor="mm")
        top += leading
    return top


def _wrapped(text: str, font: "FreeTypeFont", width: int, *, most: int) -> list[str]:
    """Return the text in lines that fit; what does not fit into ``most`` lines ends in an ellipsis."""
    lines, line = [], ""
    for piece in _pieces(without_missing(font, text)):
        if line and font.getlength(line + piece) > width:
            lines.append(line.strip())
            line = piece.lstrip()
        else:
            line += piece
    lines.append(line.strip())
    if len(lines) > most:
        kept = lines[:most]
        while kept[-1] and font.getlength(f"{kept[-1]}…") > width:
            kept[-1] = kept[-1][:-1]
        kept[-1] += "…"
        return kept
    return [line for line in lines if line]


def _pieces(text: str) -> list[str]:
    """Return where a line may break: between words, and after each Chinese sign."""
    pieces: list[str] = []
    for char in text:
        if (
            pieces and char.isascii() and not char.isspace() and pieces[-1][-1].isascii() and pieces[-1][-1] != " "
        ) or (pieces and char in "，。；：、！？）》”,.!?" and pieces[-1]):
            pieces[-1] += char
        else:
            pieces.append(char)
    return pieces


def _svg_line(text: str, y: int, size: int, fill: str) -> str:
    place = f'x="{WIDTH // 2}" y="{y}" font-size="{size}" fill="{fill}" text-anchor="middle"'
    return f"<text {place}>{html.escape(text)}</text>"


def _fitting(text: str, size: int, width: int = WIDTH - 2 * MARGIN) -> int:
    """Return the size in which a line fits, counting a Chinese sign as square and others as a bit more than half."""
    ems = sum(1.0 if ord(char) > 0x2E80 else 0.56 for char in text)
    return max(16, min(size, int(width / ems))) if ems else size
