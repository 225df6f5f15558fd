"""Yosys' words as data: texts as Yosys 0.70 printed them."""

from hdlsmith.design import Severity, SourceSpan
from hdlsmith.sandbox.synthesis.netlist import Netlist
from hdlsmith.sandbox.synthesis.yosys_check import parse_check
from hdlsmith.sandbox.yosys_log import LogicPath, parse_longest_path, parse_messages, parse_src

SLANG = """\
1. Executing SLANG frontend.
Top level design units:
    d3

rtl/a b.sv:2: ERROR: unknown module 'foo'
  foo u(.a(d), .b(q));
  ^~~
x.sv:9: Warning: output port 'z' has no connection [-Wunconnected-output-port]
rtl/a b.sv:2: ERROR: unknown module 'foo'

Build failed: 1 error, 1 warning
ERROR: Design elaboration failed; see full log for details
"""
VERILOG = """\
./bad.v:12: Warning: Identifier `\\w' is implicitly declared.
Warning: Latch inferred for signal `\\m.\\l' from process `\\m.$proc$./bad.v:5$5': $auto$x
Warning: multiple conflicting drivers for m.\\n [3]:
    port Y[3] of cell $2 ($or)
ABC: Warning: The network is combinational (run "fraig" or "fraig_sweep").
./d1.v:5: ERROR:Can not open file `x.hex` for \\$readmemh.
ERROR: Module `\\foo' referenced in module `\\d3' in cell `\\u' is not part of the design.
ERROR: Exception: std::bad_alloc
"""
CHECK = """\
6. Executing CHECK pass (checking for obvious problems).
Checking module md...
Warning: Drivers conflicting with a constant 1'0 driver:
    module input a[0]
Warning: multiple conflicting drivers for md.\\n [1]:
    port Y[1] of cell $2 ($or)
    port Y[1] of cell \\u.ff ($and)
Warning: multiple conflicting drivers for md.\\n [0]:
    port Y[0] of cell $2 ($or)
    port Y[0] of cell \\u.ff ($and)
Warning: multiple conflicting drivers for md.\\k:
    port Y[0] of cell \\mine (SB_LUT4)
    port Y[0] of cell $2 ($or)
Warning: multiple conflicting drivers for md.\\tr:
    port Y[0] of cell $19 ($tribuf)
    port Y[0] of cell $18 ($tribuf)
Warning: Wire md.\\u [1] is used but has no driver.
Warning: Wire md.\\u [0] is used but has no driver.
Warning: found logic loop in module md:
    cell $10 ($and) source: md.sv:10.16-10.22
      A[0] --> Y[0]
    cell $11 ($not) source: md.sv:10.14-10.23
    wire \\k source: md.sv:3.11
    wire $11_Y
Warning: found logic loop in module md:
    cell $procmux$1 ($mux) source: d4.sv:6.23-6.32|d4.sv:6.14-6.32
    wire \\u0.next [2] source: md.sv:6.4
Found and reported 10 problems.
"""
LTP = """\
16. Executing LTP pass (find longest path).

Longest topological path in m (length=2):
    0: \\en
    1: $auto$alumacc.cc:578:replace_alu$49.P [0] (via $abc$203$blif$203$2)
    2: \\a [0] (via $abc$203$blif$203$3)
   ff: \\q [7] (via $auto$ff.cc:337:slice$126)
"""


def _net(bits: list[int], src: str = "") -> dict[str, object]:
    return {"bits": bits, "attributes": {"src": src} if src else {}}


NETLIST = Netlist(
    {
        "cells": {
            "$2": {"type": "$or", "attributes": {"src": "md.sv:5.14-5.19"}},
            "u.ff": {"type": "$and", "attributes": {"src": "./sub.sv:1.43"}},
            "mine": {"type": "SB_LUT4", "attributes": {"src": "md.sv:8.1"}},
        },
        "netnames": {
            "n": _net([4, 5], "md.sv:3.14"),
            "u.y": _net([5]),
            "u": _net([6, 7], "md.sv:3.28"),
        },
    }
)


def test_slang_messages_have_places_and_come_once() -> None:
    unknown, port = parse_messages(SLANG)
    assert str(unknown) == "rtl/a b.sv:2: error: unknown module 'foo' [yosys:error]"
    assert port.severity is Severity.WARNING
    assert (port.code, port.message) == (
        "unconnected-output-port",
        "output port 'z' has no connection",
    )


def test_what_others_tell_better_is_left_out() -> None:
    assert [str(d) for d in parse_messages(VERILOG)] == [
        "bad.v:12: warning: Identifier `\\w' is implicitly declared. [yosys:warning]",
        "d1.v:5: error: Can not open file `x.hex` for \\$readmemh. [yosys:error]",
        "error: Module `\\foo' referenced in module `\\d3' in cell `\\u' is not part of the "
        "design. [yosys:error]",
    ]


def test_check_finds_one_thing_a_signal() -> None:
    found = parse_check(CHECK, NETLIST, frozenset({"next"}))
    assert [str(d) for d in found] == [
        "error: a has several drivers: the input a, the constant 1'0 [yosys:multi-driven]",
        "md.sv:3:14: error: n has several drivers: logic at md.sv:5:14, logic at sub.sv:1:43; "
        "joined with u.y [yosys:multi-driven]",
        "md.sv:8:1: error: k has several drivers: mine at md.sv:8:1, logic at md.sv:5:14 "
        "[yosys:multi-driven]",
        "md.sv:10:16: error: combinational loop through k [yosys:comb-loop]",
        "md.sv:3:28: warning: u (2 bits) is used but has no driver [yosys:undriven]",
    ]


def test_a_loop_through_no_latch_stays() -> None:
    loops = [d for d in parse_check(CHECK, NETLIST) if d.code == "comb-loop"]
    assert loops[1].message == "combinational loop through u0.next"
    assert loops[1].span == SourceSpan("d4.sv", 6, 23)


def test_longest_path() -> None:
    assert parse_longest_path(LTP) == LogicPath(2, "en", "q[7]")
    assert parse_longest_path(LTP.replace("length=2", "length=0")) is None
    assert parse_longest_path("") is None


def test_a_source_attribute_names_the_innermost_place_first() -> None:
    assert parse_src("./a b.v:3.5-3.9|c.v:7.1") == SourceSpan("a b.v", 3, 5)
    assert parse_src("a.v:12") == SourceSpan("a.v", 12)
    assert parse_src("") is None
    assert parse_src("nonsense") is None
