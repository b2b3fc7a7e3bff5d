"""Reads the text off pictures, offline, in a process of its own.

The models cost three seconds to load and some 400 MB; a chat's process should have neither on its hands. So one
reader process is started when there is a picture to read, reads one at a time at low priority, and ends when it has
had nothing to do for a while. ``python -m assistant.payments.ocr`` is that process: a path a line
comes in, one JSON object a line goes out.
"""

import asyncio
import contextlib
import json
import logging
import os
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from assistant.errors import Unavailable
from assistant.payments.screen import TextLine, line_of

log = logging.getLogger(__name__)

PATIENCE_SECONDS = 60.0
"""A picture that takes longer is given up, and the process with it."""

IDLE_SECONDS = 60.0
"""Without work for so long, the process ends and gives its memory back."""

LONGEST_SIDE = 2000
"""Pixels; larger pictures are scaled down, which loses no letter of a screenshot."""

MOST_PIXELS = 50_000_000
"""A picture that claims more is not opened: it could be a bomb."""

TALLEST = 3.2
"""Screens are at most so many times as high as wide; of a longer picture the upper part is read."""

DETECTION_SIDE = 736
"""Text is looked for on a copy of at most so many pixels, and read off the original."""

_ANSWER_LIMIT = 8 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class PictureText:
    """What is written on a picture, and its fingerprint. ``lines`` is empty where it could not be opened."""

    lines: tuple[TextLine, ...]
    fingerprint: str = ""


class TextReader(Protocol):
    """Reads the text off a picture."""

    async def read(self, path: Path) -> PictureText:
        """Return the picture's text. Raises Unavailable where it cannot be read just now."""
        ...

    async def close(self) -> None:
        """Give back what reading holds."""
        ...


class OcrProcess:
    """The reader process as this process sees it. One picture at a time; it is started and ended as needed."""

    def __init__(self, *, idle_seconds: float = IDLE_SECONDS) -> None:
        self._idle_seconds = idle_seconds
        self._process: asyncio.subprocess.Process | None = None
        self._idle: asyncio.TimerHandle | None = None
        self._lock = asyncio.Lock()

    async def read(self, path: Path) -> PictureText:
        """Return the picture's text. Raises Unavailable where it cannot be read just now."""
        async with self._lock:
            if self._idle is not None:
                self._idle.cancel()
            try:
                answer = await asyncio.wait_for(self._ask(path), PATIENCE_SECONDS)
            except (TimeoutError, OSError, ValueError) as error:
                await self._end()
                raise Unavailable("the picture could not be read just now") from error
            except asyncio.CancelledError:
                # What is left in the pipe would be taken for the next picture's answer.
                await self._end()
                raise
            self._idle = asyncio.get_running_loop().call_later(self._idle_seconds, self._let_go)
        if answer.get("error"):
            log.info("a picture could not be opened: %s", answer["error"])
        lines = tuple(line_of(text, corners, sure) for text, corners, sure in answer.get("lines", ()))
        return PictureText(lines, answer.get("fingerprint", ""))

    async def close(self) -> None:
        """End the reader process, if it runs."""
        if self._idle is not None:
            self._idle.cancel()
        async with self._lock:
            await self._end()

    async def _ask(self, path: Path) -> dict[str, Any]:
        process = await self._running()
        assert process.stdin is not None and process.stdout is not None
        process.stdin.write(json.dumps(str(path.absolute())).encode() + b"\n")
        await process.stdin.drain()
        answer = json.loads(await process.stdout.readline())
        if not isinstance(answer, dict):
            raise ValueError("the reader process gave no answer")
        return answer

    async def _running(self) -> asyncio.subprocess.Process:
        if self._process is None or self._process.returncode is not None:
            self._process = await asyncio.create_subprocess_exec(
                sys.executable,
                "-m",
                __name__,
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                limit=_ANSWER_LIMIT,
            )
        return self._process

    def _let_go(self) -> None:
        # The end of its input ends the process by itself.
        if self._process is not None and self._process.stdin is not None and not self._lock.locked():
            self._process.stdin.close()
            self._process = None

    async def _end(self) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        await process.wait()


def _engine() -> Callable[[Any], Any]:
    from rapidocr import RapidOCR

    engine: Callable[[Any], Any] = RapidOCR(
        params={
            "Global.log_level": "error",
            "Global.use_cls": False,  # nobody sends a screen upside down
            "Global.max_side_len": LONGEST_SIDE,
            "Det.limit_type": "max",
            "Det.limit_side_len": DETECTION_SIDE,
            "EngineConfig.onnxruntime.intra_op_num_threads": min(2, os.cpu_count() or 1),
        }
    )
    return engine


def read_picture(path: str, engine: Callable[[Any], Any]) -> dict[str, Any]:
    """Return the lines on a picture and its fingerprint as plain JSON; ``error`` where it cannot be opened."""
    import numpy as np
    from PIL import Image, ImageOps

    from assistant.payments.picture import fingerprint

    Image.MAX_IMAGE_PIXELS = MOST_PIXELS
    try:
        with Image.open(path) as opened:
            if opened.width * opened.height > MOST_PIXELS:
                return {"error": f"{opened.width} x {opened.height} pixels"}
            image = ImageOps.exif_transpose(opened).convert("RGB")
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        return {"error": str(error) or type(error).__name__}
    print_ = fingerprint(image)
    image = image.crop((0, 0, image.width, min(image.height, int(image.width * TALLEST))))
    image.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    # The engine takes colours in OpenCV's order.
    result = engine(np.ascontiguousarray(np.asarray(image)[:, :, ::-1]))
    if result.boxes is None or result.txts is None:
        return {"lines": [], "fingerprint": print_}
    lines = [
        (text, [[round(float(x), 1), round(float(y), 1)] for x, y in box], round(float(score), 3))
        for text, box, score in zip(result.txts, result.boxes, result.scores, strict=True)
    ]
    return {"lines": lines, "fingerprint": print_}


def main() -> None:
    """Answer each path on standard input until it ends."""
    with contextlib.suppress(OSError):
        os.nice(10)  # the chat comes first
    # Libraries print now and then; only answers may reach the pipe.
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    engine: Callable[[Any], Any] | None = None
    for line in sys.stdin:
        engine = engine or _engine()
        answers.write(json.dumps(read_picture(json.loads(line), engine), ensure_ascii=False) + "\n")
        answers.flush()


if __name__ == "__main__":
    main()
