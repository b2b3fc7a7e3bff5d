"""The run as JUnit XML, for build servers."""

import re
from collections.abc import Sequence
from xml.etree import ElementTree

from assistant.evaluation.results import CaseResult, SuiteResult

_NOT_XML = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def junit_xml(results: Sequence[SuiteResult]) -> bytes:
    """Return one ``testsuite`` a suite and one ``testcase`` a case, UTF-8 with declaration."""
    root = ElementTree.Element("testsuites")
    for result in results:
        failures = result.failures()
        suite = ElementTree.SubElement(
            root,
            "testsuite",
            name=_clean(result.suite),
            tests=str(result.total),
            failures=str(len(failures)),
            errors="0",
            time=f"{result.seconds:.3f}",
        )
        failed = {case.id: case for case in failures}
        for case in result.runs[0] if result.runs else ():
            seconds = sum(turn.latency_ms for turn in case.turns) / 1000
            node = ElementTree.SubElement(
                suite, "testcase", classname=_clean(result.suite), name=_clean(case.id), time=f"{seconds:.3f}"
            )
            if case.id in failed:
                why = _clean(failed[case.id].why)
                failure = ElementTree.SubElement(node, "failure", message=why)
                failure.text = _clean(_conversation(failed[case.id]))
    return bytes(ElementTree.tostring(root, encoding="utf-8", xml_declaration=True))


def _clean(text: str) -> str:
    return _NOT_XML.sub("\ufffd", text)


def _conversation(case: CaseResult) -> str:
    lines = []
    for turn in case.turns:
        lines.append(f"{turn.sender}: {turn.text}")
        if turn.outcome:
            lines.append(f"  [{turn.outcome.action}] {turn.outcome.text}")
        lines += [f"  ! {check.why}" for check in turn.checks if not check.passed]
    lines += [f"end state: {check.why}" for check in case.final_checks if not check.passed]
    return "\n".join(lines)
