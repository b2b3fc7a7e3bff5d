"""Runs and comparisons as one self-contained HTML page each: no script, no font, no picture from elsewhere."""

from collections.abc import Sequence
from functools import cache, partial
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from assistant.evaluation.compare import Comparison
from assistant.evaluation.pictures import matrix_svg, ring_svg
from assistant.evaluation.report_words import WORDS, books, in_words, problems, summary
from assistant.evaluation.results import SuiteResult, report_json
from assistant.evaluation.statistics import wilson_interval


def html_report(results: Sequence[SuiteResult], language: str | None = None) -> str:
    """Return the page of a run; everything that members or evaluators wrote is escaped.

    ``language`` is zh-CN or en; None takes that of the groups, and English where they differ.
    """
    return html_of(report_json(results), language)


def html_of(report: dict[str, Any], language: str | None = None) -> str:
    """Return the page of a report that ``report_json`` made; the same page as of the run itself."""
    suites = report.get("suites", [report])
    spoken = {suite["language"] for suite in suites}
    language = language or (spoken.pop() if len(spoken) == 1 else "en")
    words = WORDS[language]
    return (
        _environment()
        .get_template("report.html.j2")
        .render(
            language=language,
            words=words,
            suites=suites,
            passed=report["passed"],
            total=report["total"],
            rate=report["pass_rate"],
            interval=wilson_interval(report["pass_rate"], report["total"]),
            ring=ring_svg,
            matrix=partial(matrix_svg, words=words),
        )
        .lstrip()
    )


def html_comparison(comparison: Comparison, language: str = "en") -> str:
    """Return the page that shows what was fixed and what was broken, each case before and after side by side."""
    page = _environment().get_template("comparison.html.j2")
    return page.render(language=language, words=WORDS[language], comparison=comparison).lstrip()


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent / "pages"),
        undefined=StrictUndefined,
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    filters: dict[str, Any] = {"expectation": in_words, "problems": problems, "books": books, "summary": summary}
    environment.filters |= filters
    return environment
