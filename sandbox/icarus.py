"""Icarus Verilog: compile with `iverilog`, simulate with `vvp`."""

import re
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

from hdlsmith.design import Design, SourceFile
from hdlsmith.errors import InputError, SandboxError
from hdlsmith.languages import LANGUAGES, VERILOG_FAMILY, Language
from hdlsmith.sandbox import process
from hdlsmith.sandbox.cage import Cage
from hdlsmith.sandbox.diagnostics import parse_icarus
from hdlsmith.sandbox.results import Outcome, SimResult, Stopped, ToolRun
from hdlsmith.sandbox.testbench_log import read_log
from hdlsmith.sandbox.toolbox import extra_mounts, require_tool
from hdlsmith.sandbox.workspace import Workspace, read_bounded
from hdlsmith.settings import Settings

_BINARY = "sim.vvp"
_COMPILE_LOG = "compile.log"
_PROVEN = "it works"
_PROOF = Design(
    (
        SourceFile(
            "proof.v",
            f'module proof; initial $display("{_PROVEN}"); endmodule\n',
            Language.VERILOG,
        ),
    ),
    "proof",
)


@dataclass(frozen=True)
class Icarus:
    """The two programs, where they are and in which cage they run."""

    iverilog: Path
    vvp: Path
    cage: Cage

    @classmethod
    def find(cls, settings: Settings, cage: Cage) -> "Icarus":
        """The two programs, tried once a process: a trivial simulation works in this cage.

        Raises:
            MissingToolError: not installed.
            SandboxError: they do not run there, or are no Icarus Verilog.
        """
        found = cls(require_tool("iverilog", settings), require_tool("vvp", settings), cage)
        _prove(found)
        return found

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

    def compile_and_simulate(
        self, workspace: Workspace, argv: list[str], binary: str
    ) -> tuple[ToolRun, ToolRun | None]:
        """Both steps in one cage, which costs half of two: for grading many designs.

        What the compiler said comes back by way of a file that the simulation could overwrite;
        nothing that must not be forged may be read from it.

        Returns:
            the compilation, and the simulation where there was something to simulate; the
            seconds of both are the last one's.
        """
        # A fixed script over words that the shell only passes on.
        script = f'"$@" >{_COMPILE_LOG} 2>&1 && exec "$0" -n {binary}'
        command = ["sh", "-c", script, str(self.vvp), str(self.iverilog), *argv]
        run = self._run(workspace, "vvp", command, self.vvp)
        for program in (self.iverilog, self.vvp):
            if not run.ok and not program.is_file():
                raise SandboxError(f"{program} is gone", remedy="install it again")
        said = read_bounded(workspace.path / _COMPILE_LOG, self.cage.limits.output_bytes)
        if (workspace.path / binary).is_file():
            compiled = replace(
                run, tool="iverilog", exit_code=0, output=said, wall_s=0.0, stopped_by=None
            )
            return compiled, run
        return replace(run, tool="iverilog", output=said), None

    def version(self) -> str:
        """For reports: `Icarus Verilog 11.0 (stable)`."""
        return _version(self)

    def _run(self, workspace: Workspace, tool: str, command: list[str], program: Path) -> ToolRun:
        run = process.run(self.cage, tool, command, workspace.path, read_only=extra_mounts(program))
        if not run.ok:
            workspace.check_space()
        return run


@cache
def _prove(icarus: Icarus) -> None:
    # Without this, a limit too tight for the tools would look like a fault of every design.
    with icarus.workspace() as workspace:
        workspace.write(_PROOF.files)
        run = icarus.compile(workspace, compile_argv(_PROOF))
        if run.ok and (workspace.path / _BINARY).is_file():
            run = icarus.simulate(workspace)
            if run.ok and run.output.strip() == _PROVEN:
                return
    ending = f"stopped by its {run.stopped_by} limit" if run.stopped_by else f"exit {run.exit_code}"
    said = next((line.strip() for line in run.output.splitlines() if line.strip()), "no output")
    raise SandboxError(
        f"{run.tool} fails on a trivial module ({ending}): {said[:200]}",
        remedy=f"raise the limits under `sandbox`, or see whether {run.argv[0]} is Icarus Verilog"
        f" (tools.{run.tool})",
    )


@cache
def _version(icarus: Icarus) -> str:
    with icarus.workspace() as workspace:
        text = icarus.compile(workspace, ["-V"]).output
    match = re.search(r"Icarus Verilog version (\S+(?: \(\w+\))?)", text)
    return f"Icarus Verilog {match[1]}" if match else "Icarus Verilog (unknown version)"


def compile_argv(design: Design, output: str = _BINARY) -> list[str]:
    """The arguments that compile a design with every warning that helps.

    Raises:
        InputError: a source in another language than Verilog or SystemVerilog.
    """
    for file in design.sources:
        if file.language and file.language not in VERILOG_FAMILY:
            raise InputError(
                f"{file.path} is {LANGUAGES[file.language].title}, which can't be simulated yet",
                remedy="name Verilog or SystemVerilog files (.v, .sv)",
            )
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

    Raises:
        InputError: a source in another language.
        SandboxError: the sandbox failed, not the design.
    """
    with icarus.workspace() as workspace:
        workspace.write(design.files)
        run = icarus.compile(workspace, compile_argv(design))
    return run, None if run.ok else _not_compiled(run)


def simulate(icarus: Icarus, design: Design) -> SimResult:
    """Compile and run a design whose top is a testbench, and judge its log.

    Raises:
        InputError: a source in another language.
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
    if ran.signal:
        because = f"vvp was ended by signal {ran.signal}"
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
    if run.signal:
        because = f"iverilog was ended by signal {run.signal}"
        return SimResult(Outcome.CRASH, 0, 0, because, (run,), found)
    first = str(found[0]) if found else (run.output.strip() or "no output").splitlines()[0]
    return SimResult(Outcome.COMPILE_ERROR, 0, 0, first, (run,), found)
