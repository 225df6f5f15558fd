"""`hdlsmith index`, as a user calls it."""

import json
import os
import signal
import subprocess
import time
from pathlib import Path

import pytest

from tests.sandbox.command import command, environment, hdlsmith

COUNTER = """module counter (input clk, output reg [7:0] q);
  always @(posedge clk) q <= q + 1;
endmodule
"""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    root = tmp_path / "repository"
    (root / "rtl").mkdir(parents=True)
    (root / "rtl" / "counter.v").write_text(COUNTER)
    (root / "rtl" / "broken.v").write_text("module broken (input a; assign = ;\n")
    (root / "rtl" / "image.v").write_bytes(b"\0\1\2")
    return root


def test_build_status_update(root: Path) -> None:
    built = hdlsmith("index", "build", root, "--no-vectors", "--json")
    assert built.returncode == 0
    assert json.loads(built.stdout)["nodes"]["module"] == 2
    status = hdlsmith("index", "status", "--skipped", "--errors", cwd=root / "rtl")
    assert status.returncode == 0
    assert "rtl/image.v: binary" in status.stdout
    assert "rtl/broken.v: 1:" in status.stdout
    (root / "rtl" / "new.v").write_text(COUNTER.replace("counter", "fresh"))
    stale = hdlsmith("index", "status", "--json", cwd=root)
    assert (stale.returncode, json.loads(stale.stdout)["stale"]) == (1, ["rtl/new.v"])
    updated = hdlsmith("index", "update", "--json", cwd=root)
    assert (updated.returncode, json.loads(updated.stdout)["read"]) == (0, 1)
    digest = hdlsmith("index", "status", "--digest", cwd=root).stdout.splitlines()[-1]
    hdlsmith("index", "build", root, "--no-vectors", "--index", root.parent / "other")
    other = hdlsmith("index", "status", "--digest", "--index", root.parent / "other")
    assert digest in other.stdout


def test_an_update_remembers_the_filelist_of_the_build(root: Path) -> None:
    (root / "sim.f").write_text("+define+FAST\n+incdir+$MISSING\n")
    built = hdlsmith("index", "build", root, "--no-vectors", "--filelist", "sim.f")
    assert "note: sim.f:2: variables are not looked up" in built.stderr
    assert json.loads(hdlsmith("index", "update", root, "--json").stdout)["read"] == 0


def test_settings_in_the_repository_say_what_is_read(root: Path) -> None:
    (root / "hdlsmith.toml").write_text('[index]\nexclude = ["rtl/b*"]\n[model]\nname = "no"\n')
    assert hdlsmith("index", "build", root, "--no-vectors").returncode == 0
    assert hdlsmith("index", "status", root, "--json").stdout.count("excluded by the settings") == 1


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("build", "absent"), "is no folder"),
        (("update",), "hdlsmith index build"),
        (("status", "/"), "hdlsmith index build"),
    ],
)
def test_mistakes_end_in_one_line(arguments: tuple[str, ...], message: str) -> None:
    done = hdlsmith("index", *arguments)
    assert done.returncode == 2
    assert message in done.stderr


def test_ctrl_c_stops_a_build_and_leaves_nothing(root: Path) -> None:
    for number in range(3000):
        (root / f"m{number}.v").write_text(COUNTER.replace("counter", f"m{number}"))
    with subprocess.Popen(
        command("index", "build", root, "--no-vectors"),
        env=environment(),
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stderr
        assert "reading" in process.stderr.readline()
        process.send_signal(signal.SIGINT)
        assert "stopped" in process.stderr.read()
        assert process.wait(10) == 130
    assert not list((root / ".hdlsmith").glob("index*"))


def test_watch_follows_the_files(root: Path) -> None:
    hdlsmith("index", "build", root, "--no-vectors")
    with subprocess.Popen(
        command("index", "watch", root),
        env=environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout
        assert "0 texts read" in process.stdout.readline()
        (root / "rtl" / "more.v").write_text(COUNTER.replace("counter", "more"))
        assert "1 text read" in process.stdout.readline()
        process.send_signal(signal.SIGINT)
        assert process.wait(10) == 130


def test_workers_end_with_a_builder_that_is_killed(root: Path) -> None:
    for number in range(2000):
        (root / f"m{number}.v").write_text(COUNTER.replace("counter", f"m{number}"))
    with subprocess.Popen(
        command("index", "build", root, "--no-vectors"),
        env=environment(),
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    ) as process:
        assert process.stderr
        process.stderr.readline()
        process.kill()
    deadline = time.monotonic() + 10
    while group_lives(process.pid) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not group_lives(process.pid)
    assert hdlsmith("index", "build", root, "--no-vectors").returncode == 0


def group_lives(group: int) -> bool:
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return False
    return True


def test_a_database_damaged_in_the_middle_is_no_stack_trace(root: Path) -> None:
    hdlsmith("index", "build", root, "--no-vectors")
    database = (root / ".hdlsmith" / "index.sqlite").resolve()
    pages = database.read_bytes()
    database.write_bytes(pages[: 3 << 13] + b"\xff" * (len(pages) - (3 << 13)))
    found = hdlsmith("tree", "counter", cwd=root)
    assert found.returncode == 2
    assert "hdlsmith index build" in found.stderr
    assert "Traceback" not in found.stderr
