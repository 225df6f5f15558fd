"""The local model's server: an OpenAI-compatible process on loopback that outlives the command.

Two locks, both dropped by the kernel when their holder dies, keep this simple:

- The server locks its state file as long as it lives. A state file that nobody locks is stale,
  whichever process has that pid by now.
- A starting command locks the start, and the server inherits that lock until it is ready. So two
  commands start one server, even if the first is killed while the model loads.
"""

import argparse
import contextlib
import importlib.util
import json
import os
import platform
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO, Protocol

import hdlsmith
from hdlsmith.agent.local_model import QWEN_CODER, LocalModel, require_weights
from hdlsmith.errors import MissingToolError, ModelError
from hdlsmith.file_lock import try_lock
from hdlsmith.settings import Settings

CONTEXT_TOKENS = 8192
START_TIMEOUT_S = 300.0
"""Loading takes seconds, but minutes from a slow network disk."""
STOP_GRACE_S = 2.0

_PROMPT_CACHE_MIB = 512
_POLL_S = 0.05
_LOG_LINES = 8


@dataclass(frozen=True)
class RunningServer:
    """A server that answers.

    Attributes:
        base_url: what an OpenAI client takes, for example http://127.0.0.1:39591/v1.
    """

    pid: int
    base_url: str
    model: str


class Listening(Protocol):
    """An engine that has loaded its model and answers; xllamacpp's Server is one."""

    @property
    def listening_address(self) -> str:
        """For example http://127.0.0.1:39591."""


def running_server(settings: Settings) -> RunningServer | None:
    """The local model's server on this machine, if one is ready."""
    try:
        with _Files.of(settings).state.open() as state:
            return None if try_lock(state, shared=True) else RunningServer(**json.load(state))
    except FileNotFoundError:
        return None


def ensure_server(
    settings: Settings, model: LocalModel = QWEN_CODER, command: Sequence[str] | None = None
) -> RunningServer:
    """The running server, started first where there is none; blocks while the model loads.

    Args:
        command: what to run instead of xllamacpp's server; gets the arguments of `main`.

    Raises:
        ModelMissingError: the weights are not pulled.
        MissingToolError: xllamacpp is not installed.
        ModelError: the server died, or was not ready in START_TIMEOUT_S.
    """
    if server := running_server(settings):
        return server
    weights = require_weights(settings, model)
    command = command or _xllamacpp_command()
    with _start_lock(settings) as lock:
        return running_server(settings) or _start(settings, model, weights, command, lock)


def stop_server(settings: Settings) -> bool:
    """End the server; False where none ran.

    Raises:
        ModelError: a server that another command is starting was not ready in START_TIMEOUT_S.
    """
    with _start_lock(settings):
        server = running_server(settings)
        if server:
            _end(server.pid, lambda: running_server(settings) is None)
        _Files.of(settings).state.unlink(missing_ok=True)
    return server is not None


@dataclass(frozen=True)
class _Files:
    state: Path
    lock: Path
    log: Path

    @classmethod
    def of(cls, settings: Settings) -> "_Files":
        # One set a host: a home folder can be shared by machines, loopback and pids are not.
        stem = settings.state_dir / f"local_server.{platform.node()}"
        return cls(Path(f"{stem}.json"), Path(f"{stem}.lock"), Path(f"{stem}.log"))


@contextlib.contextmanager
def _start_lock(settings: Settings) -> Iterator[IO[str]]:
    files = _Files.of(settings)
    files.lock.parent.mkdir(parents=True, exist_ok=True)
    deadline = time.monotonic() + START_TIMEOUT_S
    with files.lock.open("w") as lock:
        while not try_lock(lock):
            if time.monotonic() > deadline:
                raise ModelError(
                    f"another command has loaded the local model for {START_TIMEOUT_S:.0f} s",
                    remedy=f"end it, and look into {files.log}",
                )
            time.sleep(_POLL_S)
        yield lock


def _xllamacpp_command() -> Sequence[str]:
    if importlib.util.find_spec("xllamacpp") is None:
        raise MissingToolError(
            "xllamacpp, which runs the local model, is not installed",
            remedy="pip install 'hdlsmith[local]'",
        )
    return (sys.executable, "-m", "hdlsmith.agent.local_server")


