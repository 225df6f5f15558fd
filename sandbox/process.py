"""The one place that starts processes: argv lists only, and nothing outlives its run."""

import contextlib
import os
import selectors
import shutil
import signal
import subprocess
import time
from pathlib import Path

from hdlsmith.errors import SandboxError
from hdlsmith.sandbox.cage import Cage, CageKind
from hdlsmith.sandbox.results import Stopped, ToolRun

_live: set[int] = set()
_killed: set[int] = set()
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
        SandboxError: the process can't be started, or `kill_all` ended it; says nothing about the
            design.
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
            pass_fds=(status_in,),
        )
    except OSError as error:
        os.close(status_out)
        raise SandboxError(f"cannot start {argv[0]}: {error.strerror}") from error
    finally:
        os.close(status_in)
    _live.add(process.pid)
    try:
        output, stopped = _collect(process, started + cage.limits.wall_s, cage.limits.output_bytes)
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
    return ToolRun(
        tool=tool,
        argv=tuple(command),
        exit_code=code,
        output=text,
        wall_s=time.monotonic() - started,
        cage=cage.kind,
        stopped_by=stopped or _limit_behind(code),
    )


def kill_all() -> None:
    """End every process that is running in a cage now (Ctrl-C in a parallel run).

    Its `run` raises, so that no thread takes the end of its tool for a verdict.
    """
    for pid in tuple(_live):
        _killed.add(pid)
        _kill_group(pid)


def _collect(
    process: subprocess.Popen[bytes], deadline: float, output_bytes: int
) -> tuple[bytes, Stopped | None]:
    assert process.stdout is not None
    chunks: list[bytes] = []
    size = 0
    with selectors.DefaultSelector() as selector:
        selector.register(process.stdout, selectors.EVENT_READ)
        while (left := deadline - time.monotonic()) > 0:
            if not selector.select(min(left, 1.0)):
                if process.poll() is None:
                    continue
                break  # it ended, and a stray child of its holds the pipe: don't wait for that
            chunk = os.read(process.stdout.fileno(), 1 << 16)
            if not chunk:
                break
            chunks.append(chunk[: output_bytes - size])
            size += len(chunk)
            if size > output_bytes:
                return b"".join(chunks), Stopped.OUTPUT
        else:
            return b"".join(chunks), Stopped.WALL
    try:
        process.wait(max(0.0, deadline - time.monotonic()))
    except subprocess.TimeoutExpired:
        return b"".join(chunks), Stopped.WALL
    return b"".join(chunks), None


def _kill_group(pid: int) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, signal.SIGKILL)


def _limit_behind(code: int) -> Stopped | None:
    return {
        128 + signal.SIGXCPU: Stopped.CPU,
        128 + signal.SIGXFSZ: Stopped.FILE_SIZE,
    }.get(code)
