"""A design may not read the reference model that a user's testbench holds."""

from pathlib import Path

import pytest

from hdlsmith.agent.solve import solve
from hdlsmith.agent.state import Task, Verdict
from hdlsmith.design import read_source

from .conftest import HEADER, PLAN, REQUEST, RIGHT, MakeBench

pytestmark = [pytest.mark.tool("iverilog"), pytest.mark.tool("bwrap")]

WITH_REFERENCE = """
module reference(input clk, rst, en, output reg [3:0] q);
  always @(posedge clk) if (rst) q <= 0; else if (en) q <= q + 1;
endmodule
module tb;
  reg clk = 0, rst = 1, en = 1; wire [3:0] q;
  always #5 clk = ~clk;
  wire [3:0] wanted;
  reference good(clk, rst, en, wanted);
  counter dut(clk, rst, en, q);
  integer bad = 0, n = 0;
  always @(negedge clk) begin n = n + 1; if (q !== wanted) bad = bad + 1; end
  initial begin
    #12 rst = 0; #100 $display("%0d of %0d checks failed", bad, n); $finish;
  end
endmodule
"""
READS_THE_REFERENCE = f"""```systemverilog
struct packed {{ logic [3:0] q; }} good;
{HEADER}
  always @* q = good.q;
endmodule
```"""


@pytest.mark.parametrize(
    ("reply", "verdict", "outcome"),
    [
        (RIGHT.replace("q <= q + 1;", "begin : good q <= q + 1; end"), Verdict.VERIFIED, "pass"),
        (READS_THE_REFERENCE, Verdict.REFUTED, "tampered"),
    ],
)
def test_a_reference_in_the_testbench_can_not_be_read(
    bench: MakeBench, tmp_path: Path, reply: str, verdict: Verdict, outcome: str
) -> None:
    """Two front ends read `good.q` differently: as the design's own, and as the reference's."""
    (tmp_path / "tb.sv").write_text(WITH_REFERENCE)
    asked = Task(REQUEST, top="counter", testbench=(read_source(tmp_path / "tb.sv"),))
    answer = solve(asked, bench([PLAN, reply], attempts=1).deps)
    assert answer.verdict is verdict, answer.because
    assert answer.attempts[0].simulation is not None
    assert answer.attempts[0].simulation.outcome == outcome