def _start(
    settings: Settings, model: LocalModel, weights: Path, command: Sequence[str], lock: IO[str]
) -> RunningServer:
    files = _Files.of(settings)
    arguments = [f"--weights={weights}", f"--model={model.name}"]
    arguments += [f"--state={files.state}", f"--start-lock={lock.fileno()}"]
    with files.log.open("wb") as log:
        child = subprocess.Popen(
            [*command, *arguments],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            # `-m` imports from the working folder first: this one, never the user's
            cwd=Path(hdlsmith.__file__).parent.parent,
            pass_fds=(lock.fileno(),),
            start_new_session=True,
        )
    # The server should outlive this command, but not stay a zombie of a long session.
    threading.Thread(target=child.wait, daemon=True).start()
    deadline = time.monotonic() + START_TIMEOUT_S
    try:
        while not (server := running_server(settings)):
            if child.poll() is not None:
                raise _start_failed(f"ended while starting (status {child.returncode})", files.log)
            if time.monotonic() > deadline:
                raise _start_failed(f"was not ready after {START_TIMEOUT_S:.0f} s", files.log)
            time.sleep(_POLL_S)
    except BaseException:  # also Ctrl-C: a user who gives up wants no server
        with contextlib.suppress(ProcessLookupError):
            os.killpg(child.pid, signal.SIGKILL)
        raise
    return server


def _start_failed(what: str, log: Path) -> ModelError:
    lines = log.read_text(errors="replace").splitlines()[-_LOG_LINES:]
    return ModelError(
        "\n    ".join([f"the local model's server {what}", *lines]),
        remedy=f"read {log}; check that about 2.5 GB of memory are free",
    )


def _end(group: int, gone: Callable[[], bool]) -> None:
    for ending in (signal.SIGTERM, signal.SIGKILL):
        with contextlib.suppress(ProcessLookupError):
            os.killpg(group, ending)
        deadline = time.monotonic() + STOP_GRACE_S
        while not gone() and time.monotonic() < deadline:
            time.sleep(_POLL_S)
        if gone():
            return


def load_xllamacpp(weights: Path, model_name: str) -> Listening:
    """Load the weights and listen on a free port of 127.0.0.1; returns when requests are answered.

    Raises:
        RuntimeError: the weights can't be loaded.
    """
    import xllamacpp

    params = xllamacpp.CommonParams()
    params.model.path = str(weights)
    params.model_alias = {model_name}
    params.hostnames = ["127.0.0.1"]
    params.port = 0
    params.n_ctx = CONTEXT_TOKENS
    params.n_parallel = 1
    # With as many threads as cores, one busy neighbour brings 24 tokens a second down to 1.
    params.cpuparams.n_threads = params.cpuparams_batch.n_threads = max(1, _usable_cores() - 1)
    params.cache_ram_mib = _PROMPT_CACHE_MIB  # its default is 8 GiB
    params.cors_origins = "http://127.0.0.1"  # no web page may read the answers,
    params.endpoint_slots = params.ui = False  # and no other user the prompts
    params.verbosity = 2  # warnings: the log of a server that runs for weeks stays small
    return xllamacpp.Server(params)  # type: ignore[no-any-return]


def _usable_cores() -> int:
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def main(arguments: Sequence[str], load: Callable[[Path, str], Listening] = load_xllamacpp) -> None:
    """The server process: load, say so in the state file, and answer until killed."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--weights", type=Path, required=True)
    parser.add_argument("--model", required=True)
    parser.add_argument("--state", type=Path, required=True)
    parser.add_argument("--start-lock", type=int, required=True)
    given = parser.parse_args(arguments)
    server = load(given.weights, given.model)
    base_url = f"{server.listening_address}/v1"
    with _published(given.state, RunningServer(os.getpid(), base_url, given.model)):
        os.close(given.start_lock)
        while True:
            signal.pause()


def _published(state: Path, server: RunningServer) -> IO[str]:
    """Write the state file; the process holds its lock as long as the returned file is open."""
    fresh = state.with_suffix(".new")
    file = fresh.open("w")
    try_lock(file)  # before it has its name: nobody else can be holding it
    json.dump(asdict(server), file)
    file.flush()
    fresh.replace(state)
    return file


if __name__ == "__main__":
    main(sys.argv[1:])
