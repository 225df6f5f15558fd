"""GHDL as a linter: its analysis of VHDL files, with warnings."""

from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from hdlsmith.design import Design, Diagnostic, errors_in
from hdlsmith.languages import Language
from hdlsmith.sandbox import process
from hdlsmith.sandbox.cage import Cage
from hdlsmith.sandbox.diagnostics import gave_up, parse_ghdl
from hdlsmith.sandbox.toolbox import extra_mounts, find_tool
from hdlsmith.sandbox.workspace import Workspace
from hdlsmith.settings import Settings


@dataclass(frozen=True)
class GhdlLint:
    """The program and the cage it runs in."""

    name: ClassVar[str] = "ghdl"
    languages: ClassVar[tuple[Language, ...]] = (Language.VHDL,)

    program: Path
    cage: Cage

    @classmethod
    def find(cls, settings: Settings, cage: Cage) -> "GhdlLint | None":
        """None where it isn't installed."""
        program = find_tool("ghdl", settings.tools)
        return cls(program, cage) if program else None

    def lint(self, design: Design) -> tuple[Diagnostic, ...]:
        """What the analysis of each file in turn finds; it ends with the first that has errors."""
        with Workspace(self.cage.uid) as workspace:
            workspace.write(design.files)
            run = process.run(
                self.cage,
                self.name,
                [str(self.program), *analyse_argv(design)],
                workspace.path,
                read_only=extra_mounts(self.program),
            )
        found = parse_ghdl(run.output)
        return found if run.ok or errors_in(found) else (*found, gave_up(run))


def analyse_argv(design: Design) -> list[str]:
    """The arguments that analyse the design's files in their order."""
    from hdlsmith.sandbox.simulation.ghdl import DIALECT  # and all that simulating takes

    sources = [f"./{file.path}" for file in design.sources]
    return ["-a", *DIALECT, "-Wunused", "-fno-caret-diagnostics", *sources]
