"""`hdlsmith bench index`: what the index costs, beside bare parsing."""

import json
from pathlib import Path

import pytest

from tests.sandbox.command import hdlsmith

MODULE = """module m{0} (input clk, input en, output reg [7:0] q);
  always @(posedge clk) if (en) q <= q + {0};
endmodule
"""


@pytest.mark.tool("pyslang")
def test_measures_builds_updates_and_searches(tmp_path: Path) -> None:
    for number in range(20):
        (tmp_path / f"m{number}.v").write_text(MODULE.format(number))
    (tmp_path / "broken.v").write_text("module broken (; endmodule\n")
    done = hdlsmith("bench", "index", "--tree", tmp_path, "--rounds", 1, "--json", timeout_s=120)
    assert done.returncode == 0, done.stderr
    result = json.loads(done.stdout)
    seconds = result["seconds"]
    assert result["structural_to_bare"] == pytest.approx(
        seconds["structural"] / seconds["bare"], rel=0.02
    )
    assert all(value > 0 for value in seconds.values())
    assert result["files_with_errors"] == {"bare": 1, "index": 1}
    assert (result["verilog_files"], result["kgraph_to_structural"]) == (21, None)
    assert 20 < result["peak_mb"] < 2000
    assert not (tmp_path / ".hdlsmith").exists()
