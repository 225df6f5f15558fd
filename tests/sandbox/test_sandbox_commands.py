"""`hdlsmith lint` and `hdlsmith simulate`, as a user calls them."""

import json
import resource
from pathlib import Path

import pytest

from tests.sandbox.command import hdlsmith

COUNTER = """module counter(input clk, output reg [3:0] q);
  always @(posedge clk) q <= q + 4'd1;
endmodule
"""
BENCH = 'module tb; initial begin $display("4 checks passed"); $finish; end endmodule\n'


@pytest.fixture
def counter(tmp_path: Path) -> Path:
    path = tmp_path / "counter.sv"
    path.write_text(COUNTER)
    return path


def test_lint_clean(counter: Path) -> None:
    done = hdlsmith("lint", counter)
    assert done.returncode == 0
    assert "0 errors" in done.stdout + done.stderr


def test_lint_errors_have_a_place_and_exit_1(tmp_path: Path) -> None:
    (tmp_path / "bad.sv").write_text("module m;\n  assign w = missing;\nendmodule\n")
    done = hdlsmith("lint", tmp_path / "bad.sv")
    assert done.returncode == 1
    assert "bad.sv:2:14: error: " in done.stdout
    assert "1 error, " in done.stderr
    assert "in 1 file (slang" in done.stderr


def test_lint_json(tmp_path: Path) -> None:
    (tmp_path / "bad.sv").write_text("module m;\n  assign w = missing;\nendmodule\n")
    done = hdlsmith("lint", "--json", tmp_path / "bad.sv")
    report = json.loads(done.stdout)
    assert set(report) == {"files", "tools", "cage", "counts", "diagnostics", "waived"}
    assert report["files"] == ["bad.sv"]
    assert report["counts"]["error"] >= 1
    assert {"severity", "code", "message", "tool", "also", "path", "line", "column"} == set(
        report["diagnostics"][0]
    )
    assert report["diagnostics"][0]["line"] == 2
    assert report["tools"][0] == "slang"


def test_lint_with_a_header_in_another_folder(tmp_path: Path) -> None:
    (tmp_path / "rtl").mkdir()
    (tmp_path / "inc").mkdir()
    (tmp_path / "rtl/m.sv").write_text(
        '`include "defs.svh"\nmodule m(input [`W-1:0] a, output q);\n  assign q = ^a;\nendmodule\n'
    )
    (tmp_path / "inc/defs.svh").write_text("`define W 4\n")
    done = hdlsmith("lint", tmp_path / "rtl/m.sv", tmp_path / "inc/defs.svh", "--top", "m")
    assert done.returncode == 0, done.stdout


def test_lint_without_verilator_says_so(counter: Path, tmp_path: Path) -> None:
    done = hdlsmith("lint", counter, HDLSMITH_TOOLS__VERILATOR=str(tmp_path / "none"))
    assert done.returncode == 0
    assert "verilator is needed for linting" in done.stderr
    assert "linted without it" in done.stderr
    assert "hdlsmith[tools]" in done.stderr


@pytest.mark.tool("verilator")
@pytest.mark.tool("verible")
def test_lint_waives_and_says_so(tmp_path: Path) -> None:
    path = tmp_path / "m.sv"
    path.write_text(
        "module m(input [7:0] a, output [3:0] q);\n"
        "  assign q = a;  // hdlsmith waive width-truncated: the rest is parity\n"
        "endmodule\n"
    )
    (tmp_path / "hdlsmith.toml").write_text(
        '[[lint.waive]]\ncode = "UNUSEDSIGNAL"\nmessage = "*\'a\'?7:4?*"\nreason = "parity"\n'
        '[[lint.waive]]\ncode = "LATCH"\nreason = "long gone"\n'
    )
    done = hdlsmith("lint", path, "--show-waived", cwd=tmp_path)
    assert done.returncode == 0
    assert done.stdout.splitlines() == [
        "note: lint.waive: nothing to waive (code LATCH); its reason was: long gone"
        " [hdlsmith:unused-waiver]",
        "m.sv:1:22: warning: Bits of signal are not used: 'a'[7:4]; note: In instance 'm'"
        " [verilator:UNUSEDSIGNAL] waived: parity",
        "m.sv:2:14: warning: implicit conversion truncates from 8 to 4 bits"
        " [slang:WidthTruncate verilator:WIDTHTRUNC] waived: the rest is parity",
    ]
    assert "0 errors, 0 warnings, 1 note, 2 waived in 1 file" in done.stderr
    report = json.loads(hdlsmith("lint", path, "--json", cwd=tmp_path).stdout)
    assert [w["reason"] for w in report["waived"]] == ["parity", "the rest is parity"]
    assert "waived: " not in hdlsmith("lint", path, cwd=tmp_path).stdout


