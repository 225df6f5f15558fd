"""`hdlsmith bench consensus`: what candidates simulated together cost beside one alone."""

import json

import pytest

from tests.sandbox.command import hdlsmith


@pytest.mark.tool("iverilog")
def test_measures_both_sides_of_several_designs() -> None:
    done = hdlsmith("bench", "consensus", "--rounds", 1, "--candidates", 3, "--json")
    assert done.returncode == 0, done.stderr
    result = json.loads(done.stdout)
    assert (result["candidates"], result["rounds"]) == (3, 1)
    assert len(result["designs"]) > 2
    for row in result["designs"].values():
        assert row["ratio"] == pytest.approx(row["together_ms"] / row["alone_ms"], rel=0.01)
        assert row["lowest_ratio"] == row["highest_ratio"] == row["ratio"]
        assert row["cycles"] > 1000
