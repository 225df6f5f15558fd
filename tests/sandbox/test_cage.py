"""What a process in the cage sees, and the command lines that put it there."""

import os
import socket
import subprocess
import sys
from pathlib import Path
from shlex import split

import pytest

from hdlsmith.sandbox.cage import Cage, CageKind, Limits, bubblewrap_works, make_cage
from hdlsmith.sandbox.process import run
from hdlsmith.sandbox.workspace import Workspace
from hdlsmith.settings import SandboxSettings

LIMITS = Limits(cpu_s=7, memory_bytes=1 << 30, processes=9, file_bytes=4096)
PRLIMIT = split("prlimit --cpu=7:8 --as=1073741824 --nproc=9 --fsize=4096 --nofile=256 --core=0 --")
COMMAND = ["vvp", "-n", "sim.vvp"]


def inside(script: str, *, extra: tuple[Path, ...] = ()) -> str:
    """What a shell script says from within the strongest cage there is."""
    cage = make_cage(SandboxSettings())
    with Workspace(cage.uid) as workspace:
        return run(cage, "sh", ["sh", "-c", script], workspace.path, read_only=extra).output


def test_limits_argv() -> None:
    argv = Cage(CageKind.LIMITS, LIMITS).argv(COMMAND, Path("/w"), 5)
    assert argv == [*PRLIMIT, *COMMAND]
    argv = Cage(CageKind.LIMITS, LIMITS, 700_000).argv(COMMAND, Path("/w"), 5)
    drop = split("unshare --setuid=700000 --setgid=700000 -- setpriv --no-new-privs --")
    assert argv == [*drop, *PRLIMIT, *COMMAND]


def test_bubblewrap_argv_for_a_user() -> None:
    argv = Cage(CageKind.BUBBLEWRAP, LIMITS).argv(COMMAND, Path("/w"), 5)
    spaces = "--unshare-ipc --unshare-pid --unshare-net --unshare-uts --unshare-user"
    assert argv[:6] == ["bwrap", *spaces.split()]
    assert argv[6:10] == ["--die-with-parent", "--new-session", "--json-status-fd", "5"]
    mounts = "--proc /proc --dev /dev --perms 1777 --size 67108864 --tmpfs /tmp"
    work = "--perms 0755 --dir /run --bind /w /run/hdlsmith"
    closed = "--remount-ro /dev --remount-ro /"
    tail = split(f"{mounts} {work} {closed} --chdir /run/hdlsmith --")
    assert argv[-len(tail) - len(PRLIMIT) - 3 :] == [*tail, *PRLIMIT, *COMMAND]
    assert "--cap-add" not in argv
    assert "unshare" not in argv


def test_bubblewrap_argv_for_root_drops_to_another_user() -> None:
    argv = Cage(CageKind.BUBBLEWRAP, LIMITS, 700_000).argv(COMMAND, Path("/w"), 5)
    assert "--unshare-user" not in argv
    assert argv[argv.index("--cap-drop") + 1] == "ALL"
    drop = split("unshare --setuid=700000 --setgid=700000 --")
    assert argv[-len(drop) - len(PRLIMIT) - 3 :] == [*drop, *PRLIMIT, *COMMAND]


def test_extra_folders_are_read_only_and_walkable() -> None:
    argv = Cage(CageKind.BUBBLEWRAP, LIMITS).argv(COMMAND, Path("/w"), 5, (Path("/opt/tool"),))
    at = argv.index("/opt/tool") - 5
    assert argv[at : at + 7] == split("--perms 0755 --dir /opt --ro-bind /opt/tool /opt/tool")


