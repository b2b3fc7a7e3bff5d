"""What is shipped, and what must never be in the repository."""

import re
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest

from assistant import __version__

ROOT = Path(__file__).resolve().parent.parent
TEXT = {".py", ".md", ".toml", ".yaml", ".yml", ".csv", ".txt", ".lock", ".cfg", ".sh", ".j2", ".html", ".js", ".css"}

# Built from parts, so that this file may be searched too.
FOREIGN_WORDS = {
    "a path of the machine it was written on": r"(?<![\w.~-])/(?:work|root|opt)/\w|/home/(?!me\b|you\b|yidan\b)\w+/",
    "the host of a package registry": r"py" + r"pi\.org|python" + r"hosted|registry\.np" + r"mjs|deb\.deb" + r"ian",
    "a number of a tracker or of a chat": r"(?i)\b(?:is" + r"sue|ses" + r"sion|hel" + r"per) ?#?\d+\b",
    "a secret": r"\bsk-[A-Za-z0-9]{20,}|-----BEGIN (?:RSA )?PRIVATE",
}


def tracked() -> list[Path]:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True)
    if listed.returncode:
        pytest.skip("not a git checkout")
    paths = [ROOT / name for name in listed.stdout.decode().split("\0") if name]
    return [path for path in paths if path.is_file()]


def test_the_repository_speaks_of_the_product_only() -> None:
    found = []
    for path in tracked():
        if path.suffix not in TEXT and path.name not in ("Makefile", "run", "wheel", "packages", ".gitignore"):
            continue
        for number, line in enumerate(path.read_text("utf-8", "replace").splitlines(), 1):
            found += [
                f"{path.relative_to(ROOT)}:{number}: {what}: {line.strip()[:100]}"
                for what, pattern in FOREIGN_WORDS.items()
                if re.search(pattern, line)
            ]
    assert not found, "\n".join(found)


def test_no_tracked_file_is_huge() -> None:
    assert not [str(path) for path in tracked() if path.stat().st_size > 5_000_000]


@pytest.mark.parametrize("name", ["requirements.lock", "requirements-dev.lock"])
class TestLock:
    def test_has_a_hash_for_every_requirement(self, name: str) -> None:
        blocks = re.split(r"\n(?=[a-z0-9])", (ROOT / name).read_text("utf-8"), flags=re.IGNORECASE)
        assert len(blocks) > 50
        assert not [block.splitlines()[0] for block in blocks if "--hash=sha256:" not in block]

    def test_names_no_address_and_no_giant(self, name: str) -> None:
        text = (ROOT / name).read_text("utf-8")
        assert "://" not in text and "--index" not in text and "--find-links" not in text
        assert not re.search(r"^(torch|tensorflow|jax|nvidia-|triton)", text, re.MULTILINE)

    def test_holds_what_the_project_asks_for(self, name: str) -> None:
        project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
        wanted = list(project["project"]["dependencies"])
        if "dev" in name:
            wanted += [item for item in project["dependency-groups"]["dev"] if isinstance(item, str)]
        locked = set(re.findall(r"^([a-z0-9._-]+)==", (ROOT / name).read_text("utf-8"), re.MULTILINE))
        names = {re.split(r"[\[<>=!~; ]", item)[0].lower().replace("_", "-") for item in wanted}
        assert not names - locked, "run: make lock"


def test_the_models_lock_is_what_the_extra_asks_for() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    text = (ROOT / "requirements-model.lock").read_text("utf-8")
    assert project["dependency-groups"]["model"] == project["project"]["optional-dependencies"]["local-llm"]
    assert re.findall(r"^([a-z0-9._-]+)==", text, re.MULTILINE) == ["xllamacpp"] and "--hash=sha256:" in text
    assert "://" not in text


def test_both_locks_agree() -> None:
    def versions(name: str) -> set[str]:
        return set(re.findall(r"^[a-z0-9._-]+==[^ ]+", (ROOT / name).read_text("utf-8"), re.MULTILINE))

    run, dev = versions("requirements.lock"), versions("requirements-dev.lock")
    assert not run - dev, "run: make lock"


@pytest.fixture(scope="module")
def names(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    out = tmp_path_factory.mktemp("dist")
    command = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(out), str(ROOT)]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    (wheel,) = out.glob("*.whl")
    assert f"-{__version__}-" in wheel.name
    return zipfile.ZipFile(wheel).namelist()


@pytest.mark.slow
class TestWheel:
    def test_holds_every_source_file_that_is_not_code(self, names: list[str]) -> None:
        """Templates, weights, migrations and replies are as much the product as its code."""
        moved = {"prompts": "assistant/_prompts", "knowledge": "assistant/_knowledge"}
        wanted = set()
        for path in tracked():
            first, *rest = path.relative_to(ROOT).parts
            if first == "assistant" or first in moved:
                wanted.add("/".join([moved.get(first, first), *rest]))
        assert len(wanted) > 30
        assert not wanted - set(names)

    def test_holds_nothing_else(self, names: list[str]) -> None:
        assert {name.split("/")[0] for name in names} == {"assistant", f"yidan-{__version__}.dist-info"}
        assert not [name for name in names if name.endswith((".pyc", ".db", ".npz.tmp"))]

    def test_has_the_command_and_the_licence(self, names: list[str]) -> None:
        assert f"yidan-{__version__}.dist-info/entry_points.txt" in names
        assert f"yidan-{__version__}.dist-info/licenses/LICENSE" in names
