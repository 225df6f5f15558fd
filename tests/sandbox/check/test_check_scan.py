"""What one file speaks of, by its tokens."""

import time

import pytest

from hdlsmith.design import SourceFile
from hdlsmith.languages import language_of
from hdlsmith.sandbox.scan import Scan, scan


def scanned(text: str, path: str = "a.sv") -> Scan:
    return scan(SourceFile(path, text, language_of(path)))


@pytest.mark.parametrize(
    ("text", "defines"),
    [
        ("module a; endmodule module b(input c); endmodule", ("a", "b")),
        ("module automatic a; endmodule", ("a",)),
        ("package p; class c; endclass endpackage", ("p",)),
        ("virtual class c; endclass interface class i; endclass", ("c", "i")),
        ("interface i; endinterface program p; endprogram primitive u(o, a); endprimitive", None),
        ("extern module a; typedef class c;", ()),
        ('// module a;\n/* module b; */ string s = "module c;";', ()),
        ("module \\odd+name ; endmodule", ("odd+name",)),
        ("module a; /* module b; endmodule", ("a",)),
        ("", ()),
        ("module", ()),
        ("module ; endmodule module b; endmodule", ("b",)),
    ],
)
def test_definitions(text: str, defines: tuple[str, ...] | None) -> None:
    assert scanned(text).defines == (("i", "p", "u") if defines is None else defines)


@pytest.mark.parametrize(
    ("text", "modules"),
    [
        ("module a; endmodule program b; endprogram", ("a", "b")),
        ("interface i; endinterface package p; endpackage class c; endclass", ()),
        ("primitive u(o, a); endprimitive", ()),
        ("`ifdef X\nmodule a; endmodule\n`else\nmodule b; endmodule\n`endif", ("b",)),
        ("`ifndef G\n`define G\nmodule a; endmodule\n`else module b; endmodule `endif", ("a",)),
        ("`ifdef X `elsif Y module a; endmodule `endif module b; endmodule `endif", ("b",)),
    ],
)
def test_what_can_be_elaborated_by_itself(text: str, modules: tuple[str, ...]) -> None:
    assert scanned(text).modules == modules


@pytest.mark.parametrize(
    "text",
    [
        "module m; sub u (.a(b)); endmodule",
        "module m; sub #(.W(4)) u (b); endmodule",
        "module m; sub u [3:0] (b); endmodule",
        "module m import sub::*; (input sub::t a); endmodule",
        "module m(sub.slave bus); endmodule",
        "module m(sub bus); endmodule",
        "class c extends sub; endclass",
        "module m; virtual sub v; bind x sub u (); endmodule",
        "module m; `ifdef A other u(); `else sub u(); `endif endmodule",
        "`define MAKE sub u()\nmodule m; `MAKE; endmodule",
        "module m; begin : g sub u (a); end endmodule",
        "module m; wire a; sub (a, b); endmodule",
    ],
)
def test_uses_of_a_design_unit(text: str) -> None:
    assert "sub" in scanned(text).uses


@pytest.mark.parametrize(
    "text",
    [
        "module m; other u (.sub(a)); endmodule",
        "module m; wire sub; assign a = sub + 1; endmodule",
        "module m; always @(posedge sub or negedge r) a <= sub; endmodule",
        "module m; if (a) begin : sub end endmodule : sub",
        "module m; // sub u (a);\nendmodule",
        "module sub #(int W = 1) (input a); endmodule",
        'module m; initial $display("sub u (a)"); endmodule',
        "module m; initial a = x.sub.y; endmodule",
        "module m; other sub (.a(b)); other #(1) sub (b); x = sub(1); endmodule",
        "module m; assert property (@(posedge c) sub throughout b); endmodule",
    ],
)
def test_a_signal_of_the_same_name_is_no_use(text: str) -> None:
    assert "sub" not in scanned(text).uses


@pytest.mark.parametrize(
    ("header", "portless"),
    [
        ("module t;", True),
        ("module t();", True),
        ("module t #(parameter W = (1 + 2)) ();", True),
        ("module t import p::*;;", True),
        ("module t import p::*; #(int W = 1);", True),
        ("program t;", True),
        ("module t(input a);", False),
        ("module t(a, b);", False),
        ("module t #(parameter W = 1) (input a);", False),
        ("interface t;", False),
        ("module t #(", False),
        ("module t", False),
    ],
)
def test_a_top_has_no_ports(header: str, portless: bool) -> None:
    assert scanned(header).without_ports == (("t",) if portless else ())


def test_includes_and_strings() -> None:
    found = scanned('`include "a/b.svh"\n`include <std.svh>\ninitial $readmemh("rom.hex", m);')
    assert found.includes == ("a/b.svh",)
    assert found.strings == ("rom.hex",)


def test_vhdl() -> None:
    found = scanned(
        "library IEEE; use ieee.std_logic_1164.all; use work.Types.all;\n"
        "entity Top_TB is end; -- entity comment is\n"
        "architecture sim of Top_TB is\n"
        "  component Adder port (a : in bit); end component;\n"
        "begin\n  u1 : entity work.Counter port map (a => b);\n  u2 : Adder port map (a);\n"
        '  u3 : \\Odd\\ generic map (1); file f : text open read_mode is "rom.hex";\nend;\n'
        "package Types is end; package body Types is end;\n"
        "entity Counter2 is port (a : in bit); end;\n"
        "configuration c of Top_TB is end;",
        "a.vhd",
    )
    assert found.defines == ("top_tb", "types", "counter2", "c")
    assert found.completes == ("top_tb", "types")
    assert found.without_ports == ("top_tb",)
    assert {"adder", "counter", "types", "\\odd\\"} <= set(found.uses)
    assert found.strings == ("rom.hex",)


def test_python_imports() -> None:
    text = "import cocotb, os.path as p\nfrom .helpers import x\n  from a.b import c\n# import no\n"
    assert scanned(text, "test_a.py").imports == ("cocotb", "os.path", ".helpers", "a.b")


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("/*a" * 300_000, "a.v"),
        ('"a\\' * 300_000, "a.v"),
        ("module m #(" + "(" * 300_000, "a.v"),
        ("module a import endmodule " * 50_000, "a.v"),
        ("module a #( endmodule " * 50_000, "a.v"),
        ("entity a is " * 50_000, "a.vhd"),
        ("\\" * 300_000, "a.vhd"),
        ("import a," * 100_000, "a.py"),
        (" " * 300_000, "a.py"),
    ],
)
def test_no_text_takes_long(text: str, path: str) -> None:
    started = time.process_time()
    scanned(text, path)
    assert time.process_time() - started < 3