def test_lint_of_a_folder_takes_what_the_top_needs(tmp_path: Path) -> None:
    (tmp_path / "rtl/.git").mkdir(parents=True)
    (tmp_path / "rtl/a.sv").write_text("module a(input x);\n  b u(.x);\nendmodule\n")
    (tmp_path / "rtl/b.sv").write_text("module b(input x);\nendmodule\n")
    (tmp_path / "rtl/other.sv").write_text("module other(;\n")
    (tmp_path / "rtl/.git/c.sv").write_text("module c(;\n")
    files = json.loads(hdlsmith("lint", tmp_path / "rtl", "--top", "a", "--json").stdout)["files"]
    assert files == ["a.sv", "b.sv"]
    everything = hdlsmith("lint", tmp_path / "rtl")
    assert everything.returncode == 1
    assert "other.sv:1:" in everything.stdout


@pytest.mark.parametrize("command", ["lint", "simulate"])
def test_a_top_that_is_not_there(counter: Path, command: str) -> None:
    done = hdlsmith(command, counter, "--top", "nosuch")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == "error: no module 'nosuch' in these files\n  try: one of: counter\n"


def test_a_design_that_kills_the_front_end(tmp_path: Path) -> None:
    (tmp_path / "deep.sv").write_text("module t; wire a = " + "1+" * 200_000 + "1; endmodule\n")
    done = hdlsmith("lint", tmp_path / "deep.sv")
    assert done.returncode == 1
    assert "the front end gave up" in done.stdout


@pytest.mark.tool("iverilog")
@pytest.mark.parametrize(
    ("text", "code", "outcome"),
    [
        (BENCH, 0, "pass"),
        (BENCH.replace("4 checks passed", "FAIL"), 1, "mismatch"),
        (BENCH.replace("4 checks passed", "bye"), 4, "no_evidence"),
        (BENCH.replace("$finish", "missing"), 1, "compile_error"),
        ("module tb; initial while (1) ; endmodule\n", 1, "timeout"),
    ],
)
def test_simulate(text: str, code: int, outcome: str, tmp_path: Path) -> None:
    (tmp_path / "tb.sv").write_text(text)
    done = hdlsmith(
        "simulate", tmp_path / "tb.sv", "--top", "tb", "--json", HDLSMITH_SANDBOX__CPU_S="1"
    )
    report = json.loads(done.stdout)
    assert (done.returncode, report["outcome"]) == (code, outcome)
    assert report["simulator"].startswith("Icarus Verilog")
    assert report["evidence"]
    assert {"tool", "argv", "exit_code", "stopped_by", "wall_s", "cage", "output"} == set(
        report["runs"][0]
    )


@pytest.mark.tool("iverilog")
def test_simulate_for_humans_shows_log_verdict_and_cage(tmp_path: Path) -> None:
    (tmp_path / "tb.sv").write_text(BENCH)
    done = hdlsmith("simulate", tmp_path / "tb.sv", "--top", "tb")
    assert done.stdout.splitlines()[0] == "4 checks passed"
    assert "PASS, 4 checks: 4 checks passed (Icarus Verilog" in done.stdout
    assert "cage: " in done.stdout


@pytest.mark.tool("iverilog")
def test_simulate_unknown_top(counter: Path) -> None:
    done = hdlsmith("simulate", counter, "--top", "tb")
    assert done.returncode == 2
    assert "no module 'tb'" in done.stderr
    assert "one of: counter" in done.stderr


@pytest.mark.tool("iverilog")
@pytest.mark.parametrize(
    ("name", "title"), [("a.vhd", "VHDL"), ("a.cpp", "HLS C++"), ("a.scala", "Chisel")]
)
def test_simulate_refuses_another_language(name: str, title: str, tmp_path: Path) -> None:
    (tmp_path / "tb.sv").write_text(BENCH)
    (tmp_path / name).write_text("entity a is end;\n")
    done = hdlsmith("simulate", tmp_path / "tb.sv", tmp_path / name, "--top", "tb")
    assert done.returncode == 2
    assert f"error: {name} is {title}, which Icarus Verilog can't simulate" in done.stderr
    assert done.stdout == ""


