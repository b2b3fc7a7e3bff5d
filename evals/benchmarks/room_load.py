"""How fast a message reaches the other members of a full room.

    python evals/benchmarks/room_load.py [MEMBERS] [MESSAGES]

Starts a real server process, lets 200 members join and stay connected by WebSocket, and writes messages at a steady
pace: chat, questions and orders in turn. Measured is the time from the moment a message is sent to the moment each of
the others has it. Prints the median, the 95th percentile and the slowest in ms, the processor time that the server
spent, and the load of the machine. Exits 1 where the 95th percentile is 150 ms or more.
"""

import asyncio
import os
import re
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import httpx
from websockets.asyncio.client import ClientConnection, connect

ROOT = Path(__file__).resolve().parents[2]
LIMIT_MS = 150.0
APART_SECONDS = 0.4
PATIENCE_SECONDS = 240.0
GROUP = "tea"
LINES = ("今天天气不错呀", "什么时候发货", "我上次买的很好喝", "A02 1斤", "龙井怎么卖", "好的谢谢大家")


class Room:
    """The members' sockets, and when each message was sent and read."""

    def __init__(self) -> None:
        self.sent: dict[str, float] = {}
        self.taken_ms: list[float] = []

    async def read(self, socket: ClientConnection) -> None:
        """Note when a member has somebody's message."""
        seen: set[str] = set()
        async for news in socket:
            now = time.perf_counter()
            for number in set(re.findall(r"#(\d+)#", str(news))) - seen:
                seen.add(number)
                self.taken_ms.append(1000 * (now - self.sent[number]))


def undated(folder: Path) -> Path:
    """Return the folder with a copy of the sample group that is open at any time."""
    sample = ROOT / "knowledge" / GROUP
    folder.mkdir()
    for name in ("faq.csv", "catalog.csv"):
        (folder / name).write_bytes((sample / name).read_bytes())
    settings = (sample / "group.toml").read_text(encoding="utf-8")
    settings = re.sub(r"^(opens_at|closes_at|member_limit|close_after_orders) *=.*\n", "", settings, flags=re.MULTILINE)
    (folder / "group.toml").write_text(settings, encoding="utf-8")
    return folder


def free_port() -> int:
    """Return a port that nobody uses just now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


async def until_up(client: httpx.AsyncClient) -> None:
    """Wait for the server. Raises TimeoutError."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        while True:
            try:
                if (await client.get("/healthz")).status_code == 200:
                    return
            except httpx.TransportError:
                await asyncio.sleep(0.2)


async def measure(base: str, owner: str, members: int, messages: int) -> Room:
    """Return what was read in the room, all members connected."""
    room = Room()
    async with httpx.AsyncClient(base_url=base, timeout=60) as client:
        await until_up(client)
        tokens = []
        for number in range(members):
            joined = await client.post(
                f"/api/groups/{GROUP}/join", json={"nickname": f"成员{number}"}, headers=bearer(owner)
            )
            tokens.append(joined.raise_for_status().json()["token"])
        address = base.replace("http", "ws") + f"/api/groups/{GROUP}/live"
        sockets = [await connect(address, subprotocols=["bearer", token]) for token in tokens]  # type: ignore[list-item]
        readers = [asyncio.create_task(room.read(one)) for one in sockets]
        await asyncio.sleep(2)
        for number in range(messages):
            text = f"{LINES[number % len(LINES)]} #{number}#"
            room.sent[str(number)] = time.perf_counter()
            answer = await client.post(
                f"/api/groups/{GROUP}/messages", json={"text": text}, headers=bearer(tokens[number % members])
            )
            answer.raise_for_status()
            await asyncio.sleep(APART_SECONDS)
        await asyncio.sleep(5 * APART_SECONDS)
        for task in readers:
            task.cancel()
        await asyncio.gather(*readers, *(one.close() for one in sockets), return_exceptions=True)
    return room


def bearer(token: str) -> dict[str, str]:
    """Return the header of a token."""
    return {"Authorization": f"Bearer {token}"}


def processor_seconds(pid: int) -> float:
    """Return the processor time that a process has spent (Linux)."""
    parts = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(parts[11]) + int(parts[12])) / os.sysconf("SC_CLK_TCK")


def run(members: int, messages: int) -> bool:
    """Measure, print, and return whether the bar was met."""
    port = free_port()
    with tempfile.TemporaryDirectory() as home:
        environment: dict[str, Any] = os.environ | {"YIDAN_HOME": home, "PYTHONPATH": str(ROOT)}
        command = [sys.executable, "-m", "assistant"]
        quiet: dict[str, Any] = {"env": environment, "stderr": subprocess.DEVNULL}
        subprocess.run(
            [*command, "group", "load", str(undated(Path(home) / "group"))],
            check=True,
            stdout=subprocess.DEVNULL,
            **quiet,
        )
        create = [*command, "token", "create"]
        owner = subprocess.run(create, check=True, capture_output=True, text=True, env=environment).stdout.split()[-1]
        server = subprocess.Popen([*command, "serve", "--port", str(port)], stdout=subprocess.DEVNULL, **quiet)
        try:
            started = time.perf_counter()
            room = asyncio.run(measure(f"http://127.0.0.1:{port}", owner, members, messages))
            spent = processor_seconds(server.pid)
        finally:
            server.terminate()
            server.wait(30)
    taken = sorted(room.taken_ms)
    expected = members * messages
    p95 = taken[int(0.95 * len(taken))]
    print(f"members {members}, messages {messages}, read {len(taken)} of {expected}")
    print(f"median {statistics.median(taken):7.1f} ms")
    print(f"p95    {p95:7.1f} ms   (bar {LIMIT_MS:.0f} ms)")
    print(f"max    {taken[-1]:7.1f} ms")
    print(f"server {spent:7.1f} s of processor in all, {time.perf_counter() - started:.0f} s by the clock")
    print(f"load   {os.getloadavg()[0]:7.1f} on {os.cpu_count()} cores")
    return p95 < LIMIT_MS and len(taken) >= expected


def main() -> None:
    """Measure and print."""
    members = int(sys.argv[1]) if len(sys.argv) > 1 else 200
    messages = int(sys.argv[2]) if len(sys.argv) > 2 else 60
    sys.exit(not run(members, messages))


if __name__ == "__main__":
    main()
