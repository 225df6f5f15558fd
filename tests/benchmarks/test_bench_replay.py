"""`bench replay` over the 780 stored answers: the official codes, strictness, and a kill."""

import json
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.benchmarks.conftest import Ended

pytestmark = [pytest.mark.tool("iverilog"), pytest.mark.data]

KILLED_AFTER = 150
_replayed: dict[str, Any] = {}


def lines(path: Path) -> list[dict[str, Any]]:
    """Whole lines of a JSONL file that is perhaps being written."""
    if not path.exists():
        return []
    return [json.loads(line) for line in path.read_text().split("\n")[:-1]]


@pytest.fixture
def replayed(
    verilog_eval: Path,
    replay_answers: Path,
    tmp_path: Path,
    hdlsmith: Callable[..., Ended],
) -> dict[str, Any]:
    """A replay of everything that is killed once and called again; made once for all tests.

    Holds `summary`, `results`, `before` (verdicts there at the kill) and `stored` codes.
    """
    if _replayed:
        return _replayed
    out = tmp_path / "run"
    arguments = ["bench", "replay", "verilog-eval", "--data", verilog_eval, "--json"]
    arguments += ["--answers", replay_answers, "--profile", "compat", "--out", out]
    first = subprocess.Popen(
        [sys.executable, "-m", "hdlsmith", *map(str, arguments)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        while len(lines(out / "results.jsonl")) < KILLED_AFTER:
            assert first.poll() is None, "the replay was over before it could be killed"
            time.sleep(0.05)
    finally:
        os.killpg(first.pid, signal.SIGKILL)
        first.wait()
    before = len(lines(out / "results.jsonl"))
    second = hdlsmith(*arguments)
    assert second.code == 0, second.err
    _replayed.update(
        summary=second.json,
        results=lines(out / "results.jsonl"),
        before=before,
        stored={(r["problem"], r["sample"]): r["official_code"] for r in lines(replay_answers)},
    )
    return _replayed


def test_every_official_code_is_the_stored_one(replayed: dict[str, Any]) -> None:
    codes = {(r["problem"], r["sample"]): r["code"] for r in replayed["results"]}
    differing = {
        key: (code, codes[key]) for key, code in replayed["stored"].items() if codes[key] != code
    }
    assert differing == {}
    assert len(codes) == 780


def test_the_official_pass_rate(replayed: dict[str, Any]) -> None:
    summary = replayed["summary"]
    assert (summary["n"], summary["problems"], summary["unscored"]) == (780, 156, {})
    assert summary["pass_rate"] == 71.79
    assert summary["codes"]["."] == summary["passed"] == 560


def test_strict_agrees_with_every_honest_pass(replayed: dict[str, Any]) -> None:
    results = replayed["results"]
    passes = {(r["problem"], r["sample"]) for r in results if r["outcome"] == "pass"}
    official = {(r["problem"], r["sample"]) for r in results if r["code"] == "."}
    assert passes == official
    assert [r["because"] for r in results if r["outcome"] == "tampered"] == []


def test_the_ceiling_stands_beside_the_score(replayed: dict[str, Any]) -> None:
    summary = replayed["summary"]
    assert summary["ceiling"] == 96.79
    assert sorted(name[:7] for name in summary["ceiling_failing"]) == [
        *("Prob082", "Prob099", "Prob141", "Prob151", "Prob156")
    ]


def test_a_killed_replay_loses_nothing_and_repeats_nothing(replayed: dict[str, Any]) -> None:
    graded = Counter((r["problem"], r["sample"]) for r in replayed["results"])
    assert set(graded) == set(replayed["stored"])
    assert set(graded.values()) == {1}
    sessions = Counter(r["session"] for r in replayed["results"])
    assert KILLED_AFTER <= replayed["before"] < 780
    assert sorted(sessions.values()) == sorted([replayed["before"], 780 - replayed["before"]])
    assert replayed["summary"]["wall_s"] > 0
