"""What the front end's process does: pyslang on one design after another.

`python -m hdlsmith.sandbox.slang` reads pickled designs from stdin and answers each with one line
of JSON. Before the first it gives up the right to open any file, so that an `include` finds the
design's own files, which are in memory, and nothing of the user's disk, however it is spelt.
"""

import json
import math
import os
import pickle
import resource
import sys
from dataclasses import asdict
from pathlib import PurePosixPath

import pyslang
from pyslang import analysis, ast, parsing, syntax

from hdlsmith.design import Design, Diagnostic, Direction, Port, Severity, SourceSpan
from hdlsmith.languages import VERILOG_FAMILY
from hdlsmith.sandbox.results import Elaboration

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
_CPU_S = 20
_MEMORY_BYTES = 2 << 30
_MAX_DEPTH = 256
_MAX_ERRORS = 64
_MAX_DIAGNOSTICS = 1000
_MAX_INCLUDE_DEPTH = 32
# A folder that no disk has: of `lib/x.svh`, pyslang asks what the disk's own `lib` is a link to.
_NOWHERE = "hdlsmith-design/"


def main() -> None:
    """Serve until the other side closes the pipe."""
    _limit(resource.RLIMIT_CORE, 0)
    _limit(resource.RLIMIT_AS, _MEMORY_BYTES)
    _limit(resource.RLIMIT_NOFILE, 3)  # stdin, stdout, stderr
    while True:
        try:
            design = pickle.load(sys.stdin.buffer)  # noqa: S301 - our own parent wrote it
        except EOFError:
            return
        used_s = math.ceil(sum(os.times()[:2]))
        _limit(resource.RLIMIT_CPU, used_s + _CPU_S)
        try:
            answer: object = asdict(elaborate_here(design))
        except MemoryError:
            os.abort()  # what is left of the heap is not worth going on with
        except Exception as error:  # a fault of ours or of pyslang's; the other side raises it
            answer = {"fault": f"{type(error).__name__}: {error}"}
        sys.stdout.write(f"{json.dumps(answer)}\n")
        sys.stdout.flush()


def _limit(kind: int, wanted: int) -> None:
    hard = resource.getrlimit(kind)[1]  # may be there already, and can't be raised
    soft = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
    resource.setrlimit(kind, (soft, hard))


def elaborate_here(design: Design) -> Elaboration:
    """As `elaboration.elaborate`, but in this process, which the design may bring down."""
    manager = pyslang.SourceManager()
    buffers = {
        path: manager.assignText(_NOWHERE + path, text.encode("utf-8", "replace").decode())
        for path, text in _includable(design).items()
    }
    options = ast.CompilationOptions()
    options.errorLimit = _MAX_ERRORS
    if design.top:
        options.topModules = {design.top}
    options.paramOverrides = [f"{name}={value}" for name, value in design.parameters]
    compilation = ast.Compilation(pyslang.Bag([options]))
    for source in design.sources:
        if source.language in VERILOG_FAMILY:
            tree = parse_tree(buffers[source.path], manager, _MAX_INCLUDE_DEPTH)
            compilation.addSyntaxTree(tree)
    raw = list(compilation.getAllDiagnostics())
    tops = list(compilation.getRoot().topInstances)
    if not any(d.isError() for d in raw):
        manage = analysis.AnalysisManager()
        manage.analyze(compilation)
        raw += manage.getDiagnostics()
    return Elaboration(
        diagnostics=_diagnostics(raw, manager),
        modules=tuple(d.name for d in compilation.getDefinitions()),
        tops=tuple(top.name for top in tops),
        ports=_ports(tops[0]) if tops else (),
    )


def parse_tree(
    buffer: pyslang.SourceBuffer, manager: pyslang.SourceManager, include_depth: int = 0
) -> syntax.SyntaxTree:
    """The syntax tree of one file; by default an `include` is an error."""
    preprocessor = parsing.PreprocessorOptions()
    preprocessor.maxIncludeDepth = include_depth
    parser = parsing.ParserOptions()
    parser.maxRecursionDepth = _MAX_DEPTH
    return syntax.SyntaxTree.fromBuffer(buffer, manager, pyslang.Bag([preprocessor, parser]))


def _includable(design: Design) -> dict[str, str]:
    """Every file's text under its path, and headers also where each file looks for them.

    pyslang looks for an `include` beside the file that asks; compilers search the root and the
    folders of headers too.
    """
    texts = {file.path: file.text for file in design.files}
    for folder in dict.fromkeys(PurePosixPath(file.path).parent for file in design.files):
        for searched in (".", *design.header_folders):
            for file in design.files:
                if PurePosixPath(file.path).is_relative_to(searched):
                    seen_as = PurePosixPath(file.path).relative_to(searched)
                    texts.setdefault(str(folder / seen_as), file.text)
    return texts


def _diagnostics(
    raw_diagnostics: list[pyslang.Diagnostic], manager: pyslang.SourceManager
) -> tuple[Diagnostic, ...]:
    engine = pyslang.DiagnosticEngine(manager)
    if len(raw_diagnostics) > _MAX_DIAGNOSTICS:
        raw_diagnostics.sort(key=lambda raw: not raw.isError())
    found = []
    for raw in raw_diagnostics[:_MAX_DIAGNOSTICS]:
        severity = _SEVERITIES.get(engine.getSeverity(raw.code, raw.location))
        if severity is None:  # ignored by default
            continue
        code = str(raw.code).removeprefix("DiagCode(").removesuffix(")")
        found.append(
            Diagnostic(severity, code, _message(raw, engine), _span(raw, manager), "slang")
        )
    return tuple(dict.fromkeys(found))


def _message(raw: pyslang.Diagnostic, engine: pyslang.DiagnosticEngine) -> str:
    message = engine.formatMessage(raw)
    if raw.code == pyslang.Diags.CouldNotOpenIncludeFile:
        name = message.rpartition(":")[0]
        return f"{name}: not among the files of the design"  # whatever the disk holds
    return message


def _span(raw: pyslang.Diagnostic, manager: pyslang.SourceManager) -> SourceSpan | None:
    place = manager.getFullyOriginalLoc(raw.location)
    line = manager.getLineNumber(place)
    if not line:
        return None
    path = manager.getFileName(place).removeprefix(_NOWHERE)
    return SourceSpan(path, line, manager.getColumnNumber(place))


def _ports(top: ast.InstanceSymbol) -> tuple[Port, ...]:
    ports = []
    for port in top.body.portList:
        if isinstance(port, ast.PortSymbol):
            width = max(1, port.type.bitWidth)
            ports.append(Port(port.name, _DIRECTIONS[port.direction], width))
    return tuple(ports)


if __name__ == "__main__":
    main()
