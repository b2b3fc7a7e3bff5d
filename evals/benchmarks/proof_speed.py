"""How long a phone-size screenshot takes to read, in the reader's own process as the server runs it.

Draws ``count`` payment screens of 1080 x 2340 pixels and more (evals/proofs), reads each, and prints one JSON
object: seconds by the wall, and seconds of the reader's processor time. The latter is more than an idle machine of
two cores needs, so a busy one does not spoil it: the bar holds where the 95th percentile by the wall, or that
time, is within ``--at-most``. Needs Debian's fonts-noto-cjk; says so and measures nothing without it.

    python evals/benchmarks/proof_speed.py 20
"""

import argparse
import asyncio
import io
import json
import random
import resource
import sys
import tempfile
import time
from pathlib import Path

from assistant.payments.ocr import OcrProcess

PROOFS = Path(__file__).resolve().parent.parent / "proofs"
FONTS = Path("/usr/share/fonts/opentype/noto")


def drawn(folder: Path, count: int) -> list[Path]:
    """Write so many screens of phones into the folder."""
    sys.path.insert(0, str(PROOFS))
    from layouts import PAYMENTS
    from screens import SIZES, Look

    sizes = [size for size in SIZES if size[0] >= 1080 and size[1] >= 2340]
    paths = []
    for number in range(count):
        rng = random.Random(number)
        width, height = rng.choice(sizes)
        drawer, _ = PAYMENTS[number % len(PAYMENTS)]
        image = drawer(Look(rng, width, height, rng.choice(("zh", "en")), dark=number % 2 == 0))
        buffer = io.BytesIO()
        image.save(buffer, "JPEG", quality=85)
        paths.append(folder / f"{number}.jpg")
        paths[-1].write_bytes(buffer.getvalue())
    return paths


async def measure(paths: list[Path]) -> tuple[list[float], float]:
    """Return the seconds of each picture, and the processor's seconds of a picture on average."""
    reader = OcrProcess()
    # The start of the reader process and its models is no picture's time.
    await reader.read(paths[0])
    await reader.close()
    started = resource.getrusage(resource.RUSAGE_CHILDREN)
    await reader.read(paths[0])
    await reader.close()
    alone = resource.getrusage(resource.RUSAGE_CHILDREN)
    seconds = []
    await reader.read(paths[0])
    for path in paths:
        before = time.perf_counter()
        await reader.read(path)
        seconds.append(time.perf_counter() - before)
    await reader.close()
    done = resource.getrusage(resource.RUSAGE_CHILDREN)
    start_up = alone.ru_utime + alone.ru_stime - started.ru_utime - started.ru_stime
    spent = done.ru_utime + done.ru_stime - alone.ru_utime - alone.ru_stime - start_up
    return sorted(seconds), spent / len(paths)


def main() -> int:
    """Measure, print, and tell whether the bar holds."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("count", type=int, nargs="?", default=20)
    parser.add_argument("--at-most", type=float, default=2.5, metavar="SECONDS")
    arguments = parser.parse_args()
    if not FONTS.is_dir():
        print(json.dumps({"skipped": "fonts-noto-cjk is not installed"}))
        return 0
    with tempfile.TemporaryDirectory() as folder:
        seconds, processor = asyncio.run(measure(drawn(Path(folder), arguments.count)))
    p95 = seconds[int(len(seconds) * 0.95) - 1] if len(seconds) > 1 else seconds[0]
    found = {
        "pictures": len(seconds),
        "seconds_p50": round(seconds[len(seconds) // 2], 3),
        "seconds_p95": round(p95, 3),
        "processor_seconds": round(processor, 3),
        "at_most": arguments.at_most,
    }
    print(json.dumps(found))
    return int(min(p95, processor) > arguments.at_most)


if __name__ == "__main__":
    sys.exit(main())
