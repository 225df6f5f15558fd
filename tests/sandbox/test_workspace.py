"""One fresh folder a run: nothing escapes, nothing stays."""

import errno
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from hdlsmith.design import SourceFile
from hdlsmith.errors import InputError, SandboxError
from hdlsmith.languages import Language
from hdlsmith.sandbox.workspace import Workspace, copy_out, read_bounded


def source(path: str, text: str = "module m; endmodule\n") -> SourceFile:
    return SourceFile(path, text, Language.VERILOG)


def test_files_land_where_their_paths_say_and_are_removed() -> None:
    with Workspace() as workspace:
        workspace.write([source("top.v"), source("rtl/core/alu.v", "// µ\n")])
        assert (workspace.path / "rtl/core/alu.v").read_text("utf-8") == "// µ\n"
        assert oct(workspace.path.stat().st_mode)[-3:] == "700"
        path = workspace.path
    assert not path.exists()


@pytest.mark.parametrize("path", ["/etc/passwd", "../x.v", "a/../../x.v", "", ".."])
def test_a_path_that_escapes_is_refused(path: str) -> None:
    with pytest.raises(InputError, match="inside the workspace"):
        source(path)


def test_removed_when_the_run_fails_too() -> None:
    workspace = Workspace()
    with pytest.raises(ZeroDivisionError), workspace:
        _ = 1 / 0
    assert not workspace.path.exists()


def test_hostile_leftovers_are_removed_and_links_not_followed(tmp_path: Path) -> None:
    precious = tmp_path / "precious"
    precious.mkdir()
    (precious / "file").write_text("kept")
    with Workspace() as workspace:
        path = workspace.path
        (path / "link").symlink_to(precious)
        (path / "locked" / "deep" / "deeper").mkdir(parents=True)
        (path / "locked" / "deep" / "link").symlink_to(precious / "file")
        os.mkfifo(path / "locked" / "pipe")
        (path / "locked" / "deep" / "deeper").chmod(0)
        (path / "locked" / "deep").chmod(0)
        (path / "locked").chmod(0)
        here = os.open(path, os.O_RDONLY)
        for _ in range(1200):
            os.mkdir("d", dir_fd=here)
            below = os.open("d", os.O_RDONLY, dir_fd=here)
            os.close(here)
            here = below
        os.close(here)
    assert not path.exists()
    assert (precious / "file").read_text() == "kept"
    assert oct(precious.stat().st_mode)[-3:] != "000"


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become another user")
def test_hostile_leftovers_are_removed_by_an_unprivileged_user_too(tmp_path: Path) -> None:
    script = """
import sys, os
sys.path[:0] = {path!r}
from hdlsmith.sandbox.workspace import Workspace
os.setgroups([]); os.setgid(65534); os.setuid(65534)
with Workspace() as workspace:
    path = workspace.path
    for number in range(3):
        folder = path / f"locked{{number}}" / "deep" / "deeper"
        folder.mkdir(parents=True)
        (folder / "file").write_text("x")
        folder.chmod(0); folder.parent.chmod(0); folder.parent.parent.chmod(0)
print(path.exists())
"""
    done = subprocess.run(
        [sys.executable, "-c", script.format(path=[p for p in sys.path if p])],
        capture_output=True,
        text=True,
        env={"TMPDIR": "/tmp"},
        cwd="/",
        timeout=60,
        check=False,
    )
    assert done.stdout.strip() == "False", done.stderr


