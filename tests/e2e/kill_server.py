"""Kill the server at random moments while messages come in; afterwards nothing is lost and nothing doubled.

    python tests/e2e/kill_server.py --messages 1000 --kills 50 --seed 1

Members write at the same time over HTTP, each in order, and repeat a message under the same id until it is answered.
Now and then they repeat one that was answered already. At the end the store is compared with what they were told.
"""

import argparse
import asyncio
import json
import random
import sqlite3
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

if __package__ in (None, ""):
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from e2e.serverkit import ServerProcess, write_group, yidan

GROUP = "endless"
MEMBERS = 12
PATIENCE_SECONDS = 120.0
"""How long one message may stay unanswered, over restarts, before the run has failed."""

ADD = "再来一斤A01"
TALK = ("多少钱", "什么时候发货", "可以退吗", "价格", "哈哈哈", "今天天气真好", "收到", "我的订单", "转人工")


@dataclass
class Told:
    """What the members were told."""

    outcomes: dict[str, dict[str, Any]] = field(default_factory=dict)
    senders: dict[str, str] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)
    retries: int = 0
    redelivered: int = 0
    busy: int = 0

    def note(self, message_id: str, member: str, answer: dict[str, Any]) -> None:
        """Note an answer; it must be the one that was given before, if one was."""
        outcome = {key: value for key, value in answer.items() if key != "created"}
        first = self.outcomes.setdefault(message_id, outcome)
        self.senders[message_id] = member
        if first != outcome:
            self.problems.append(f"{message_id}: another answer on redelivery: {first} / {outcome}")


class Crowd:
    """The members: each writes their lines in order, and does not give up."""

    def __init__(self, server: ServerProcess, token: str, rng: random.Random) -> None:
        self.told = Told()
        self._url = f"{server.base}/api/groups/{GROUP}/messages"
        self._headers = {"Authorization": f"Bearer {token}"}
        self._rng = rng

    async def write(self, lines: dict[str, list[tuple[str, str]]]) -> None:
        """Let all members write their lines (id, text)."""
        limits = httpx.Limits(max_connections=MEMBERS * 2)
        async with httpx.AsyncClient(headers=self._headers, timeout=20, limits=limits) as client:
            await asyncio.gather(*(self._one(client, member, own) for member, own in lines.items()))

    async def repeat(self, lines: dict[str, list[tuple[str, str]]], share: float) -> None:
        """Redeliver a share of all lines, in any order."""
        everything = [(member, *line) for member, own in lines.items() for line in own]
        chosen = self._rng.sample(everything, max(1, int(len(everything) * share)))
        async with httpx.AsyncClient(headers=self._headers, timeout=20) as client:
            for member, message_id, text in chosen:
                await self._deliver(client, member, message_id, text)
                self.told.redelivered += 1

    async def _one(self, client: httpx.AsyncClient, member: str, own: list[tuple[str, str]]) -> None:
        for number, (message_id, text) in enumerate(own):
            if self._rng.random() < 0.1:
                # The same message twice at the same time, as an impatient platform sends it.
                again = self._deliver(client, member, message_id, text)
                await asyncio.gather(self._deliver(client, member, message_id, text), again)
            else:
                await self._deliver(client, member, message_id, text)
            if number and self._rng.random() < 0.1:
                await self._deliver(client, member, *own[self._rng.randrange(number)])
                self.told.redelivered += 1

    async def _deliver(self, client: httpx.AsyncClient, member: str, message_id: str, text: str) -> None:
        body = {"id": message_id, "text": text, "member": {"id": member, "nickname": member}}
        started = time.monotonic()
        while time.monotonic() - started < PATIENCE_SECONDS:
            try:
                response = await client.post(self._url, json=body)
            except httpx.HTTPError:
                self.told.retries += 1
                await asyncio.sleep(0.2)
                continue
            if response.status_code == 200:
                self.told.note(message_id, member, response.json())
                return
            if response.status_code != 503:
                self.told.problems.append(f"{message_id}: {response.status_code} {response.text[:200]}")
                return
            self.told.busy += 1
            await asyncio.sleep(0.1)
        self.told.problems.append(f"{message_id}: no answer in {PATIENCE_SECONDS:.0f} s")


async def kill_now_and_then(
    server: ServerProcess, crowd: Crowd, *, messages: int, kills: int, rng: random.Random
) -> int:
    """Kill and restart the server whenever a further share of the messages is answered; return how often."""
    done = 0
    for moment in sorted(rng.sample(range(1, max(messages - 1, kills + 2)), kills)):
        while len(crowd.told.outcomes) < moment:
            await asyncio.sleep(0.002)
        await asyncio.sleep(rng.random() * 0.05)
        await asyncio.to_thread(server.kill)
        await asyncio.to_thread(server.start)
        done += 1
    return done


def plan_lines(messages: int, rng: random.Random) -> dict[str, list[tuple[str, str]]]:
    """Return each member's lines, (id, text); about a third of them order one more."""
    lines: dict[str, list[tuple[str, str]]] = {f"member{number}": [] for number in range(MEMBERS)}
    for number in range(messages):
        member = f"member{number % MEMBERS}"
        text = ADD if rng.random() < 0.34 else rng.choice(TALK)
        lines[member].append((f"m-{number}", text))
    return lines


