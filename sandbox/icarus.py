"""Icarus Verilog: compile with `iverilog`, simulate with `vvp`."""

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from hdlsmith.design import Design
from hdlsmith.sandbox import process
from hdlsmith.sandbox.cage import Cage
from hdlsmith.sandbox.diagnostics import parse_icarus
from hdlsmith.sandbox.results import Outcome, SimResult, Stopped, ToolRun
from hdlsmith.sandbox.testbench_log import read_log
from hdlsmith.sandbox.toolbox import extra_mounts, require_tool
from hdlsmith.sandbox.workspace import Workspace
from hdlsmith.settings import Settings

_BINARY = "sim.vvp"


@dataclass(frozen=True)
class Icarus:
    """The two programs, where they are and in which cage they run."""

    iverilog: Path
    vvp: Path
    cage: Cage

    @classmethod
    def find(cls, settings: Settings, cage: Cage) -> "Icarus":
        """
        Raises:
            MissingToolError: not installed.
        """
        return cls(require_tool("iverilog", settings), require_tool("vvp", settings), cage)

    def workspace(self) -> Workspace:
        """A fresh folder that this cage's user may write."""
        return Workspace(self.cage.uid)

    def compile(self, workspace: Workspace, argv: list[str]) -> ToolRun:
        """Run `iverilog` with these arguments."""
        command = [str(self.iverilog), *argv]
        return self._run(workspace, "iverilog", command, self.iverilog)

    def simulate(self, workspace: Workspace, binary: str = _BINARY) -> ToolRun:
        """Run a compiled simulation; `-n` makes `$stop` an end instead of a prompt."""
        return self._run(workspace, "vvp", [str(self.vvp), "-n", binary], self.vvp)

    def version(self) -> str:
        """For reports: `Icarus Verilog 11.0 (stable)`."""
        return _version(self)

    def _run(self, workspace: Workspace, tool: str, command: list[str], program: Path) -> ToolRun:
        run = process.run(self.cage, tool, command, workspace.path, read_only=extra_mounts(program))
        if not run.ok:
            workspace.check_space()
        return run


@cache
def _version(icarus: Icarus) -> str:
    with icarus.workspace() as workspace:
        text = icarus.compile(workspace, ["-V"]).output
    match = re.search(r"Icarus Verilog version (\S+(?: \(\w+\))?)", text)
    return f"Icarus Verilog {match[1]}" if match else "Icarus Verilog (unknown version)"


def compile_argv(design: Design, output: str = _BINARY) -> list[str]:
    """The arguments that compile a design with every warning that helps."""
    argv = ["-g2012", "-Wall", "-Winfloop", "-Wno-timescale", "-o", output]
    if design.top:
        argv += ["-s", design.top]
    argv += [f"-I./{folder}" for folder in design.header_folders]
    argv += [f"-P{design.top}.{name}={value}" for name, value in design.parameters]
    return [*argv, *(f"./{file.path}" for file in design.sources)]


def compile_design(icarus: Icarus, design: Design) -> tuple[ToolRun, SimResult | None]:
    """Compile alone.

    Returns:
        the run, and a COMPILE_ERROR (or CRASH, TIMEOUT) result when it failed.
    """
    with icarus.workspace() as workspace:
        workspace.write(design.files)
        run = icarus.compile(workspace, compile_argv(design))
    return run, None if run.ok else _not_compiled(run)


def simulate(icarus: Icarus, design: Design) -> SimResult:
    """Compile and run a design whose top is a testbench, and judge its log.

    Raises:
        SandboxError: the sandbox failed, not the design.
    """
    with icarus.workspace() as workspace:
        workspace.write(design.files)
        compiled = icarus.compile(workspace, compile_argv(design))
        if not compiled.ok:
            return _not_compiled(compiled)
        ran = icarus.simulate(workspace)
    return judge(compiled, ran)


def judge(compiled: ToolRun, ran: ToolRun) -> SimResult:
    """The outcome of a simulation that compiled."""
    runs = (compiled, ran)
    found = parse_icarus(compiled.output)
    if ran.stopped_by in (Stopped.CPU, Stopped.WALL):
        because = f"the simulation used up its {ran.stopped_by} time ({ran.wall_s:.1f} s elapsed)"
        return SimResult(Outcome.TIMEOUT, 0, 0, because, runs, found)
    if ran.stopped_by:
        because = f"the simulation exceeded its {ran.stopped_by.replace('_', ' ')} limit"
        return SimResult(Outcome.CRASH, 0, 0, because, runs, found)
    said = read_log(ran.output)
    if ran.exit_code >= 128:
        because = f"vvp was ended by signal {ran.exit_code - 128}"
        return SimResult(Outcome.CRASH, said.checks, said.failures, because, runs, found)
    if said.failures:
        return SimResult(Outcome.MISMATCH, said.checks, said.failures, said.line, runs, found)
    if ran.exit_code:
        because = f"the simulation ended itself with exit code {ran.exit_code} ($fatal or $stop)"
        return SimResult(Outcome.MISMATCH, max(1, said.checks), 1, because, runs, found)
    if not said.checks:
        because = "the simulation ended without telling of a single check"
        return SimResult(Outcome.NO_EVIDENCE, 0, 0, because, runs, found)
    return SimResult(Outcome.PASS, said.checks, 0, said.line, runs, found)


def _not_compiled(run: ToolRun) -> SimResult:
    found = parse_icarus(run.output)
    if run.stopped_by:
        because = f"iverilog exceeded its {run.stopped_by.replace('_', ' ')} limit"
        return SimResult(Outcome.TIMEOUT, 0, 0, because, (run,), found)
    if run.exit_code >= 128:
        because = f"iverilog was ended by signal {run.exit_code - 128}"
        return SimResult(Outcome.CRASH, 0, 0, because, (run,), found)
    first = str(found[0]) if found else (run.output.strip() or "no output").splitlines()[0]
    return SimResult(Outcome.COMPILE_ERROR, 0, 0, first, (run,), found)
