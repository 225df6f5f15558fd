"""Parse and elaborate with pyslang in our own process, before any tool starts.

Milliseconds; needs no cage, because the front end doesn't run the design and follows an
`include` only to files of the design itself, in memory.
"""

import re

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath

import pyslang
from pyslang import analysis, ast, parsing, syntax

from hdlsmith.design import Design, Diagnostic, Direction, Port, Severity, SourceFile, SourceSpan
from hdlsmith.languages import Language

_DIRECTIONS = {
    ast.ArgumentDirection.In: Direction.INPUT,
    ast.ArgumentDirection.Out: Direction.OUTPUT,
    ast.ArgumentDirection.InOut: Direction.INOUT,
    ast.ArgumentDirection.Ref: Direction.INOUT,
}
_SEVERITIES = {
    pyslang.DiagnosticSeverity.Fatal: Severity.ERROR,
    pyslang.DiagnosticSeverity.Error: Severity.ERROR,
    pyslang.DiagnosticSeverity.Warning: Severity.WARNING,
    pyslang.DiagnosticSeverity.Note: Severity.NOTE,
}
_HDL = (Language.VERILOG, Language.SYSTEMVERILOG)
_MAX_DEPTH = 256
_MAX_ERRORS = 64
_MAX_INCLUDE_DEPTH = 32


_INCLUDE = re.compile(r"`include\b\s*(?:\"(?P<name>[^\"\n]+)\")?")


@dataclass(frozen=True)
class Elaboration:
    """What the front end makes of a design.

    Attributes:
        modules: names of the modules defined.
        tops: names of the modules elaborated as top.
        ports: ports of the first top, in order; widths are of the default parameters.
        driven_inputs: inputs of the first top that the design itself drives; known only where
            the design elaborates.
    """

    diagnostics: tuple[Diagnostic, ...]
    modules: tuple[str, ...]
    tops: tuple[str, ...]
    ports: tuple[Port, ...]
    driven_inputs: tuple[str, ...]

    @property
    def errors(self) -> tuple[Diagnostic, ...]:
        return tuple(d for d in self.diagnostics if d.severity is Severity.ERROR)


def parse_tree(
    source: SourceFile, manager: pyslang.SourceManager, include_depth: int = 0
) -> syntax.SyntaxTree:
    """The syntax tree of one file; by default an `include` is an error."""
    preprocessor = parsing.PreprocessorOptions()
    preprocessor.maxIncludeDepth = include_depth
    parser = parsing.ParserOptions()
    parser.maxRecursionDepth = _MAX_DEPTH
    buffer = manager.assignText(source.path, source.text)
    return syntax.SyntaxTree.fromBuffer(buffer, manager, pyslang.Bag([preprocessor, parser]))


def elaborate(design: Design) -> Elaboration:
    """Parse and elaborate the Verilog and SystemVerilog files of a design.

    Never raises for a broken design: its faults are the diagnostics.
    """
    manager = pyslang.SourceManager()
    depth = _offer_headers(design, manager)
    options = ast.CompilationOptions()
    options.errorLimit = _MAX_ERRORS
    if design.top:
        options.topModules = {design.top}
    options.paramOverrides = [f"{name}={value}" for name, value in design.parameters]
    compilation = ast.Compilation(pyslang.Bag([options]))
    for source in design.sources:
        if source.language in _HDL:
            compilation.addSyntaxTree(parse_tree(source, manager, depth))
    raw = list(compilation.getAllDiagnostics())
    tops = list(compilation.getRoot().topInstances)
    driven: tuple[str, ...] = ()
    if not any(d.isError() for d in raw):
        manage = analysis.AnalysisManager()
        manage.analyze(compilation)
        raw += manage.getDiagnostics()
        driven = tuple(_driven_inputs(tops[0], manage)) if tops else ()
    return Elaboration(
        diagnostics=_diagnostics(raw, manager),
        modules=tuple(d.name for d in compilation.getDefinitions()),
        tops=tuple(top.name for top in tops),
        ports=_ports(tops[0]) if tops else (),
        driven_inputs=driven,
    )


def _offer_headers(design: Design, manager: pyslang.SourceManager) -> int:
    """Put the design's headers where its files look for them.

    Returns:
        how deep includes may go: 0 when any file asks for something outside the design, which
        would be read from the user's disk.
    """
    headers = {file.path: file.text for file in design.files if file.is_header}
    folders = {PurePosixPath(file.path).parent for file in design.files}
    for path, text in headers.items():
        for folder in folders:
            manager.assignText(str(folder / path), text)
    names = {str(folder / path) for path in headers for folder in folders} | set(headers)
    asked = [match["name"] for file in design.files for match in _INCLUDE.finditer(file.text)]
    return _MAX_INCLUDE_DEPTH if all(name in names for name in asked) else 0


def _diagnostics(
    raw_diagnostics: list[pyslang.Diagnostic], manager: pyslang.SourceManager
) -> tuple[Diagnostic, ...]:
    engine = pyslang.DiagnosticEngine(manager)
    found = []
    for raw in raw_diagnostics:
        severity = _SEVERITIES.get(engine.getSeverity(raw.code, raw.location))
        if severity is None:  # ignored by default
            continue
        code = str(raw.code).removeprefix("DiagCode(").removesuffix(")")
        found.append(
            Diagnostic(severity, code, engine.formatMessage(raw), _span(raw, manager), "slang")
        )
    return tuple(dict.fromkeys(found))


def _span(raw: pyslang.Diagnostic, manager: pyslang.SourceManager) -> SourceSpan | None:
    place = manager.getFullyOriginalLoc(raw.location)
    line = manager.getLineNumber(place)
    if not line:
        return None
    return SourceSpan(manager.getFileName(place), line, manager.getColumnNumber(place))


def _ports(top: ast.InstanceSymbol) -> tuple[Port, ...]:
    ports = []
    for port in top.body.portList:
        if isinstance(port, ast.PortSymbol):
            width = max(1, port.type.bitWidth)
            ports.append(Port(port.name, _DIRECTIONS[port.direction], width))
    return tuple(ports)


def _driven_inputs(top: ast.InstanceSymbol, manage: analysis.AnalysisManager) -> Iterator[str]:
    for port in top.body.portList:
        if isinstance(port, ast.PortSymbol) and port.direction is ast.ArgumentDirection.In:
            symbol = port.internalSymbol
            drivers = manage.getDrivers(symbol) if symbol else []
            if any(not driver.isInputPort for driver in drivers):
                yield port.name
