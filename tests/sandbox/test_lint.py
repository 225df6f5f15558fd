"""All linters as one list: what several say of one place stands once, on one scale."""

from pathlib import Path

import pytest

from hdlsmith.design import Design, Diagnostic, Severity, SourceFile, SourceSpan, errors_in
from hdlsmith.errors import InputError, MissingToolError
from hdlsmith.languages import language_of
from hdlsmith.sandbox.cage import make_cage
from hdlsmith.sandbox.linters.findings import merge
from hdlsmith.sandbox.linters.lint import LINTERS, LintReport, find_linters, lint
from hdlsmith.sandbox.linters.meanings import MEANINGS, meaning_of
from hdlsmith.sandbox.linters.verilator import Verilator, find_verilator, lint_argv
from hdlsmith.sandbox.toolbox import extra_mounts, find_tool, require_tool
from hdlsmith.settings import SandboxSettings, Settings, ToolSettings

ERROR, WARNING, NOTE = Severity.ERROR, Severity.WARNING, Severity.NOTE
TRUNCATES = "module m(input [7:0] a, output [3:0] q);\n  assign q = a;\nendmodule\n"


def design(text: str, path: str = "a.sv") -> Design:
    return Design((SourceFile(path, text, language_of(path)),))


def linted(text: str, path: str = "a.sv") -> LintReport:
    return lint(design(text, path), find_linters(Settings(), make_cage(SandboxSettings())))


def finding(code: str, line: int, column: int = 0, message: str = "x") -> Diagnostic:
    tool, _, name = code.partition(":")
    return Diagnostic(WARNING, name, message, SourceSpan("a.sv", line, column), tool)


def test_pyslang_alone() -> None:
    report = lint(design("module m(output q);\n  assign q = w;\nendmodule\n"))
    assert [str(d) for d in report.diagnostics] == [
        "a.sv:2:14: error: use of undeclared identifier 'w' [slang:UndeclaredIdentifier]"
    ]
    assert report.tools == ("slang",)


def module(body: str) -> str:
    return f"module m(input clk, a, b, input [1:0] s, output logic q);\n  {body}\nendmodule\n"


LEAF = "module leaf(input [3:0] d, output [3:0] q);\n  assign q = d;\nendmodule\n"


