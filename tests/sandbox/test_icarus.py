"""Every outcome of a simulation, from the real simulator."""

from dataclasses import replace
from pathlib import Path
from shlex import split

import pytest

from hdlsmith.design import Design, Severity, SourceFile, SourceSpan
from hdlsmith.errors import InputError, SandboxError
from hdlsmith.languages import Language
from hdlsmith.sandbox.cage import make_cage
from hdlsmith.sandbox.results import Outcome, SimResult, Stopped
from hdlsmith.sandbox.simulation.icarus import Icarus, compile_argv, compile_design
from hdlsmith.sandbox.simulation.judge import judge
from hdlsmith.settings import SandboxSettings, Settings, ToolSettings

pytestmark = pytest.mark.tool("iverilog")

ADDER = "module add(input [3:0] a, b, output [4:0] s);\n  assign s = a + b;\nendmodule\n"
BENCH = """module tb;
  reg [3:0] a, b; wire [4:0] s; integer bad, i;
  add dut(a, b, s);
  initial begin
    bad = 0;
    for (i = 0; i < 256; i = i + 1) begin
      {a, b} = i; #1;
      if (s !== {1'b0, a} + {1'b0, b}) begin bad = bad + 1; $error("%d + %d", a, b); end
    end
    if (bad) $display("%0d of 256 checks failed", bad);
    else $display("256 checks passed");
    $finish;
  end
endmodule
"""


def judged(*texts: str, cpu_s: int = 10, cage: str = "auto") -> SimResult:
    files = tuple(
        SourceFile(f"f{at}.sv", text, Language.SYSTEMVERILOG) for at, text in enumerate(texts)
    )
    settings = SandboxSettings(cpu_s=cpu_s, cage=cage)  # type: ignore[arg-type]
    icarus = Icarus.find(Settings(), make_cage(settings))
    return icarus.simulate(Design(files, "tb"))


def bench(body: str) -> str:
    return f"module tb; {body} endmodule\n"


@pytest.mark.parametrize("cage", ["auto", "limits"])
def test_pass(cage: str) -> None:
    result = judged(BENCH, ADDER, cage=cage)
    assert (result.outcome, result.checks, result.failures) == (Outcome.PASS, 256, 0)
    assert result.evidence == "256 checks passed"
    assert [run.tool for run in result.runs] == ["iverilog", "vvp"]
    assert result.diagnostics == ()


def test_mismatch_with_counts() -> None:
    result = judged(BENCH, ADDER.replace("a + b", "a ^ b"))
    assert result.outcome is Outcome.MISMATCH
    assert 0 < result.failures < result.checks == 256
    assert result.evidence == f"{result.failures} of 256 checks failed"


@pytest.mark.parametrize(
    "body",
    [
        'initial begin $error("q is wrong"); $display("PASS"); end',
        'initial begin $display("PASS"); $fatal(1, "q is wrong"); end',
        'initial begin $display("FAIL at 3"); $finish; end',
    ],
)
def test_mismatch_by_words(body: str) -> None:
    assert judged(bench(body)).outcome is Outcome.MISMATCH


@pytest.mark.parametrize("body", ["initial $finish;", 'initial $display("done");', ""])
def test_silence_is_no_evidence(body: str) -> None:
    result = judged(bench(body))
    assert (result.outcome, result.checks) == (Outcome.NO_EVIDENCE, 0)


def test_compile_error_points_at_the_line() -> None:
    result = judged(
        BENCH, "module add(input [3:0] a, b, output [4:0] s);\n  assign s = c;\nendmodule\n"
    )
    assert result.outcome is Outcome.COMPILE_ERROR
    first = result.diagnostics[0]
    assert first.span == SourceSpan("f1.sv", 2)
    assert (first.severity, first.code) == (Severity.ERROR, "undeclared")


def test_missing_module_is_a_compile_error() -> None:
    result = judged(BENCH)
    assert result.outcome is Outcome.COMPILE_ERROR
    assert "add" in result.evidence


def test_zero_delay_loop_is_a_timeout() -> None:
    result = judged(bench("reg a = 0; always @(a) a <= ~a; initial a = 1;"), cpu_s=1)
    assert result.outcome is Outcome.TIMEOUT
    assert result.runs[-1].stopped_by is Stopped.CPU
    assert "cpu" in result.evidence


def test_a_pass_printed_before_the_time_ran_out_counts_for_nothing() -> None:
    body = 'initial begin $display("256 checks passed"); $fflush; while (1) ; end'
    assert judged(bench(body), cpu_s=1).outcome is Outcome.TIMEOUT


def test_flood_is_a_crash() -> None:
    body = 'initial forever $display("PASS PASS PASS PASS PASS PASS PASS PASS PASS");'
    result = judged(bench(body))
    assert result.outcome is Outcome.CRASH
    assert "output" in result.evidence


