"""Icarus Verilog: compile with `iverilog`, simulate with `vvp`."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import ClassVar

from hdlsmith.design import Design, Diagnostic, SourceFile
from hdlsmith.errors import SandboxError
from hdlsmith.languages import VERILOG_FAMILY, Language
from hdlsmith.sandbox import process
from hdlsmith.sandbox.cage import Cage
from hdlsmith.sandbox.diagnostics import parse_icarus
from hdlsmith.sandbox.results import SimResult, ToolRun
from hdlsmith.sandbox.simulation.judge import judge, not_compiled
from hdlsmith.sandbox.simulation.simulators import (
    WAVES,
    refuse_other_languages,
    save_waves,
    waves_suffix,
)
from hdlsmith.sandbox.toolbox import extra_mounts, require_tool
from hdlsmith.sandbox.workspace import Workspace, read_bounded
from hdlsmith.settings import Settings

_BINARY = "sim.vvp"
_COERCED = re.compile(r"input port (\w+) is coerced to inout")
_COMPILE_LOG = "compile.log"
DUMP_FORMATS = {"": "-none", ".vcd": "-vcd", ".fst": "-fst"}
# What vvp prints before and after the message of a `$info` or `$warning`.
_PLACE = re.compile(r"^(?:INFO|WARNING): [^:\n]+:\d+: |^ +Time: \d+ +Scope: \S+$", re.MULTILINE)
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
    name: ClassVar[str] = "icarus"

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

    def simulate(self, design: Design, waves: Path | None = None) -> SimResult:
        """As `Simulator.simulate`."""
        suffix = waves_suffix(waves)
        traced = with_dump(design, suffix) if suffix else design
        argv = compile_argv(traced)
        with self.workspace() as workspace:
            workspace.write(traced.files)
            # A root module named first starts first: the testbench's own `$dumpfile` comes late.
            compiled = self.compile(workspace, ["-s", WAVES, *argv] if suffix else argv)
            found = parse_icarus(compiled.output)
            if not compiled.ok:
                return not_compiled(compiled, found)
            ran = self.run_compiled(workspace, DUMP_FORMATS[suffix])
            save_waves(workspace.path / f"{WAVES}{suffix}", waves)
        return judge(compiled, ran, found, testbench_words(ran.output))

    def run_compiled(self, workspace: Workspace, *options: str) -> ToolRun:
        """Run a compiled simulation; `-n` makes `$stop` an end instead of a prompt."""
        return self._run(workspace, "vvp", [str(self.vvp), "-n", _BINARY, *options], self.vvp)

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
        mounts = extra_mounts(program)
        return process.run(self.cage, tool, command, workspace.path, read_only=mounts)


@cache
def _prove(icarus: Icarus) -> None:
    # Without this, a limit too tight for the tools would look like a fault of every design.
    with icarus.workspace() as workspace:
        workspace.write(_PROOF.files)
        run = icarus.compile(workspace, compile_argv(_PROOF))
        if run.ok and (workspace.path / _BINARY).is_file():
            run = icarus.run_compiled(workspace)
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
    refuse_other_languages(design, "Icarus Verilog", *VERILOG_FAMILY)
    argv = ["-g2012", "-Wall", "-Winfloop", "-Wno-timescale", "-o", output]
    if design.top:
        argv += ["-s", design.top]
    argv += [f"-I./{folder}" for folder in design.header_folders]
    argv += [f"-P{design.top}.{name}={value}" for name, value in design.parameters]
    return [*argv, *(f"./{file.path}" for file in design.sources)]


def driven_inputs(found: Iterable[Diagnostic]) -> set[tuple[str, str]]:
    """Input ports that an instance drives from inside, each with the file that instantiates it.

    On a net the stronger driver wins, so such a design can overrule the testbench's stimuli.
    """
    coerced = ((d.span, _COERCED.match(d.message)) for d in found)
    return {(span.path, port[1]) for span, port in coerced if span and port}


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
    return run, None if run.ok else not_compiled(run, parse_icarus(run.output))


def testbench_words(log: str) -> str:
    """What the testbench itself said, without the places that vvp adds to its messages."""
    return _PLACE.sub("", log)


def with_dump(design: Design, suffix: str) -> Design:
    """The design with a second root module, which writes every signal of the first."""
    scope = f"(0, {design.top})" if design.top else ""
    text = (
        f"module {WAVES};\n"
        f'  initial begin $dumpfile("{WAVES}{suffix}"); $dumpvars{scope}; end\n'
        "endmodule\n"
    )
    dump = SourceFile(f"{WAVES}.v", text, Language.VERILOG)
    return replace(design, files=(*design.files, dump))
