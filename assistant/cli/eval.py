"""``yidan eval``: run answer-quality suites, compare runs, measure retrieval and silence."""

import json
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from assistant.cli.eval_cases import capture, generate
from assistant.errors import UsageError

if TYPE_CHECKING:
    from assistant.evaluation.results import CaseResult, SuiteResult
    from assistant.evaluation.suite import Suite

app = typer.Typer(no_args_is_help=True, rich_markup_mode=None, add_completion=False)

app.command()(generate)
app.command()(capture)

JsonFile = Annotated[Path | None, typer.Option("--json", help="Write the measures as JSON.", metavar="FILE")]

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

        _write(html_file, html_comparison(comparison, lang or "en").encode())
    print_comparison(_console(), comparison)
    if comparison.regressed(allowed):
        raise typer.Exit(1)


@app.command()
def retrieval(
    folder: Annotated[Path, typer.Argument(help="Folder with corpus.jsonl, queries.jsonl, qrels.tsv.", metavar="DIR")],
    json_file: JsonFile = None,
) -> None:
    """Measure how often the right entry is found, on a set in BEIR layout."""
    from assistant.evaluation.retrieval import measure

    _tell_measures(measure(folder), json_file)


@app.command()
def gate(
    file: Annotated[Path, typer.Argument(help="JSONL of messages labelled answer or silent.")],
    group: Annotated[Path | None, typer.Option(help="Group folder as the knowledge base.", metavar="DIR")] = None,
    corpus: Annotated[Path | None, typer.Option(help="BEIR folder as the knowledge base.", metavar="DIR")] = None,
    json_file: JsonFile = None,
) -> None:
    """Measure when the assistant speaks and when it stays silent."""
    if (group is None) == (corpus is None):
        raise UsageError("give either --group DIR or --corpus DIR")
    from assistant.evaluation.gate import measure

    _tell_measures(measure(file, group=group, corpus=corpus), json_file)


@app.command()
def intents(
    file: Annotated[
        Path | None, typer.Argument(help="CSV with text, intent, language; the held-out set if not given.")
    ] = None,
    json_file: JsonFile = None,
) -> None:
    """Measure how well intents are told apart."""
    from assistant.evaluation.intents import measure

    _tell_measures(measure(file), json_file)


@app.command()
def proofs(
    folder: Annotated[Path, typer.Argument(help="Folder with screenshots and truth.jsonl.", metavar="DIR")],
    split: Annotated[str, typer.Option(help="Only this part of the set.")] = "",
    json_file: JsonFile = None,
) -> None:
    """Measure how well payment screenshots are read, and list what was read wrong."""
    from assistant.cli.opening import embedding_bar
    from assistant.evaluation.proofs import measure

    with embedding_bar("Reading pictures") as step:
        measures = measure(folder, split=split, progress=step)
    if json_file:
        _write(json_file, (json.dumps(measures, ensure_ascii=False, indent=1) + "\n").encode())
    if str(json_file) == "-":
        return
    for name, values in measures["splits"].items():
        typer.echo(name)
        _tell_measures(values, None)
    for item in measures["wrong"]:
        differences = "; ".join(f"{key}: read {read}, is {true}" for key, (read, true) in item["fields"].items())
        typer.echo(f"{item['image']}: {differences}")


def _tell_measures(measures: "Mapping[str, Any]", json_file: Path | None) -> None:
    from rich.table import Table

    table = Table("measure", "value")
    for name, value in measures.items():
        if not isinstance(value, dict | list):
            table.add_row(name, f"{value:.4f}" if isinstance(value, float) else str(value))
    if json_file:
        _write_json(json_file, dict(measures))
    if str(json_file) != "-":
        _console().print(table)


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

        _write(html_file, html_report(results, lang).encode())
    if junit_file:
        from assistant.evaluation.junit import junit_xml

        _write(junit_file, junit_xml(results))


def _write_json(path: Path, data: "dict[str, Any]") -> None:
    _write(path, (json.dumps(data, ensure_ascii=False, indent=1) + "\n").encode())


def _write(path: Path, data: bytes) -> None:
    try:
        if str(path) == "-":
            sys.stdout.buffer.write(data)
            return
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    except OSError as error:
        raise UsageError(f"cannot write {path}: {error.strerror}") from error


def _console() -> Any:
    from rich.console import Console

    # Piped into a file or a build log, lines must not be cut at 80 columns.
    return Console(highlight=False, width=None if sys.stdout.isatty() else 140)


def _show(results: "list[SuiteResult]", *, quiet: bool) -> None:
    from assistant.evaluation.report import print_report, print_suites

    (print_suites if quiet else print_report)(_console(), results)


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