@pytest.mark.tool("iverilog")
def test_a_sandbox_too_small_for_the_tools_is_no_fault_of_the_design(tmp_path: Path) -> None:
    (tmp_path / "tb.sv").write_text(BENCH)
    done = hdlsmith(
        "simulate", tmp_path / "tb.sv", "--top", "tb", "--json", HDLSMITH_SANDBOX__MEMORY_MB="1"
    )
    assert done.returncode == 3
    assert done.stdout == ""
    assert "iverilog fails on a trivial module" in done.stderr
    assert "error while loading shared libraries" in done.stderr
    assert "raise the limits" in done.stderr


def test_simulate_without_a_simulator(tmp_path: Path) -> None:
    (tmp_path / "tb.sv").write_text(BENCH)
    (tmp_path / "hdlsmith.toml").write_text(f'[tools]\niverilog = "{tmp_path}/none"\n')
    done = hdlsmith("simulate", "tb.sv", "--top", "tb", cwd=tmp_path)
    assert done.returncode == 3
    assert "iverilog is needed for compiling Verilog" in done.stderr
    assert "try: apt-get install iverilog" in done.stderr


def _unusable(tmp_path: Path) -> dict[str, tuple[list[Path], str]]:
    def made(name: str, data: bytes) -> list[Path]:
        (tmp_path / name).write_bytes(data)
        return [tmp_path / name]

    (tmp_path / "empty").mkdir()
    return {
        "missing": ([tmp_path / "none.sv"], "cannot read"),
        "folder": ([tmp_path / "empty"], "no HDL file below"),
        "latin-1": (made("l.sv", "// é\n".encode("latin-1")), "not UTF-8"),
        "utf-16": (made("u.sv", "// x\n".encode("utf-16")), "UTF-16"),
        "nul": (made("n.sv", b"a\0b"), "NUL"),
        "large": (made("big.sv", b" " * (4 * 1024 * 1024 + 1)), "too large"),
        "twice": (made("t.sv", b"") * 2, "named twice"),
        "not hdl": (made("t.txt", b"hello"), "nothing to"),
    }


@pytest.mark.parametrize(
    ("command", "case"),
    [
        *(
            ("lint", case)
            for case in (
                "missing",
                "folder",
                "latin-1",
                "utf-16",
                "nul",
                "large",
                "twice",
                "not hdl",
            )
        ),
        ("simulate", "missing"),
        ("simulate", "not hdl"),
    ],
)
def test_unusable_input_is_one_line_and_exit_2(command: str, case: str, tmp_path: Path) -> None:
    files, words = _unusable(tmp_path)[case]
    top = ["--top", "tb"] if command == "simulate" else []
    done = hdlsmith(command, *files, *top)
    assert done.returncode == 2, done.stderr
    assert words in done.stderr
    assert done.stderr.startswith("error: ")
    assert done.stdout == ""


def test_wrong_settings_are_named(counter: Path) -> None:
    done = hdlsmith("lint", counter, HDLSMITH_SANDBOX__CPUS="3")
    assert done.returncode == 2
    assert "did you mean 'sandbox.cpu_s' (HDLSMITH_SANDBOX__CPU_S)?" in done.stderr


@pytest.mark.parametrize("command", ["lint", "simulate"])
def test_help_has_an_example_and_exit_codes(command: str) -> None:
    done = hdlsmith(command, "--help")
    assert done.returncode == 0
    assert f"hdlsmith {command} " in done.stdout
    assert "Exit code" in done.stdout
    assert "--json" in done.stdout


@pytest.mark.parametrize("arguments", [["--help"], ["lint", "--help"], ["--version"]])
def test_starts_fast(arguments: list[str]) -> None:
    def seconds() -> float:  # of CPU, which is no more on a busy machine
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        assert hdlsmith(*arguments).returncode == 0
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime

    assert min(seconds() for _ in range(3)) < 0.4


def test_usage_errors() -> None:
    assert hdlsmith("lint").returncode == 2
    assert hdlsmith("simulate", "x.sv").returncode == 2
    assert hdlsmith("lint", "--nope", "x.sv").returncode == 2
