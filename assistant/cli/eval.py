"""``yidan eval``: run answer-quality suites, compare runs, measure retrieval and silence."""

import asyncio
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from assistant.cli.eval_cases import capture, generate
from assistant.cli.measures import add_measures
from assistant.cli.reports import console, write
from assistant.errors import UsageError

if TYPE_CHECKING:
    from assistant.evaluation.results import CaseResult, SuiteResult
    from assistant.evaluation.suite import Suite
    from assistant.llm.roles import Role

app = typer.Typer(no_args_is_help=True, rich_markup_mode=None, add_completion=False)

app.command()(generate)
app.command()(capture)

add_measures(app)

PageLanguage = Annotated[
    Literal["zh-CN", "en"] | None, typer.Option(help="Language of the page; that of the groups if not given.")
]


@app.command()
def run(
    suite: Annotated[list[str], typer.Argument(help="Suite files, or bare names under evals/.")],
    model: Annotated[str, typer.Option(help="Language model; none for the embedded default.")] = "none",
    members: Annotated[
        Literal["script", "model"], typer.Option(help="Who plays simulated members: their script, or the model.")
    ] = "script",
    epochs: Annotated[int, typer.Option(min=1, help="How often each case is run.")] = 1,
    json_file: Annotated[Path | None, typer.Option("--json", help="Write the report as JSON.")] = None,
    html_file: Annotated[Path | None, typer.Option("--html", help="Write the report as one page.")] = None,
    junit_file: Annotated[Path | None, typer.Option("--junit", help="Write the report as JUnit XML.")] = None,
    lang: PageLanguage = None,
    min_pass: Annotated[float, typer.Option(min=0, max=1, help="Exit 1 below this pass rate.")] = 0.0,
    case: Annotated[list[str] | None, typer.Option(help="Only this case (may be repeated).")] = None,
    tag: Annotated[list[str] | None, typer.Option(help="Only cases with this tag (may be repeated).")] = None,
    jobs: Annotated[int | None, typer.Option(min=1, help="Processes; chosen by the suite's size.")] = None,
    log: Annotated[
        bool | None, typer.Option("--log/--no-log", help="Keep inspect logs; by default for whole suites.")
    ] = None,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Only the table of suites.")] = False,
) -> None:
    """Run suites, each case in a freshly loaded group, and show what failed and why."""
    suites = _picked(suite, case or [], tag or [])
    from assistant.evaluation.workbench import bench_settings

    # A model that is not there is told before anything is loaded.
    bench_settings(Path(), model)
    if members == "model" and model == "none":
        raise UsageError("--members model needs a language model; name it with --model")
    from assistant.evaluation.results import overall_rate
    from assistant.evaluation.runner import run_suites
    from assistant.settings import load_settings

    home = load_settings().home
    # Embedding a group's knowledge is most of a run's time; indexes are named by content, so none grows stale.
    cache = home / "eval" / "index"
    # A few picked cases are run to mend them: no log is worth the seconds that loading inspect takes.
    logged = log if log is not None else not (case or tag)
    log_dir = home / "evaluations" if logged else None
    with _progress(sum(len(item.cases) for item in suites) * epochs) as step:
        pairs = [(item, None) for item in suites]
        results = run_suites(
            pairs,
            epochs=epochs,
            jobs=jobs,
            progress=step,
            index_cache=cache,
            log_dir=log_dir,
            model=model,
            role=_earned(model),
            played_by_model=members == "model",
        )
    _write_reports(results, json_file=json_file, html_file=html_file, junit_file=junit_file, lang=lang)
    _show(results, quiet=quiet)
    if overall_rate(results) < min_pass:
        raise typer.Exit(1)