def test_headers_and_data_files_are_found() -> None:
    files = (
        SourceFile(
            "tb/tb.v",
            '`include "defs.vh"\nmodule tb; reg [7:0] m[0:1]; initial begin'
            ' $readmemh("data/image.hex", m); if (m[1] == `WANT) $display("PASS");'
            ' else $display("FAIL"); end endmodule\n',
            Language.VERILOG,
        ),
        SourceFile("inc/defs.vh", "`define WANT 8'h2a\n", Language.VERILOG),
        SourceFile("data/image.hex", "00\n2a\n", None),
    )
    icarus = Icarus.find(Settings(), make_cage(SandboxSettings()))
    assert icarus.simulate(Design(files, "tb")).outcome is Outcome.PASS


def test_parameters_are_overridden() -> None:
    text = 'module tb #(parameter W = 1); initial $display("%0d checks passed", W); endmodule\n'
    icarus = Icarus.find(Settings(), make_cage(SandboxSettings()))
    design = Design((SourceFile("tb.v", text, Language.VERILOG),), "tb", (("W", "7"),))
    assert icarus.simulate(design).checks == 7


def test_the_argv_is_a_pure_function() -> None:
    files = (
        SourceFile("-x.v", "", Language.VERILOG),
        SourceFile("inc/a.vh", "", Language.VERILOG),
    )
    argv = compile_argv(Design(files, "tb", (("W", "7"),)))
    assert argv == split(
        "-g2012 -Wall -Winfloop -Wno-timescale -o sim.vvp -s tb -I./inc -Ptb.W=7 ./-x.v"
    )


def test_another_language_is_refused_by_name() -> None:
    icarus = Icarus.find(Settings(), make_cage(SandboxSettings()))
    files = (
        SourceFile("tb.v", BENCH, Language.VERILOG),
        SourceFile("add.vhd", "entity add is end;", Language.VHDL),
        SourceFile("image.hex", "00", None),
    )
    for check in (Icarus.simulate, compile_design):
        with pytest.raises(InputError, match=r"add\.vhd is VHDL"):
            check(icarus, Design(files, "tb"))


@pytest.mark.parametrize("cage", ["auto", "limits"])
@pytest.mark.parametrize("program", ["true", "false"])
@pytest.mark.parametrize("name", ["iverilog", "vvp"])
def test_a_program_that_is_no_icarus_is_our_failure(name: str, program: str, cage: str) -> None:
    tools = ToolSettings(**{name: Path("/bin", program)})
    made = make_cage(SandboxSettings(cage=cage))  # type: ignore[arg-type]
    with pytest.raises(SandboxError, match=f"^{name} fails on a trivial module") as caught:
        Icarus.find(Settings(tools=tools), made)
    assert f"tools.{name}" in caught.value.remedy


@pytest.mark.tool("bwrap")
@pytest.mark.parametrize("limit", ["memory_mb", "processes"])
def test_limits_too_tight_for_the_simulator_are_our_failure(limit: str) -> None:
    cage = make_cage(SandboxSettings.model_validate({limit: 1}))
    with pytest.raises(SandboxError, match="iverilog fails on a trivial module") as caught:
        Icarus.find(Settings(), cage)
    assert "raise the limits" in caught.value.remedy


def test_an_end_by_signal_is_a_crash_and_exit_code_255_is_not() -> None:
    icarus = Icarus.find(Settings(), make_cage(SandboxSettings()))
    good = Design((SourceFile("tb.v", bench('initial $display("PASS");'), Language.VERILOG),), "tb")
    compiled, ran = icarus.simulate(good).runs
    dead = judge(compiled, replace(ran, exit_code=139), (), ran.output)
    assert dead.evidence == "vvp was ended by signal 11"
    odd = judge(compiled, replace(ran, exit_code=255), (), ran.output)
    assert odd.outcome is Outcome.MISMATCH
    assert "exit code 255" in odd.evidence


def test_compile_alone() -> None:
    icarus = Icarus.find(Settings(), make_cage(SandboxSettings()))
    good = Design((SourceFile("a.v", ADDER, Language.VERILOG),), "add")
    run, failed = compile_design(icarus, good)
    assert run.ok
    assert failed is None
    broken = Design((SourceFile("a.v", "module add(", Language.VERILOG),), "add")
    run, failed = compile_design(icarus, broken)
    assert failed is not None
    assert failed.outcome is Outcome.COMPILE_ERROR


def test_the_design_cannot_read_outside_the_cage() -> None:
    if make_cage(SandboxSettings()).kind != "bubblewrap":
        pytest.skip("plain limits hide no file")
    result = judged(bench('`include "/etc/passwd"\n'))
    assert result.outcome is Outcome.COMPILE_ERROR
    assert "root:" not in result.log


def test_version_names_the_simulator() -> None:
    icarus = Icarus.find(Settings(), make_cage(SandboxSettings()))
    assert icarus.version().startswith("Icarus Verilog 1")
