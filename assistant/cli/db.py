"""``yidan db``: upgrade, back up and restore the store."""

import asyncio
from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(no_args_is_help=True, rich_markup_mode=None, add_completion=False)


@app.command()
def upgrade() -> None:
    """Bring the store to the newest schema."""
    typer.echo("The store was brought to the newest schema." if asyncio.run(_upgrade()) else "Nothing to do.")


async def _upgrade() -> bool:
    from assistant.db import Database
    from assistant.migrations import upgrade as run_upgrade
    from assistant.settings import load_settings

    settings = load_settings()
    settings.home.mkdir(parents=True, exist_ok=True)
    database = Database(settings.database())
    try:
        return await run_upgrade(database)
    finally:
        await database.close()


@app.command()
def backup(
    file: Annotated[Path, typer.Argument(help="Zip file to write.")],
    force: Annotated[bool, typer.Option("--force", help="Overwrite an existing file.")] = False,
) -> None:
    """Write the store and the members' pictures to one file; a running server may go on."""
    from assistant.groups.backups import back_up
    from assistant.settings import load_settings

    done = back_up(load_settings(), file, overwrite=force)
    typer.echo(f"{done.groups} groups, {done.messages} messages, {done.images} pictures backed up to {file}")


@app.command()
def restore(
    file: Annotated[Path, typer.Argument(help="A file that yidan db backup wrote.")],
    yes: Annotated[bool, typer.Option("--yes", help="Replace the store that is there.")] = False,
) -> None:
    """Put a backup back. The server must be stopped; the store that was there is kept beside it."""
    from assistant.groups.backups import restore as put_back
    from assistant.settings import load_settings

    done = put_back(load_settings(), file, replace=yes)
    typer.echo(f"{done.groups} groups, {done.messages} messages, {done.images} pictures restored from {file}")
    if done.kept:
        typer.echo(f"The store before is kept in {done.kept}")
