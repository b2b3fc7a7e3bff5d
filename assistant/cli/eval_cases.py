"""``yidan eval generate`` and ``yidan eval capture``: suites and cases that nobody has to write."""

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from assistant.evaluation.capture import Captured, Wanted
    from assistant.evaluation.smoke import Neighbour
    from assistant.groups.folder import GroupFolder


def generate(
    group: Annotated[str, typer.Argument(help="A group's folder, or the id of a loaded group.", metavar="G")],
    out: Annotated[Path | None, typer.Option(help="The suite's file; G-smoke.yaml if not given.")] = None,
) -> None:
    """Make a smoke suite from a group's own entries and catalogue, ready for eval run."""
    from assistant.evaluation.smoke import smoke_suite
    from assistant.evaluation.suite_writer import write_suite

    folder, path = _group(group, out)
    target = out or Path(f"{folder.settings.id}-smoke.yaml")
    suite = smoke_suite(folder, path=target, others=_others(folder))
    write_suite(suite, path)
    typer.echo(f"{target}: {len(suite.cases)} cases. Run them: yidan eval run {target}")


def _group(name: str, out: Path | None) -> "tuple[GroupFolder, Path]":
    """Return the group and the folder that a suite can name; a loaded group is written out beside the suite."""
    from assistant.groups.folder import read_folder

    if (Path(name) / "group.toml").is_file():
        return read_folder(Path(name)), Path(name)
    return asyncio.run(_exported(name, (out.parent if out else Path()) / f"{name}-group"))


async def _exported(group_id: str, path: Path) -> "tuple[GroupFolder, Path]":
    from assistant.delivery.bootstrap import Yidan
    from assistant.settings import load_settings

    async with await Yidan.open(load_settings()) as yidan:
        return await yidan.groups.export(group_id, path), path


def _others(folder: "GroupFolder") -> "list[Neighbour]":
    """Return the sample groups that are not the group itself."""
    from assistant.evaluation.smoke import Neighbour
    from assistant.groups.folder import read_folder
    from assistant.knowledge.samples import sample_folders

    samples = [Neighbour(path, read_folder(path)) for path in sample_folders()]
    return [sample for sample in samples if sample.folder.settings.id != folder.settings.id]


def capture(
    turn: Annotated[str, typer.Argument(help="A turn's number, or a group's id for its last turn.", metavar="TURN")],
    suite: Annotated[Path | None, typer.Option(help="Append to this suite; it is made where it is missing.")] = None,
    id: Annotated[str, typer.Option("--id", help="The case's id.")] = "",
    action: Annotated[str, typer.Option(help="What should have happened, where something else did.")] = "",
    source: Annotated[list[str] | None, typer.Option(help="Entry that should be used (may be repeated).")] = None,
    show: Annotated[int, typer.Option("--list", min=0, help="List a group's last N turns with their numbers.")] = 0,
) -> None:
    """Make a case of a recorded turn, personal data replaced, with the state it needs."""
    if show:
        for line in asyncio.run(_turns(turn, show)):
            typer.echo(line)
        return
    from typing import get_args

    from assistant.errors import UsageError
    from assistant.evaluation.capture import Wanted
    from assistant.evaluation.suite_writer import case_text
    from assistant.turn.outcome import Action

    if action and action not in get_args(Action):
        raise UsageError(f"'{action}' is no action; there are {', '.join(get_args(Action))}")
    captured = asyncio.run(_captured(turn, Wanted(action, tuple(source or ())), id))
    if suite is None:
        typer.echo(case_text(captured.case), nl=False)
    else:
        _append(captured, suite)
        typer.echo(f"{suite}: case {captured.case.id} added")
    for note in captured.notes:
        typer.echo(f"note: {note}", err=True)


async def _captured(turn: str, wanted: "Wanted", id: str) -> "Captured":
    from assistant.delivery.bootstrap import Yidan
    from assistant.errors import NotFound
    from assistant.evaluation.capture import capture_turn
    from assistant.evaluation.history import last_turns
    from assistant.settings import load_settings

    async with await Yidan.open(load_settings()) as yidan:
        number = int(turn) if turn.isdecimal() else None
        if number is None:
            await yidan.groups.show(turn)
            async with yidan.database.read() as session:
                lines = await last_turns(session, turn, 1)
            if not lines or lines[0].turn_id is None:
                raise NotFound(f"nothing was said in group '{turn}' yet")
            number = lines[0].turn_id
        return await capture_turn(yidan, number, wanted, id=id)


async def _turns(group: str, limit: int) -> list[str]:
    from assistant.delivery.bootstrap import Yidan
    from assistant.evaluation.history import last_turns
    from assistant.settings import load_settings

    async with await Yidan.open(load_settings()) as yidan:
        zone = (await yidan.groups.show(group)).settings.zone
        async with yidan.database.read() as session:
            lines = await last_turns(session, group, limit)
    return [
        f"{line.turn_id:>6}  {line.at.astimezone(zone):%m-%d %H:%M}  {line.action:<14}  {line.nickname}: {line.text}"
        for line in lines
    ]


def _append(captured: "Captured", path: Path) -> None:
    """Add the case to the suite with its pictures; a new suite gets its group written out beside it."""
    from assistant.evaluation.suite import Suite
    from assistant.evaluation.suite_writer import append_case, write_suite
    from assistant.groups.folder import write_folder

    for name, data in captured.images.items():
        picture = path.parent / name
        picture.parent.mkdir(parents=True, exist_ok=True)
        picture.write_bytes(data)
    if path.exists():
        append_case(captured.case, path)
        return
    folder = path.parent / f"{captured.group.settings.id}-group"
    write_folder(folder, captured.group.settings, captured.group.knowledge)
    write_suite(Suite(name=path.stem, path=path, now=captured.now, cases=(captured.case,)), folder)
