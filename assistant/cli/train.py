"""``yidan train``: fit the metric and ranker, the gate, the intents; adapt the gate to a group.

All of it is seeded: the same data gives the same weights.
"""

import asyncio
import json
from pathlib import Path
from typing import Annotated, Any

import typer

app = typer.Typer(no_args_is_help=True, rich_markup_mode=None)

Data = Annotated[Path, typer.Option(help="Development data.", metavar="DIR")]
Cache = Annotated[Path | None, typer.Option(help="File that keeps embeddings between runs.")]
Out = Annotated[Path | None, typer.Option(help="Folder for the weights; the package's own if not given.")]

_DATA = Path("../shared/data")


@app.command("all")
def fit_all(data: Data = _DATA, cache: Cache = None, out: Out = None) -> None:
    """Fit ranker, intents and gate one after the other, each on what the one before gave, and write all weights."""
    from assistant.retrieval.training.datasets import Vectors
    from assistant.retrieval.training.fit import fit_everything

    vectors = Vectors(cache)
    _write(out, fit_everything(data, vectors, progress=typer.echo))
    vectors.save()


@app.command()
def ranker(data: Data = _DATA, cache: Cache = None, out: Out = None) -> None:
    """Fit the metric, the ranker and its judge, and tell the held-out figures."""
    from assistant.retrieval.training.datasets import Vectors
    from assistant.retrieval.training.fit import fit_ranker

    vectors = Vectors(cache)
    fitted = fit_ranker(data, vectors, progress=typer.echo)
    vectors.save()
    _write(out, {"metric": fitted.metric, "ranker": fitted.ranker})


@app.command()
def intents(data: Data = _DATA, cache: Cache = None, out: Out = None) -> None:
    """Fit the intents and the judgements of adverts, abuse, injections and direction."""
    from assistant.retrieval.training.datasets import Vectors
    from assistant.retrieval.training.intents import fit_intent_model

    vectors = Vectors(cache)
    fitted = fit_intent_model(data, vectors, progress=typer.echo)
    vectors.save()
    _write(out, {"intents": fitted})


@app.command()
def gate(
    group: Annotated[
        str | None, typer.Option(help="Adapt this group to its seller's marks instead.", metavar="G")
    ] = None,
    data: Data = _DATA,
    cache: Cache = None,
    out: Out = None,
) -> None:
    """Fit the gate on the groups, each held out in turn; with --group, adapt one group to its seller's marks."""
    if group is not None:
        asyncio.run(_adapt(group))
        return
    from assistant.retrieval.training.datasets import Vectors
    from assistant.retrieval.training.fit import fit_gate

    vectors = Vectors(cache)
    fitted = fit_gate(data, vectors, progress=typer.echo)
    vectors.save()
    _write(out, {"gate": fitted})


@app.command("left-out")
def left_out(data: Data = _DATA, cache: Cache = None) -> None:
    """Tell how the ranker does on each set when nothing of that set was fitted on; writes no weights."""
    from assistant.retrieval.training.datasets import Vectors
    from assistant.retrieval.training.fit import measure_strange_sets

    vectors = Vectors(cache)
    measure_strange_sets(data, vectors, progress=typer.echo)
    vectors.save()


async def _adapt(group: str) -> None:
    from assistant.cli.opening import opened
    from assistant.evaluation.group_gate import adapt_group

    async with opened() as yidan:
        adaptation = await adapt_group(yidan, group, by="cli")
    typer.echo(f"{group}: operating point moved to {adaptation.offset:+.1f} by {adaptation.marks} marks")
    before, now = _percent(adaptation.precision_before), _percent(adaptation.precision)
    typer.echo(
        f"replies to marked messages: {adaptation.spoke_before} ({before} wanted) before, "
        f"{adaptation.spoke} ({now} wanted) now"
    )
    if adaptation.held_by_floor:
        typer.echo("The marks asked for more replies than can be given without too many unwanted ones.")


def _percent(share: float | None) -> str:
    return "none" if share is None else f"{share:.0%}"


def _write(out: Path | None, contents: dict[str, dict[str, Any]]) -> None:
    """Write the weights, all of them only after the last fit is done."""
    folder = out or Path(__file__).resolve().parents[1] / "retrieval" / "weights"
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in contents.items():
        path = folder / f"{name}.json"
        path.write_text(json.dumps(content) + "\n", "utf-8")
        typer.echo(f"{path}: {path.stat().st_size // 1024} KB")
