"""The loop around the rules: what is kept, what is rolled back, what is left alone."""

import random
import time

import pytest

from hdlsmith.agent.mending.diagnosis import Diagnosis, Stage, diagnose
from hdlsmith.agent.mending.mend import mend
from hdlsmith.design import Design, Diagnostic, Direction, Port, Severity, SourceFile, SourceSpan
from hdlsmith.languages import Language
from hdlsmith.sandbox.simulation.icarus import Icarus
from tests.agent.test_mending_rules import design, icarus, ports

__all__ = ["icarus"]

pytestmark = pytest.mark.tool("iverilog")

CLEAN = """module t (input clk, input [3:0] a, output reg [3:0] y); // naïve, but right
    always @(posedge clk)
      y <= a;   \t
endmodule"""
LATCH = "module t (input d, input ena, output reg q);\n{}endmodule\n"
CLOCKED = LATCH.format("  always @(posedge clk) if (ena) q <= d;\n")


def test_a_design_without_errors_stays_byte_for_byte(icarus: Icarus) -> None:
    for asked in ((), ports("input clk, input [3:0] a, output [3:0] y")):
        mended = mend(design(CLEAN), asked, icarus)
        assert mended.design == design(CLEAN)
        assert mended.steps == ()
        assert mended.errors == ()


def test_an_unasked_clock_is_a_port_where_nobody_asked_for_ports(icarus: Icarus) -> None:
    mended = mend(design(CLOCKED), (), icarus)
    assert [step.rule for step in mended.steps] == ["add_port"]
    assert "input clk" in mended.design.text
    assert "posedge clk" in mended.design.text


def test_an_unasked_clock_is_none_where_the_ports_are_asked_for(icarus: Icarus) -> None:
    mended = mend(design(CLOCKED), ports("input d, input ena, output q"), icarus)
    assert mended.design.text == LATCH.format("  always @(*) if (ena) q = d;\n")


def test_an_unasked_clock_port_goes_too(icarus: Icarus) -> None:
    clocked = CLOCKED.replace("input d", "input clk, d")
    mended = mend(design(clocked), ports("input d, input ena, output q"), icarus)
    assert mended.design.text == LATCH.format("  always @(*) if (ena) q = d;\n")


def test_an_active_low_reset_keeps_the_branch_in_which_it_is_high(icarus: Icarus) -> None:
    text = (
        "module t (input clk, input d, output reg q);\n"
        "  always @(posedge clk or negedge rst_n)\n"
        "    if (rst_n) q <= d; else q <= 0;\n"
        "endmodule\n"
    )
    mended = mend(design(text), ports("input clk, input d, output q"), icarus)
    assert "  always @(posedge clk)\n    q <= d;" in mended.design.text


def test_several_slips_are_mended_one_after_another(icarus: Icarus) -> None:
    text = (
        "Here it is:\n```verilog\n"
        "module t (input clk, input [3:0] a, output [3:0] y)\n"
        "  always @(posedge clk) begin\n"
        "    total <= total + a\n"
        "  end\n"
        "  always @(*) y = total;\n"
        "```\n"
    )
    mended = mend(design(text), (), icarus)
    assert mended.errors == ()
    assert "reg [3:0] total;" in mended.design.text
    assert len(mended.steps) >= 4
    assert all(step.diff.startswith("--- a/t.sv\n+++ b/t.sv\n@@") for step in mended.steps)
    assert all(str(step.because) for step in mended.steps)
    assert mend(design(text), (), icarus) == mended


def test_what_no_rule_mends_comes_back_with_its_errors(icarus: Icarus) -> None:
    text = "module t (input a, output y);\n  assign y = a & secret;\nendmodule\n"
    mended = mend(design(text), (), icarus)
    assert mended.design.text == text
    assert [error.code for error in mended.errors] == ["UndeclaredIdentifier"]


def test_an_undeclared_operand_is_no_state(icarus: Icarus) -> None:
    text = "module t (input [3:0] a, output y);\n  assign y = a == limit & a[place];\nendmodule\n"
    assert mend(design(text), (), icarus).design.text == text


