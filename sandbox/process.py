"""The one place that starts processes: argv lists only, and nothing outlives its run."""

import contextlib
import os
import selectors
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

from hdlsmith.errors import SandboxError
from hdlsmith.sandbox.cage import Cage, CageKind, Limits
from hdlsmith.sandbox.results import Stopped, ToolRun
from hdlsmith.sandbox.usage import folder_bytes, usage_of
from hdlsmith.sandbox.workspace import check_space

_live: set[int] = set()
_killed: set[int] = set()
_LOOK_S = 0.2
"""Seconds between two looks at what a run uses; most runs end before the first."""

_NOT_EXECUTED = (126, 127)  # what `prlimit` says of a program that it can't start


def run(
    cage: Cage,
    tool: str,
    command: list[str],
    workdir: Path,
    *,
    read_only: tuple[Path, ...] = (),
    env: dict[str, str] | None = None,
) -> ToolRun:
    """Run one command in the cage and wait for its end.

    The whole process group is killed on every way out, an exception in our own code included.

    Args:
        read_only: extra folders the tool may read.
        env: extra variables for the tool.

    Raises:
        SandboxError: the process can't be started, `kill_all` ended it, or it failed where the
            disk is full; says nothing about the design.
    """
    started = time.monotonic()
    status_out, status_in = os.pipe()
    argv = cage.argv(command, workdir, status_in, read_only)
    try:
        process = subprocess.Popen(
            argv,
            cwd=workdir,
            env=cage.environment(env),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            pass_fds=(status_in,) if cage.kind is CageKind.BUBBLEWRAP else (),
        )
    except OSError as error:
        os.close(status_out)
        raise SandboxError(f"cannot start {argv[0]}: {error.strerror}") from error
    finally:
        os.close(status_in)
    _live.add(process.pid)
    try:
        output, stopped = _collect(process, cage.limits, started, workdir)
    finally:
        _kill_group(process.pid)
        process.wait()
        _live.discard(process.pid)
        called_off = process.pid in _killed
        _killed.discard(process.pid)
        if process.stdout:
            process.stdout.close()
        with os.fdopen(status_out, "rb") as status:
            told = status.read()
    if called_off:
        raise SandboxError(f"{tool} was called off")
    text = output.decode("utf-8", "replace")
    if cage.kind is CageKind.BUBBLEWRAP and not stopped and b'"exit-code"' not in told:
        raise SandboxError(f"the cage could not be set up: {text.strip()[:300]}")
    code = process.returncode if process.returncode >= 0 else 128 - process.returncode
    if code in _NOT_EXECUTED and not shutil.which(command[0]):
        raise SandboxError(f"{command[0]} is gone", remedy="install it again")
    done = ToolRun(
        tool=tool,
        argv=tuple(command),
        exit_code=code,
        output=text,
        wall_s=time.monotonic() - started,
        cage=cage.kind.value,
        stopped_by=stopped or limit_behind(code),
    )
    if not done.ok:
        check_space(workdir)
    return done


def kill_all() -> None:
    """End every process that is running in a cage now (Ctrl-C in a parallel run).

    Its `run` raises, so that no thread takes the end of its tool for a verdict.
    """
    for pid in tuple(_live):
        _killed.add(pid)
        _kill_group(pid)


def _collect(
    process: subprocess.Popen[bytes], limits: Limits, started: float, workdir: Path
) -> tuple[bytes, Stopped | None]:
    """Read what it prints, and look now and then at what it uses, until it ends or has to."""
    assert process.stdout is not None
    deadline = started + limits.wall_s
    look_at = started + _LOOK_S
    chunks: list[bytes] = []
    size = 0
    pipe = process.stdout.fileno()
    with _life_of(process) as life, selectors.DefaultSelector() as selector:
        selector.register(pipe, selectors.EVENT_READ)
        selector.register(life, selectors.EVENT_READ)
        while (now := time.monotonic()) < deadline:
            if now >= look_at:
                if over := _overdrawn(process.pid, limits, workdir):
                    return b"".join(chunks), over
                look_at = time.monotonic() + _LOOK_S
            ready = {key.fd for key, _ in selector.select(min(deadline, look_at) - now)}
            if pipe in ready:
                chunk = os.read(pipe, 1 << 16)
                if not chunk:
                    selector.unregister(pipe)
                chunks.append(chunk[: limits.output_bytes - size])
                size += len(chunk)
                if size > limits.output_bytes:
                    return b"".join(chunks), Stopped.OUTPUT
            elif life in ready:
                break  # a stray child of its may hold the pipe: don't wait for that
        else:
            return b"".join(chunks), Stopped.WALL
    return b"".join(chunks), None


@contextlib.contextmanager
def _life_of(process: subprocess.Popen[bytes]) -> Iterator[int]:
    """A descriptor that becomes readable when the process ends; `wait` with a timeout polls."""
    life = os.pidfd_open(process.pid)
    try:
        yield life
    finally:
        os.close(life)


def _overdrawn(pid: int, limits: Limits, workdir: Path) -> Stopped | None:
    """The limit that all processes of a run together have gone beyond."""
    used = usage_of(pid)
    if used.cpu_s > limits.cpu_s * limits.cpu_factor:
        return Stopped.CPU
    if used.memory_bytes > limits.memory_bytes:
        return Stopped.MEMORY
    # What was deleted or hidden is in the one figure, what a file system in memory holds in the
    # other.
    if max(used.written_bytes, folder_bytes(workdir, limits.disk_bytes)) > limits.disk_bytes:
        return Stopped.DISK
    return None


def _kill_group(pid: int) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, signal.SIGKILL)


def limit_behind(code: int) -> Stopped | None:
    """The limit whose signal an exit code stands for, or None."""
    return {
        128 + signal.SIGXCPU: Stopped.CPU,
        128 + signal.SIGXFSZ: Stopped.FILE_SIZE,
    }.get(code)
