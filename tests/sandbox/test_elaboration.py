"""The front end: what it finds, what it never reads, and what it survives."""

import threading
from pathlib import Path

import pytest

from hdlsmith.design import Design, Direction, Port, Severity, SourceFile, SourceSpan
from hdlsmith.languages import Language, language_of
from hdlsmith.sandbox.elaboration import elaborate
from hdlsmith.sandbox.results import Elaboration


def elaborated(text: str, top: str | None = None) -> Elaboration:
    return with_files(text, {}, top)


def with_files(text: str, files: dict[str, str], top: str | None = None) -> Elaboration:
    sources = [SourceFile("rtl/a.sv", text, Language.SYSTEMVERILOG)]
    sources += [SourceFile(path, body, language_of(path)) for path, body in files.items()]
    return elaborate(Design(tuple(sources), top))


def test_ports_with_directions_and_widths() -> None:
    found = elaborated(
        "module m #(parameter W = 8) (input clk, input [W-1:0] d, output reg [2*W:0] q,"
        " inout [3:0][1:0] pad); endmodule\n"
    )
    assert found.ports == (
        Port("clk", Direction.INPUT, 1),
        Port("d", Direction.INPUT, 8),
        Port("q", Direction.OUTPUT, 17),
        Port("pad", Direction.INOUT, 8),
    )
    assert (found.modules, found.tops, found.errors) == (("m",), ("m",), ())


def test_tops_and_the_asked_top() -> None:
    text = "module leaf; endmodule\nmodule a; leaf u(); endmodule\nmodule b; endmodule\n"
    assert set(elaborated(text).tops) == {"a", "b"}
    assert elaborated(text, "leaf").tops == ("leaf",)
    assert any("nope" in d.message for d in elaborated(text, "nope").errors)


def test_parameters_override() -> None:
    source = SourceFile("a.sv", "module m #(W=2) (input [W-1:0] d); endmodule\n", Language.VERILOG)
    assert elaborate(Design((source,), "m", (("W", "5"),))).ports[0].width_bits == 5


def test_a_diagnostic_has_file_line_and_column() -> None:
    [error] = elaborated("module m;\n  wire w;\n  assign w = missing;\nendmodule\n").errors
    assert error.span == SourceSpan("rtl/a.sv", 3, 14)
    assert (error.code, error.severity) == ("UndeclaredIdentifier", Severity.ERROR)
    assert str(error).startswith("rtl/a.sv:3:14: error: use of undeclared identifier 'missing'")


@pytest.mark.parametrize(
    ("header", "include"),
    [
        ("rtl/defs.svh", "defs.svh"),
        ("inc/defs.svh", "defs.svh"),
        ("defs.svh", "defs.svh"),
        ("inc/sub/defs.svh", "sub/defs.svh"),
        ("inc/defs.svh", "inc/defs.svh"),
        ("rtl/defs.v", "defs.v"),
    ],
)
def test_an_include_of_the_designs_own_file_works_in_memory(header: str, include: str) -> None:
    text = f'`include "{include}"\nmodule m(input [`W-1:0] d); endmodule\n'
    files = {header: "`define W 6\n", "inc/other.svh": ""}
    assert with_files(text, files, "m").ports == (Port("d", Direction.INPUT, 6),)


def test_two_headers_of_the_same_name() -> None:
    text = '`include "d.svh"\nmodule m(input [`W-1:0] d); endmodule\n'
    found = with_files(text, {"rtl/d.svh": "`define W 3\n", "d.svh": "`define W 9\n"})
    assert found.ports[0].width_bits == 3  # the one beside the file that asks


@pytest.mark.parametrize(
    "text",
    [
        '`include "{path}"\n',
        "`include <{path}>\n",
        '`define F "{path}"\n`include `F\n',
        '`define I `include\n`I "{path}"\n',
        '`define I `include\n"d.svh"\n`I "{path}"\n',
        '`define X(a) `inc``a\n`X(lude) "{path}"\n',
        '`include "d.svh"\n`include "{path}"\n',
    ],
)
@pytest.mark.parametrize("relative", [False, True])
def test_nothing_outside_the_design_is_ever_read(text: str, relative: bool, tmp_path: Path) -> None:
    secret = tmp_path / "secret.svh"
    secret.write_text("module leaked_secret; endmodule\n")
    path = f"../../../../../../../../..{secret}" if relative else str(secret)
    found = with_files(text.format(path=path) + "module m; endmodule\n", {"d.svh": "// fine\n"})
    assert "leaked_secret" not in found.modules
    assert any(d.code == "CouldNotOpenIncludeFile" for d in found.errors)
    assert "not among the files of the design" in " ".join(d.message for d in found.errors)


