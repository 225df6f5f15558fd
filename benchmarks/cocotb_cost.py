"""What a cocotb run costs over the bare simulator, and many designs together over one by one."""

import statistics
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

from hdlsmith.benchmarks.measuring import must_work, timed_s
from hdlsmith.design import Design, SourceFile
from hdlsmith.languages import Language
from hdlsmith.sandbox.cage import Cage
from hdlsmith.sandbox.cocotb.judge import CocotbResult
from hdlsmith.sandbox.cocotb.run import run_cocotb, run_cocotb_many
from hdlsmith.sandbox.results import Outcome
from hdlsmith.sandbox.simulation.icarus import Icarus, compile_argv
from hdlsmith.sandbox.workspace import Workspace
from hdlsmith.settings import Settings

_COUNTER = """module counter(input clk, input rst, output reg [7:0] q);
  always @(posedge clk) q <= rst ? 0 : q + 1;
endmodule
"""
# The same stimuli and the same check, for the simulator alone.
_BENCH = """module tb;
  reg clk = 0, rst = 1;
  wire [7:0] q;
  counter dut(clk, rst, q);
  always #5 clk = !clk;
  initial begin
    repeat (2) @(posedge clk);
    rst <= 0;
    repeat (20) @(posedge clk);
    if (q == 19) $display("PASS"); else $display("FAIL %0d", q);
    $finish;
  end
endmodule
"""
_TESTS = """import cocotb
from cocotb.clock import Clock
from cocotb.triggers import ClockCycles


@cocotb.test()
async def counts(dut):
    cocotb.start_soon(Clock(dut.clk, 10, "ns").start())
    dut.rst.value = 1
    await ClockCycles(dut.clk, 2)
    dut.rst.value = 0
    await ClockCycles(dut.clk, 20)
    assert int(dut.q.value) == 19
"""
_TESTBENCH = (SourceFile("tests.py", _TESTS, None),)


def measure(icarus: Icarus, settings: Settings, designs: int, rounds: int) -> dict[str, Any]:
    """Wall milliseconds, compilation included: medians over rounds in which all sides take turns.

    Returns:
        `bare_ms` (iverilog and vvp, no cage), `cocotb_ms` (one `run_cocotb`), `added_ms`;
        `apart_ms` and `together_ms` (for each of many designs) and their `ratio`.

    Raises:
        MissingToolError: cocotb isn't there.
        SandboxError: a run of the measurement did not pass.
    """
    many = tuple(_design(number) for number in range(designs))
    sides: tuple[Callable[[], None], ...] = (
        lambda: _bare(icarus),
        lambda: _one(many[0], settings, icarus.cage),
        lambda: _apart(many, settings, icarus.cage),
        lambda: _together(many, settings, icarus.cage),
    )
    for side in sides:
        side()
    times = [[1000 * timed_s(side) for side in sides] for _ in range(rounds)]
    bare, one, apart, together = (statistics.median(side) for side in zip(*times, strict=True))
    return {
        "cage": icarus.cage.kind,
        "rounds": rounds,
        "designs": designs,
        "bare_ms": round(bare, 1),
        "cocotb_ms": round(one, 1),
        "added_ms": round(statistics.median(row[1] - row[0] for row in times), 1),
        "apart_ms": round(apart / designs, 1),
        "together_ms": round(together / designs, 1),
        "ratio": round(statistics.median(row[3] / row[2] for row in times), 3),
    }


def render(result: dict[str, Any]) -> str:
    """The measurement for a terminal."""
    return (
        f"cage: {result['cage']}, medians of {result['rounds']} rounds, all sides in turn\n"
        f"  one design     bare {result['bare_ms']:6.1f} ms   cocotb {result['cocotb_ms']:6.1f} ms"
        f"   added {result['added_ms']:.1f} ms\n"
        f"  each of {result['designs']:<5}  apart {result['apart_ms']:5.1f} ms   together"
        f" {result['together_ms']:4.1f} ms   ratio {result['ratio']:.3f}"
    )


def _design(number: int) -> Design:
    text = f"// candidate {number}\n{_COUNTER}"
    return Design((SourceFile("counter.v", text, Language.VERILOG),), "counter")


def _bare(icarus: Icarus) -> None:
    files = (*_design(0).files, SourceFile("tb.v", _BENCH, Language.VERILOG))
    with Workspace() as workspace:
        workspace.write(files)
        argv = compile_argv(Design(files, "tb"), "sim.vvp")
        for command in ([str(icarus.iverilog), *argv], [str(icarus.vvp), "-n", "sim.vvp"]):
            said = _output(command, workspace.path)
    must_work("PASS" in said)


def _output(command: list[str], folder: Path) -> str:
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    return done.stdout


def _one(design: Design, settings: Settings, cage: Cage) -> None:
    _must_pass(run_cocotb(design, _TESTBENCH, "icarus", settings, cage))


def _apart(designs: tuple[Design, ...], settings: Settings, cage: Cage) -> None:
    for design in designs:
        _one(design, settings, cage)


def _together(designs: tuple[Design, ...], settings: Settings, cage: Cage) -> None:
    for result in run_cocotb_many(designs, _TESTBENCH, "icarus", settings, cage):
        _must_pass(result)


def _must_pass(found: CocotbResult) -> None:
    must_work(found.result.outcome is Outcome.PASS)
