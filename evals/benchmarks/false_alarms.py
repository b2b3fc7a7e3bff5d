"""How often an ordinary message is warned: none may be, at most one in three hundred.

Writes each line into the tea group, each from a member of its own, and counts what is moderated. Without arguments
it takes ``evals/conduct/ordinary.txt``: lines that only sound like breaches, written for this and trained on by
nothing. Files with one JSON object a line (``text``) are taken as well. Prints one JSON object; exits 1 above
``--at-most``.

    python evals/benchmarks/false_alarms.py
    python evals/benchmarks/false_alarms.py chitchat.jsonl shop-talk.jsonl
"""

import argparse
import asyncio
import json
import sys
import tempfile
from datetime import datetime
from pathlib import Path

from assistant.channels.base import IncomingMessage
from assistant.clock import FixedClock
from assistant.delivery.bootstrap import Yidan
from assistant.groups.folder import read_folder
from assistant.settings import load_settings

ROOT = Path(__file__).resolve().parents[2]
ORDINARY = ROOT / "evals" / "conduct" / "ordinary.txt"
NOW = datetime.fromisoformat("2026-05-20T10:00:00+08:00")


def lines_of(path: Path) -> list[str]:
    """Return the messages of a file: the texts of JSON lines, or the lines themselves."""
    lines = [line for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
    if path.suffix == ".jsonl":
        return [json.loads(line)["text"] for line in lines]
    return [line for line in lines if not line.startswith("#")]


async def warned(texts: list[str]) -> list[str]:
    """Return the texts that were moderated."""
    found = []
    with tempfile.TemporaryDirectory() as home:
        settings = load_settings(home=Path(home), database_url="", system_database_url="", chroma_url="")
        async with await Yidan.open(settings, clock=FixedClock(NOW)) as yidan:
            folder = read_folder(ROOT / "knowledge" / "tea")
            await yidan.groups.load(folder)
            for number, text in enumerate(texts):
                message = IncomingMessage(
                    group_id=folder.settings.id,
                    channel="api",
                    external_id=f"m{number}",
                    member_external_id=f"member {number}",
                    nickname=f"成员{number}",
                    text=text,
                    sent_at=NOW,
                )
                if (await yidan.inbox.receive(message)).outcome.action == "moderate":
                    found.append(text)
    return found


def main() -> int:
    """Measure, print, and tell whether the bar holds."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", nargs="*", type=Path, default=[ORDINARY])
    parser.add_argument("--at-most", type=float, default=1 / 300, metavar="SHARE")
    arguments = parser.parse_args()
    texts = [text for path in arguments.files for text in lines_of(path)]
    found = asyncio.run(warned(texts))
    share = len(found) / len(texts)
    print(
        json.dumps({"messages": len(texts), "warned": len(found), "share": share, "texts": found}, ensure_ascii=False)
    )
    return int(share > arguments.at_most)


if __name__ == "__main__":
    sys.exit(main())
