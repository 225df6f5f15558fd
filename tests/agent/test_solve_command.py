"""`hdlsmith solve` as a user runs it: a real process, a real endpoint on loopback, real tools."""

import contextlib
import json
import os
import pty
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from tests.fakes.openai_server import Behaviour, FakeOpenAI, Hang, Refusal

from .conftest import BROKEN, EXAMPLES, PLAN, REQUEST, RIGHT, WRONG

pytestmark = [pytest.mark.tool("iverilog"), pytest.mark.tool("bwrap")]

TESTBENCH = EXAMPLES / "counter_tb.sv"
SOLVE = ["solve", REQUEST, "--top", "counter", "--model", "fake"]
WITH_TESTBENCH = [*SOLVE, "--testbench", str(TESTBENCH)]


def hdlsmith(*args: str, base_url: str = "", **settings: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "hdlsmith", *args],
        env=environment(base_url, **settings),
        capture_output=True,
        text=True,
        timeout=60,
    )


def environment(base_url: str, **settings: str) -> dict[str, str]:
    root = str(Path(__file__).resolve().parents[2])
    endpoint = {"HDLSMITH_MODEL__BASE_URL": base_url} if base_url else {}
    return {**os.environ, "PYTHONPATH": root, **endpoint, **settings}


def test_a_verified_design(tmp_path: Path) -> None:
    with FakeOpenAI([PLAN, BROKEN, RIGHT]) as server:
        done = hdlsmith(*WITH_TESTBENCH, "--out", str(tmp_path / "rtl"), base_url=server.base_url)
    assert done.returncode == 0, done.stderr
    assert "VERIFIED: your testbench: PASS, 24 checks" in done.stdout
    assert "attempt 2 of 2" in done.stdout
    assert (tmp_path / "rtl" / "counter.sv").read_text() in done.stdout + "\n"
    assert "gate      elaborate: 1 error" in done.stderr


def test_json_is_one_object_on_stdout() -> None:
    with FakeOpenAI([PLAN, WRONG]) as server:
        done = hdlsmith(*WITH_TESTBENCH, "--json", "--attempts", "1", base_url=server.base_url)
    assert done.returncode == 1
    record = json.loads(done.stdout)
    assert record["verdict"] == "refuted"
    assert record["model"] == "fake"
    assert record["attempts"][0]["simulation"].startswith("MISMATCH")
    assert record["usage"]["calls"] == 2
    assert record["simulator"].startswith("Icarus Verilog")
    lines = Path(record["transcript"]).read_text().splitlines()
    steps = [json.loads(line)["step"] for line in lines]
    assert steps[0] == "run"
    assert steps[-1] == "answer"


def test_no_testbench_is_unverified() -> None:
    with FakeOpenAI([PLAN, RIGHT]) as server:
        assert hdlsmith(*SOLVE, base_url=server.base_url).returncode == 4


def test_what_a_request_states_whole_needs_no_model() -> None:
    done = hdlsmith(
        "solve",
        "An inverter:\n- input a\n- output y\n\na | y\n0 | 1\n1 | 0\n",
        "--top",
        "inv",
        "--json",
    )
    assert done.returncode == 4, done.stderr
    record = json.loads(done.stdout)
    assert record["attempts"][0]["origin"] == "the truth table of the request, 2 rows"
    assert record["usage"]["calls"] == 0


@pytest.mark.parametrize(
    ("args", "code", "said"),
    [
        (
            SOLVE[:4],
            3,
            ("no language model is configured", "model pull", "HDLSMITH_MODEL__BASE_URL"),
        ),
        ([*SOLVE, "--language", "cobol"], 2, ("no language called 'cobol'", "systemverilog")),
        ([*SOLVE, "--testbench", "none.sv"], 2, ("cannot read none.sv",)),
        (["solve", "A counter in VHDL"], 2, ("VHDL can't be checked yet", "--language verilog")),
        ([*SOLVE[:4], "--model", "replay:none.jsonl"], 2, ("cannot read the recording",)),
        (["solve"], 2, ("Missing argument",)),
    ],
)
def test_a_users_mistake_is_one_clear_line(
    args: list[str], code: int, said: tuple[str, ...]
) -> None:
    done = hdlsmith(*args)
    assert done.returncode == code, done.stderr
    assert "Traceback" not in done.stderr
    for words in said:
        assert words in done.stderr


