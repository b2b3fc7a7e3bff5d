"""A run read: the rate with its interval, by tag, failed conversations as chats; two runs side by side."""

import json
from typing import Any

from nicegui import ui
from nicegui.element import Element

from assistant.accounts.permissions import Deed
from assistant.evaluation.compare import Comparison
from assistant.evaluation.report_html import html_comparison, html_of
from assistant.evaluation.report_words import WORDS, books, problems
from assistant.runs.service import RunView
from assistant.web.console.pages.knowledge.drafts import show_case_change
from assistant.web.console.parts import Text, region
from assistant.web.console.views.evaluation import Rate, by_tag, failed_cases, named, verdict
from assistant.web.console.visit import Visit

MOST = 40


async def read_run(visit: Visit, run: RunView, place: Element) -> None:
    """Show a run's report in ``place``."""
    w = visit.w
    report = await visit.server.runs.report(visit.group.id, run.id)

    def as_json() -> None:
        ui.download.content(json.dumps(report, ensure_ascii=False, indent=1).encode(), f"run-{run.id}.json")

    def as_page() -> None:
        ui.download.content(html_of(report, _language(visit)).encode(), f"run-{run.id}.html")

    place.clear()
    with place, region("section").classes("y-card y-stack"):
        with region("div").classes("y-row y-between"):
            Text("h2", w("report_of", names=named(run.suites, w)))
            ui.button(w("close"), on_click=place.clear).props("flat dense")
        _rate(visit, report)
        with region("div").classes("y-row"):
            ui.button(w("get_html"), icon="download", on_click=visit.deed(Deed.EVALUATE, as_page)).props("flat dense")
            ui.button(w("get_json"), icon="download", on_click=visit.deed(Deed.EVALUATE, as_json)).props("flat dense")
        failed = failed_cases(report)
        Text("h3", w("failed_title", count=len(failed)))
        if not failed:
            Text("p", w("none_failed"))
        for case in failed[:MOST]:
            _case(case, visit)
        if len(failed) > MOST:
            Text("p", w("and_more", count=len(failed) - MOST)).classes("y-quiet")


def _rate(visit: Visit, report: dict[str, Any]) -> None:
    w, rate = visit.w, Rate(report["passed"], report["total"])
    with region("div").classes("y-tiles"):
        with region("div").classes("y-card"):
            Text("p", w("pass_rate")).classes("y-quiet")
            Text("p", rate.text).classes(f"y-big {rate.tone}")
            Text("p", w("interval", interval=rate.interval)).classes("y-quiet")
        with region("div").classes("y-card"):
            Text("p", w("cases")).classes("y-quiet")
            Text("p", f"{rate.passed}/{rate.total}").classes("y-big")
    tags = by_tag(report)
    if not tags:
        return
    with region("details").classes("k-results"):
        Text("summary", w("by_tag"))
        with Element("table").classes("y-table"):
            with Element("thead"), Element("tr"):
                for head in ("tag", "passed", "pass_rate"):
                    Text("th", w(head)).props["scope"] = "col"
            with Element("tbody"):
                for tag, one in tags:
                    with Element("tr"):
                        Text("td", tag)
                        Text("td", f"{one.passed} / {one.total}")
                        Text("td", one.text).classes(one.tone)


def _case(case: dict[str, Any], visit: Visit) -> None:
    """Show a failed conversation as a chat, with what was expected."""
    w, words = visit.w, WORDS[_language(visit)]
    with region("article").classes("k-step y-stack y-tight"):
        with region("div").classes("y-row"):
            Text("strong", case["id"])
            for tag in case.get("tags", []):
                Text("span", tag).classes("y-chip")
        for turn in case.get("turns", []):
            Text("p", f"{turn['from']}: {turn['text']}").classes("k-bubble k-asked y-pre")
            Text("p", turn["reply"] or w("said_nothing")).classes("k-bubble y-pre")
            if not turn["passed"]:
                Text("p", "; ".join(problems(turn, words))).classes("y-note y-bad")
                near = ", ".join(f"{one['title']} {one['probability']:.0%}" for one in turn.get("found", [])[:3])
                if near:
                    Text("p", w("found", near=near)).classes("y-quiet")
        if case.get("final_why"):
            Text("p", f"{words['in_the_end']} {books(case['final_why'], words)}").classes("y-note y-bad")


async def compare_runs(visit: Visit, before: int, after: int, place: Element) -> None:
    """Show what got better and worse from one run to another."""
    w = visit.w
    comparison = await visit.server.runs.compare(visit.group.id, before, after)

    def as_page() -> None:
        page = html_comparison(comparison, _language(visit))
        ui.download.content(page.encode(), f"compare-{before}-{after}.html")

    place.clear()
    with place, region("section").classes("y-card y-stack"):
        with region("div").classes("y-row y-between"):
            Text("h2", w("compare_title"))
            ui.button(w("close"), on_click=place.clear).props("flat dense")
        _verdict(visit, comparison)
        ui.button(w("get_html"), icon="download", on_click=visit.deed(Deed.EVALUATE, as_page)).props(
            "flat dense"
        ).classes("k-left")
        for key, changes in (("got_worse", comparison.broken), ("got_better", comparison.fixed)):
            if changes:
                Text("h3", w(key, count=len(changes)))
            for change in changes[:MOST]:
                with region("div").classes("y-stack y-tight"):
                    Text("strong", f"{change.suite} / {change.id}")
                    show_case_change(change, w.of("knowledge"))
        for key, ids in (("added", comparison.added), ("removed", comparison.removed)):
            if ids:
                Text("p", w(key, count=len(ids))).classes("y-quiet")


def _verdict(visit: Visit, comparison: Comparison) -> None:
    w = visit.w
    if not comparison.common:
        Text("p", w("nothing_common")).classes("y-note")
        return
    chance = f"{comparison.p_value:.2f}" if comparison.p_value >= 0.01 else "< 0.01"
    Text("p", w(f"verdict.{verdict(comparison)}", chance=chance)).classes("y-note k-good")
    with region("div").classes("y-tiles"):
        for key, passed in (("before", comparison.before_passed), ("after", comparison.after_passed)):
            rate = Rate(passed, comparison.common)
            with region("div").classes("y-card"):
                Text("p", w(key)).classes("y-quiet")
                Text("p", rate.text).classes(f"y-big {rate.tone}")
                Text("p", w("passed_of", passed=passed, total=comparison.common)).classes("y-quiet")


def _language(visit: Visit) -> str:
    return "en" if visit.w.language == "en" else "zh-CN"
