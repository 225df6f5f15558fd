"""Runs the child that reads waveform files, and says what is wrong with a file it can't read."""

import json
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

from hdlsmith.design import SourceFile
from hdlsmith.display import counted, one_line
from hdlsmith.errors import HdlsmithError, InputError, SandboxError
from hdlsmith.sandbox.cage import Cage, CageKind
from hdlsmith.sandbox.python_child import run_script
from hdlsmith.sandbox.results import Stopped, ToolRun
from hdlsmith.sandbox.workspace import Workspace, read_bounded

MAX_FILE_BYTES = 2 << 30
"""Above this a file is refused; reading takes about its size in memory."""
MAX_SIGNALS = 500_000
MAX_CHANGES = 2_000_000
"""Value changes one read may give, over all signals asked for."""

_CHILD = Path(__file__).with_name("child.py")
_REQUEST = "request.json"
_ANSWER = "answer.jsonl"
_MAX_ANSWER_BYTES = 64 << 20
_MAX_WIDTH_BITS = 1 << 16


def ask(path: Path, cage: Cage, request: dict[str, Any]) -> list[Any]:
    """Run the child on a file.

    Args:
        request: `indices` of the signals wanted, or None for the list of signals; with indices
            also `start`, `end` and `most_each`.

    Returns:
        the lines of its answer; at least one.

    Raises:
        InputError: no waveform, broken, or beyond a limit.
        MissingToolError: pywellen isn't installed.
        SandboxError: the sandbox failed, not the file.
    """
    size = _checked_size(path)
    # The file is mapped into memory: it counts as address space, but needs none of its own.
    limits = replace(cage.limits, memory_bytes=cage.limits.memory_bytes + size)
    with Workspace(cage.uid) as workspace:
        source = _within_reach(path.resolve(), cage, workspace)
        most = {
            "signals": MAX_SIGNALS,
            "changes": MAX_CHANGES,
            "bytes": _MAX_ANSWER_BYTES,
            "width_bits": _MAX_WIDTH_BITS,
        }
        whole = {**request, "path": str(source), "answer": _ANSWER, "limits": most}
        workspace.write([SourceFile(_REQUEST, json.dumps(whole), None)])
        run = run_script(
            replace(cage, limits=limits),
            "pywellen",
            _CHILD,
            [_REQUEST],
            workspace,
            read_only=(source,),
            env={"RUST_BACKTRACE": "0"},
        )
        if not run.ok:
            raise _refusal(path, run)
        answer = read_bounded(workspace.path / _ANSWER, _MAX_ANSWER_BYTES)
    try:
        lines = [json.loads(line) for line in answer.split("\n") if line]
    except ValueError as error:
        raise unreadable(path) from error
    if not lines:
        raise unreadable(path)
    return lines


def _checked_size(path: Path) -> int:
    try:
        if not path.is_file():
            what = "is no regular file" if path.exists() else "does not exist"
            raise InputError(f"{path} {what}", remedy="name a VCD, FST or GHW file")
        size = path.stat().st_size
        with path.open("rb"):
            pass  # readable at all?
    except OSError as error:
        raise InputError(f"cannot read {path}: {error.strerror or error}") from error
    if not size:
        raise InputError(
            f"{path} is empty", remedy="let the simulation end, so that it is written out"
        )
    if size > MAX_FILE_BYTES:
        raise InputError(
            f"{path} is too large ({size:,} bytes; the limit is {MAX_FILE_BYTES:,})",
            remedy="dump fewer signals or less time, or write FST",
        )
    return size


def _within_reach(path: Path, cage: Cage, workspace: Workspace) -> Path:
    """The file itself, or a copy where the cage's user can't get at it."""
    mounted = cage.kind is CageKind.BUBBLEWRAP  # wherever it is; else its folders may be closed
    if cage.uid is None or (mounted and path.stat().st_mode & 0o004):
        return path
    copy = workspace.path / f"wave{path.suffix}"
    shutil.copyfile(path, copy)
    shutil.chown(copy, cage.uid, cage.uid)
    return copy


def _refusal(path: Path, run: ToolRun) -> HdlsmithError:
    """What the child's end says of the file, or of ourselves."""
    less = "name fewer signals, or a shorter time"
    last = run.output.strip().rpartition("\n")[2]
    match last.partition(": "):
        case "limit", _, "changes":
            most = counted(MAX_CHANGES, "change")
            return InputError(f"more than {most} to read in {path}", remedy=less)
        case "limit", _, "bytes":
            most = f"{_MAX_ANSWER_BYTES >> 20} MiB"
            return InputError(f"more than {most} of values to read in {path}", remedy=less)
        case "limit", _, "signals":
            most = counted(MAX_SIGNALS, "signal")
            return InputError(f"{path} has more than {most}", remedy="dump fewer scopes")
        case "limit", _, "width":
            most = f"{_MAX_WIDTH_BITS:,} bits"
            return InputError(f"a signal of {path} is wider than {most}", remedy="name others")
        case "limit", _, "timescale":
            return InputError(
                f"{path} has no time unit, or one finer than a femtosecond",
                remedy="dump it with a timescale of 1fs or coarser",
            )
    if run.stopped_by is Stopped.CPU or run.stopped_by is Stopped.WALL:
        return InputError(f"reading {path} took too long", remedy=f"{less}; or raise sandbox.cpu_s")
    if run.signal or "MemoryError" in last:
        return InputError(f"reading {path} takes more memory than sandbox.memory_mb", remedy=less)
    if not last.startswith("error: "):
        return SandboxError(f"the waveform reader could not run: {one_line(last)[:200]}")
    return unreadable(path, one_line(last.removeprefix("error: "))[:200])


def unreadable(path: Path, why: str = "it holds nothing that makes sense") -> InputError:
    """The error for a file that is no waveform, or a broken one."""
    return InputError(
        f"{path} is not a waveform that can be read ({why})",
        remedy="name a VCD, FST or GHW file of a simulation that ended",
    )
