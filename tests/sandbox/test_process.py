"""The process runner: every limit, and nothing left running."""

import os
import signal
import threading
import time
from pathlib import Path

import pytest

from hdlsmith.errors import SandboxError
from hdlsmith.sandbox.cage import FIRST_UID, Cage, CageKind, Limits, make_cage
from hdlsmith.sandbox.process import kill_all, run
from hdlsmith.sandbox.results import Stopped, ToolRun
from hdlsmith.sandbox.workspace import Workspace
from hdlsmith.settings import SandboxSettings

KINDS = [
    pytest.param("bubblewrap", marks=pytest.mark.tool("bwrap")),
    pytest.param("limits", marks=pytest.mark.tool("prlimit")),
]


def shell(kind: str, script: str, **limits: int | float) -> ToolRun:
    made = make_cage(SandboxSettings(cage="limits" if kind == "limits" else "strict"))
    cage = Cage(made.kind, Limits(**limits), made.uid)  # type: ignore[arg-type]
    with Workspace(cage.uid) as workspace:
        return run(cage, "sh", ["sh", "-c", script], workspace.path)


@pytest.mark.parametrize("kind", KINDS)
def test_output_and_exit_code(kind: str) -> None:
    done = shell(kind, "echo out; echo err >&2; exit 3")
    assert (done.output, done.exit_code, done.stopped_by) == ("out\nerr\n", 3, None)
    assert (done.tool, done.cage, done.ok) == ("sh", kind, False)
    assert done.argv[0] == "sh"


@pytest.mark.parametrize("kind", KINDS)
def test_stdin_is_empty_and_output_need_not_be_text(kind: str) -> None:
    assert shell(kind, "cat; printf 'a\\377b'").output == "a\ufffdb"


@pytest.mark.parametrize("kind", KINDS)
def test_cpu_limit(kind: str) -> None:
    assert shell(kind, "while :; do :; done", cpu_s=1).stopped_by is Stopped.CPU


@pytest.mark.parametrize("kind", KINDS)
def test_wall_limit(kind: str) -> None:
    started = time.monotonic()
    assert shell(kind, "echo begun; sleep 60", wall_s=0.5).stopped_by is Stopped.WALL
    assert time.monotonic() - started < 10


@pytest.mark.parametrize("kind", KINDS)
def test_output_flood(kind: str) -> None:
    done = shell(kind, "yes", output_bytes=100_000)
    assert done.stopped_by is Stopped.OUTPUT
    assert len(done.output) == 100_000


@pytest.mark.parametrize("kind", KINDS)
def test_file_size(kind: str) -> None:
    done = shell(kind, "exec head -c 100000 /dev/zero >big", file_bytes=4096)
    assert done.stopped_by is Stopped.FILE_SIZE


@pytest.mark.parametrize("kind", KINDS)
def test_memory(kind: str) -> None:
    script = "exec python3 -c 'x = bytearray(1 << 30); print(len(x))'"
    done = shell(kind, script, memory_bytes=256 << 20)
    assert not done.ok
    assert "MemoryError" in done.output


@pytest.mark.tool("bwrap")
def test_fork_bomb_hits_the_process_limit() -> None:
    bomb = "n=0; while [ $n -lt 200 ]; do sleep 30 & n=$((n+1)); echo $n; done"
    done = shell("bubblewrap", bomb, processes=20, wall_s=3)
    numbers = [int(word) for word in done.output.split() if word.isdigit()]
    assert max(numbers) <= 20
    assert "fork" in done.output


@pytest.mark.parametrize("kind", KINDS)
def test_cpu_limit_of_all_together(kind: str) -> None:
    # No process lives long enough for a limit of its own.
    script = "while :; do (i=0; while [ $i -lt 20000 ]; do i=$((i+1)); done) & wait; done"
    done = shell(kind, script, cpu_s=1, cpu_factor=0.5, wall_s=30)
    assert done.stopped_by is Stopped.CPU


