"""Where the sample groups are: in the checkout, or inside the installed package."""

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent.parent


def samples_root() -> Path | None:
    """Return the folder that holds the sample groups' folders, or None where they were not shipped."""
    for root in (_PACKAGE / "_knowledge", _PACKAGE.parent / "knowledge"):
        if root.is_dir():
            return root
    return None


def sample_folders() -> list[Path]:
    """Return the folders of the sample groups, by name."""
    root = samples_root()
    return sorted(path.parent for path in root.glob("*/group.toml")) if root else []
