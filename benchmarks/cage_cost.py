"""What the cage costs a process: the same command bare and caged, in turn, in one run."""

import statistics
import subprocess
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from hdlsmith.benchmarks.measuring import must_work, timed_s
from hdlsmith.design import Design, SourceFile
from hdlsmith.languages import Language
from hdlsmith.sandbox import process
from hdlsmith.sandbox.cage import Cage
from hdlsmith.sandbox.simulation.icarus import Icarus, compile_argv

_COUNTER = """module counter(input clk, output reg [7:0] q);
  initial q = 0;
  always @(posedge clk) q <= q + 1;
endmodule
module tb;
  reg clk = 0;
  wire [7:0] q;
  counter dut(clk, q);
  always #1 clk = !clk;
  initial begin #400 $display("%0d checks passed", q); $finish; end
endmodule
"""
_BINARY = "sim.vvp"
_SIMULATION = Design((SourceFile("counter.v", _COUNTER, Language.VERILOG),), "tb")


def measure(icarus: Icarus, rounds: int) -> dict[str, Any]:
    """Median milliseconds of an empty process and of a small simulation, bare and caged.

    Returns:
        `cage, rounds` and, under `empty` and `simulation`, `bare_ms, caged_ms, added_ms, ratio`.

    Raises:
        SandboxError: a process failed.
    """
    with icarus.workspace() as workspace:
        workspace.write(_SIMULATION.files)
        must_work(icarus.compile(workspace, compile_argv(_SIMULATION, _BINARY)).ok)
        simulate = [str(icarus.vvp), "-n", _BINARY]
        commands = {"empty": ["true"], "simulation": simulate}
        return {
            "cage": icarus.cage.kind,
            "rounds": rounds,
            **{
                name: _compare(
                    partial(_bare, command, workspace.path),
                    partial(_caged, icarus.cage, command, workspace.path),
                    rounds,
                )
                for name, command in commands.items()
            },
        }


def render(result: dict[str, Any]) -> str:
    """The measurement for a terminal."""
    lines = [
        f"cage: {result['cage']}, medians of {result['rounds']} rounds, bare and caged in turn"
    ]
    for name in ("empty", "simulation"):
        row = result[name]
        lines.append(
            f"  {name:<12} bare {row['bare_ms']:6.2f} ms   caged {row['caged_ms']:6.2f} ms"
            f"   added {row['added_ms']:5.2f} ms   ratio {row['ratio']:.2f}"
        )
    return "\n".join(lines)


def _compare(bare: Callable[[], None], caged: Callable[[], None], rounds: int) -> dict[str, float]:
    bare()
    caged()
    pairs = [(1000 * timed_s(bare), 1000 * timed_s(caged)) for _ in range(rounds)]
    bare_ms, caged_ms = (statistics.median(side) for side in zip(*pairs, strict=True))
    return {
        "bare_ms": round(bare_ms, 3),
        "caged_ms": round(caged_ms, 3),
        "added_ms": round(statistics.median(mine - theirs for theirs, mine in pairs), 3),
        "ratio": round(caged_ms / bare_ms, 3),
    }


def _bare(command: list[str], folder: Path) -> None:
    done = subprocess.run(command, cwd=folder, capture_output=True, check=False)
    must_work(done.returncode == 0)


def _caged(cage: Cage, command: list[str], folder: Path) -> None:
    must_work(process.run(cage, command[0], command, folder).ok)
