"""SystemVerilog testbenches on the real Verilator: outcomes, what is kept, and what hostile code
gets to see."""

from collections.abc import Iterator
from pathlib import Path
from shlex import split
from tempfile import TemporaryDirectory

import pytest

from hdlsmith.design import Design, SourceFile, SourceSpan
from hdlsmith.errors import InputError, SandboxError
from hdlsmith.languages import Language
from hdlsmith.sandbox.cage import make_cage
from hdlsmith.sandbox.results import Outcome, SimResult, Stopped
from hdlsmith.sandbox.simulation.verilator_build import ModelSpec, verilate_argv
from hdlsmith.sandbox.simulation.verilator_sim import VerilatorSimulator
from hdlsmith.settings import SandboxSettings, Settings, ToolSettings

pytestmark = [pytest.mark.tool("verilator"), pytest.mark.tool("g++")]

ADDER = "module add(input [3:0] a, b, output [4:0] s);\n  assign s = a + b;\nendmodule\n"
BENCH = """module tb #(parameter LAST = 255);
  reg [3:0] a, b; wire [4:0] s; integer bad, i;
  add dut(a, b, s);
  initial begin
    bad = 0;
    for (i = 0; i <= LAST; i = i + 1) begin
      {a, b} = i[7:0]; #1;
      if (s !== {1'b0, a} + {1'b0, b}) begin bad = bad + 1; $error("%d + %d", a, b); end
    end
    if (bad != 0) $display("%0d of 256 checks failed", bad);
    else $display("%0d checks passed", LAST + 1);
    $finish;
  end
endmodule
"""


def judged(
    *texts: str, name: str = "f{}.sv", cpu_s: int = 10, cage: str = "auto", **parameters: str
) -> SimResult:
    files = tuple(
        SourceFile(name.format(at), text, Language.SYSTEMVERILOG) for at, text in enumerate(texts)
    )
    settings = SandboxSettings(cpu_s=cpu_s, cage=cage)  # type: ignore[arg-type]
    simulator = VerilatorSimulator.find(Settings(), make_cage(settings))
    return simulator.simulate(Design(files, "tb", tuple(parameters.items())))


def bench(body: str) -> str:
    return f"module tb; {body} endmodule\n"


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder that every user may read; pytest's own is closed to all but ours."""
    with TemporaryDirectory() as name:
        Path(name).chmod(0o755)
        yield Path(name)


def test_pass() -> None:
    result = judged(BENCH, ADDER)
    assert (result.outcome, result.checks, result.failures) == (Outcome.PASS, 256, 0)
    assert result.evidence == "256 checks passed"
    assert [run.tool for run in result.runs] == ["verilator", "model"]


def test_mismatch_counts_every_failure() -> None:
    result = judged(BENCH, ADDER.replace("a + b", "a ^ b"))
    assert result.outcome is Outcome.MISMATCH
    assert 1 < result.failures < result.checks == 256


@pytest.mark.parametrize(
    ("body", "outcome"),
    [
        ('initial begin $display("PASS"); $finish; end', Outcome.PASS),
        ('initial begin $display("PASS"); $stop; end always #1 ;', Outcome.PASS),
        ('initial begin $warning("late"); $info("x"); $display("PASS"); end', Outcome.PASS),
        ('initial begin $error("q is wrong"); $display("PASS"); end', Outcome.MISMATCH),
        ('initial begin $display("PASS"); $fatal(1, "q is wrong"); end', Outcome.MISMATCH),
        ('int n = 0; initial begin assert (n == 1); $display("PASS"); end', Outcome.MISMATCH),
        ('initial begin #5 $display("FAIL at 3"); $finish; end', Outcome.MISMATCH),
        ("initial $finish;", Outcome.NO_EVIDENCE),
        ("", Outcome.NO_EVIDENCE),
    ],
)
def test_the_ways_to_end(body: str, outcome: Outcome) -> None:
    assert judged(bench(body)).outcome is outcome


def test_errors_go_on_and_stop_ends() -> None:
    body = 'initial begin $error("a"); $display("b"); $stop; $display("c"); end'
    log = judged(bench(body), name="deep/down/f{}.sv").log
    assert "b" in log.splitlines()
    assert "c" not in log.splitlines()


def test_words_after_the_end_are_not_said() -> None:
    late = bench('initial begin #1 $finish; $display("PASS"); end always @(*) ; ')
    assert judged(late).outcome is Outcome.NO_EVIDENCE
    last = bench('initial begin #1 $finish; end final $display("PASS");')
    assert judged(last).outcome is Outcome.PASS


def test_a_file_name_is_no_verdict() -> None:
    quiet = bench('initial begin $info("hello"); $finish; end')
    assert judged(quiet, name="pass{}.sv").outcome is Outcome.NO_EVIDENCE
    loud = bench('initial begin $warning("hello"); $display("PASS"); end')
    assert judged(loud, name="error_{}.sv").outcome is Outcome.PASS


def test_compile_errors_have_places() -> None:
    result = judged(BENCH, ADDER.replace("a + b", "c"))
    assert result.outcome is Outcome.COMPILE_ERROR
    assert result.diagnostics[0].span == SourceSpan("f1.sv", 2, 14)
    assert "Can't find definition of variable: 'c'" in result.evidence


