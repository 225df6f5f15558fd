"""Synthesis by Yosys: what designs become, and what is found in them."""

import json
from dataclasses import replace

import pytest

from hdlsmith.design import Design, Severity, SourceFile, SourceSpan
from hdlsmith.errors import InputError
from hdlsmith.languages import language_of
from hdlsmith.sandbox.cage import make_cage
from hdlsmith.sandbox.results import Elaboration
from hdlsmith.sandbox.synthesis.fpga import TARGETS
from hdlsmith.sandbox.synthesis.netlist import Memory, Netlist
from hdlsmith.sandbox.synthesis.synthesis import (
    NETLIST_JSON,
    NETLIST_VERILOG,
    Synthesis,
    synthesis_passes,
    synthesise,
    with_top,
)
from hdlsmith.sandbox.workspace import Workspace
from hdlsmith.sandbox.yosys import Yosys
from hdlsmith.settings import SandboxSettings

pytestmark = pytest.mark.tool("pyosys")

COUNTER = """module counter(input clk, input rst, output reg [15:0] q);
  always @(posedge clk) if (rst) q <= 0; else q <= q + 1;
endmodule
"""
SUB = "module sub(input a, output y); assign y = ~a; endmodule\n"
LOOPED = "module m(input a, output y);\n  assign y = ~(y & a);\nendmodule\n"


def design(text: str, path: str = "dut.sv", top: str | None = None) -> Design:
    return Design((SourceFile(path, text, language_of(path)),), top)


def synth(given: Design | str, target: str | None = None, **limits: int) -> Synthesis:
    given = design(given) if isinstance(given, str) else given
    yosys = Yosys.find(make_cage(SandboxSettings(**limits)))
    with Workspace(yosys.cage.uid) as workspace:
        return synthesise(workspace, given, yosys, TARGETS[target] if target else None)


def told(result: Synthesis) -> list[str]:
    return [f"{d.severity} {d.code} {d.span}" for d in result.diagnostics]


def test_passes_for_gates() -> None:
    passes = synthesis_passes(design(COUNTER, "-c.v"), "counter", None, verilog=True)
    assert passes[:3] == [
        ["read_verilog", "./-c.v"],
        ["hierarchy", "-check", "-top", "counter"],
        ["proc"],
    ]
    assert ["memory_map", "t:$mem_v2", "r:SIZE<=64", "%i"] in passes
    assert passes[-1] == ["write_verilog", "-noattr", NETLIST_VERILOG]


def test_passes_for_a_target() -> None:
    passes = synthesis_passes(design(COUNTER, top="counter"), "counter", TARGETS["ice40"])
    assert passes[:2] == [
        ["read_verilog", "-lib", "+/ice40/cells_sim.v"],
        [
            *("read_slang", "--ignore-timing", "--ignore-assertions"),
            *("--top", "counter", "./dut.sv"),
        ],
    ]
    assert ["synth_ice40", "-top", "counter"] in passes
    assert ["write_json", "-selected", NETLIST_JSON] in passes


@pytest.mark.parametrize("path", ["dut.v", "dut.sv"])
def test_a_counter(path: str) -> None:
    result = synth(design(COUNTER, path))
    assert result.diagnostics == ()
    assert (result.top, result.port_bits) == ("counter", 18)
    assert dict(result.cells)["$_SDFF_PP0_"] == 16
    assert result.resources["flip-flops"] == 16
    assert sum(result.resources.values()) == sum(n for _, n in result.cells)
    assert result.longest_path
    assert 4 <= result.longest_path.cells <= 20
    assert result.longest_path.end == "q[15]"


@pytest.mark.parametrize(
    ("target", "expected"),
    [
        ("ice40", {"flip-flops": 16, "LUTs": 16, "carry cells": 14}),
        ("ecp5", {"flip-flops": 16, "LUTs": 1, "carry cells": 8}),
    ],
)
def test_a_counter_on_a_target(target: str, expected: dict[str, int]) -> None:
    result = synth(COUNTER, target)
    assert result.resources == expected
    assert result.longest_path is None


def test_cells_of_the_target_may_be_instantiated() -> None:
    text = "module m(input c, input d, output q); SB_DFF f(.C(c), .D(d), .Q(q)); endmodule\n"
    assert synth(text, "ice40").cells == (("SB_DFF", 1),)
    assert told(synth(text)) == ["error error dut.sv:1"]