@pytest.mark.tool("verilator")
@pytest.mark.tool("verible")
@pytest.mark.parametrize(
    ("meaning", "severity", "tools", "text"),
    [
        ("width-truncated", WARNING, "slang verilator", module("assign q = s;")),
        ("width-expanded", WARNING, "slang verilator", module("wire [7:0] w = s;")),
        ("width-truncated", WARNING, "slang verilator", module("leaf u(.d(4'd1), .q(q));") + LEAF),
        ("width-expanded", WARNING, "slang verilator", module("leaf u(.d(s));") + LEAF),
        ("port-unconnected", WARNING, "slang verilator", module("leaf u(.d(4'd1));") + LEAF),
        ("port-left-open", NOTE, "slang verilator", module("leaf u(.d(4'd1), .q());") + LEAF),
        ("unknown-port", ERROR, "slang verilator", module("leaf u(.x(a));") + LEAF),
        ("literal-too-large", WARNING, "slang verible verilator", module("assign q = 1'd2;")),
        ("out-of-range", WARNING, "slang verilator", module("assign q = s[5];")),
        ("range-reversed", WARNING, "slang verilator", module("assign q = ^s[0:1];")),
        ("implicit-net", WARNING, "slang verilator", module("assign x = a;")),
        ("latch", WARNING, "slang verilator", module("always_comb if (a) q = b;")),
        (
            "latch",
            WARNING,
            "slang verilator",
            module("always_comb\n  begin\n  if (a)\n  q = b; end"),
        ),
        ("latch", WARNING, "slang verilator", module("logic w;\n  always_comb if (a) w = b;")),
        (
            "case-incomplete",
            WARNING,
            "slang verible verilator",
            module("always_comb begin q = 0; case (s) 2'd0: q = a; 2'd1: q = b; endcase end"),
        ),
        (
            "case-overlap",
            WARNING,
            "slang verilator",
            module("always_comb case (s) 2'd0: q = a; 2'd0: q = b; default: q = 0; endcase"),
        ),
        (
            "blocking-in-sequential",
            WARNING,
            "verible verilator",
            module("always_ff @(posedge clk) q = a;"),
        ),
        (
            "nonblocking-in-combinational",
            WARNING,
            "verible verilator",
            module("always_comb q <= a;"),
        ),
        (
            "empty-body",
            WARNING,
            "slang verible",
            module("always_comb begin q = a; if (b); q = 0; end"),
        ),
        (
            "mixed-drivers",
            ERROR,
            "slang verilator",
            module("always_ff @(posedge clk) q <= a;\n  assign q = b;"),
        ),
        (
            "wire-assigned-in-process",
            ERROR,
            "slang verilator",
            module("wire w; always_comb w = a;"),
        ),
        ("constant-assigned", ERROR, "slang verilator", module("localparam P = 1; assign P = a;")),
        ("input-driven", ERROR, "slang verilator", module("assign a = b;")),
        ("undeclared", ERROR, "slang verilator", module("assign q = nowhere;")),
        ("undeclared", ERROR, "slang verilator", module("assign q = nowhere(a);")),
        ("unknown-module", ERROR, "slang verilator", module("nowhere u(.x(a));")),
        ("unknown-package", ERROR, "slang verilator", module("import nowhere::*;")),
        ("unknown-macro", ERROR, "slang verilator", module("assign q = `nowhere;")),
        ("missing-include", ERROR, "slang verilator", '`include "nowhere.svh"\n' + LEAF),
        ("redeclared", ERROR, "slang verilator", module("wire w; wire w;")),
        ("duplicate-module", WARNING, "slang verilator", LEAF + LEAF),
        ("end-label", ERROR, "slang verilator", LEAF.rstrip() + " : other\n"),
        ("endless-recursion", ERROR, "verilator", "module r(input a);\n  r u(.a(a));\nendmodule\n"),
        ("syntax", ERROR, "slang verible verilator", module("assign q = a\n  assign q = b;")),
        (
            "multiple-drivers",
            WARNING,
            "slang",
            module("always_ff @(posedge clk) q <= a;\n  initial q = 0;"),
        ),
        ("syntax", ERROR, "slang verible verilator", module("assign q = ;")),
        ("syntax", ERROR, "slang verible verilator", module("always_comb begin q = a;")),
    ],
)
def test_what_tools_say_alike_stands_once(
    meaning: str, severity: Severity, tools: str, text: str
) -> None:
    found = linted(text).diagnostics
    [said] = [d for d in found if (known := meaning_of(d)) and known.name == meaning]
    assert said.severity is severity
    assert " ".join(sorted(source.split(":")[0] for source in said.sources)) == tools
    assert said.span


@pytest.mark.tool("verilator")
@pytest.mark.tool("verible")
def test_the_line_names_everybody_who_saw_it() -> None:
    [found] = linted("module m(output [3:0] q);\n  assign q = 4'd20;\nendmodule\n").diagnostics
    assert str(found) == (
        "a.sv:2:17: warning: vector literal too large for the given number of bits"
        " (5 bits needed)"
        " [slang:VectorLiteralOverflow verilator:WIDTHTRUNC verible:truncated-numeric-literal]"
    )


@pytest.mark.tool("verilator")
@pytest.mark.tool("verible")
def test_a_file_that_can_not_be_parsed_is_told_of_once_and_the_others_are_linted() -> None:
    broken = SourceFile("b.sv", module("assign q = w\n  assign x = y;"), language_of("b.sv"))
    good = SourceFile("a.sv", TRUNCATES.replace("m(", "n("), language_of("a.sv"))
    linters = find_linters(Settings(), make_cage(SandboxSettings()))
    found = lint(Design((good, broken)), linters).diagnostics
    assert [d.span.path for d in found if d.span] == ["a.sv", "b.sv"]
    assert [d.code for d in found] == ["WidthTruncate", "ExpectedToken"]


