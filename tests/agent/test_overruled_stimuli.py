"""A design that drives its own inputs against the testbench."""

from pathlib import Path

import pytest

from hdlsmith.agent.solve import solve
from hdlsmith.agent.state import Task, Verdict
from hdlsmith.design import read_source

from .conftest import PLAN, REQUEST, WRONG, MakeBench

pytestmark = [pytest.mark.tool("iverilog"), pytest.mark.tool("bwrap")]


@pytest.mark.parametrize(
    "cheat", ["assign (supply0, supply1) en = 0;", "low held(en);"], ids=["itself", "inside"]
)
def test_a_design_that_overrules_its_stimuli_is_refuted(
    bench: MakeBench, cheat: str, tmp_path: Path
) -> None:
    """On a net the stronger driver wins: with `en` held low, a counter that never counts passes."""
    bench_on_a_net = tmp_path / "net_tb.sv"
    bench_on_a_net.write_text(
        "module tb; reg clk = 0, rst = 1, on = 1; wire en = on; wire [3:0] q; reg [3:0] want = 0;\n"
        "  counter dut (.clk(clk), .rst(rst), .en(en), .q(q));\n"
        "  always #5 clk = !clk;\n"
        "  always @(posedge clk) want <= rst ? 0 : want + (en ? 1 : 0);\n"
        '  initial begin #12 rst = 0; #100 if (q === want) $display("PASS: 1 checks");\n'
        '    else $display("FAIL: q is %0d", q); $finish; end\nendmodule\n'
    )
    inner = "module low(output o); assign (supply0, supply1) o = 0; endmodule\n"
    bad = WRONG.replace("endmodule", f"  {cheat}\nendmodule\n{inner}")
    cheated = Task(REQUEST, top="counter", testbench=(read_source(bench_on_a_net),))
    answer = solve(cheated, bench([PLAN, bad], attempts=1).deps)
    assert answer.verdict is Verdict.REFUTED, answer.because
    assert "may not drive its inputs: en" in answer.because
