"""The run as one self-contained HTML page: no script, no font, no picture from elsewhere."""

from collections.abc import Sequence
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from assistant.evaluation.results import SuiteResult, overall_rate


def html_report(results: Sequence[SuiteResult]) -> str:
    """Return the page; everything that members or evaluators wrote is escaped."""
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        undefined=StrictUndefined,
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    suites = [result.to_json() | {"seconds": round(result.seconds, 1)} for result in results]
    return environment.get_template("report.html.j2").render(
        suites=suites,
        passed=sum(result.passed for result in results),
        total=sum(result.total for result in results),
        rate=overall_rate(results),
    )