@pytest.mark.tool("verilator")
@pytest.mark.tool("verible")
def test_what_follows_from_a_missing_macro_is_not_told() -> None:
    found = linted(module("`NOWHERE(a, b)\n  assign q = s;")).diagnostics
    assert [d.code for d in found if d.severity is ERROR] == ["UnknownDirective"]
    assert "WidthTruncate" in {d.code for d in found}


@pytest.mark.tool("verilator")
@pytest.mark.tool("verible")
def test_verible_alone_can_not_call_a_file_broken() -> None:
    text = "`define U leaf u\n" + module("wire [3:0] w; `U (.d({a,a,a,a}), .q(w)); assign q = ^w;")
    found = linted(text + LEAF).diagnostics
    assert errors_in(found) == ()


@pytest.mark.parametrize(
    ("one", "other", "merged"),
    [
        # place
        (finding("slang:WidthTruncate", 3, 14), finding("verilator:WIDTHTRUNC", 3, 12), True),
        (finding("slang:WidthTruncate", 3, 14), finding("verilator:WIDTHTRUNC", 4, 14), False),
        (finding("slang:WidthTruncate", 3, 10), finding("verilator:WIDTHTRUNC", 3, 60), False),
        (finding("slang:WidthTruncate", 3), finding("verilator:WIDTHTRUNC", 3, 60), True),
        # meaning
        (finding("slang:WidthTruncate", 3, 14), finding("verilator:WIDTHEXPAND", 3, 14), False),
        (finding("slang:Unheard", 3, 14), finding("verilator:UNHEARD", 3, 14), False),
        (finding("slang:WidthTruncate", 3, 14), finding("slang:PortWidthTruncate", 3, 14), False),
        # the signal, wherever tools place it
        (
            finding("slang:InferredLatch", 9, 5, "latch inferred for 'q'"),
            finding("verilator:LATCH", 4, 3, "Latch inferred for signal 'q'"),
            True,
        ),
        (
            finding("slang:InferredLatch", 9, 5, "latch inferred for 'q'"),
            finding("verilator:LATCH", 9, 5, "Latch inferred for signal 'p'"),
            False,
        ),
        (
            finding("slang:InferredLatch", 19, 5, "latch inferred for 'q'"),
            finding("verilator:LATCH", 4, 3, "Latch inferred for signal 'q'"),
            False,  # of another module
        ),
    ],
)
def test_one_finding_or_two(one: Diagnostic, other: Diagnostic, merged: bool) -> None:
    texts = {"a.sv": "\n" * 10 + "endmodule\n" + "\n" * 20}
    batches = [[one, other]] if one.tool == other.tool else [[one], [other]]
    assert len(merge(batches, texts)) == (1 if merged else 2)


def test_the_nearest_is_taken() -> None:
    slang = [finding("slang:WidthTruncate", 3, 10), finding("slang:WidthTruncate", 3, 20)]
    verilator = [finding("verilator:WIDTHTRUNC", 3, 18), finding("verilator:WIDTHTRUNC", 3, 8)]
    assert [d.also for d in merge([slang, verilator], {})] == [("verilator:WIDTHTRUNC",)] * 2


def test_the_table_of_meanings_is_sound() -> None:
    assert len({meaning.name for meaning in MEANINGS}) == len(MEANINGS)
    codes = [code for meaning in MEANINGS for code in meaning.codes]
    assert len(codes) == len(set(codes))
    assert {code.split(":")[0] for code in codes} <= {linter.name for linter in LINTERS}


def test_no_code_of_pyslang_is_misspelt() -> None:
    from pyslang import Diags

    codes = [code for meaning in MEANINGS for code in meaning.codes]
    slang = [code.removeprefix("slang:") for code in codes if code.startswith("slang:")]
    assert [code for code in slang if not hasattr(Diags, code)] == []


