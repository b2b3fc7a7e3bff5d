"""A GGUF file served by Yidan itself: a process of its own, on loopback, that ends with its parent.

``python -m assistant.llm.local FILE THREADS`` is that process; it prints its address and serves until its input closes.
"""

import asyncio
import contextlib
import socket
import sys
from pathlib import Path

from assistant.errors import BadSettings, Unavailable

START_SECONDS = 90.0
CONTEXT_TOKENS = 8192


class LocalModel:
    """The process that serves the file; started on first need."""

    def __init__(self, file: str, *, threads: int) -> None:
        self._file = Path(file).expanduser()
        self._threads = threads
        self._process: asyncio.subprocess.Process | None = None
        self.base_url = ""

    @property
    def running(self) -> bool:
        """Whether the process is there."""
        return self._process is not None and self._process.returncode is None

    async def start(self) -> None:
        """Start the process and wait until it serves; nothing where it runs already.

        Raises:
            BadSettings: there is no such file.
            Unavailable: the file cannot be served.
        """
        if self.running:
            return
        if not self._file.is_file():
            raise BadSettings(f"YIDAN_LLM__GGUF: there is no file {self._file}")
        self._process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "assistant.llm.local", str(self._file), str(self._threads)),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
        )
        assert self._process.stdout is not None
        try:
            async with asyncio.timeout(START_SECONDS):
                told = (await self._process.stdout.readline()).decode().strip()
        except TimeoutError as error:
            await self.stop()
            raise Unavailable(f"{self._file.name} could not be served within {START_SECONDS:.0f} s") from error
        if not told.startswith("http"):
            await self.stop()
            raise Unavailable(told or f"{self._file.name} cannot be served on this machine")
        self.base_url = f"{told}/v1"

    async def stop(self) -> None:
        """End the process."""
        process, self._process = self._process, None
        if process is None or process.returncode is not None:
            return
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        await process.wait()


def serve(file: str, threads: int) -> None:
    """Serve the file on a free port of loopback until standard input closes."""
    try:
        import xllamacpp
    except ImportError:
        print("serving a GGUF file needs the extra local-llm: pip install 'yidan[local-llm]'", flush=True)
        sys.exit(1)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    parameters = xllamacpp.CommonParams()
    parameters.model.path = file
    parameters.n_ctx, parameters.n_parallel = CONTEXT_TOKENS, 1
    parameters.hostnames, parameters.port = ["127.0.0.1"], port
    parameters.cpuparams.n_threads, parameters.use_jinja = threads, True
    server = xllamacpp.Server(parameters)
    print(server.listening_address, flush=True)
    # The parent holds the other end; when it goes, however it goes, so do we.
    sys.stdin.buffer.read()


if __name__ == "__main__":
    serve(sys.argv[1], int(sys.argv[2]))