def test_a_dead_endpoint_is_our_failure_and_can_be_retried() -> None:
    with FakeOpenAI([PLAN, Refusal(500), Refusal(500)]) as server:
        dead = hdlsmith(*WITH_TESTBENCH, base_url=server.base_url, HDLSMITH_MODEL__RETRIES="0")
    assert dead.returncode == 3
    assert "Traceback" not in dead.stderr
    with FakeOpenAI([RIGHT]) as server:
        again = hdlsmith(*WITH_TESTBENCH, base_url=server.base_url, HDLSMITH_MODEL__RETRIES="0")
    assert again.returncode == 0, again.stderr
    assert "going on with" in again.stderr


def test_an_unknown_setting_is_refused_with_the_right_name() -> None:
    done = hdlsmith(*SOLVE, HDLSMITH_MODEL__BASE_URI="http://127.0.0.1:9")
    assert done.returncode == 2
    assert "model.base_url" in done.stderr


def killed_while_hanging(replies: list[Behaviour]) -> None:
    """Start a solve, wait until the endpoint hangs on the last reply, kill -9."""
    with FakeOpenAI([*replies, Hang()]) as server:
        process = subprocess.Popen(
            [sys.executable, "-m", "hdlsmith", *WITH_TESTBENCH],
            env=environment(server.base_url),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        deadline = time.monotonic() + 30
        while len(server.requests) <= len(replies) and time.monotonic() < deadline:
            time.sleep(0.02)
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        assert len(server.requests) == len(replies) + 1


def numbers(record: dict[str, Any]) -> dict[str, Any]:
    """What must not depend on a kill: everything but names and seconds."""
    for costs in (record, *record["attempts"], *record["ledger"]):
        costs["usage"].pop("wall_s")
    for attempt in record["attempts"]:
        attempt["simulation"] = (attempt["simulation"] or "").split(" (")[0]
    for key in ("run", "transcript", "elapsed_s", "evidence"):
        record.pop(key)
    return record


@pytest.mark.parametrize("survive", [0, 1, 2])
def test_a_killed_solve_goes_on_and_ends_the_same(survive: int) -> None:
    replies = [PLAN, BROKEN, RIGHT]
    with FakeOpenAI(replies) as server:
        whole = hdlsmith(*WITH_TESTBENCH, "--json", base_url=server.base_url)
    killed_while_hanging(replies[:survive])
    with FakeOpenAI(replies[survive:]) as server:
        resumed = hdlsmith(*WITH_TESTBENCH, "--json", base_url=server.base_url)
        assert len(server.requests) == 3 - survive
    assert resumed.returncode == whole.returncode == 0, resumed.stderr
    assert numbers(json.loads(resumed.stdout)) == numbers(json.loads(whole.stdout))


def test_nothing_that_a_model_or_tool_says_reaches_the_terminal_raw(tmp_path: Path) -> None:
    hostile = json.loads(PLAN) | {"behaviours": ["x\nVERIFIED: \x1b[2Jforged [/b]"]}
    design = RIGHT.replace("endmodule", "// [/x]\nendmodule")
    testbench = tmp_path / "tb.sv"
    text = TESTBENCH.read_text().replace("PASS: ", "[/b] \\033[2J PASS: ")
    testbench.write_text(text)
    with FakeOpenAI([json.dumps(hostile), design]) as server:
        command = [sys.executable, "-m", "hdlsmith", *SOLVE, "--testbench", str(testbench)]
        shown = on_a_terminal(command, environment(server.base_url))
    assert "\x1b[2J" not in shown
    assert "\\x1b[2J" in shown
    assert "Traceback" not in shown
    assert not [line for line in shown.splitlines() if line.startswith("VERIFIED: \\x1b")]


def on_a_terminal(command: list[str], env: dict[str, str]) -> str:
    """What a command prints when its output is a terminal."""
    main, side = pty.openpty()
    with subprocess.Popen(command, env=env, stdin=side, stdout=side, stderr=side) as process:
        os.close(side)
        pieces = []
        with contextlib.suppress(OSError):  # EIO is how a terminal says that nobody is left
            while piece := os.read(main, 65536):
                pieces.append(piece)
        process.wait(timeout=60)
    os.close(main)
    return b"".join(pieces).decode("utf-8", "replace")


def test_damaged_checkpoints_are_one_clear_line(isolated_user: Path) -> None:
    killed_while_hanging([])
    (database,) = (isolated_user / "state" / "runs").glob("*/checkpoints.sqlite")
    database.write_bytes(b"damaged" * 1000)
    for log in database.parent.glob("checkpoints.sqlite-*"):
        log.unlink()
    with FakeOpenAI([PLAN, RIGHT]) as server:
        done = hdlsmith(*WITH_TESTBENCH, base_url=server.base_url)
    assert done.returncode == 3
    assert "Traceback" not in done.stderr
    assert "remove that folder" in done.stderr


@pytest.mark.parametrize("out", ["a_file", "a_file/below"])
def test_an_impossible_out_folder_costs_no_model_call(out: str, isolated_user: Path) -> None:
    (isolated_user / "a_file").touch()
    with FakeOpenAI([]) as server:
        done = hdlsmith(*SOLVE, "--out", out, base_url=server.base_url)
        assert not server.requests
    assert done.returncode == 2
    assert "cannot make the folder" in done.stderr


def test_an_argument_that_is_no_text_is_refused() -> None:
    command = [sys.executable, "-m", "hdlsmith", "solve", b"caf\xe9"]
    done = subprocess.run(command, env=environment(""), capture_output=True, text=True)
    assert done.returncode == 2
    assert "not UTF-8" in done.stderr


def test_a_terminated_run_leaves_no_workspace(tmp_path: Path) -> None:
    temporary = tmp_path / "tmp"
    temporary.mkdir()
    slow = tmp_path / "tb.sv"
    slow.write_text("module tb; initial forever #1; endmodule")
    process = subprocess.Popen(
        [sys.executable, "-m", "hdlsmith", "simulate", str(slow), "--top", "tb"],
        env=environment("", TMPDIR=str(temporary)),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    deadline = time.monotonic() + 30
    while not list(temporary.glob("*/sim.vvp")) and time.monotonic() < deadline:
        time.sleep(0.02)
    process.terminate()
    assert process.wait(timeout=30) == 130
    assert not list(temporary.iterdir())


def test_a_recorded_solve_replays_without_an_endpoint(tmp_path: Path) -> None:
    recording = tmp_path / "recording.jsonl"
    with FakeOpenAI([PLAN, BROKEN, RIGHT]) as server:
        hdlsmith(*WITH_TESTBENCH, base_url=server.base_url, HDLSMITH_MODEL__RECORD=str(recording))
    done = hdlsmith(*SOLVE[:-1], f"replay:{recording}", "--testbench", str(TESTBENCH))
    assert done.returncode == 0, done.stderr
    assert "VERIFIED" in done.stdout


def test_two_solves_of_one_task_do_not_mix() -> None:
    with FakeOpenAI([Hang()]) as server:
        first = subprocess.Popen(
            [sys.executable, "-m", "hdlsmith", *WITH_TESTBENCH],
            env=environment(server.base_url),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            deadline = time.monotonic() + 30
            while not server.requests and time.monotonic() < deadline:
                time.sleep(0.02)
            second = hdlsmith(*WITH_TESTBENCH, base_url=server.base_url)
        finally:
            first.kill()
            first.wait()
    assert second.returncode == 2
    assert "already working on this task" in second.stderr
