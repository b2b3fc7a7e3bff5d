"""How long ``yidan ask`` takes as a process, beside a bare start of the same interpreter.

    python evals/benchmarks/ask_speed.py [RUNS]

Loads the sample group ``tea`` into a throwaway home, asks one question a process and prints the median and
the slowest run in seconds, the processor time (which a busy machine changes less), and the ratio to
``python -c pass``. Exits 1 when the median is 3 s or more.
"""

import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
LIMIT_SECONDS = 3.0
QUESTIONS = ("明前龙井怎么卖", "什么时候发货", "价格", "A02 2斤", "哈哈哈哈")


def timed(command: list[str], environment: dict[str, str]) -> tuple[float, float]:
    """Return the seconds the command took from start to exit, and those of the processor."""
    before, started = os.times(), time.perf_counter()
    subprocess.run(command, env=environment, check=True, stdout=subprocess.DEVNULL)
    wall, after = time.perf_counter() - started, os.times()
    spent = after.children_user - before.children_user + after.children_system - before.children_system
    return wall, spent


def main() -> None:
    """Measure and print."""
    runs = int(sys.argv[1]) if len(sys.argv) > 1 else 3
    yidan = [sys.executable, "-m", "assistant"]
    with tempfile.TemporaryDirectory() as home:
        environment = os.environ | {"YIDAN_HOME": home, "PYTHONPATH": str(ROOT)}
        load, _ = timed([*yidan, "group", "load", str(ROOT / "knowledge" / "tea")], environment)
        bare = statistics.median(timed([sys.executable, "-c", "pass"], environment)[0] for _ in range(runs))
        asked = [
            timed([*yidan, "ask", "tea", question, "--from", f"member{run}"], environment)
            for run in range(runs)
            for question in QUESTIONS
        ]
    median = statistics.median(wall for wall, _ in asked)
    print(f"group load   {load:6.2f} s")
    print(f"bare python  {bare:6.2f} s")
    print(f"ask, median  {median:6.2f} s   ({median / bare:.0f} times bare python)")
    print(f"ask, slowest {max(wall for wall, _ in asked):6.2f} s")
    print(f"ask, processor {statistics.median(spent for _, spent in asked):4.2f} s")
    sys.exit(median >= LIMIT_SECONDS)


if __name__ == "__main__":
    main()
