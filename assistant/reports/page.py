"""A report as one HTML page without anything from outside, for screen, phone and printer; and as a message."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path

from jinja2 import Environment, StrictUndefined, Template

from assistant.groups.settings import GroupSettings
from assistant.orders.states import LIVE, STATUSES
from assistant.replies.catalogue import Replies, money_text, replies_for
from assistant.reports.figures import Figures
from assistant.reports.pictures import bars, heat_map

_MOST_SOLD = 10
_MOST_QUESTIONS = 50


@cache
def _template() -> Template:
    text = (Path(__file__).parent / "page.html.j2").read_text("utf-8")
    return Environment(undefined=StrictUndefined, autoescape=True).from_string(text)


def title_of(figures: Figures, settings: GroupSettings) -> str:
    """Return the report's heading."""
    return _words(settings).render("report.title", group=settings.name, period=figures.period)


@dataclass(frozen=True, slots=True)
class Picture:
    """A drawing (SVG) with its heading; empty where there is nothing to draw. ``wide`` ones may be scrolled."""

    heading: str
    svg: str
    wide: bool = False


@dataclass(frozen=True, slots=True)
class Listing:
    """Rows of two texts with their heading, and what is said where there are none."""

    heading: str
    rows: tuple[tuple[str, str], ...]
    nothing: str


@dataclass(frozen=True, slots=True)
class Parts:
    """What a report is made of, worded: for the page that prints and for the console."""

    title: str
    span: str
    made: str
    nothing: str
    tiles: tuple[tuple[str, str], ...]
    """(label, value)"""
    pictures: tuple[Picture, ...]
    listings: tuple[Listing, ...]


def parts_of(
    figures: Figures,
    settings: GroupSettings,
    unanswered: Sequence[tuple[str, int]],
    made_at: datetime,
    *,
    private: bool = True,
) -> Parts:
    """Return a report's parts; ``unanswered`` are open questions with how many asked each.

    Without ``private`` there is no money in them and nothing that members wrote.
    """
    say = _words(settings).render
    star_rows = [
        (say("report.star", count=stars), float(count), str(count)) for stars, count in enumerate(figures.stars, 1)
    ]
    pictures = [Picture(say("report.best_sellers"), _best_sellers(figures, settings))] if private else []
    pictures.append(Picture(say("report.when_asked"), _when_asked(figures, settings), wide=True))
    if star_rows:
        pictures.append(Picture(say("report.stars"), bars(star_rows[::-1], title=say("report.stars"))))
    asked = tuple((text, say("report.asked_by", count=count)) for text, count in unanswered[:_MOST_QUESTIONS])
    listings = [Listing(say("report.orders"), tuple(_order_rows(figures, settings)), say("report.nothing"))]
    if private:
        listings.append(Listing(say("report.unanswered"), asked, say("report.none_unanswered")))
    return Parts(
        title=title_of(figures, settings),
        span=say("report.period", period=figures.period),
        made=say("report.made", made_at=made_at),
        nothing=say("report.nothing"),
        tiles=tuple((_money_tiles(figures, settings) if private else []) + _tiles(figures, settings)),
        pictures=tuple(pictures),
        listings=tuple(listings),
    )


def render_page(parts: Parts, language: str) -> str:
    """Return the page of a report."""
    return _template().render(language=language, parts=parts)


def render_message(figures: Figures, settings: GroupSettings) -> str:
    """Return the report in a few lines, for the seller's feed."""
    best = figures.sold[0] if figures.sold else None
    return _words(settings).render(
        "report.message",
        title=title_of(figures, settings),
        active=figures.active,
        questions=figures.questions,
        share=figures.share_alone,
        orders=sum(count for status, count in figures.orders.items() if status in LIVE),
        ordered=figures.money.ordered,
        received=figures.money.received,
        owing=figures.money.owing,
        best=f"{best.sku} {best.name}" if best else "",
        unanswered=figures.unanswered,
    )


def _money_tiles(figures: Figures, settings: GroupSettings) -> list[tuple[str, str]]:
    say, money = _words(settings).render, figures.money
    return [
        (say(f"report.{name}"), money_text(getattr(money, name), figures.currency, settings.language))
        for name in ("ordered", "received", "owing", "refunded")
    ]


def _tiles(figures: Figures, settings: GroupSettings) -> list[tuple[str, str]]:
    say, share = _words(settings).render, figures.share_alone

    def time(seconds: float | None) -> str:
        return say("report.seconds", seconds=seconds)

    return [
        (say("report.members"), str(figures.members)),
        (say("report.joined"), str(figures.joined)),
        (say("report.active"), str(figures.active)),
        (say("report.messages"), str(figures.messages)),
        (say("report.questions"), str(figures.questions)),
        (say("report.alone"), "—" if share is None else f"{share:.0%}"),
        (say("report.answer_time"), time(figures.answer_seconds)),
        (say("report.answer_time_slow"), time(figures.answer_seconds_p95)),
        (say("report.human_time"), time(figures.human_seconds)),
        (say("report.open_tickets"), str(figures.open_tickets)),
    ]


def _best_sellers(figures: Figures, settings: GroupSettings) -> str:
    say = _words(settings).render
    rows = [
        (
            f"{one.sku} {one.name}",
            float(one.amount),
            say("report.sold_line", quantity=one.quantity, unit=one.unit, amount=one.amount),
        )
        for one in figures.sold[:_MOST_SOLD]
    ]
    return bars(rows, title=say("report.best_sellers")) if rows else ""


def _when_asked(figures: Figures, settings: GroupSettings) -> str:
    say = _words(settings).render
    if not any(map(any, figures.heat)):
        return ""
    return heat_map(figures.heat, days=say("report.days").split(), title=say("report.when_asked"))


def _order_rows(figures: Figures, settings: GroupSettings) -> list[tuple[str, str]]:
    say = _words(settings).render
    known = [(status, figures.orders[status]) for status in STATUSES if status in figures.orders]
    return [(say("status.label", status=status), str(count)) for status, count in known]


def _words(settings: GroupSettings) -> Replies:
    return replies_for(settings.language, settings.timezone, settings.payment.currency)