@pytest.fixture
def tiny_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A file system of 256 KiB that TMPDIR points at."""
    disk = tmp_path / "disk"
    disk.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=256k", "tmpfs", str(disk)]
    if os.geteuid() != 0 or subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("mounting a small file system is not permitted here")
    monkeypatch.setattr("tempfile.tempdir", str(disk))
    yield disk
    subprocess.run(["umount", str(disk)], check=True)


def test_a_full_disk_is_our_failure(tiny_disk: Path) -> None:
    with Workspace() as workspace, pytest.raises(SandboxError, match="No space left") as caught:
        workspace.write([source("big.v", "x" * 1_000_000)])
    assert "TMPDIR" in caught.value.remedy
    assert list(tiny_disk.iterdir()) == []


@pytest.mark.tool("iverilog")
def test_a_disk_that_fills_up_during_a_run_is_our_failure(tiny_disk: Path) -> None:
    from hdlsmith.design import Design
    from hdlsmith.sandbox.cage import make_cage
    from hdlsmith.sandbox.simulation.icarus import Icarus
    from hdlsmith.settings import SandboxSettings, Settings

    filler = (
        'module tb; integer f, i; initial begin f = $fopen("big", "w");'
        ' for (i = 0; i < 100000; i = i + 1) $fwrite(f, "0123456789");'
        " $fclose(f); $fatal; end endmodule\n"
    )
    icarus = Icarus.find(Settings(), make_cage(SandboxSettings()))
    with pytest.raises(SandboxError, match="No space left"):
        icarus.simulate(Design((source("tb.v", filler),), "tb"))


@pytest.mark.tool("prlimit")
@pytest.mark.usefixtures("tiny_disk")
def test_what_fails_on_a_full_disk_says_nothing_about_a_design() -> None:
    from hdlsmith.sandbox import process
    from hdlsmith.sandbox.cage import make_cage
    from hdlsmith.settings import SandboxSettings

    cage = make_cage(SandboxSettings(cage="limits"))
    with Workspace(cage.uid) as workspace:
        assert process.run(cage, "sh", ["true"], workspace.path).ok
        with pytest.raises(SandboxError, match="No space left"):
            process.run(cage, "sh", ["false"], workspace.path)


def test_no_folder_to_work_in(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "missing"))
    with pytest.raises(SandboxError, match=os.strerror(errno.ENOENT)):
        Workspace()


def test_nothing_is_written_or_read_through_a_link_that_a_tool_left(tmp_path: Path) -> None:
    precious = tmp_path / "precious"
    precious.mkdir()
    (precious / "file.v").write_text("kept")
    with Workspace() as workspace:
        (workspace.path / "file.v").symlink_to(precious / "file.v")
        (workspace.path / "folder").symlink_to(precious)
        for path in ("file.v", "folder/file.v", "folder/new.v"):
            with pytest.raises(SandboxError):
                workspace.write([source(path)])
            assert read_bounded(workspace.path / path, 100) == ""
            assert not copy_out(workspace.path / path, tmp_path / "copy")
    assert [p.name for p in precious.iterdir()] == ["file.v"]
    assert (precious / "file.v").read_text() == "kept"
    assert not (tmp_path / "copy").exists()


def test_what_a_killed_process_left_is_removed_an_hour_later(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    (tmp_path / "hdlsmith-run-of-mine").mkdir()
    (tmp_path / "other").mkdir()
    left = one_more_process("os.kill(os.getpid(), 9)")
    alive = subprocess.Popen(
        [sys.executable, "-c", MAKES_ONE + "input()"], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    with alive:
        assert alive.stdout
        held = Path(alive.stdout.readline().decode().strip())
        one_more_process("pass")
        assert left.exists()  # it is young
        later = f"time.time = lambda: {time.time() + 4000}"
        one_more_process("pass", first=f"import time; {later}")
        assert not left.exists()
        assert held.exists()
        assert (tmp_path / "other").exists()
        alive.communicate()


MAKES_ONE = """
import os
from hdlsmith.sandbox.workspace import Workspace
print(Workspace().path, flush=True)
"""


def one_more_process(last: str, first: str = "") -> Path:
    """The workspace that a process made, which then did `last`."""
    done = subprocess.run(
        [sys.executable, "-c", f"{first}\n{MAKES_ONE}\n{last}"],
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])},
        check=False,
    )
    return Path(done.stdout.strip())
