"""The terminal's view of a run: pass rates, then every failed case as a conversation."""

from collections.abc import Sequence

from rich.console import Console, Group, RenderableType
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from assistant.evaluation.compare import CaseChange, Comparison
from assistant.evaluation.results import CaseResult, SuiteResult, TurnResult, overall_rate
from assistant.evaluation.statistics import wilson_interval


def print_report(console: Console, results: Sequence[SuiteResult], *, failures_shown: int | None = None) -> None:
    """Print the failed cases, the table by tag and the table of suites, the verdict last."""
    for result in results:
        failures = result.failures()
        for case in failures[:failures_shown]:
            console.print(_case(result.suite, case))
        if failures_shown is not None and len(failures) > failures_shown:
            console.print(f"... and {len(failures) - failures_shown} more failed cases of {result.suite}")
    for result in results:
        console.print(_tags(result))
    print_suites(console, results)


def print_suites(console: Console, results: Sequence[SuiteResult]) -> None:
    """Print one line a suite with its pass rate, and the overall one."""
    console.print(_suites(results))


def print_comparison(console: Console, comparison: Comparison) -> None:
    """Print what was fixed, what was broken and the overall difference."""
    for title, changes, style in (
        ("Fixed", comparison.fixed, "green"),
        ("Broken", comparison.broken, "red"),
    ):
        if changes:
            console.print(_changes(f"{title} ({len(changes)})", changes, style))
    for title, ids in (("Only after", comparison.added), ("Only before", comparison.removed)):
        if ids:
            console.print(f"{title}: {', '.join(ids)}", style="dim")
    console.print(
        f"{comparison.before_passed} → {comparison.after_passed} of {comparison.common} cases pass "
        f"({comparison.difference:+.1%}): {len(comparison.fixed)} fixed, {len(comparison.broken)} broken"
    )
    if comparison.fixed or comparison.broken:
        console.print(_certainty(comparison))


def _certainty(comparison: Comparison) -> str:
    chance = f"a split this uneven comes by chance in {comparison.p_value:.1%} of such comparisons"
    sure = "a real difference" if comparison.p_value < 0.05 else "too few changed cases to tell it from chance"
    return f"McNemar's exact test: p = {comparison.p_value:.3f} ({chance}): {sure}"


def _changes(title: str, changes: Sequence[CaseChange], style: str) -> Table:
    table = Table(title=title, title_style=style, title_justify="left", expand=False)
    for column in ("suite", "case", "why it failed"):
        table.add_column(column, overflow="fold")
    for change in changes:
        table.add_row(Text(change.suite), Text(change.id), Text(change.why))
    return table


def _percent(rate: float) -> Text:
    return Text(f"{rate:.1%}", style="green" if rate >= 0.95 else "yellow" if rate >= 0.85 else "red")


def _suites(results: Sequence[SuiteResult]) -> Table:
    several = any(result.epochs > 1 for result in results)
    table = Table(title="Suites", title_justify="left")
    table.add_column("suite")
    for column in ("passed", "of", "pass rate", "95% interval", *(["pass^k"] if several else []), "seconds"):
        table.add_column(column, justify="right")
    for result in results:
        rate = _percent(result.pass_rate)
        hat = [f"{result.pass_hat_k:.1%}"] if several else []
        counts = str(result.passed), str(result.total)
        table.add_row(Text(result.suite), *counts, rate, _interval([result]), *hat, f"{result.seconds:.1f}")
    if len(results) > 1:
        passed, total = sum(r.passed for r in results), sum(r.total for r in results)
        rate = _percent(overall_rate(results))
        empty = [""] if several else []
        table.add_section()
        table.add_row("all", str(passed), str(total), rate, _interval(results), *empty, "")
    return table


def _interval(results: Sequence[SuiteResult]) -> str:
    low, high = wilson_interval(overall_rate(results), sum(result.total for result in results))
    return f"{low:.0%}-{high:.0%}"


def _tags(result: SuiteResult) -> Table:
    table = Table(title=f"{result.suite} by tag", title_justify="left")
    table.add_column("tag")
    for column in ("passed", "of", "pass rate"):
        table.add_column(column, justify="right")
    for tag, row in result.by_tag().items():
        rate = float(row["pass_rate"])
        table.add_row(Text(tag), str(row["passed"]), str(row["total"]), _percent(rate))
    return table


def _case(suite: str, case: CaseResult) -> Panel:
    lines: list[RenderableType] = []
    for turn in case.turns:
        lines.extend(_turn(turn))
    for check in case.final_checks:
        if not check.passed:
            lines.append(Text(f"✗ end state: {check.why}", style="red"))
    if case.error:
        lines.append(Text(f"✗ {case.error}", style="red"))
    title = Text(f"{suite}: {case.id}" + (f"  [{', '.join(case.tags)}]" if case.tags else ""))
    return Panel(Group(*lines), title=title, title_align="left", border_style="red")


def _turn(turn: TurnResult) -> list[RenderableType]:
    who = f"{turn.sender} ({turn.role})" if turn.role != "member" else turn.sender
    picture = f"  [picture {turn.image}]" if turn.image else ""
    lines: list[RenderableType] = [Text.assemble((f"{who}: ", "bold"), turn.text, (picture, "dim"))]
    if turn.outcome:
        said = turn.outcome
        mark = "✓" if turn.passed else "✗"
        lines.append(Text(f"  {mark} {said.action} ({said.responder}; {said.intent}; {said.reason})", "dim"))
        if said.text:
            lines.append(Text("  " + said.text.replace("\n", "\n  "), style="cyan"))
        if said.sources:
            found = ", ".join(f"{source.id} {source.score:.2f}" for source in said.sources)
            lines.append(Text(f"  from {found}", style="dim"))
    lines += [Text(f"  ✗ {check.why}", style="red") for check in turn.checks if not check.passed]
    return lines
