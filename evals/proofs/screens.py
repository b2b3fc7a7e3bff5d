"""Payment screens as two apps lay them out, drawn from nothing: own layouts, invented names and numbers."""

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from functools import cache
from typing import Any

from PIL import Image, ImageDraw, ImageFont

FONTS = "/usr/share/fonts/opentype/noto/NotoSansCJK-{}.ttc"
SIMPLIFIED = 2
"""The face of simplified Chinese in the font collection."""

PAYEES = ("老王茶铺", "小满烘焙", "李*华", "Maple Home", "果果水果店", "阿珍 (*珍)", "海边渔家", "张建国", "Sunny Yoga")
METHODS = {
    ("wechat", "zh"): ("零钱", "招商银行储蓄卡(1024)", "零钱通", "建设银行(6600)", "亲属卡"),
    ("wechat", "en"): ("Balance", "China Merchants Bank (1024)", "Mini Fund", "ICBC Debit Card (6600)"),
    ("alipay", "zh"): ("余额宝", "花呗", "账户余额", "招商银行储蓄卡(1024)", "网商银行储蓄卡(6600)"),
    ("alipay", "en"): ("Yu'e Bao", "Balance", "Huabei", "ICBC Debit Card (6600)"),
}
SIZES = ((1080, 2340), (1080, 1920), (1170, 2532), (750, 1334), (828, 1792), (1440, 3040), (720, 1560))
MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]


@dataclass
class Truth:
    """What a careful person reads off the screen; None where the screen does not show it."""

    app: str = "none"
    payment: bool = False
    amount: str | None = None
    time: str | None = None
    reference: str | None = None
    payee: str | None = None
    direction: str | None = None


@dataclass
class Look:
    """One phone: its size, language, theme and colours."""

    rng: random.Random
    width: int
    height: int
    language: str
    dark: bool
    extra: bool = False
    """Wordings that only the held-out part has."""
    truth: Truth = field(default_factory=Truth)
    bottom: float = 0.0
    """How far down, in points, there is anything to read."""

    @property
    def unit(self) -> float:
        """Pixels of one design point, 375 of them a screen's width."""
        return self.width / 375

    @property
    def paper(self) -> tuple[int, int, int]:
        return (17, 17, 17) if self.dark else (255, 255, 255)

    @property
    def ground(self) -> tuple[int, int, int]:
        return (0, 0, 0) if self.dark else (242, 242, 245)

    @property
    def ink(self) -> tuple[int, int, int]:
        return (230, 230, 230) if self.dark else (20, 20, 20)

    @property
    def grey(self) -> tuple[int, int, int]:
        return (128, 128, 132) if self.dark else (140, 140, 145)

    def pick(self, *options: Any) -> Any:
        return self.rng.choice(options)

    def say(self, zh: Sequence[str], en: Sequence[str]) -> str:
        return str(self.rng.choice(zh if self.language == "zh" else en))


@cache
def font(size: int, bold: bool = False) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(FONTS.format("Bold" if bold else "Regular"), size, index=SIMPLIFIED)