def test_loops_without_time_are_timeouts() -> None:
    result = judged(bench("reg a = 0; always @(a) a <= ~a; initial a = 1;"))
    assert result.outcome is Outcome.TIMEOUT
    assert "did not converge" in result.evidence
    burning = judged(bench('initial begin $display("PASS"); while (1) ; end'), cpu_s=1)
    assert (burning.outcome, burning.runs[-1].stopped_by) == (Outcome.TIMEOUT, Stopped.CPU)
    assert judged(bench("always #1 ;"), cpu_s=1).outcome is Outcome.TIMEOUT


def test_a_flood_is_a_crash() -> None:
    result = judged(bench('initial forever $display("PASS PASS PASS PASS PASS PASS PASS");'))
    assert result.outcome is Outcome.CRASH
    assert "output" in result.evidence


def test_parameters_headers_and_data_files() -> None:
    files = (
        SourceFile(
            "tb/tb.v",
            '`include "defs.vh"\nmodule tb #(parameter W = 1); reg [7:0] m[0:1]; initial begin'
            ' $readmemh("data/image.hex", m);'
            ' if (m[1] == `WANT) $display("%0d checks passed", W); end endmodule\n',
            Language.VERILOG,
        ),
        SourceFile("inc/defs.vh", "`define WANT 8'h2a\n", Language.VERILOG),
        SourceFile("data/image.hex", "00\n2a\n", None),
    )
    simulator = VerilatorSimulator.find(Settings(), make_cage(SandboxSettings()))
    assert simulator.simulate(Design(files, "tb", (("W", "7"),))).checks == 7


def test_an_unchanged_design_is_not_built_again_and_a_changed_one_is(tmp_path: Path) -> None:
    fresh = f"// {tmp_path}\n"  # in no cache yet
    built, again = judged(BENCH, fresh + ADDER), judged(BENCH, fresh + ADDER)
    assert built.runs[0].wall_s > 0
    assert again.runs[0].wall_s == 0
    assert (again.outcome, again.diagnostics) == (built.outcome, built.diagnostics)
    assert judged(BENCH, fresh + ADDER.replace("+", "-")).outcome is Outcome.MISMATCH
    assert judged(BENCH, fresh + ADDER, LAST="15").checks == 16


def test_nothing_is_kept_where_an_include_may_reach_anything(open_folder: Path) -> None:
    outside = open_folder / "outside.vh"
    text = (
        f'`include "{outside}"\nmodule tb; initial $display("%0d checks passed", `N); endmodule\n'
    )
    for count in (3, 4):
        outside.write_text(f"`define N {count}\n")
        assert judged(text, cage="limits").checks == count


@pytest.mark.tool("bwrap")
def test_foreign_code_in_a_model_sees_neither_files_nor_the_cache(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("open sesame\n")
    body = (
        "integer f; string line; initial begin"
        f' f = $fopen("{secret}", "r"); if (f != 0) $display("FAIL: opened");'
        f' f = $fopen("{secret}", "w"); if (f != 0) $display("FAIL: written");'
        f' void\'($system("cat {secret} /etc/passwd; cat /proc/self/mounts; env"));'
        ' $c("fflush(stdout); system(\\"ls -a /run/hdlsmith\\");"); $display("PASS"); end'
    )
    result = judged(bench(body))
    assert result.outcome is Outcome.PASS
    for word in ("sesame", "root:x:", "cache/verilator", "HDLSMITH", "site-packages"):
        assert word not in result.log
    assert secret.read_text() == "open sesame\n"


@pytest.mark.tool("bwrap")
def test_foreign_text_in_a_build_cannot_include_files_of_the_user(tmp_path: Path) -> None:
    secret = tmp_path / "secret.h"
    secret.write_text('const char* secret = "open sesame";\n')
    result = judged(bench(f'\n`systemc_header\n#include "{secret}"\n`verilog\n'))
    assert result.outcome is Outcome.COMPILE_ERROR
    assert "No such file" in result.evidence
    assert "sesame" not in result.log


def test_the_argv_is_a_pure_function() -> None:
    files = (
        SourceFile("-x.v", "", Language.VERILOG),
        SourceFile("inc/a.vh", "", Language.VERILOG),
    )
    design = Design(files, "tb", (("W", "7"),))
    common = (
        "--cc --timing --assert -Wno-fatal --quiet --converge-limit 10000 --no-stop-fail"
        " --timescale 1s/1s --prefix Vtop --Mdir hdlsmith_translated --top-module tb"
    )
    assert verilate_argv(ModelSpec(design)) == split(f"{common} -I./inc -GW=7 ./-x.v")
    spec = ModelSpec(design, waves=".vcd", vpi=True, coverage=True)
    assert verilate_argv(spec) == split(
        f"{common} --vpi --public-flat-rw --coverage-line --coverage-toggle --coverage-user"
        " --trace-vcd --trace-structs -I./inc -GW=7 ./-x.v"
    )
    with pytest.raises(InputError, match=r"a\.vhd is VHDL, which Verilator can't simulate"):
        verilate_argv(ModelSpec(Design((SourceFile("a.vhd", "", Language.VHDL),), "tb")))


def test_a_program_that_is_no_verilator_is_our_failure() -> None:
    tools = ToolSettings(verilator=Path("/bin/true"))
    with pytest.raises(SandboxError, match="does not tell where its own files are"):
        VerilatorSimulator.find(Settings(tools=tools), make_cage(SandboxSettings()))


def test_version_names_the_simulator() -> None:
    simulator = VerilatorSimulator.find(Settings(), make_cage(SandboxSettings()))
    assert simulator.version().startswith("Verilator 5.")
