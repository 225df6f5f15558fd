"""All linters as one list, one finding a line where both agree."""

from pathlib import Path

import pytest

from hdlsmith.design import Design, Severity, SourceFile
from hdlsmith.errors import InputError, MissingToolError
from hdlsmith.languages import language_of
from hdlsmith.sandbox.cage import make_cage
from hdlsmith.sandbox.lint import lint
from hdlsmith.sandbox.toolbox import TOOLS, extra_mounts, find_tool, require_tool
from hdlsmith.sandbox.verilator import Verilator, find_verilator, lint_argv
from hdlsmith.settings import SandboxSettings, Settings, ToolSettings

TRUNCATES = "module m(input [7:0] a, output [3:0] q);\n  assign q = a;\nendmodule\n"


def design(text: str, path: str = "a.sv") -> Design:
    return Design((SourceFile(path, text, language_of(path)),))


def verilator() -> Verilator:
    found = Verilator.find(Settings(), make_cage(SandboxSettings()))
    assert found is not None
    return found


def test_pyslang_alone() -> None:
    report = lint(design("module m(output q);\n  assign q = w;\nendmodule\n"), None)
    assert {d.tool for d in report.diagnostics} == {"slang"}
    assert any(d.severity is Severity.ERROR for d in report.diagnostics)
    assert report.tools == ("slang",)


@pytest.mark.tool("verilator")
def test_where_both_agree_one_speaks() -> None:
    report = lint(design(TRUNCATES), verilator())
    found = [d for d in report.diagnostics if d.span and d.span.line == 2]
    assert len({d.tool for d in found if d.severity is Severity.WARNING}) == 1
    assert report.tools == ("slang", "verilator")


@pytest.mark.tool("verilator")
def test_verilator_adds_what_pyslang_does_not_see() -> None:
    latch = "module m(input a, output reg q);\n  always @* if (a) q = 1;\nendmodule\n"
    assert "verilator" in {d.tool for d in lint(design(latch), verilator()).diagnostics}


@pytest.mark.tool("verilator")
def test_no_echo_of_an_error() -> None:
    broken = design("module m(output q);\n  assign q = c;\nendmodule\n")
    report = lint(broken, verilator())
    assert {d.tool for d in report.diagnostics} == {"slang"}
    assert report.tools == ("slang",)  # Verilator was there, and did not run


@pytest.mark.tool("verilator")
@pytest.mark.parametrize("path", ["+x.sv", "-x.sv", "+rtl/x.sv"])
def test_a_file_name_is_no_option(path: str) -> None:
    found = verilator().lint(design(TRUNCATES, path))
    assert {d.span.path if d.span else None for d in found} == {path}
    assert "WIDTHTRUNC" in {d.code for d in found}


def test_sorted_by_place() -> None:
    text = "module m;\n  assign b = 1;\n  assign a = 1;\nendmodule\n"
    lines = [d.span.line for d in lint(design(text), None).diagnostics if d.span]
    assert lines == sorted(lines)


@pytest.mark.parametrize("path", ["a.vhd", "a.cpp", "a.hex"])
def test_nothing_to_lint(path: str) -> None:
    with pytest.raises(InputError, match="nothing to lint"):
        lint(design("x", path), None)


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
    assert set(TOOLS) == set(ToolSettings.model_fields)