class Page:
    """A screen that is filled from the top."""

    def __init__(self, look: Look, *, ground: tuple[int, int, int] | None = None) -> None:
        self.look = look
        self.image = Image.new("RGB", (look.width, look.height), ground or look.paper)
        self.draw = ImageDraw.Draw(self.image)
        self.y = 0.0

    def text(
        self,
        words: str,
        *,
        x: float,
        size: float,
        colour: tuple[int, int, int] | None = None,
        bold: bool = False,
        anchor: str = "lm",
        y: float | None = None,
    ) -> None:
        """Write at ``x`` points (negative: from the right); ``y`` is the middle of the line in points."""
        unit = self.look.unit
        left = (x if x >= 0 else 375 + x) * unit
        place = (left, (self.y if y is None else y) * unit)
        self.look.bottom = max(self.look.bottom, place[1] / unit + size)
        face = font(max(8, round(size * unit)), bold)
        self.draw.text(place, words, font=face, fill=colour or self.look.ink, anchor=anchor)

    def width_of(self, words: str, size: float) -> float:
        return font(max(8, round(size * self.look.unit))).getlength(words) / self.look.unit

    def circle(self, x: float, y: float, radius: float, colour: tuple[int, int, int]) -> None:
        unit = self.look.unit
        box = [(x - radius) * unit, (y - radius) * unit, (x + radius) * unit, (y + radius) * unit]
        self.draw.ellipse(box, fill=colour)

    def box(self, x: float, y: float, width: float, height: float, colour: tuple[int, int, int], round_: float) -> None:
        unit = self.look.unit
        box = [x * unit, y * unit, (x + width) * unit, (y + height) * unit]
        self.draw.rounded_rectangle(box, radius=round_ * unit, fill=colour)

    def line(self, y: float, *, inset: float = 16) -> None:
        unit = self.look.unit
        colour = (50, 50, 50) if self.look.dark else (228, 228, 230)
        self.draw.line([inset * unit, y * unit, (375 - inset) * unit, y * unit], fill=colour, width=max(1, int(unit)))

    def status_bar(self, shown: datetime) -> None:
        """The phone's own clock and battery: numbers that are none of the payment."""
        look = self.look
        self.text(f"{shown:%H:%M}", x=24, y=16, size=14, bold=True)
        right = look.pick("5G 87%", "4G 62%", "5G  100", "Wi-Fi 35%", "HD 5G 48")
        self.text(right, x=-14, y=16, size=12, anchor="rm")
        self.y = 44

    def title(self, words: str, *, arrow: bool = True) -> None:
        if arrow:
            self.text(self.look.pick("<", "‹", "×"), x=14, y=62, size=20)
        if words:
            self.text(words, x=187.5, y=62, size=17, bold=True, anchor="mm")
        self.y = 92

    def rows(self, pairs: Sequence[tuple[str, str]], *, style: str, size: float = 14) -> None:
        """Labelled values: ``edge`` puts them at the right edge, ``column`` at one left edge, ``colon`` in one text."""
        look = self.look
        column = 24 + max((self.width_of(label, size) for label, _ in pairs), default=60) + look.pick(14, 22, 34)
        for label, value in pairs:
            if style == "colon":
                self.text(f"{label}{look.pick('：', ': ')}{value}", x=24, size=size, colour=look.grey)
                self.y += size * 2.2
                continue
            self.text(label, x=20, size=size, colour=look.grey)
            room = 375 - 20 - column if style == "column" else 355 - 30 - self.width_of(label, size)
            for part in wrapped(self, value, size, room):
                if style == "column":
                    self.text(part, x=column, size=size)
                else:
                    self.text(part, x=-20, size=size, anchor="rm")
                self.y += size * 1.5
            self.y += size * look.pick(0.5, 0.8)


def wrapped(page: Page, value: str, size: float, room: float) -> list[str]:
    """Return a value broken at the edge of its column, as the apps break long numbers."""
    parts: list[str] = []
    rest = value
    while page.width_of(rest, size) > room:
        fit = len(rest)
        while fit > 4 and page.width_of(rest[:fit], size) > room:
            fit -= 1
        space = rest.rfind(" ", 0, fit)
        fit = space if space > 6 else fit
        parts.append(rest[:fit])
        rest = rest[fit:].lstrip()
    return [*parts, rest]


def digits(rng: random.Random, count: int) -> str:
    return "".join(rng.choice("0123456789") for _ in range(count))


def amount_of(look: Look) -> Decimal:
    kind = look.rng.random()
    if kind < 0.25:
        return Decimal(look.rng.randint(1000, 49999)).quantize(Decimal("0.01"))
    if kind < 0.55:
        return Decimal(look.rng.randint(1, 999)).quantize(Decimal("0.01"))
    return (Decimal(look.rng.randint(100, 199999)) / 100).quantize(Decimal("0.01"))


def money(look: Look, amount: Decimal, *, sign: str = "", symbol: bool | None = None) -> str:
    shown = f"{amount:,.2f}" if look.rng.random() < 0.7 else f"{amount:.2f}"
    mark = look.pick("¥", "￥") if (look.rng.random() < 0.6 if symbol is None else symbol) else ""
    return f"{sign}{mark}{shown}"


def moment_of(look: Look) -> datetime:
    start = datetime(2026, 1, 3, 6, 0)
    return start + timedelta(seconds=look.rng.randint(0, 330 * 86400))


def stamp(look: Look, moment: datetime) -> str:
    """Return the time as a bill writes it, and note in the truth how exact it is."""
    style = look.pick("iso", "iso", "han", "slash") if look.language == "zh" else look.pick("iso", "iso", "slash", "us")
    if look.extra and look.language == "en":
        style = look.pick("us", "eu", "iso")
    look.truth.time = f"{moment:%Y-%m-%dT%H:%M:%S}"
    match style:
        case "iso":
            return f"{moment:%Y-%m-%d %H:%M:%S}"
        case "han":
            space = look.pick(" ", "")
            return f"{moment.year}年{moment.month}月{moment.day}日{space}{moment:%H:%M:%S}"
        case "slash":
            return f"{moment:%Y/%m/%d %H:%M:%S}"
        case "eu":
            return f"{moment.day} {MONTHS[moment.month - 1]} {moment.year} {moment:%H:%M:%S}"
    return f"{MONTHS[moment.month - 1]} {moment.day}, {moment.year} {moment:%I:%M:%S %p}"


def sides(look: Look) -> tuple[str, str]:
    """Return the sign and the direction of a bill."""
    if look.rng.random() < 0.12:
        look.truth.direction = "in"
        return "+", "in"
    look.truth.direction = "out"
    return "-", "out"


Drawer = Callable[[Look], Image.Image]
