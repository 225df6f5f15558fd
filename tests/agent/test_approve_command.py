"""`hdlsmith solve --approve`: what a user sees, and what a kill leaves."""

import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest

from tests.fakes.openai_server import FakeOpenAI

from .conftest import EXAMPLES, PLAN, REQUEST, RIGHT
from .test_solve_command import environment

pytestmark = [pytest.mark.tool("iverilog"), pytest.mark.tool("bwrap")]

SOLVE = [
    *(sys.executable, "-m", "hdlsmith", "solve", REQUEST, "--top", "counter", "--model", "fake"),
    *("--testbench", str(EXAMPLES / "counter_tb.sv"), "--out", "rtl", "--approve"),
]


def solve(server: FakeOpenAI, answers: str) -> tuple[int, str, str]:
    """Exit code, stdout and stderr."""
    done = subprocess.run(
        SOLVE,
        env=environment(server.base_url),
        input=answers,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert "Traceback" not in done.stderr
    assert "Blocked deserialization" not in done.stderr  # all of the state may be in a checkpoint
    return done.returncode, done.stdout, done.stderr


def test_files_change_after_a_yes_that_saw_the_difference() -> None:
    Path("rtl").mkdir()
    Path("rtl/counter.sv").write_text("// the old one\n")
    with FakeOpenAI([PLAN, RIGHT]) as server:
        code, out, err = solve(server, "what?\ny\n")
    assert code == 0, err
    assert "--- rtl/counter.sv\n+++ rtl/counter.sv\n@@ -1 +1," in err
    assert "-// the old one\n+module counter" in err
    assert "VERIFIED: your testbench: PASS" in err
    assert err.count("[y/n]") == 2
    assert Path("rtl/counter.sv").read_text().startswith("module counter")
    assert "  written: rtl/counter.sv" in out


def test_where_nobody_answers_the_same_command_goes_on() -> None:
    with FakeOpenAI([PLAN, RIGHT]) as server:
        code, out, err = solve(server, "")
        assert code == 4
        assert "this needs a yes, and nobody answers" in err
        assert "give the same command again" in err
        assert not out
        assert not list(Path("rtl").iterdir())
        code, _, err = solve(server, "y\n")
        assert code == 0, err
        assert len(server.requests) == 2
    assert Path("rtl/counter.sv").is_file()


def test_a_solve_that_was_killed_while_it_waited_still_waits() -> None:
    with FakeOpenAI([PLAN, RIGHT]) as server:
        waiting = subprocess.Popen(
            SOLVE, env=environment(server.base_url), stdin=subprocess.PIPE, stderr=subprocess.PIPE
        )
        assert waiting.stderr
        seen = b""
        while b"[y/n]" not in seen:
            seen += os.read(waiting.stderr.fileno(), 4096)
        waiting.kill()
        waiting.communicate()
        code, _, err = solve(server, "y\n")
        assert code == 0, err
        assert "going on with" in err
        assert len(server.requests) == 2
    assert Path("rtl/counter.sv").is_file()


def test_on_a_terminal_the_difference_is_shown_and_not_obeyed() -> None:
    Path("rtl").mkdir()
    Path("rtl/counter.sv").write_text("// \x1b[2J")
    main, side = pty.openpty()
    with (
        FakeOpenAI([PLAN, RIGHT]) as server,
        subprocess.Popen(
            SOLVE, env=environment(server.base_url), stdin=side, stdout=side, stderr=side
        ) as process,
    ):
        os.close(side)
        seen = b""
        while b"[y/n]" not in seen:
            seen += os.read(main, 4096)
        os.write(main, b"y\n")
        assert process.wait(timeout=60) == 0
    os.close(main)
    assert b"\x1b[2J" not in seen
    assert b"-// \\x1b[2J" in seen
    assert "module counter" in Path("rtl/counter.sv").read_text()
