"""What deleted rows leave behind in the databases' files, and the log of finished background work.

SQLite only marks a deleted row's bytes as free, and the write-ahead log keeps older pages; VACUUM writes the file
anew and the checkpoint empties the log (https://www.sqlite.org/lang_vacuum.html, https://www.sqlite.org/wal.html).
"""

import asyncio
import sqlite3
import time
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path

from sqlalchemy import text
from sqlalchemy.engine import make_url

from assistant.db import Database
from assistant.errors import Unavailable
from assistant.settings import Settings

_PATIENCE_SECONDS = 20.0
_FINISHED = ["SUCCESS", "ERROR", "CANCELLED", "MAX_RECOVERY_ATTEMPTS_EXCEEDED"]
_AT_ONCE = 500


async def wipe_store(database: Database, tables: Iterable[str]) -> None:
    """Leave nothing of deleted rows in the store's files.

    Raises Unavailable where somebody else holds the store for too long; it is worth trying again.
    """
    path = make_url(database.url).database
    if not database.is_sqlite:
        connection = await database.engine.connect()
        try:
            alone = await connection.execution_options(isolation_level="AUTOCOMMIT")
            for table in tables:
                await alone.execute(text(f'VACUUM FULL "{table}"'))
        finally:
            await connection.close()
    elif path and path != ":memory:":
        await asyncio.to_thread(wipe_file, Path(path))


def wipe_file(path: Path) -> None:
    """Write an SQLite file anew without its free pages and empty its write-ahead log."""
    until = time.monotonic() + _PATIENCE_SECONDS
    while True:
        try:
            with closing(sqlite3.connect(path, timeout=2.0, isolation_level=None)) as connection:
                connection.execute("PRAGMA secure_delete=ON")
                connection.execute("VACUUM")
                busy = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
        except sqlite3.OperationalError as error:
            if "locked" not in str(error) and "busy" not in str(error):
                raise
            busy = 1
        if not busy:
            return
        if time.monotonic() > until:
            raise Unavailable("the store is too busy to be cleaned just now; it is tried again")
        time.sleep(0.2)


def forget_finished_work(settings: Settings) -> int:
    """Delete finished background work with its inputs and outputs; return how many workflows. Blocks."""
    url = settings.system_database_url or f"sqlite:///{settings.home / 'dbos.sqlite'}"
    parsed = make_url(url)
    local = parsed.get_backend_name() == "sqlite"
    if local and not (parsed.database and Path(parsed.database).is_file()):
        return 0
    from dbos import DBOSClient

    client = DBOSClient(system_database_url=url)
    try:
        done = [one.workflow_id for one in client.list_workflows(status=_FINISHED, load_input=False, load_output=False)]
        for start in range(0, len(done), _AT_ONCE):
            client.delete_workflows(done[start : start + _AT_ONCE])
    finally:
        client.destroy()
    if local and parsed.database:
        wipe_file(Path(parsed.database))
    return len(done)