def test_a_commented_include_does_no_harm() -> None:
    text = '// `include "gone.svh"\n`include "d.svh"\nmodule m(input [`W:0] d); endmodule\n'
    assert with_files(text, {"d.svh": "`define W 1\n"}).errors == ()


def nested(head: str, opening: str, middle: str, closing: str, times: int) -> str:
    return f"module t; {head} {opening * times}{middle}{closing * times}; endmodule\n"


HOSTILE = {
    "parentheses": nested("wire a =", "(", "1", ")", 100_000),
    "blocks": "module t; initial " + "begin " * 100_000 + "end " * 100_000 + "endmodule\n",
    "generate blocks": "module t; " + "if(1) begin " * 90_000 + "end " * 90_000 + "endmodule\n",
    "a long sum": nested("wire a =", "1+", "1", "", 200_000),
    "a long power": nested("wire a =", "1**", "1", "", 100_000),
    "modules in modules": "module t; " * 50_000 + "endmodule " * 50_000 + "\n",
    "structs in structs": nested("typedef", "struct packed {", "logic a;", "} x;", 50_000),
    "macros in macros": "`define M(x) x\n" + nested("wire a =", "`M(", "1", ")", 10_000),
    "a macro of itself": "`define A `A `A\nmodule t; `A endmodule\n",
    "a macro that explodes": "`define A0 x+x+x+x+x+x+x+x+x+x\n"
    + "".join(f"`define A{n} {'+'.join([f'`A{n - 1}'] * 10)}\n" for n in range(1, 9))
    + "module t; wire x; wire y = `A8; endmodule\n",
    "a giant replication": "module t; wire [3:0] a = {1000000000{4'd1}}; endmodule\n",
    "an endless generate": "module t; for (genvar i = 0; i >= 0; i++) wire w; endmodule\n",
    "an endless function": "module t; function int f(); while (1) ; endfunction"
    " localparam a = f(); endmodule\n",
    "endless recursion": "module t #(N = 0); t #(N + 1) u(); endmodule\n",
    "exploding hierarchy": "".join(
        f"module m{n}; m{n + 1} a(), b(), c(), d(); endmodule\n" for n in range(40)
    )
    + "module m40; endmodule\n",
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_design_is_survived_and_told(name: str) -> None:
    found = elaborated(HOSTILE[name])
    assert isinstance(found, Elaboration)
    if name not in ("endless recursion", "exploding hierarchy"):  # pyslang stops at these in peace
        assert found.errors
    # and the next design finds a front end that works
    assert elaborated("module ok; endmodule\n").tops == ("ok",)


def test_a_constant_function_reads_no_file(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("41")
    text = (
        f'module t; reg [7:0] m[0:0]; function int f(); $readmemh("{tmp_path}/secret", m);'
        " return m[0]; endfunction localparam a = f(); wire [a:0] w; endmodule\n"
    )
    found = elaborated(text)
    assert found.errors
    assert "41" not in " ".join(d.message for d in found.diagnostics)


def test_four_megabytes_and_many_findings() -> None:
    found = elaborated(
        "module t;\n"
        + "".join(f"wire w{n};\n" for n in range(100_000))
        + "assign w0 = missing;\nendmodule\n"
    )
    assert [d.code for d in found.errors] == ["UndeclaredIdentifier"]
    flood = elaborated("module t; " + "x y;\n" * 5_000 + "endmodule\n")
    assert len(flood.diagnostics) <= 1000


@pytest.mark.parametrize("text", ["", "\n", "\ud800", "module", "`", '"', "\\", "/*", "endmodule"])
def test_odd_texts(text: str) -> None:
    assert isinstance(elaborated(text), Elaboration)


def test_threads_share_the_front_end() -> None:
    tops: dict[int, tuple[str, ...]] = {}

    def work(number: int) -> None:
        for _ in range(20):
            tops[number] = elaborated(f"module m{number}; endmodule\n").tops

    threads = [threading.Thread(target=work, args=(n,)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert tops == {n: (f"m{n}",) for n in range(4)}


@pytest.mark.parametrize("folder", ["lib", "etc", "proc/self", "inc"])
def test_a_folder_named_like_one_of_the_systems_is_the_designs_own(folder: str) -> None:
    top = f'`include "{folder}/x.svh"\nmodule m(output q); assign q = `ONE; endmodule\n'
    files = (
        SourceFile("m.sv", top, Language.SYSTEMVERILOG),
        SourceFile(f"{folder}/x.svh", "`define ONE 1'b1\n", Language.SYSTEMVERILOG),
    )
    assert elaborate(Design(files, "m")).diagnostics == ()
