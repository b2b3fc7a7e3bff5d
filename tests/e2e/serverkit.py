"""A real ``yidan serve`` process of its own, with a group whose orders can go on without end."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

GROUP_TOML = """
id = "endless"
name = "不限量团购群"
language = "zh-CN"
timezone = "Asia/Shanghai"
seller = "老王"
purpose = "测试"
rules = ["只聊本次交易"]
member_limit = 500
assistant_name = "小二"

[payment]
methods = ["微信转账"]
currency = "CNY"
"""

FAQ = """id,question,similar_questions,answer,category,keywords,valid_from,valid_until
price,多少钱,价格多少|怎么卖,鲜橙12元/斤,price,价格,,
delivery,什么时候发货,几时发货|多久发货,下单后3天内发货,delivery,,,
refund,可以退吗,坏果怎么办,坏果包赔,refund,,,
"""

CATALOG = """sku,name,aliases,price,unit,stock,per_member_limit,preorder,description
A01,鲜橙,橙子,12.00,斤,,,,
B02,蜜柚,柚子,20.00,个,,,,
"""


def write_group(folder: Path) -> Path:
    """Write the group's folder and return it."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "group.toml").write_text(GROUP_TOML, encoding="utf-8")
    (folder / "faq.csv").write_text(FAQ, encoding="utf-8")
    (folder / "catalog.csv").write_text(CATALOG, encoding="utf-8")
    return folder


def free_port() -> int:
    """Return a port that nobody uses just now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def yidan(home: Path, *arguments: str, **environment: str) -> str:
    """Run a command to its end and return what it printed."""
    done = subprocess.run(
        [sys.executable, "-m", "assistant", *arguments],
        env=os.environ | {"YIDAN_HOME": str(home)} | environment,
        capture_output=True,
        text=True,
        timeout=400,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(f"yidan {' '.join(arguments)}: {done.stderr or done.stdout}")
    return done.stdout.strip()


class ServerProcess:
    """``yidan serve`` on a port of its own; started, killed and started again at will."""

    def __init__(self, home: Path, *options: str, **environment: str) -> None:
        self.port = free_port()
        self.base = f"http://127.0.0.1:{self.port}"
        self._options = options
        # Beside other tests a suite that stands back would hardly get on.
        own = {"YIDAN_HOME": str(home), "PYTHONUNBUFFERED": "1", "YIDAN_SUITE_NICENESS": "0"}
        self._environment = os.environ | own | environment
        self._log = home / "server.log"
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int:
        """The process id."""
        assert self._process is not None
        return self._process.pid

    def start(self, patience: float = 300.0) -> float:
        """Start it, wait until it answers and return the seconds that took."""
        started = time.perf_counter()
        self._log.parent.mkdir(parents=True, exist_ok=True)
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "assistant", "serve", "--port", str(self.port), *self._options],
                env=self._environment,
                stdout=log,
                stderr=log,
            )
        while time.perf_counter() - started < patience:
            if self._process.poll() is not None:
                raise RuntimeError(f"the server ended at once:\n{self.output()[-3000:]}")
            if self._answers():
                return time.perf_counter() - started
            time.sleep(0.02)
        self.kill()
        raise RuntimeError(f"the server did not answer in {patience:.0f} s:\n{self.output()[-3000:]}")

    def kill(self) -> None:
        """End it with SIGKILL, now."""
        if self._process is not None and self._process.poll() is None:
            self._process.kill()
            self._process.wait()

    def stop(self, patience: float = 30.0) -> int:
        """Ask it to end (SIGTERM) and return its exit code."""
        if self._process is None:
            return 0
        if self._process.poll() is None:
            self._process.send_signal(signal.SIGTERM)
        try:
            return self._process.wait(patience)
        except subprocess.TimeoutExpired:
            self.kill()
            raise

    def output(self) -> str:
        """Return what it printed so far."""
        return self._log.read_text(encoding="utf-8", errors="replace") if self._log.exists() else ""

    def resident_mb(self) -> float:
        """Return the resident memory of the process in MB (Linux)."""
        status = Path(f"/proc/{self.pid}/status").read_text(encoding="utf-8")
        match = re.search(r"VmRSS:\s+(\d+) kB", status)
        return int(match.group(1)) / 1024 if match else 0.0

    def _answers(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.base}/healthz", timeout=1) as response:
                return bool(response.status == 200)
        except (urllib.error.URLError, OSError):
            return False
