"""What the real tools say about broken designs, as one type."""

import pytest

from hdlsmith.design import Design, Diagnostic, Severity, SourceFile
from hdlsmith.languages import Language
from hdlsmith.sandbox.cage import make_cage
from hdlsmith.sandbox.diagnostics import parse_icarus, parse_verilator
from hdlsmith.sandbox.linters.verilator import Verilator
from hdlsmith.sandbox.simulation.icarus import Icarus, compile_design
from hdlsmith.settings import SandboxSettings, Settings

ERROR, WARNING = Severity.ERROR, Severity.WARNING


def design(text: str, *more: SourceFile) -> Design:
    return Design((SourceFile("rtl/a.sv", text, Language.SYSTEMVERILOG), *more), "m")


def icarus(text: str) -> list[Diagnostic]:
    tool = Icarus.find(Settings(), make_cage(SandboxSettings()))
    return list(parse_icarus(compile_design(tool, design(text))[0].output))


def verilator(text: str, *more: SourceFile) -> list[Diagnostic]:
    tool = Verilator.find(Settings(), make_cage(SandboxSettings()))
    assert tool is not None
    return list(tool.lint(design(text, *more)))


@pytest.mark.tool("iverilog")
@pytest.mark.parametrize(
    ("text", "line", "severity", "code"),
    [
        ("module m;\n  wire w\nendmodule\n", 3, ERROR, "syntax"),
        ("module m;\n  sub u();\nendmodule\n", 2, ERROR, "unknown-module"),
        ("module m(output q);\n  assign q = c;\nendmodule\n", 2, ERROR, "undeclared"),
        ("module m(output q);\n  always @* q = 1;\nendmodule\n", 2, ERROR, "lvalue"),
        ("module m;\n  reg r;\n  wire r;\nendmodule\n", 3, ERROR, "redeclared"),
        (
            "module s(input a); endmodule\nmodule m;\n  s u(.b(1'b0));\nendmodule\n",
            3,
            ERROR,
            "unknown-port",
        ),
        (
            "module m(output reg q);\n  always_comb q = 1;\nendmodule\n",
            2,
            WARNING,
            "no-sensitivity",
        ),
        (
            "module m;\n  typedef enum {A, B} t; t x;\n  initial x = 1;\nendmodule\n",
            3,
            ERROR,
            "explicit-cast",
        ),
    ],
)
def test_icarus(text: str, line: int, severity: Severity, code: str) -> None:
    found = icarus(text)
    assert found
    match = [d for d in found if d.span and d.span.line == line]
    assert (match[0].severity, match[0].code) == (severity, code), found
    assert all(d.span and d.span.path == "rtl/a.sv" for d in found)
    assert all(d.message and not d.message.startswith(":") for d in found)


@pytest.mark.tool("iverilog")
def test_icarus_clean() -> None:
    assert icarus("module m(input a, output q);\n  assign q = a;\nendmodule\n") == []


@pytest.mark.tool("verilator")
@pytest.mark.parametrize(
    ("text", "line", "severity", "code"),
    [
        ("module m(input a,\n output [3:0] q);\n  assign q = a;\nendmodule\n", 3, WARNING, "WIDTH"),
        ("module m(input a);\nendmodule\n", 1, WARNING, "UNUSED"),
        ("module m(output q);\n  assign q = c;\nendmodule\n", 2, ERROR, "error"),
        (
            "module m(input a, output reg q);\n  always @* if (a) q = 1;\nendmodule\n",
            2,
            WARNING,
            "LATCH",
        ),
    ],
)
def test_verilator(text: str, line: int, severity: Severity, code: str) -> None:
    found = verilator(text)
    match = [d for d in found if d.span and d.span.line == line]
    assert any(d.severity is severity and d.code.startswith(code) for d in match), found
    assert all(d.span and d.span.path == "rtl/a.sv" and d.span.column for d in match)


@pytest.mark.tool("verilator")
def test_verilator_finds_headers_and_says_nothing_about_clean_code() -> None:
    header = SourceFile("inc/defs.svh", "`define W 4\n", Language.SYSTEMVERILOG)
    text = (
        '`include "defs.svh"\nmodule m(input [`W-1:0] a, output q);\n  assign q = ^a;\nendmodule\n'
    )
    assert verilator(text, header) == []


@pytest.mark.tool("verilator")
def test_verilator_that_ran_out_of_time_is_a_finding() -> None:
    cage = make_cage(SandboxSettings(cpu_s=1))
    tool = Verilator.find(Settings(), cage)
    assert tool is not None
    many = "".join(f"  wire [31:0] w{n} = (a * {n}) ^ (a >> {n % 32});\n" for n in range(60_000))
    found = tool.lint(design(f"module m(input [31:0] a);\n{many}endmodule\n"))
    assert [d.code for d in found] == ["gave-up"]
    assert "(cpu)" in found[0].message


def test_continuation_lines_join_the_finding_they_follow() -> None:
    [found] = parse_icarus(
        "a.v:3: error: port ``b'' is not a port of u.\na.v:3:      : it has no ports at all\n"
    )
    assert found.message == "port ``b'' is not a port of u; it has no ports at all"


def test_verilator_summary_and_source_lines_are_no_findings() -> None:
    log = (
        "%Error: a.v:3:14: Can't find definition of variable: 'c'\n"
        "    3 |   assign q = c;\n      |              ^\n"
        "                : ... Suggested alternative: 'q'\n"
        "%Error: Exiting due to 1 error(s)\n"
    )
    [found] = parse_verilator(log)
    assert str(found.span) == "a.v:3:14"
    assert found.message.endswith("Suggested alternative: 'q'")
