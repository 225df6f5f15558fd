"""What a log or a description says of a design's lines, with nothing run."""

import pytest

from hdlsmith.agent.debugging.clues import diagnostics_in, find_clues, render_clues
from hdlsmith.agent.debugging.cone import Netlist, outermost
from hdlsmith.design import Design, Severity
from tests.agent.debug_inputs import COUNTER, FIFO, FSM, design, source

TOP = "module top (input clk, rst, x, output y);\n  fsm inner (.*, .found(y));\nendmodule\n"


@pytest.mark.parametrize(
    ("line", "place", "tool"),
    [
        ("%Error: /builds/7/rtl/dut.sv:4:9: syntax error", 4, "verilator"),
        ("%Warning-WIDTH: ../rtl/dut.sv:5:3: Operator ADD", 5, "verilator"),
        ("./dut.sv:3: syntax error", 3, "icarus"),
        ("rtl/dut.sv:12: error: Unable to bind wire/reg/memory `x' in `m'", 12, "icarus"),
        ("dut.sv:7:5: syntax error at token \"=\"", 7, "verible"),
        ("ERROR: [Synth 8-2716] syntax error near ')' [/p/src/dut.sv:9]", 9, "log"),
        ("** Error: C:\\work\\dut.sv(8): near \";\": syntax error", 8, "log"),
        ('Error-[SE] Syntax error "dut.sv", line 6', 6, "log"),
    ],
)  # fmt: skip
def test_every_tools_places_are_mapped_onto_the_files(line: str, place: int, tool: str) -> None:
    (found,) = diagnostics_in(f"make: entering\n{line}\nmake: *** [all] Error 1\n", design(FIFO))
    assert found.span is not None
    assert (found.span.path, found.span.line, found.tool) == ("dut.sv", place, tool)


def test_other_files_are_left_alone_and_the_longest_path_wins() -> None:
    two = Design((source("a/dut.sv", COUNTER), source("b/dut.sv", FIFO)))
    (found,) = diagnostics_in("x.sv:3: syntax error\n/ci/b/dut.sv:3: syntax error\n", two)
    assert str(found.span) == "b/dut.sv:3"


def test_a_failing_line_leads_to_what_drives_its_signal() -> None:
    log = "ok at 5 ns\nFAIL at 105 ns: full is 0, not 1\n2 errors\n"
    found = find_clues(design(FIFO), log, "")
    assert found.signals == ("full",)
    assert found.told[0].time == 105
    assert "assign full" in found.suspects[0].text
    assert "FAIL at 105 ns: full is 0, not 1" in render_clues(found)


@pytest.mark.parametrize(
    ("issue", "line"),
    [
        ("`full` is never raised", "assign full"),
        ("it says empty although something was pushed", "assign empty"),
        ("the tail moves although nothing was taken", "if (taken) tail <= tail + 1"),
    ],
)
def test_an_issue_leads_to_the_lines_it_means(issue: str, line: str) -> None:
    found = find_clues(design(FIFO), "", issue)
    assert any(line in suspect.text for suspect in found.suspects[:5])


def test_short_forms_and_comments_are_understood() -> None:
    text = (
        "module m (input clk, input [3:0] rd_ptr, output reg [3:0] q, p);\n"
        "  always @(posedge clk) q <= rd_ptr;\n"
        "  // saturates at the threshold\n"
        "  always @(posedge clk) p <= p == 9 ? p : p + 1;\n"
        "endmodule\n"
    )
    assert find_clues(design(text), "", "the read pointer is late").signals == ("rd_ptr",)
    found = find_clues(design(text), "", "it does not saturate")
    assert found.suspects[0].line == 4


def test_words_without_a_meaning_here_suspect_nothing() -> None:
    assert find_clues(design(COUNTER), "", "it is a wonderful day").suspects == ()
    assert find_clues(design(COUNTER), "", "").signals == ()


def test_a_cone_crosses_instances_both_ways() -> None:
    netlist = Netlist(design(FSM + TOP))
    lines = {
        netlist.modules[number].statements[position].line
        for number, position in netlist.behind({"y": 1.0})
    }
    assert FSM.count("\n", 0, FSM.index("assign found")) + 1 in lines
    assert FSM.count("\n", 0, FSM.index("next = x ? 3")) + 1 in lines
    assert outermost(design(FSM + TOP)) == ("top",)


def test_what_our_tools_say_comes_with_what_the_log_says() -> None:
    found = find_clues(design(COUNTER), "%Warning-UNUSED: dut.sv:1:3: Signal unused\n", "")
    assert [d.severity for d in found.diagnostics] == [Severity.WARNING]
    assert found.suspects[0].why == "verilator: Signal unused"
