"""A throw-away PostgreSQL cluster from the system's own binaries."""

import os
import pwd
import shutil
import subprocess
import tempfile
import time
from pathlib import Path

from e2e.serverkit import free_port

PLACES = sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)


def missing() -> str:
    """Return why there can be no cluster here; empty where there can."""
    if _binaries() is None:
        return "no PostgreSQL binaries (initdb) on this machine: apt-get install postgresql"
    if os.geteuid() == 0 and _user() is None:
        return "PostgreSQL does not run as root, and there is no other user to run it as"
    return ""


class Cluster:
    """Starts in ``__enter__`` on a loopback port, is stopped and removed in ``__exit__``."""

    def __init__(self) -> None:
        self._folder = Path(tempfile.mkdtemp(prefix="yidan-pg-"))
        self._data = self._folder / "data"
        self._port = free_port()
        self._server: subprocess.Popen[bytes] | None = None

    def url(self, database: str, driver: str = "asyncpg") -> str:
        """Return the SQLAlchemy URL of one of its databases."""
        return f"postgresql+{driver}://yidan@127.0.0.1:{self._port}/{database}"

    def create(self, database: str) -> None:
        """Create an empty database."""
        self._run("createdb", "-h", "127.0.0.1", "-p", str(self._port), "-U", "yidan", database)

    def __enter__(self) -> "Cluster":
        """Make the cluster and wait until it answers."""
        if user := _user():
            shutil.chown(self._folder, user)
        self._run("initdb", "-D", str(self._data), "-U", "yidan", "-A", "trust", "-E", "UTF8", "--no-sync")
        options = ["-p", str(self._port), "-h", "127.0.0.1", "-k", str(self._folder), "-c", "fsync=off"]
        self._server = subprocess.Popen(
            [self._binary("postgres"), "-D", str(self._data), *options],
            user=_user(),
            cwd=self._folder,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        for _ in range(300):
            ready = subprocess.run(
                [self._binary("pg_isready"), "-h", "127.0.0.1", "-p", str(self._port), "-q"], check=False
            )
            if ready.returncode == 0:
                return self
            time.sleep(0.1)
        self.__exit__()
        raise RuntimeError("PostgreSQL did not start")

    def __exit__(self, *_: object) -> None:
        """Stop it and remove its files."""
        if self._server is not None:
            self._server.terminate()
            try:
                self._server.wait(10)
            except subprocess.TimeoutExpired:
                self._server.kill()
        shutil.rmtree(self._folder, ignore_errors=True)

    def _run(self, name: str, *arguments: str) -> None:
        done = subprocess.run(
            [self._binary(name), *arguments],
            user=_user(),
            cwd=self._folder,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise RuntimeError(f"{name}: {done.stderr}")

    def _binary(self, name: str) -> str:
        folder = _binaries()
        assert folder is not None
        return str(folder / name)


def _binaries() -> Path | None:
    return next((folder for folder in PLACES if (folder / "initdb").exists()), None)


def _user() -> str | None:
    """Return the user to run it as; None for the one we are, where that is not root."""
    if os.geteuid() != 0:
        return None
    names = {entry.pw_name for entry in pwd.getpwall()}
    return next((name for name in ("postgres", "nobody") if name in names), None)