@pytest.mark.parametrize("path", ["dut.v", "dut.sv"])
def test_a_latch_is_a_warning_at_its_process(path: str) -> None:
    text = "module m(input e, input d, output reg q);\n  always @* if (e) q = d;\nendmodule\n"
    result = synth(design(text, path))
    assert [d.severity for d in result.diagnostics] == [Severity.WARNING]
    assert result.diagnostics[0].code == "latch"
    assert "latch inferred for q" in result.diagnostics[0].message
    assert result.diagnostics[0].span
    assert result.diagnostics[0].span.line == 2
    assert result.resources["latches"] == 1


def test_a_target_without_latches_refuses_them_at_their_place() -> None:
    text = "module m(input e, input d, output reg q);\n  always @* if (e) q = d;\nendmodule\n"
    (error,) = synth(text, "ice40").diagnostics
    assert (error.severity, error.code) == (Severity.ERROR, "latch")
    assert error.message.endswith("; ice40 has no latch")
    assert error.span == SourceSpan("dut.sv", 2, 3)


def test_an_always_comb_that_keeps_a_value_is_a_latch_and_no_loop() -> None:
    text = "module m(input e, d, output logic q);\n  always_comb if (e) q = d;\nendmodule\n"
    result = synth(text)
    assert told(result) == ["warning InferredLatch dut.sv:2:22"]
    assert result.longest_path is None


def test_a_net_with_several_drivers() -> None:
    text = f"{SUB}module m(input a, b, output y);\n  sub s(a, y);\n  sub t(b, y);\nendmodule\n"
    (error,) = synth(design(text, "dut.v")).errors
    assert error.code == "multi-driven"
    assert error.span == SourceSpan("dut.v", 2, 29)
    for part in ("y has several drivers", "logic at dut.v:3:7", "logic at dut.v:4:7", "s.y, t.y"):
        assert part in error.message


def test_loops_and_undriven_nets() -> None:
    assert told(synth(LOOPED)) == ["error comb-loop dut.sv:2:16"]
    text = "module m(input a, output y);\n  wire [1:0] w;\n  assign y = a ^ (^w);\nendmodule\n"
    assert told(synth(text)) == ["warning undriven dut.sv:2:14"]


@pytest.mark.parametrize("path", ["dut.v", "dut.sv"])
def test_an_unknown_module_has_a_place(path: str) -> None:
    result = synth(design("module m(input a, output y);\n  foo u(a, y);\nendmodule\n", path))
    assert result.errors[0].span == SourceSpan(path, 2, 3 if path.endswith(".v") else 0)
    assert result.cells == ()


def test_memories() -> None:
    text = """module m(input clk, we, input [9:0] a, input [7:0] d, output logic [7:0] q, r);
  logic [7:0] deep [0:1023], flat [0:15];
  always_ff @(posedge clk) begin
    if (we) begin deep[a] <= d; flat[a[3:0]] <= d; end
    q <= deep[a];
  end
  assign r = flat[a[3:0]];
endmodule
"""
    result = synth(text)
    assert result.memories == (
        Memory("deep", 1024, 8, SourceSpan("dut.sv", 2, 15)),
        Memory("flat", 16, 8, SourceSpan("dut.sv", 2, 30)),
    )
    assert result.memories[0].bits == 8192
    assert result.resources["memories"] == 1  # the deep one; the flat one is flip-flops
    assert result.resources["flip-flops"] == 128
    assert synth(text, "ice40").resources["block RAMs"] == 2


def test_packages_in_any_order_and_headers() -> None:
    files = {
        "top.sv": '`include "w.svh"\nmodule top(output [`W-1:0] y); assign y = p::ONE; endmodule\n',
        "p.sv": "package p; localparam ONE = 1; endpackage\n",
        "inc/w.svh": "`define W 4\n",
    }
    sources = tuple(SourceFile(path, text, language_of(path)) for path, text in files.items())
    result = synth(Design(sources))
    assert (result.diagnostics, result.port_bits) == ((), 4)


@pytest.mark.parametrize("path", ["dut.v", "dut.sv"])
def test_parameters_reach_the_top(path: str) -> None:
    text = "module m #(parameter W = 1) (input [W-1:0] a, output y); assign y = ^a; endmodule\n"
    assert synth(replace(design(text, path), parameters=(("W", "5"),))).port_bits == 6