@app.command()
def compare(
    before: Annotated[Path, typer.Argument(help="Report of eval run --json.")],
    after: Annotated[Path, typer.Argument(help="Report to compare with it.")],
    tolerance: Annotated[str, typer.Option(help="Broken cases put up with: 2, or 1% of them.", metavar="N|P%")] = "0",
    json_file: Annotated[Path | None, typer.Option("--json", help="Write the comparison as JSON.")] = None,
    html_file: Annotated[Path | None, typer.Option("--html", help="Write the comparison as one page.")] = None,
    lang: PageLanguage = None,
) -> None:
    """Show which cases a change fixed and which it broke; exit 1 when too many broke."""
    from assistant.evaluation.compare import Tolerance
    from assistant.evaluation.compare import compare as compare_reports
    from assistant.evaluation.report import print_comparison

    try:
        allowed = Tolerance.parse(tolerance)
    except ValueError as error:
        raise UsageError(f"--tolerance: {error}") from error
    comparison = compare_reports(before, after)
    if json_file:
        _write_json(json_file, comparison.to_json())
    if html_file:
        from assistant.evaluation.report_html import html_comparison

        write(html_file, html_comparison(comparison, lang or "en").encode())
    print_comparison(console(), comparison)
    if comparison.regressed(allowed):
        raise typer.Exit(1)


def _earned(model: str) -> "Role | Literal['']":
    """Return what the model's exam in this home allows it; empty where no model is asked or there was no exam."""
    from assistant.evaluation.workbench import NO_MODEL, chosen_model
    from assistant.settings import load_settings

    settings = load_settings()
    if model == NO_MODEL or (not settings.database_url and not (settings.home / "yidan.db").exists()):
        return ""

    async def ask() -> "Role":
        from assistant.cli.opening import opened
        from assistant.llm.roles import standing

        async with opened() as yidan, yidan.database.read() as session:
            return (await standing(session, chosen_model(settings.llm, model))).role

    return asyncio.run(ask())


def _picked(names: list[str], cases: list[str], tags: list[str]) -> "list[Suite]":
    from assistant.evaluation.locate import find_suite
    from assistant.evaluation.suite import load_suite

    suites = [load_suite(find_suite(name)) for name in names]
    known = {case.id for suite in suites for case in suite.cases}
    if unknown := [case for case in cases if case not in known]:
        raise UsageError(f"no case '{unknown[0]}' in {', '.join(names)}")
    picked = [suite.picked(cases, tags) for suite in suites]
    if not any(suite.cases for suite in picked):
        raise UsageError(f"no case has the tag '{tags[0]}'" if tags else "there is no case to run")
    return [suite for suite in picked if suite.cases]


def _write_reports(
    results: "list[SuiteResult]",
    *,
    json_file: Path | None,
    html_file: Path | None,
    junit_file: Path | None,
    lang: str | None,
) -> None:
    if json_file:
        from assistant.evaluation.results import report_json

        _write_json(json_file, report_json(results))
    if html_file:
        from assistant.evaluation.report_html import html_report

        write(html_file, html_report(results, lang).encode())
    if junit_file:
        from assistant.evaluation.junit import junit_xml

        write(junit_file, junit_xml(results))


def _write_json(path: Path, data: "dict[str, Any]") -> None:
    write(path, (json.dumps(data, ensure_ascii=False, indent=1) + "\n").encode())


def _show(results: "list[SuiteResult]", *, quiet: bool) -> None:
    from assistant.evaluation.report import print_report, print_suites

    (print_suites if quiet else print_report)(console(), results)


@contextmanager
def _progress(total: int) -> "Iterator[Callable[[CaseResult], None]]":
    """Yield what to call after each case: a bar on a terminal, nothing elsewhere."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    console = Console(stderr=True)
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("[red]{task.fields[failed]} failed"),
        TimeRemainingColumn(),
    )
    failed = 0
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as progress:
        task = progress.add_task("cases", total=total, failed=0)

        def step(result: "CaseResult") -> None:
            nonlocal failed
            failed += not result.passed
            progress.update(task, advance=1, failed=failed)

        yield step