def test_more_states_than_a_bit_holds_widen_their_variables(icarus: Icarus) -> None:
    text = (
        "module t (input clk, input x, output z);\n"
        "  reg state, next;\n"
        "  always @(posedge clk) state <= next;\n"
        "  always @(*) case (state)\n"
        "    S0: next = x ? S1 : S0;\n"
        "    S1: next = S2;\n"
        "    default: next = S0;\n"
        "  endcase\n"
        "  assign z = state == S2;\n"
        "endmodule\n"
    )
    mended = mend(design(text), (), icarus)
    assert mended.errors == ()
    assert "reg [1:0] state, next;" in mended.design.text
    assert "localparam [1:0] S0 = 2'd0, S1 = 2'd1, S2 = 2'd2;" in mended.design.text


def test_a_missing_output_that_nothing_drives_is_not_made_up(icarus: Icarus) -> None:
    text = "module t (input a, output y);\n  assign y = a;\nendmodule\n"
    mended = mend(design(text), ports("input a, output y, output [3:0] parity"), icarus)
    assert mended.design.text == text
    assert mended.errors


def test_only_the_file_with_the_error_changes(icarus: Icarus) -> None:
    sub = SourceFile(
        "lib/sub.sv", "module sub (input a, output y);\n  assign y = a\nendmodule\n",
        Language.SYSTEMVERILOG,
    )  # fmt: skip
    top = SourceFile(
        "t.sv", "module t (input a, output y);\n  sub s (.a(a), .y(y));\nendmodule\n",
        Language.SYSTEMVERILOG,
    )  # fmt: skip
    mended = mend(Design((top, sub), "t"), (), icarus)
    assert mended.errors == ()
    assert mended.design.files[0] == top
    assert mended.design.files[1].text == sub.text.replace("= a", "= a;")


def test_shared_port_headers_are_split_where_one_port_differs(icarus: Icarus) -> None:
    text = "module t (input [3:0] a, b, c, output y);\n  assign y = ^{a, b, c};\nendmodule\n"
    asked = (
        Port("a", Direction.INPUT, 4),
        Port("b", Direction.INPUT, 8),
        Port("c", Direction.INPUT, 4),
        Port("y", Direction.OUTPUT),
    )
    mended = mend(design(text), asked, icarus)
    assert "(input [3:0] a, input [7:0] b, input [3:0] c, output y)" in mended.design.text


def test_further_is_better_than_fewer_and_later_than_as_many() -> None:
    def error(line: int) -> Diagnostic:
        span = SourceSpan("t.sv", line, 1)
        return Diagnostic(Severity.ERROR, "x", f"at {line}", span, "slang")

    one = Diagnosis(Stage.SYNTAX, (error(3),))
    assert Diagnosis(Stage.ELABORATION, (error(1), error(2))).is_better_than(one)
    assert Diagnosis(Stage.SYNTAX, (error(4),)).is_better_than(one)
    assert not Diagnosis(Stage.SYNTAX, (error(4), error(5))).is_better_than(one)
    assert not one.is_better_than(one)


def test_hardware_that_never_runs_is_an_error(icarus: Icarus) -> None:
    text = "module t (output reg y);\n  always @(*) y = 0;\nendmodule\n"
    assert diagnose(design(text), (), icarus).stage is Stage.COMPILATION


HOSTILE = {
    "garbage": "".join(chr(random.Random(0).randrange(33, 0x2FFF)) for _ in range(4000)),
    "a line of a megabyte": f"module t; assign x = {'a + ' * 250_000};\nendmodule\n",
    "deep brackets": f"module t; assign x = {'(' * 20_000}",
    "deep blocks": f"module t; initial {'begin ' * 20_000}",
    "no module": "assign y = a;\n",
    "empty": "",
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_text_ends_quickly_and_unchanged(icarus: Icarus, name: str) -> None:
    started = time.process_time()
    mended = mend(design(HOSTILE[name]), (), icarus)
    assert mended.design.text == HOSTILE[name]
    assert mended.errors
    assert time.process_time() - started < 5


def test_cut_and_shuffled_designs_never_raise(icarus: Icarus) -> None:
    rng = random.Random(1)
    words = CLOCKED.replace("clk", "clk or posedge rst").split(" ")
    for _ in range(40):
        some = [w for w in words if rng.random() > 0.1]
        i, j = rng.randrange(len(some)), rng.randrange(len(some))
        some[i], some[j] = some[j], some[i]
        mend(design(" ".join(some)), ports("input d, input ena, output q"), icarus)