@pytest.mark.tool("verilator")
def test_no_code_of_verilator_is_misspelt() -> None:
    found = find_verilator(ToolSettings())
    assert found
    if not found[1]:
        pytest.skip("only the wheel's program holds the names of its codes")
    words = found[0].read_bytes()
    codes = [code for meaning in MEANINGS for code in meaning.codes]
    for code in codes:
        name = code.removeprefix("verilator:").partition("~")[0]
        if code.startswith("verilator:") and name != "error":
            assert name.encode() in words, name


def test_sorted_by_place() -> None:
    text = "module m;\n  assign b = 1;\n  assign a = 1;\nendmodule\n"
    lines = [d.span.line for d in lint(design(text)).diagnostics if d.span]
    assert lines == sorted(lines)


@pytest.mark.tool("ghdl")
def test_vhdl_is_linted_by_ghdl() -> None:
    good = "entity e is port(q : out bit); end;\narchitecture a of e is\n  signal s : bit;\n"
    report = linted(f"{good}begin\n  q <= '1';\nend;\n", "e.vhd")
    assert report.tools == ("ghdl",)
    assert [str(d) for d in report.diagnostics] == [
        'e.vhd:3:10: warning: signal "s" is never referenced [ghdl:unused]'
    ]
    broken = linted(f"{good}begin\n  q <= ;\nend;\n", "e.vhd")
    assert errors_in(broken.diagnostics)


@pytest.mark.parametrize("path", ["a.vhd", "a.cpp", "a.hex", "a.svh"])
def test_nothing_to_lint(path: str) -> None:
    with pytest.raises(InputError, match="nothing to lint"):
        lint(design("x", path))


def test_files_that_are_not_linted_are_named() -> None:
    vhdl = SourceFile("b.vhd", "entity b is end;", language_of("b.vhd"))
    [found] = lint(Design((*design(LEAF).files, vhdl))).diagnostics
    assert str(found).startswith("b.vhd:1: note: not linted")


@pytest.mark.tool("verilator")
@pytest.mark.parametrize("path", ["+x.sv", "-x.sv", "+rtl/x.sv"])
def test_a_file_name_is_no_option(path: str) -> None:
    assert {d.span.path if d.span else None for d in linted(TRUNCATES, path).diagnostics} == {path}


PRAGMA = "/* verilator lint_off WIDTHTRUNC */ "


@pytest.mark.tool("verilator")
@pytest.mark.parametrize("pragma", [PRAGMA, PRAGMA.upper(), "// verilator\tlint_off WIDTH\n"])
def test_a_generated_design_can_not_silence_verilator(pragma: str) -> None:
    cage = make_cage(SandboxSettings())
    wary, trusting = (
        Verilator.find(Settings(), cage),
        Verilator.find(Settings(), cage, pragmas=True),
    )
    assert wary
    assert trusting
    assert "WIDTHTRUNC" in {d.code for d in wary.lint(design(pragma + TRUNCATES))}
    if pragma == PRAGMA:
        assert "WIDTHTRUNC" not in {d.code for d in trusting.lint(design(pragma + TRUNCATES))}


def test_verilator_argv() -> None:
    files = (
        SourceFile("a.sv", "", language_of("a.sv")),
        SourceFile("i/b.svh", "", language_of("b.svh")),
    )
    argv = lint_argv(Design(files, "m", (("W", "3"),)))
    assert argv[-5:] == ["--top-module", "m", "-Ii", "-GW=3", "a.sv"]


def test_a_tool_setting_that_points_nowhere_finds_nothing(tmp_path: Path) -> None:
    missing = ToolSettings(verilator=tmp_path / "none", vvp=tmp_path / "none")
    assert find_verilator(missing) is None
    assert find_tool("vvp", missing) is None
    with pytest.raises(MissingToolError, match=r"tools\.vvp") as caught:
        require_tool("vvp", Settings(tools=missing))
    assert "apt-get install iverilog" in caught.value.remedy
    assert caught.value.exit_code == 3


def test_an_override_and_its_mount(tmp_path: Path) -> None:
    program = tmp_path / "bin" / "vvp"
    program.parent.mkdir()
    program.touch()
    assert find_tool("vvp", ToolSettings(vvp=program)) == program
    assert extra_mounts(program) == (tmp_path.resolve(),)
