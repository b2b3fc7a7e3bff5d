"""The pictures members send, kept once by content in the home's ``images`` folder."""

import hashlib
import os
from pathlib import Path

from assistant.errors import UsageError

IMAGE_LIMIT = 8 * 1024 * 1024
"""Most bytes of one picture."""


def image_type(data: bytes) -> str:
    """Return ``png``, ``jpg``, ``webp`` or ``gif``, told by the first bytes.

    Raises:
        UsageError: it is none of them.
    """
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return "png"
    if data.startswith(b"\xff\xd8\xff"):
        return "jpg"
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "webp"
    if data.startswith((b"GIF87a", b"GIF89a")):
        return "gif"
    raise UsageError("the picture must be PNG, JPEG, WebP or GIF")


def media_type(name: str) -> str:
    """Return the media type of a picture that ``keep_image`` named."""
    kind = name.rpartition(".")[2]
    return f"image/{'jpeg' if kind == 'jpg' else kind}"


def keep_image(folder: Path, data: bytes) -> str:
    """Store the picture durably and return its file name, ``<sha256>.<type>``; blocks on the disk.

    Raises:
        UsageError: it is no picture that we know.
    """
    name = f"{hashlib.sha256(data).hexdigest()}.{image_type(data)}"
    target = folder / name
    if target.exists():
        return name
    folder.mkdir(parents=True, exist_ok=True)
    draft = folder / f".{name}.{os.getpid()}"
    with draft.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(target)
    return name
