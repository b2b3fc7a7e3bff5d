"""``yidan train``: fit the metric and ranker, the gate, the intents.

All of it is seeded: the same data gives the same weights.
"""

import json
from pathlib import Path
from typing import Annotated, Any

import typer

app = typer.Typer(no_args_is_help=True, rich_markup_mode=None)

Data = Annotated[Path, typer.Option(help="Development data.", metavar="DIR")]
Cache = Annotated[Path | None, typer.Option(help="File that keeps embeddings between runs.")]
Out = Annotated[Path | None, typer.Option(help="Folder for the weights; the package's own if not given.")]

_DATA = Path("../shared/data")


@app.command()
def ranker(data: Data = _DATA, cache: Cache = None, out: Out = None) -> None:
    """Fit the metric, the ranker and its judge, and tell the held-out figures."""
    from assistant.retrieval.training.datasets import Vectors
    from assistant.retrieval.training.fit import fit_ranker

    vectors = Vectors(cache)
    fitted = fit_ranker(data, vectors, progress=typer.echo)
    vectors.save()
    _write(out, "metric", fitted.metric)
    _write(out, "ranker", fitted.ranker)


@app.command()
def gate(data: Data = _DATA, cache: Cache = None, out: Out = None) -> None:
    """Fit the gate on the groups, each held out in turn, and tell what it would do with them."""
    from assistant.retrieval.training.datasets import Vectors
    from assistant.retrieval.training.fit import fit_gate

    vectors = Vectors(cache)
    fitted = fit_gate(data, vectors, progress=typer.echo)
    vectors.save()
    _write(out, "gate", fitted)


@app.command()
def intents(data: Data = _DATA, cache: Cache = None, out: Out = None) -> None:
    """Fit the intents and the judgements of adverts, abuse, injections and direction."""
    from assistant.retrieval.training.datasets import Vectors
    from assistant.retrieval.training.intents import fit_all

    vectors = Vectors(cache)
    fitted = fit_all(data, vectors, progress=typer.echo)
    vectors.save()
    _write(out, "intents", fitted)


def _write(out: Path | None, name: str, content: dict[str, Any]) -> None:
    folder = out or Path(__file__).resolve().parents[1] / "retrieval" / "weights"
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{name}.json"
    path.write_text(json.dumps(content) + "\n", "utf-8")
    typer.echo(f"{path}: {path.stat().st_size // 1024} KB")