def test_display_is_no_hardware() -> None:
    text = COUNTER.replace("endmodule", 'always @(posedge clk) $display("x");\nendmodule')
    assert "other cells" not in synth(text, "ice40").resources
    assert synth(design(text, "dut.v")).resources["flip-flops"] == 16


def test_the_top_is_guessed_or_asked_for() -> None:
    two = SUB + COUNTER
    assert synth(design(two, top="sub")).top == "sub"
    with pytest.raises(InputError, match="several modules") as caught:
        synth(two)
    assert caught.value.remedy == "--top counter | sub"
    with pytest.raises(InputError, match="no module 'x'"):
        synth(design(two, top="x"))
    with pytest.raises(InputError, match="could be the top"):
        with_top(design(""), Elaboration())


@pytest.mark.parametrize("path", ["a.vhd", "a*.v", "a[1].v"])
def test_what_yosys_cannot_be_given(path: str) -> None:
    with pytest.raises(InputError):
        synth(design(COUNTER, path))


@pytest.mark.parametrize("path", ["--top.sv", "a b;ls.sv", "!ls.v", "@x.sv", "-F.sv", "+/x.v"])
def test_a_file_name_is_no_option(path: str) -> None:
    assert synth(design(COUNTER, path)).resources["flip-flops"] == 16


ESCAPED = """module \\a<b>"&' (input \\x.y[0] , output \\; );
  assign \\; = ~\\x.y[0] ;
endmodule
"""


def test_escaped_names() -> None:
    result = synth(design(ESCAPED, "dut.v"))
    assert (result.diagnostics, result.port_bits) == ((), 2)
    assert result.longest_path
    assert (result.longest_path.start, result.longest_path.end) == ("x.y[0]", ";")
    inside = ESCAPED.replace("""\\a<b>"&' """, "m")
    assert synth(inside).diagnostics == ()


def test_the_slang_front_end_takes_no_escaped_name_of_a_top() -> None:
    errors = synth(ESCAPED).errors
    assert len(errors) == 1
    assert "not allowed in RTLIL identifiers" in errors[0].message


HUGE = "module m(input [2047:0] a, b, output [4095:0] p); assign p = a * b; endmodule\n"


def test_a_design_that_explodes_ends_at_the_limit() -> None:
    result = synth(HUGE, cpu_s=1)
    assert [d.message for d in result.errors] == [
        "pyosys gave up: over 1 CPU s; sandbox.cpu_s allows more"
    ]


def test_half_a_file_is_no_netlist() -> None:
    wide = HUGE.replace("2047", "63").replace("4095", "127")
    result = synth(wide, file_mb=1)
    assert [d.code for d in result.errors] == ["gave-up"]
    assert result.cells == ()


def test_a_memory_beyond_reason_is_refused_at_its_place() -> None:
    text = "module m(input [39:0] a, output q);\n  reg [31:0] x [0:(1<<30)-1];\nendmodule\n"
    result = synth(text)
    assert result.errors[0].span == SourceSpan("dut.sv", 2)


@pytest.mark.parametrize(
    ("cell_type", "label"),
    [
        ("$add", "$add"),
        ("sub$top.u0", "sub"),
        ("$paramod\\sub\\W=s32'00000101", "sub"),
        ("$paramod$0f3a9c\\sub", "sub"),
        ("a&b", "a&amp;b"),
    ],
)
def test_names_for_the_drawing_are_plain_and_escaped(cell_type: str, label: str) -> None:
    netlist = Netlist({"cells": {"<script>": {"type": cell_type}}, "netnames": {}})
    drawn = json.loads(netlist.drawable("top"))
    assert drawn["modules"]["top"]["cells"] == {"&lt;script&gt;": {"type": label}}


def test_netlists_are_left_behind() -> None:
    yosys = Yosys.find(make_cage(SandboxSettings()))
    with Workspace(yosys.cage.uid) as workspace:
        synthesise(workspace, design(COUNTER), yosys, verilog=True)
        cells = json.loads((workspace.path / NETLIST_JSON).read_text())["modules"]["counter"]
        verilog = (workspace.path / NETLIST_VERILOG).read_text()
    assert len(cells["cells"]) == 46
    again = synth(replace(design(verilog, "netlist.v"), top="counter"))
    assert again.resources["flip-flops"] == 16
