"""``yidan llm``: examine the language model, show and set what it may do."""

import asyncio
import json
from typing import TYPE_CHECKING, Annotated

import typer

from assistant.cli.opening import opened
from assistant.errors import UsageError

if TYPE_CHECKING:
    from assistant.agent.exam import ExamReport
    from assistant.delivery.bootstrap import Yidan
    from assistant.llm.access import ModelAccess

app = typer.Typer(no_args_is_help=True, rich_markup_mode=None, add_completion=False)

ROLES = ("none", "composer", "agent")
MEANING = {
    "none": "asks it nothing",
    "composer": "the rules decide, it writes from the records",
    "agent": "it also decides, with tools",
}


@app.command()
def check(as_json: Annotated[bool, typer.Option("--json", help="Print the exam as JSON.")] = False) -> None:
    """Try the configured model, give it the exam, and keep what it may do (1 to 4 minutes with a small local one)."""
    asyncio.run(_check(as_json))


async def _check(as_json: bool) -> None:
    from assistant.runs.exam import sit

    async with opened() as yidan:
        model = _model(yidan)
        report = await sit(yidan, model, by="cli", step=_step)
    if as_json:
        typer.echo(json.dumps(report.to_json(), ensure_ascii=False, indent=1))
    else:
        _tell(report, model.settings.deadline_seconds)
    if not report.works:
        raise typer.Exit(1)


def _step(stage: str, number: int, of: int) -> None:
    typer.echo("  ... asking it something" if stage == "hello" else f"  ... {stage} {number} of {of}", err=True)


def _tell(report: "ExamReport", deadline: float) -> None:
    if not report.works:
        typer.echo(f"{report.model} does not work: {report.error}.")
        return
    typer.echo(f"{report.model} works.")
    tools = "natively" if report.native_tools else "as JSON in its text" if report.tools else "not seen"
    typer.echo(f"  streaming      {'yes' if report.streaming else 'no'}")
    typer.echo(f"  tools          {tools}")
    typer.echo(f"  JSON schema    {'yes' if report.schema else 'no'}")
    typer.echo(
        f"  speed          {report.tokens_per_second:.0f} tokens a second, first word after {report.first_seconds} s"
    )
    typer.echo(f"  a short answer {report.answer_seconds:.1f} s (members wait {deadline:g} s at most)")
    typer.echo(f"Role: {report.role} ({MEANING[report.role]})")
    for reason in report.reasons:
        typer.echo(f"  {reason}")


@app.command()
def show() -> None:
    """Show the configured model and what it may do."""
    asyncio.run(_show())


async def _show() -> None:
    from assistant.llm.roles import endpoint_of, standing

    async with opened() as yidan:
        settings = _model(yidan).settings
        async with yidan.database.read() as session:
            now = await standing(session, settings)
    typer.echo(f"{settings.name} at {endpoint_of(settings)}, mode {settings.mode}")
    typer.echo(f"Role: {now.role} ({MEANING[now.role]})")
    if now.at is None:
        typer.echo("  It has not taken the exam; run: yidan llm check")
    elif now.role != now.earned:
        typer.echo(f"  The exam gave it: {now.earned}")


@app.command()
def role(name: Annotated[str, typer.Argument(help="none, composer or agent.", metavar="ROLE")]) -> None:
    """Set what the model may do; above what the exam gave, the audit keeps a warning."""
    if name not in ROLES:
        raise UsageError(f"there is no role '{name}'; use {', '.join(ROLES)}")
    asyncio.run(_role(name))


async def _role(name: str) -> None:
    from typing import cast

    from assistant.llm.roles import Role, set_role

    async with opened() as yidan:
        settings = _model(yidan).settings
        async with yidan.database.write() as session:
            raised = await set_role(session, settings, cast(Role, name), actor="cli", now=yidan.clock.now())
    typer.echo(f"{settings.name} may now: {name} ({MEANING[name]})")
    if raised:
        typer.echo("Warning: that is more than its exam gave it. This is noted in the audit.", err=True)


def _model(yidan: "Yidan") -> "ModelAccess":
    if yidan.model is None:
        raise UsageError(
            "no language model is set up; set YIDAN_LLM__BASE_URL and YIDAN_LLM__MODEL, or YIDAN_LLM__GGUF"
        )
    return yidan.model
