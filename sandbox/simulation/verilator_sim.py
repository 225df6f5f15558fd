"""Verilator as a simulator of plain SystemVerilog testbenches, delays and all."""

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import ClassVar

from hdlsmith.design import Design, SourceFile
from hdlsmith.errors import SandboxError
from hdlsmith.languages import Language
from hdlsmith.sandbox import process
from hdlsmith.sandbox.cage import Cage
from hdlsmith.sandbox.diagnostics import parse_verilator
from hdlsmith.sandbox.results import Outcome, SimResult
from hdlsmith.sandbox.simulation.judge import judge, not_compiled
from hdlsmith.sandbox.simulation.simulators import WAVES, save_waves, waves_suffix
from hdlsmith.sandbox.simulation.verilator_build import MODEL, ModelSpec, build_model
from hdlsmith.sandbox.simulation.verilator_kit import Kit
from hdlsmith.sandbox.workspace import Workspace
from hdlsmith.settings import Settings

# What it prints before the message of an `$info`, `$warning`, `$error` or `$fatal`.
_SEVERITY = re.compile(
    r"^\[[^]\n]*\] (?:(?P<bad>%Error|%Fatal)|%Warning|-Info): [^:\n]+:\d+: "
    r"(?:Assertion failed in )?[^:\n]+: ?",
    re.MULTILINE,
)
_ENDLESS = re.compile(r"^%Error-DIDNOTCONVERGE: .*$", re.MULTILINE)
_PROVEN = "it works"
_PROOF = Design(
    (
        SourceFile(
            "proof.sv",
            f'module proof; initial #1 $display("{_PROVEN}"); endmodule\n',
            Language.SYSTEMVERILOG,
        ),
    ),
    "proof",
)


@dataclass(frozen=True)
class VerilatorSimulator:
    """Verilator, what its models are built with, and the cage that they run in."""

    kit: Kit
    name: ClassVar[str] = "verilator"

    @classmethod
    def find(cls, settings: Settings, cage: Cage) -> "VerilatorSimulator":
        """Verilator and g++, tried once a process: a trivial simulation works in this cage.

        Raises:
            MissingToolError: not installed.
            SandboxError: they do not work there.
        """
        found = cls(Kit.find(settings, cage))
        _prove(found)
        return found

    def version(self) -> str:
        """For reports: `Verilator 5.48.0`."""
        return self.kit.version()

    def simulate(self, design: Design, waves: Path | None = None) -> SimResult:
        """As `Simulator.simulate`; an unchanged design is not built again."""
        suffix = waves_suffix(waves)
        with Workspace(self.kit.cage.uid) as workspace:
            workspace.write(design.files)  # for `$readmemh`
            built = build_model(self.kit, ModelSpec(design, waves=suffix), workspace)
            found = parse_verilator(built.output)
            if not built.ok:
                return not_compiled(built, found)
            dump = f"{WAVES}{suffix}"
            ran = process.run(self.kit.cage, "model", [f"./{MODEL}", dump], workspace.path)
            save_waves(workspace.path / dump, waves)
        result = judge(built, ran, found, testbench_words(ran.output))
        if ran.exit_code and (endless := _ENDLESS.search(ran.output)):
            because = f"the simulation goes round in circles at one time: {endless[0]}"
            return SimResult(Outcome.TIMEOUT, 0, 0, because, result.runs, found)
        return result


def testbench_words(log: str) -> str:
    """What the testbench itself said; Verilator calls every `$info` a failed assertion."""
    return _SEVERITY.sub(lambda match: "ERROR: " if match["bad"] else "", log)


@cache
def _prove(simulator: VerilatorSimulator) -> None:
    # Without this, limits too tight for the tools would look like a fault of every design.
    result = simulator.simulate(_PROOF)
    last = result.runs[-1]
    if last.ok and last.output.strip() == _PROVEN:
        return
    raise SandboxError(
        f"{last.tool} fails on a trivial module: {result.evidence[:200]}",
        remedy="raise the limits under `sandbox`, or pip install 'hdlsmith[tools]'",
    )
