"""`hdlsmith debug` as a user calls it."""

import json
import os
import shutil
import signal
import subprocess
import time
from pathlib import Path

import pytest

from tests.agent.conftest import EXAMPLES
from tests.agent.debug_inputs import COUNTER, FIFO, TOLD
from tests.fakes.openai_server import FakeOpenAI
from tests.sandbox.command import command, environment, hdlsmith

pytestmark = [pytest.mark.tool("iverilog"), pytest.mark.tool("pywellen")]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "right.sv").write_text(COUNTER)
    (tmp_path / "wrong.sv").write_text(COUNTER.replace("q + 1", "q + 2"))
    (tmp_path / "tb.sv").write_text(TOLD)
    return tmp_path


def test_a_repair_is_shown_as_a_patch_with_its_evidence(folder: Path) -> None:
    done = hdlsmith(
        *("debug", "wrong.sv", "--testbench", "tb.sv", "--patch-out", "fix.patch"), cwd=folder
    )
    assert done.returncode == 0
    assert "wrong.sv:4: else if (en) q <= q + 2;" in done.stdout
    assert "+    else if (en) q <= q + 1;" in done.stdout
    assert "tb: MISMATCH -> PASS, 21 checks" in done.stdout
    assert "VERIFIED: your testbench: PASS, 21 checks" in done.stdout
    assert "output q changed as intended" in done.stdout
    subprocess.run(["patch", "-p1", "-i", "fix.patch"], cwd=folder, check=True)
    assert (folder / "wrong.sv").read_text() == COUNTER


def test_locate_only_changes_and_tries_nothing(folder: Path) -> None:
    done = hdlsmith("debug", "wrong.sv", "--testbench", "tb.sv", "--locate-only", cwd=folder)
    assert done.returncode == 1
    assert done.stdout.startswith("q is wrong first at 30 ns")
    assert "+++" not in done.stdout


def test_json_holds_what_is_printed(folder: Path) -> None:
    done = hdlsmith("debug", "wrong.sv", "--reference", "right.sv", "--json", cwd=folder)
    record = json.loads(done.stdout)
    assert done.returncode == 0
    assert (record["works"], record["verdict"]) == (True, "verified")
    assert record["because"].startswith("proved equal to the reference")
    assert record["localisation"]["signal"] == "q"
    assert record["localisation"]["suspects"][0]["line"] == 4
    assert [t["after"] for t in record["testbenches"]] == ["pass", "pass"]
    assert "-    else if (en) q <= q + 2;" in record["patch"]


def test_nothing_wrong_is_said(folder: Path) -> None:
    done = hdlsmith("debug", "right.sv", "--testbench", "tb.sv", cwd=folder)
    assert (done.returncode, done.stdout.count("\n")) == (0, 2)
    assert "VERIFIED: your testbench: PASS" in done.stdout


def test_compile_errors_are_mended_first(folder: Path) -> None:
    (folder / "broken.sv").write_text(
        COUNTER.replace("q + 1;", "q + 2").replace("logic [3:0] q", "[3:0] q")
    )
    done = hdlsmith("debug", "broken.sv", "--testbench", "tb.sv", cwd=folder)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "mended: " in done.stdout
    assert "tb: COMPILE_ERROR -> PASS" in done.stdout


def test_what_cannot_be_repaired_is_refused_honestly(folder: Path) -> None:
    (folder / "tb.sv").write_text(TOLD.replace("want + en", "want * 3 + en"))
    done = hdlsmith(
        *("debug", "right.sv", "--testbench", "tb.sv", "--budget-s", "2", "--patch-out", "p"),
        cwd=folder,
    )
    assert done.returncode == 1
    assert "no repair among " in done.stdout
    assert not (folder / "p").exists()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["right.sv"], "nothing tells what is wrong"),
        (["fifo.sv", "--testbench", "tb.sv"], "instantiates nothing of these files (fifo)"),
        (["right.sv", "--reference", "fifo.sv"], "ports of the reference"),
        (["right.sv", "--testbench", "none.sv"], "cannot read none.sv"),
        (["right.sv", "--testbench", "tb.sv", "--patch-out", "no/where"], "no is no folder"),
    ],
)
def test_unusable_input_is_said(folder: Path, arguments: list[str], said: str) -> None:
    (folder / "fifo.sv").write_text(FIFO)
    done = hdlsmith("debug", *arguments, cwd=folder)
    assert done.returncode == 2
    assert said in done.stderr


