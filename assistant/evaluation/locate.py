"""Finds the suite that an evaluator names."""

from pathlib import Path

from assistant.errors import UsageError

FOLDER = Path("evals")


def find_suite(name: str) -> Path:
    """Return the file of a suite given by path, or by its bare name under ``evals/``.

    Raises:
        UsageError: there is no such suite; the message lists those that are there.
    """
    path = Path(name)
    if path.is_file():
        return path
    for folder in _folders():
        for candidate in (folder / name, folder / f"{name}.yaml", folder / f"{name}.yml"):
            if candidate.is_file():
                return candidate
    known = sorted({file.stem for folder in _folders() for file in folder.glob("*.yaml")})
    raise UsageError(f"no suite '{name}'" + (f"; there are {', '.join(known)}" if known else ""))


def _folders() -> list[Path]:
    # Beside the caller, or in the source tree that this package runs from.
    return [FOLDER, Path(__file__).resolve().parents[2] / FOLDER]
