"""Where the evaluating commands write to: a console that keeps whole lines, files and standard output."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from assistant.errors import UsageError

if TYPE_CHECKING:
    from rich.console import Console


def write(path: Path, data: bytes) -> None:
    """Write a report; ``-`` is standard output.

    Raises:
        UsageError: the file cannot be written.
    """
    try:
        if str(path) == "-":
            sys.stdout.buffer.write(data)
            return
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    except OSError as error:
        raise UsageError(f"cannot write {path}: {error.strerror}") from error


def console() -> "Console":
    """Return a console for tables."""
    from rich.console import Console

    # Piped into a file or a build log, lines must not be cut at 80 columns.
    return Console(highlight=False, width=None if sys.stdout.isatty() else 140)
