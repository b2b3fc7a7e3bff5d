#!/usr/bin/env python3
"""Measure the product with the small local model against its bars: ``make test-model``.

The exam's role, the three suites and the compound suite with the model and without, the plain chain on the same
questions. Ends well, with a word, where the model cannot be assembled on this machine.
"""

import asyncio
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent))

from fetch import assemble, cache

SUITES = ("tea", "cookies", "homecare")
BETTER = 0.10
"""So much more of the compound suite must pass with the model."""

TOKEN_SHARE = 0.35
"""Tokens per resolved case of the tea suite, at most, in relation to the plain chain's tokens per case."""

DEADLINE_SECONDS = 20
"""The small model on two cores; a setting in production as well."""

CHAIN_CASES = 12
REPOSITORY = Path(__file__).resolve().parent.parent.parent


def run(*arguments: str, seconds: float, **environment: str) -> str:
    """Run a Python module or script and return what it printed."""
    done = subprocess.run(
        [sys.executable, *arguments],
        env=os.environ | {"PYTHONPATH": str(REPOSITORY)} | environment,
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        timeout=seconds,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(f"{' '.join(arguments)}: {done.stderr[-2000:] or done.stdout[-2000:]}")
    return done.stdout


def suite(name: str, model: str, home: str, **environment: str) -> dict[str, Any]:
    """Return the report of one suite's run."""
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.json"
        command = ("-m", "assistant", "eval", "run", name, "-q", "--model", model, "--jobs", "1", "--json", str(report))
        run(*command, seconds=900, YIDAN_HOME=home, **environment)
        return dict(json.loads(report.read_text(encoding="utf-8")))


async def measure(file: Path, home: str) -> list[str]:
    """Print the measures and return what falls short."""
    from assistant.llm.local import LocalModel

    local = LocalModel(str(file), threads=2)
    await local.start()
    name = file.stem
    model = {
        "YIDAN_LLM__BASE_URL": local.base_url,
        "YIDAN_LLM__MODEL": name,
        "YIDAN_LLM__MODE": "fallback",
        "YIDAN_LLM__DEADLINE_SECONDS": str(DEADLINE_SECONDS),
    }
    try:
        return await asyncio.to_thread(_measured, name, model, home)
    finally:
        await local.stop()


def _measured(name: str, model: dict[str, str], home: str) -> list[str]:
    short = []
    began = time.monotonic()
    exam = json.loads(run("-m", "assistant", "llm", "check", "--json", seconds=400, YIDAN_HOME=home, **model))
    print(f"exam: {exam['role']} ({'; '.join(exam['reasons'])}) after {time.monotonic() - began:.0f} s", flush=True)
    if exam["role"] != "composer":
        short.append(f"the exam gave the role {exam['role']}, not composer")
    model = model | {"YIDAN_LLM__ROLE": exam["role"]}
    tea: dict[str, Any] = {}
    for which in (*SUITES, "compound"):
        without, with_model = suite(which, "none", home), suite(which, name, home, **model)
        tea = with_model if which == "tea" else tea
        print(
            f"{which}: {without['pass_rate']:.3f} without, {with_model['pass_rate']:.3f} with the model"
            f" ({with_model['model_calls']} calls, {with_model['tokens']} tokens)"
            f" after {time.monotonic() - began:.0f} s",
            flush=True,
        )
        needed = without["pass_rate"] + (BETTER if which == "compound" else 0)
        if with_model["pass_rate"] < needed - 1e-9:
            short.append(f"{which}: {with_model['pass_rate']:.3f} with the model, at least {needed:.3f} is asked for")
    chain = json.loads(run("evals/benchmarks/naive_chain.py", "tea", str(CHAIN_CASES), seconds=400, **model))
    mine = tea["tokens"] / max(tea["passed"], 1)
    print(f"plain chain: {chain}; ours: {mine:.0f} tokens a resolved case", flush=True)
    if mine > TOKEN_SHARE * chain["tokens_per_case"]:
        short.append(f"{mine:.0f} tokens a resolved case, the plain chain takes {chain['tokens_per_case']} a case")
    if tea["pass_rate"] < 2 * chain["right"] / chain["cases"] and chain["right"] * 2 <= chain["cases"]:
        short.append("fewer than twice as many right answers as the plain chain")
    print(f"all of it in {time.monotonic() - began:.0f} s")
    return short


def main() -> int:
    """Measure; 1 where a bar is missed."""
    try:
        import xllamacpp  # noqa: F401

        file = assemble(cache())
    except (ImportError, subprocess.CalledProcessError, ValueError, OSError) as error:
        print(f"skipped: the model cannot be assembled on this machine ({error})")
        return 0
    with tempfile.TemporaryDirectory(prefix="yidan-model-") as home:
        short = asyncio.run(measure(file, home))
    for line in short:
        print(f"below the bar: {line}")
    return 1 if short else 0


if __name__ == "__main__":
    sys.exit(main())