def test_a_log_from_elsewhere_is_laid_beside_the_files(folder: Path) -> None:
    (folder / "ci.log").write_text(
        "%Error: /builds/42/rtl/wrong.sv:4:25: syntax error\nFAIL at 105 ns: q is 3, not 4\n"
    )
    done = hdlsmith("debug", "wrong.sv", "--log", "ci.log", cwd=folder)
    assert done.returncode == 4
    assert "wrong.sv:4: else if (en) q <= q + 2;  [verilator: syntax error]" in done.stdout
    assert "UNVERIFIED: it compiles; no testbench or reference" in done.stdout


def test_an_issue_without_a_model_names_the_ways_to_get_one(folder: Path) -> None:
    issue = ("--issue", "the enabled counter counts in steps of two")
    done = hdlsmith("debug", "wrong.sv", *issue, cwd=folder)
    assert done.returncode == 3
    assert "hdlsmith model pull" in done.stderr
    assert "--locate-only" in done.stderr
    done = hdlsmith("debug", "wrong.sv", *issue, "--locate-only", cwd=folder)
    assert done.returncode == 4
    assert "wrong.sv:4: else if (en) q <= q + 2;" in done.stdout


def test_a_configured_model_is_asked_after_what_is_cheaper(folder: Path) -> None:
    edit = {"path": "wrong.sv", "line": 4, "old": "q + 2", "new": "q + 1"}
    answer = json.dumps({"cause": "it counts by two", "edits": [edit]})
    with FakeOpenAI([answer]) as server:
        endpoint = {"HDLSMITH_MODEL__BASE_URL": server.base_url, "HDLSMITH_MODEL__NAME": "fake"}
        repaired = hdlsmith("debug", "wrong.sv", "--testbench", "tb.sv", cwd=folder, **endpoint)
        issue = ("--issue", "it counts in steps of two", "--patch-out", "p")
        asked = hdlsmith("debug", "wrong.sv", *issue, cwd=folder, **endpoint)
    assert (repaired.returncode, "hypothesis" in repaired.stdout) == (0, False)
    assert asked.returncode == 4, asked.stderr
    assert "hypothesis 1 kept: it compiles, and nothing tells whether it is right" in asked.stdout
    assert "output q changed too" in asked.stdout
    assert "+    else if (en) q <= q + 1;" in (folder / "p").read_text()


def test_a_dead_endpoint_costs_nothing_of_what_was_found(folder: Path) -> None:
    (folder / "tb.sv").write_text(TOLD.replace("want + en", "want * 3 + en"))
    done = hdlsmith(
        *("debug", "right.sv", "--testbench", "tb.sv", "--budget-s", "1"),
        cwd=folder,
        HDLSMITH_MODEL__BASE_URL="http://127.0.0.1:9/v1",
        HDLSMITH_MODEL__NAME="gone",
        HDLSMITH_MODEL__RETRIES="0",
    )
    assert done.returncode == 3
    assert "q is wrong first at" in done.stdout
    assert "error: " in done.stderr


def test_a_recorded_session_of_the_local_model_mends_the_alu(tmp_path: Path) -> None:
    """The local 1.5B model, recorded: no small edit by rule adds an operation."""
    recording = EXAMPLES / "recordings" / "broken.jsonl"
    shutil.copytree(EXAMPLES / "broken", tmp_path / "broken")
    done = hdlsmith(
        *("debug", "alu.sv", "--testbench", "alu_tb.sv", "--budget-s", "1", "--json"),
        *("--issue", "Where op is 3, y must be a ^ b."),
        *("--model", f"replay:{recording}"),
        cwd=tmp_path / "broken",
    )
    assert done.returncode == 0, done.stderr
    record = json.loads(done.stdout)
    assert record["verdict"] == "verified"
    assert record["hypotheses"][-1]["fate"] == "kept"
    assert "output carry proved unchanged" in record["outputs"]


def test_ctrl_c_leaves_nothing_behind(folder: Path, tmp_path: Path) -> None:
    (folder / "tb.sv").write_text(TOLD.replace("want + en", "want * 3 + en"))
    own = tmp_path / "tmp"
    own.mkdir()
    argv = command("debug", "right.sv", "--testbench", "tb.sv", "--budget-s", "300")
    process = subprocess.Popen(
        argv,
        cwd=folder,
        env=environment(TMPDIR=str(own)),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
    )
    try:
        deadline = time.monotonic() + 30
        while not list(own.iterdir()) and time.monotonic() < deadline:
            time.sleep(0.02)
        os.killpg(process.pid, signal.SIGINT)
        process.communicate(timeout=30)
    finally:
        process.kill()
    assert process.returncode == 130
    assert list(own.iterdir()) == []
