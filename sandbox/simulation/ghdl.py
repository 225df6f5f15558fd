"""GHDL: analyse, elaborate and run VHDL."""

import re
import shlex
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import ClassVar

from hdlsmith.design import Design, SourceFile
from hdlsmith.errors import InputError, SandboxError
from hdlsmith.languages import Language
from hdlsmith.sandbox import process
from hdlsmith.sandbox.cage import Cage
from hdlsmith.sandbox.diagnostics import parse_ghdl
from hdlsmith.sandbox.results import Outcome, SimResult, ToolRun
from hdlsmith.sandbox.simulation.judge import judge, not_compiled
from hdlsmith.sandbox.simulation.simulators import (
    WAVES,
    refuse_other_languages,
    save_waves,
    waves_suffix,
)
from hdlsmith.sandbox.toolbox import extra_mounts, require_tool
from hdlsmith.sandbox.workspace import Workspace
from hdlsmith.settings import Settings

DIALECT = ("--std=08", "-frelaxed", "-fsynopsys")
"""VHDL-2008, and what older code took for granted: shared variables, std_logic_unsigned."""

_TOP = re.compile(r"[A-Za-z]\w*")
_DELTAS = 100_000
# `tb.vhd:14:5:@128ns:(report note): 128 checks passed`
_SEVERITY = re.compile(
    r"^[^:\n]+:\d+:\d+:@\w+:\((?:report|assertion) (?:(?P<bad>error|failure)|note|warning)\): ",
    re.MULTILINE,
)
# GHDL's own words: on how it ended, and where it was then.
_OWN = re.compile(r"^(?:/\S+:(?:error|info): |simulation |in process |  from: ).*$", re.MULTILINE)
_FAULT = re.compile(r"^/\S+:error: (?!assertion failed|simulation failed)(.*)$", re.MULTILINE)
_ENDLESS = re.compile(r"^\S+:info: simulation stopped @\w+ by --stop-delta=.*$", re.MULTILINE)
_PROVEN = "it works"
_PROOF = Design(
    (
        SourceFile(
            "proof.vhd",
            "entity proof is end; architecture works of proof is begin\n"
            f'  process begin report "{_PROVEN}"; wait; end process;\nend;\n',
            Language.VHDL,
        ),
    ),
    "proof",
)


@dataclass(frozen=True)
class Ghdl:
    """The program and the cage it runs in."""

    program: Path
    cage: Cage
    name: ClassVar[str] = "ghdl"

    @classmethod
    def find(cls, settings: Settings, cage: Cage) -> "Ghdl":
        """GHDL, tried once a process: a trivial simulation works in this cage.

        Raises:
            MissingToolError: not installed.
            SandboxError: it does not run there, or is no GHDL.
        """
        found = cls(require_tool("ghdl", settings), cage)
        _prove(found)
        return found

    def version(self) -> str:
        """For reports: `GHDL 2.0.0`."""
        return _version(self)

    def compile(self, workspace: Workspace, design: Design) -> ToolRun:
        """Analyse what the top needs, in the right order, and elaborate it.

        Raises:
            InputError: a source in another language, or no entity named as top.
        """
        steps = (shlex.join([str(self.program), *argv]) for argv in compile_argvs(design))
        return self._run(workspace, "ghdl", ["sh", "-c", " && ".join(steps)])

    def run(self, workspace: Workspace, argv: list[str]) -> ToolRun:
        """Run a compiled design (`run_argv`).

        Raises:
            SandboxError: the sandbox failed, not the design.
        """
        return self._run(workspace, "ghdl-run", [str(self.program), *argv])

    def _run(self, workspace: Workspace, tool: str, command: list[str]) -> ToolRun:
        mounts = extra_mounts(self.program)
        return process.run(self.cage, tool, command, workspace.path, read_only=mounts)

    def simulate(self, design: Design, waves: Path | None = None) -> SimResult:
        """As `Simulator.simulate`; an assertion of severity error or failure is a failed check."""
        suffix = waves_suffix(waves)
        with Workspace(self.cage.uid) as workspace:
            workspace.write(design.files)
            compiled = self.compile(workspace, design)
            found = parse_ghdl(compiled.output)
            if not compiled.ok:
                return not_compiled(compiled, found)
            ran = self.run(workspace, run_argv(design, suffix))
            save_waves(workspace.path / f"{WAVES}{suffix}", waves)
        result = judge(compiled, ran, found, testbench_words(ran.output))
        if endless := _ENDLESS.search(ran.output):
            because = f"the simulation goes round in circles at one time: {endless[0]}"
            return SimResult(Outcome.TIMEOUT, 0, 0, because, result.runs, found)
        if ran.exit_code and (fault := _FAULT.search(ran.output)):
            because = f"the simulation broke off: {fault[1]}"
            return SimResult(Outcome.CRASH, 0, 0, because, result.runs, found)
        return result


def compile_argvs(design: Design) -> list[list[str]]:
    """The arguments of the steps that compile a design.

    Raises:
        InputError: a source in another language than VHDL, or no entity named as top.
    """
    refuse_other_languages(design, "GHDL", Language.VHDL)
    top = _top(design)
    sources = [f"./{file.path}" for file in design.sources]
    # Import first: GHDL then finds the order by itself, and analyses only what the top needs.
    return [["-i", *DIALECT, *sources], ["-m", *DIALECT, "-fno-caret-diagnostics", top]]


def run_argv(design: Design, suffix: str = "") -> list[str]:
    """The arguments that run a compiled design, and write a waveform of that kind."""
    generics = [f"-g{name}={value}" for name, value in design.parameters]
    waves = [f"--{suffix[1:]}={WAVES}{suffix}"] if suffix else []
    return ["-r", *DIALECT, _top(design), *generics, f"--stop-delta={_DELTAS}", *waves]


def testbench_words(log: str) -> str:
    """What the testbench itself said, without what GHDL adds to it."""
    return _SEVERITY.sub(lambda match: "ERROR: " if match["bad"] else "", _OWN.sub("", log))


def _top(design: Design) -> str:
    if design.top and _TOP.fullmatch(design.top):
        return design.top
    raise InputError(f"{design.top!r} is no name of an entity", remedy="name the testbench entity")


@cache
def _prove(ghdl: Ghdl) -> None:
    # Without this, limits too tight for the tool would look like a fault of every design.
    result = ghdl.simulate(_PROOF)
    last = result.runs[-1]
    if last.ok and testbench_words(last.output).strip() == _PROVEN:
        return
    raise SandboxError(
        f"ghdl fails on a trivial entity: {result.evidence[:200]}",
        remedy=f"raise the limits under `sandbox`, or see whether {ghdl.program} is GHDL"
        " (tools.ghdl)",
    )


@cache
def _version(ghdl: Ghdl) -> str:
    with Workspace(ghdl.cage.uid) as workspace:
        run = ghdl.run(workspace, ["--version"])
    return " ".join(run.output.split()[:2])
