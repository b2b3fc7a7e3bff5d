"""The process in which suites run: of low priority, so that no member waits for an evaluator.

``python -m assistant.runs.worker FOLDER`` reads ``FOLDER/request.pickle``, prints ``{"done": n, "failed": m}`` lines
and leaves ``FOLDER/report.json``. It ends with its parent: the end of its standard input is the sign.
"""

import json
import os
import pickle
import sys
import threading
from pathlib import Path
from typing import Any

from assistant.errors import YidanError
from assistant.evaluation.results import CaseResult, report_json
from assistant.evaluation.runner import run_suites
from assistant.runs.request import RunRequest
from assistant.settings import load_settings

REQUEST, REPORT = "request.pickle", "report.json"


def main(folder: Path) -> int:
    """Run what the folder asks for; return the exit code (1 with a line that tells why)."""
    threading.Thread(target=_end_with_parent, daemon=True).start()
    if hasattr(os, "nice"):
        os.nice(load_settings().suite_niceness)
    # Only this program writes the folder, which nobody else may enter.
    request: RunRequest = pickle.loads((folder / REQUEST).read_bytes())
    done = failed = 0

    def step(result: CaseResult) -> None:
        nonlocal done, failed
        done, failed = done + 1, failed + (not result.passed)
        _tell({"done": done, "failed": failed})

    try:
        pairs = [(suite, group) for group in request.groups for suite in request.suites]
        results = run_suites(pairs, epochs=request.epochs, jobs=1, progress=step, index_cache=request.index_cache)
    except YidanError as error:
        _tell({"error": str(error)})
        return 1
    (folder / REPORT).write_text(json.dumps(report_json(results), ensure_ascii=False), encoding="utf-8")
    return 0


def _tell(data: dict[str, Any]) -> None:
    print(json.dumps(data, ensure_ascii=False), flush=True)


def _end_with_parent() -> None:
    # The descriptor itself: a thread in the middle of reading sys.stdin would break the interpreter's end.
    while os.read(0, 1024):
        pass
    os._exit(3)


if __name__ == "__main__":
    raise SystemExit(main(Path(sys.argv[1])))