def problems_in(database: Path, told: Told, messages: int) -> list[str]:
    """Compare the store with what the members were told; return what does not fit."""
    store = sqlite3.connect(database)
    store.row_factory = sqlite3.Row
    problems = list(told.problems)

    def rows(query: str) -> list[sqlite3.Row]:
        return store.execute(query).fetchall()

    stored = rows("SELECT external_id, status FROM messages")
    if len(stored) != messages or len({row["external_id"] for row in stored}) != messages:
        problems.append(f"{len(stored)} messages in the store, {messages} were written")
    if unhandled := [row["external_id"] for row in stored if row["status"] != "handled"]:
        problems.append(f"not handled: {unhandled[:5]}")
    turns = {row["message_id"]: json.loads(row["outcome"]) for row in rows("SELECT message_id, outcome FROM turns")}
    if len(turns) != messages:
        problems.append(f"{len(turns)} turns for {messages} messages")
    for message_id, outcome in told.outcomes.items():
        kept = turns.get(outcome["message_id"])
        if kept != {key: value for key, value in outcome.items() if key != "message_id"}:
            problems.append(f"{message_id}: told {outcome}, stored {kept}")
    problems += _order_problems(rows, told)
    doubled = rows("SELECT turn_id FROM outbox WHERE turn_id IS NOT NULL GROUP BY turn_id HAVING count(*) > 1")
    if doubled:
        problems.append(f"{len(doubled)} turns with more than one reply in the outbox")
    silent = rows("SELECT o.id FROM outbox o JOIN turns t ON t.id = o.turn_id WHERE t.text = ''")
    if silent:
        problems.append(f"{len(silent)} replies of silent turns")
    if unsent := rows("SELECT id FROM outbox WHERE status != 'sent'"):
        problems.append(f"{len(unsent)} rows of the outbox are not sent")
    tickets = rows("SELECT message_id FROM tickets GROUP BY message_id HAVING count(*) > 1")
    if tickets:
        problems.append(f"{len(tickets)} messages with more than one ticket")
    if rows("PRAGMA integrity_check")[0][0] != "ok" or rows("PRAGMA foreign_key_check"):
        problems.append("the database is damaged")
    store.close()
    return problems


def _order_problems(rows: Any, told: Told) -> list[str]:
    """Each member's one order holds exactly as many as they were told were added."""
    added = Counter(
        told.senders[message_id] for message_id, outcome in told.outcomes.items() if outcome["action"] == "order"
    )
    held: Counter[str] = Counter()
    orders: Counter[str] = Counter()
    for row in rows(
        "SELECT m.nickname, o.id, l.quantity FROM orders o JOIN members m ON m.id = o.member_id"
        " JOIN order_lines l ON l.order_id = o.id"
    ):
        held[row["nickname"]] += row["quantity"]
        orders[row["nickname"]] += 1
    problems = []
    if not added:
        problems.append("no order was logged at all, so nothing was proven")
    if held != added:
        wrong = {name: (held[name], added[name]) for name in held | added if held[name] != added[name]}
        problems.append(f"orders hold other quantities than were told (held, told): {wrong}")
    if any(count > 1 for count in orders.values()):
        problems.append(f"members with more than one order: {orders}")
    return problems


async def run(home: Path, *, messages: int, kills: int, seed: int) -> dict[str, Any]:
    """Do the whole thing in ``home`` and return a report; ``problems`` is empty when all is well."""
    rng = random.Random(seed)
    yidan(home, "group", "load", str(write_group(home / "folder" / GROUP)))
    token = yidan(home, "token", "create")
    server = ServerProcess(home)
    started = time.monotonic()
    try:
        start_seconds = await asyncio.to_thread(server.start)
        lines = plan_lines(messages, rng)
        crowd = Crowd(server, token, rng)
        killing = asyncio.create_task(kill_now_and_then(server, crowd, messages=messages, kills=kills, rng=rng))
        await crowd.write(lines)
        done = await asyncio.wait_for(killing, PATIENCE_SECONDS)
        await crowd.repeat(lines, share=0.2)
    finally:
        server.stop()
    told = crowd.told
    return {
        "messages": messages,
        "kills": done,
        "actions": dict(Counter(outcome["action"] for outcome in told.outcomes.values())),
        "retries": told.retries,
        "redelivered": told.redelivered,
        "told_to_wait": told.busy,
        "first_start_seconds": round(start_seconds, 2),
        "seconds": round(time.monotonic() - started, 1),
        "problems": problems_in(home / "yidan.db", told, messages),
    }


def main() -> int:
    """Run it from the command line; 0 when nothing was lost or doubled."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--messages", type=int, default=1000)
    parser.add_argument("--kills", type=int, default=50)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="yidan-kill-") as home:
        report = asyncio.run(run(Path(home), messages=options.messages, kills=options.kills, seed=options.seed))
        if report["problems"]:
            print((Path(home) / "server.log").read_text(encoding="utf-8")[-4000:], file=sys.stderr)
    print(json.dumps(report, ensure_ascii=False, indent=2))
    return 1 if report["problems"] else 0


if __name__ == "__main__":
    sys.exit(main())