@pytest.mark.parametrize("kind", KINDS)
def test_memory_limit_of_all_together(kind: str) -> None:
    one = "python3 -c 'x = bytearray(b\"x\") * (96 << 20); import time; time.sleep(30)'"
    script = f"{one} & {one} & {one} & wait"
    done = shell(kind, script, memory_bytes=200 << 20, wall_s=30)
    assert done.stopped_by is Stopped.MEMORY


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    "script",
    [
        "for i in $(seq 9); do head -c 1000000 /dev/zero >f$i; done; sleep 30",
        "mkdir $(seq 999); sleep 30",
        "d=$(printf %0200d 0); for i in $(seq 30); do mkdir $d; cd $d; done; sleep 30",
        "exec >&- 2>&-; for i in $(seq 9); do head -c 1000000 /dev/zero >f$i; done; sleep 30",
    ],
    ids=["files", "folders", "deep", "mute"],
)
def test_disk_limit_of_all_files_together(kind: str, script: str) -> None:
    done = shell(kind, script, disk_bytes=2_000_000, wall_s=30)
    assert done.stopped_by is Stopped.DISK


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become another user")
def test_plain_limits_bind_root_too_by_becoming_nobody() -> None:
    cage = Cage(CageKind.LIMITS, Limits(processes=20, wall_s=3), FIRST_UID + os.getpid())
    bomb = "id -u; echo x >f; n=0; while [ $n -lt 200 ]; do sleep 30 & n=$((n+1)); echo $n; done"
    with Workspace(cage.uid) as workspace:
        said = run(cage, "sh", ["sh", "-c", bomb], workspace.path).output.split()
    assert int(said[0]) == cage.uid
    assert max(int(word) for word in said[1:] if word.isdigit()) <= 20


@pytest.mark.parametrize("kind", KINDS)
def test_a_background_child_dies_with_its_parent(kind: str) -> None:
    marker = f"7{os.getpid()}{time.time_ns() % 10**6}"
    started = time.monotonic()
    done = shell(kind, f"sleep {marker} & echo gone")
    assert done.output == "gone\n"
    assert time.monotonic() - started < 10
    assert not _alive(f"sleep\0{marker}\0")


@pytest.mark.tool("bwrap")
def test_a_child_in_its_own_session_dies_too() -> None:
    marker = f"8{os.getpid()}{time.time_ns() % 10**6}"
    assert shell("bubblewrap", f"setsid sleep {marker} >/dev/null & sleep .2").ok
    assert not _alive(f"sleep\0{marker}\0")


@pytest.mark.parametrize("kind", KINDS)
def test_killed_by_a_signal(kind: str) -> None:
    done = shell(kind, "kill -SEGV $$")
    assert (done.exit_code, done.stopped_by) == (128 + signal.SIGSEGV, None)


@pytest.mark.parametrize("kind", KINDS)
def test_kill_all_ends_what_runs(kind: str) -> None:
    killer = threading.Timer(0.5, kill_all)
    killer.start()
    started = time.monotonic()
    with pytest.raises(SandboxError, match="called off"):
        shell(kind, "sleep 60")
    killer.join()
    assert time.monotonic() - started < 10
    assert shell(kind, "true").ok


@pytest.mark.tool("bwrap")
def test_a_cage_that_cannot_be_set_up_is_our_failure(tmp_path: Path) -> None:
    cage = make_cage(SandboxSettings(cage="strict"))
    with Workspace(cage.uid) as workspace, pytest.raises(SandboxError, match="could not be set up"):
        run(cage, "true", ["true"], workspace.path, read_only=(tmp_path / "missing",))


def test_a_missing_program_of_ours_is_our_failure(tmp_path: Path) -> None:
    with pytest.raises(SandboxError, match="cannot start"):
        run(Cage(CageKind.LIMITS, Limits()), "x", ["true"], tmp_path / "missing")


def _alive(command_line: str) -> bool:
    deadline = time.monotonic() + 2
    while time.monotonic() < deadline:
        lines = []
        for entry in Path("/proc").glob("[0-9]*/cmdline"):
            try:
                lines.append(entry.read_text(errors="replace"))
            except OSError:
                continue
        if command_line not in lines:
            return False
        time.sleep(0.05)
    return True
