"""`hdlsmith bench cage`: what the cage adds to a process."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest


@pytest.mark.tool("iverilog")
def test_measures_an_empty_process_and_a_simulation() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "hdlsmith", "bench", "cage", "--rounds", "3", "--json"],
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])},
        timeout=60,
        check=False,
    )
    result = json.loads(done.stdout)
    assert (done.returncode, result["rounds"]) == (0, 3)
    for name in ("empty", "simulation"):
        row = result[name]
        assert row["ratio"] == pytest.approx(row["caged_ms"] / row["bare_ms"], rel=0.01)
        assert 0 < row["added_ms"] < 1000