def test_environment_is_an_allow_list(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HDLSMITH_MODEL__API_KEY", "sk-secret")
    environment = Cage(CageKind.BUBBLEWRAP, LIMITS).environment({"VERILATOR_ROOT": "/v"})
    assert environment == {
        "PATH": "/usr/local/bin:/usr/bin:/bin",
        "HOME": "/tmp",
        "LANG": "C.UTF-8",
        "VERILATOR_ROOT": "/v",
    }


def test_limits_come_from_the_settings() -> None:
    limits = Limits.from_settings(SandboxSettings(cpu_s=3, wall_factor=2, output_kb=1))
    assert (limits.cpu_s, limits.wall_s, limits.output_bytes) == (3, 6.0, 1024)
    assert Limits.from_settings(SandboxSettings()) == Limits()


def test_asked_for_plain_limits_get_them() -> None:
    assert make_cage(SandboxSettings(cage="limits")).kind is CageKind.LIMITS


@pytest.mark.tool("bwrap")
def test_no_network() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        connect = f"(exec 3<>/dev/tcp/127.0.0.1/{port}) 2>/dev/null && echo in || echo out"
        with socket.create_connection(("127.0.0.1", port)):
            pass  # it does listen
        assert inside(f"bash -c '{connect}'").strip() == "out"


@pytest.mark.tool("bwrap")
def test_nothing_of_the_users_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECRET_TOKEN", "sk-very-secret")
    seen = inside("env; for f in /proc/[0-9]*/environ; do tr '\\0' '\\n' <$f; done 2>/dev/null")
    assert "LANG=C.UTF-8" in seen
    assert "very-secret" not in seen


@pytest.mark.tool("bwrap")
def test_sees_no_file_of_the_user_or_the_system(tmp_path: Path) -> None:
    (tmp_path / "mine").write_text("private")
    shown = set(inside("ls -A /").split())
    assert shown <= {"bin", "sbin", "lib", "lib32", "lib64", "usr", "proc", "dev", "tmp", "run"}
    assert "private" not in inside(f"cat {tmp_path}/mine; cat /proc/1/root{tmp_path}/mine")
    assert inside("ls -A /tmp; pwd").split() == ["/run/hdlsmith"]


@pytest.mark.tool("bwrap")
def test_only_the_workspace_and_tmp_are_writable() -> None:
    said = inside(
        "for d in / /usr /usr/bin /proc /dev /dev/shm /run;"
        "do touch $d/x 2>/dev/null && echo $d; done;"
        "touch /tmp/x x && echo fine"
    )
    assert said == "fine\n"


@pytest.mark.tool("bwrap")
def test_extra_folder_is_readable_and_not_writable(tmp_path: Path) -> None:
    folder = tmp_path / "tool"
    folder.mkdir()
    (folder / "data").write_text("shown")
    folder.chmod(0o777)
    said = inside(f"cat {folder}/data; touch {folder}/x || echo kept", extra=(folder,))
    assert said.startswith("shown")
    assert said.rstrip().endswith("kept")


@pytest.mark.tool("bwrap")
def test_own_process_space() -> None:
    assert int(inside("ls -d /proc/[0-9]* | wc -l")) < 8


@pytest.mark.tool("bwrap")
def test_tmp_is_private_and_small() -> None:
    said = inside("head -c 80M /dev/zero >/tmp/big; wc -c </tmp/big")
    assert "No space left" in said
    assert int(said.split()[-1]) <= 64 << 20
    assert inside("ls -A /tmp") == ""


@pytest.mark.tool("bwrap")
def test_runs_as_nobody_with_no_capability() -> None:
    said = inside("grep -E 'CapEff|CapBnd|NoNewPrivs' /proc/self/status; id -u")
    fields = dict(line.split(":\t") for line in said.splitlines() if ":\t" in line)
    assert int(fields["CapEff"], 16) == 0
    assert fields["NoNewPrivs"].strip() == "1"
    assert int(said.split()[-1]) != 0


@pytest.mark.tool("bwrap")
@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become another user")
def test_works_for_an_unprivileged_user_too() -> None:
    """The way a normal user gets it: through a user namespace, not by a change of user."""
    script = """
import os, sys
sys.path[:0] = {path!r}
from hdlsmith.sandbox.cage import Cage, CageKind, Limits, bubblewrap_works
from hdlsmith.sandbox.process import run
from hdlsmith.sandbox.workspace import Workspace
os.setgroups([]); os.setgid(65534); os.setuid(65534)
if not bubblewrap_works():
    print("no user namespaces"); sys.exit()
cage = Cage(CageKind.BUBBLEWRAP, Limits(cpu_s=1))
with Workspace(cage.uid) as workspace:
    for script in ("echo x >f && cat f; ls -A /home /etc", "while :; do :; done"):
        done = run(cage, "sh", ["sh", "-c", script], workspace.path)
        print(done.output, done.stopped_by)
"""
    said = subprocess.run(
        [sys.executable, "-c", script.format(path=[p for p in sys.path if p])],
        capture_output=True,
        text=True,
        cwd="/",
        env={"TMPDIR": "/tmp", "PATH": os.environ["PATH"]},
        timeout=60,
        check=False,
    )
    if "no user namespaces" in said.stdout:
        pytest.skip("user namespaces are off here")
    assert said.stdout.split()[0] == "x", said.stderr
    assert said.stdout.count("No such file") == 2
    assert said.stdout.split()[-1] == "cpu"


def test_where_no_program_is_found_nothing_isolates(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    assert not bubblewrap_works.__wrapped__()
