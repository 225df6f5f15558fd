"""What the elaborating process does: pyslang on one design, whose texts are all in memory.

`python -m hdlsmith.retrieval.structure.slang_child` reads a pickled `Request` from stdin and
writes one JSON object (see `elaborate_here`). Before it parses it gives up the right to open any
file. A design may bring it down.
"""

import json
import os
import pickle
import resource
import sys
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

import pyslang
from pyslang import ast, parsing, syntax

from hdlsmith.retrieval.frontends.sv_includes import NOWHERE

_CPU_S = 60
_MEMORY_BYTES = 4 << 30
_MAX_INSTANCES = 20_000
_MAX_ERRORS = 20
_PARAMETER_CHARS = 80
_PREPROCESSOR = parsing.PreprocessorOptions()
_PREPROCESSOR.maxIncludeDepth = 32
_OPTIONS = pyslang.Bag([_PREPROCESSOR])


class Text(NamedTuple):
    """A source to compile; as many ASCII characters as it has bytes.

    Attributes:
        prelude: definitions of macros, read before it.
    """

    path: str
    text: str
    prelude: str = ""


class Request(NamedTuple):
    """A design to elaborate.

    Attributes:
        files: of several that define a module the one that is meant first.
        headers: text by the path under which the parser asks for it (`Inclusion.texts`).
    """

    top: str
    files: tuple[Text, ...]
    headers: Mapping[str, str]


def main() -> None:
    """Answer one request."""
    request = pickle.load(sys.stdin.buffer)  # noqa: S301 - our own parent wrote it
    _limit(resource.RLIMIT_CORE, 0)
    _limit(resource.RLIMIT_AS, _MEMORY_BYTES)
    _limit(resource.RLIMIT_CPU, _CPU_S)
    _limit(resource.RLIMIT_NOFILE, 3)  # stdin, stdout, stderr
    try:
        answer = elaborate_here(request)
    except MemoryError:
        os.abort()  # what is left of the heap is not worth going on with
    json.dump(answer, sys.stdout)


def _limit(kind: int, wanted: int) -> None:
    hard = resource.getrlimit(kind)[1]  # may be there already, and can't be raised
    resource.setrlimit(kind, (wanted if hard == resource.RLIM_INFINITY else min(wanted, hard),) * 2)


def elaborate_here(request: Request) -> dict[str, Any]:
    """The hierarchy below a top module.

    Returns:
        `instances`: each `[parent, blocks, name, line, module, path, module_line, facts]`, parents
        before children, the first the top; `blocks` are the generate blocks around it, with a dot
        after each; `path` is empty and `facts` -1 for a module that is missing.
        `facts`: each has `parameters` (`[name, value, is_local]`), and what elaboration left out of
        the module: `dead`, byte ranges of generate blocks, and `dead_lines` of branches of
        statements, first and last; `unsure` are the blocks whose condition has no value.
        `buses`: `[instance, port, interfaces]`: which interface instances a port stands for.
        `errors`: the first few messages of `error_count`.
        `truncated`: there are more instances than fit.
    """
    manager = pyslang.SourceManager()
    manager.setDisableProximatePaths(True)
    for path, text in request.headers.items():
        manager.assignText(path, text)
    options = ast.CompilationOptions()
    options.topModules = {request.top}
    options.flags |= ast.CompilationFlags.AllowInvalidTop
    options.flags |= ast.CompilationFlags.AllowTopLevelIfacePorts
    options.flags |= ast.CompilationFlags.AllowUseBeforeDeclare
    compilation = ast.Compilation(pyslang.Bag([options]))
    for file in request.files:
        buffers = [manager.assignText(NOWHERE + file.path, file.text)]
        if file.prelude:
            buffers.insert(0, manager.assignText(file.prelude))
        tree = syntax.SyntaxTree.fromBuffers(buffers, manager, _OPTIONS)
        compilation.addSyntaxTree(tree)
    return _Elaborator(compilation, manager).answer()


class _Elaborator:
    def __init__(self, compilation: ast.Compilation, manager: pyslang.SourceManager) -> None:
        self._compilation = compilation
        self._manager = manager
        self._instances: list[list[Any]] = []
        self._facts: list[dict[str, Any]] = []
        self._known: dict[tuple[object, ...], int] = {}
        self._interfaces: dict[str, int] = {}
        self._bundles: list[tuple[int, ast.InterfacePortSymbol]] = []

    def answer(self) -> dict[str, Any]:
        tops = self._compilation.getRoot().topInstances
        if tops:
            self._walk(tops[0])
        errors = [d for d in self._compilation.getAllDiagnostics() if d.isError()]
        engine = pyslang.DiagnosticEngine(self._manager)
        return {
            "instances": self._instances,
            "facts": self._facts,
            "buses": list(self._buses()),
            "errors": [self._message(error, engine) for error in errors[:_MAX_ERRORS]],
            "error_count": len(errors),
            "truncated": len(self._instances) >= _MAX_INSTANCES,
        }

    def _message(self, raw: pyslang.Diagnostic, engine: pyslang.DiagnosticEngine) -> str:
        place = self._manager.getFullyExpandedLoc(raw.location)
        path, line = self._path(place), self._manager.getLineNumber(place)
        message = engine.formatMessage(raw)
        return f"{path}:{line}: {message}" if path else str(message)

    def _path(self, place: pyslang.SourceLocation) -> str:
        name = self._manager.getRawFileName(place.buffer)
        return str(name).removeprefix(NOWHERE)

    def _line(self, place: pyslang.SourceLocation) -> int:
        return self._manager.getLineNumber(self._manager.getFullyExpandedLoc(place))

    def _walk(self, top: ast.InstanceSymbol) -> None:
        left: list[tuple[int, str, str, ast.Symbol]] = [(-1, "", top.name, top)]
        while left and len(self._instances) < _MAX_INSTANCES:
            parent, blocks, name, symbol = left.pop()
            number = len(self._instances)
            line = self._line(symbol.location)
            if isinstance(symbol, ast.UninstantiatedDefSymbol):
                missing = symbol.definitionName
                self._instances.append([parent, blocks, name, line, missing, "", 0, -1])
                continue
            assert isinstance(symbol, ast.InstanceSymbol)
            module = symbol.body.definition
            path, module_line = self._path(module.location), self._line(module.location)
            facts = self._facts_of(symbol.body)
            self._instances.append(
                [parent, blocks, name, line, module.name, path, module_line, facts]
            )
            if module.definitionKind is ast.DefinitionKind.Interface:
                self._interfaces[symbol.hierarchicalPath] = number
            ports = symbol.body.portList
            self._bundles += [(number, p) for p in ports if isinstance(p, ast.InterfacePortSymbol)]
            inside = [(number, *found) for found in _instances_in(symbol.body, "")]
            left += reversed(inside)

    def _buses(self) -> Iterator[tuple[int, str, list[int]]]:
        for number, port in self._bundles:
            meant = port.connection[0] if port.connection else None
            each = meant.elements if isinstance(meant, ast.InstanceArraySymbol) else [meant]
            paths = [one.hierarchicalPath for one in each if one is not None]
            known = [self._interfaces[path] for path in paths if path in self._interfaces]
            if known:
                yield number, port.name, known

    def _facts_of(self, body: ast.InstanceBodySymbol) -> int:
        parameters = tuple(_parameters(body))
        # A hierarchical name could tell bodies of equal parameters apart; that is left aside.
        key = body.definition.name, str(body.definition.location), parameters
        if key not in self._known:
            self._known[key] = len(self._facts)
            short = [(name, _short(value), is_local) for name, value, is_local in parameters]
            self._facts.append({"parameters": short, **_Omitted(self._manager, body).found()})
        return self._known[key]


def _parameters(body: ast.InstanceBodySymbol) -> Iterator[tuple[str, str, bool]]:
    for parameter in body.parameters:
        if isinstance(parameter, ast.ParameterSymbol):
            value = str(parameter.value)
        else:
            value = str(parameter.targetType.type)
        yield parameter.name, value, parameter.isLocalParam


def _short(value: str) -> str:
    return value if len(value) <= _PARAMETER_CHARS else f"{value[:_PARAMETER_CHARS]}..."


def _instances_in(
    scope: Iterable[ast.Symbol], blocks: str
) -> Iterator[tuple[str, str, ast.Symbol]]:
    """Instances in a module: the generate blocks around each, its name, itself."""
    for symbol in scope:
        if isinstance(symbol, ast.InstanceSymbol | ast.UninstantiatedDefSymbol):
            yield blocks, symbol.name, symbol
        elif isinstance(symbol, ast.GenerateBlockArraySymbol):
            for block in symbol.entries:
                if not block.isUninstantiated:
                    inside = f"{blocks}{symbol.externalName}[{block.arrayIndex}]."
                    yield from _instances_in(block, inside)
        elif isinstance(symbol, ast.GenerateBlockSymbol):
            if not symbol.isUninstantiated:
                yield from _instances_in(symbol, f"{blocks}{symbol.externalName}.")
        elif isinstance(symbol, ast.InstanceArraySymbol):
            for number, element in enumerate(symbol):
                yield blocks, f"{symbol.name}[{number}]", element


_KEPT, _UNSURE, _DEAD = range(3)


class _Omitted:
    """What elaboration left out of a module. A part that one turn of a generate loop omits and
    another keeps is kept.
    """

    def __init__(self, manager: pyslang.SourceManager, body: ast.InstanceBodySymbol) -> None:
        self._manager = manager
        self._buffer = body.definition.location.buffer
        self._blocks: dict[tuple[int, int], int] = {}
        self._lines_of_branches: dict[tuple[int, int], int] = {}
        self._scope(body)

    def found(self) -> dict[str, list[tuple[int, int]]]:
        branches = self._lines_of_branches.items()
        return {
            "dead": [span for span, fate in self._blocks.items() if fate == _DEAD],
            "unsure": [span for span, fate in self._blocks.items() if fate == _UNSURE],
            "dead_lines": [at for at, fate in branches if fate == _DEAD and at[0] <= at[1]],
        }

    def _scope(self, scope: Iterable[ast.Symbol]) -> None:
        for symbol in scope:
            if isinstance(symbol, ast.GenerateBlockArraySymbol):
                entries = [e for e in symbol.entries if not e.isUninstantiated]
                self._note(symbol, _KEPT if entries else _DEAD if symbol.valid else _UNSURE)
                for entry in entries:
                    self._scope(entry)
            elif isinstance(symbol, ast.GenerateBlockSymbol):
                if symbol.isUninstantiated:
                    self._note(symbol, _DEAD if _is_decided(symbol) else _UNSURE)
                else:
                    self._note(symbol, _KEPT)
                    self._scope(symbol)
            elif isinstance(symbol, ast.ProceduralBlockSymbol):
                context = ast.EvalContext(symbol)
                symbol.body.visit(lambda item, at=context: self._branch(item, at))

    def _note(self, symbol: ast.Symbol, fate: int) -> None:
        if symbol.syntax is None:
            return
        span = symbol.syntax.sourceRange
        start, end = (self._manager.getFullyExpandedLoc(at) for at in (span.start, span.end))
        if start.buffer == self._buffer:
            key = start.offset, end.offset
            self._blocks[key] = min(self._blocks.get(key, fate), fate)

    def _branch(self, item: object, context: ast.EvalContext) -> None:
        if not isinstance(item, ast.ConditionalStatement) or len(item.conditions) != 1:
            return
        value = item.conditions[0].expr.eval(context)
        if not value:
            return
        taken, other = item.ifTrue, item.ifFalse
        if not value.isTrue():
            taken, other = other, taken
        for branch, fate in ((taken, _KEPT), (other, _DEAD)):
            if branch is not None:
                lines = self._own_lines(item, branch)
                known = self._lines_of_branches.get(lines, fate)
                self._lines_of_branches[lines] = min(known, fate)

    def _own_lines(self, item: ast.ConditionalStatement, branch: ast.Statement) -> tuple[int, int]:
        """First and last line that a branch of a statement has for itself."""
        first, last = self._lines(branch)
        condition = self._lines(item.conditions[0].expr)[1]
        if branch is item.ifFalse:
            first = max(first, self._lines(item.ifTrue)[1] + 1)
        else:
            first = max(first, condition + 1)
            if item.ifFalse is not None:
                last = min(last, self._lines(item.ifFalse)[0] - 1)
        return first, last

    def _lines(self, item: ast.Statement | ast.Expression) -> tuple[int, int]:
        span = item.sourceRange
        places = (self._manager.getFullyExpandedLoc(at) for at in (span.start, span.end))
        first, last = (self._manager.getLineNumber(place) for place in places)
        return first, last


def _is_decided(block: ast.GenerateBlockSymbol) -> bool:
    """Whether the condition of a block has a value: if it has none, as with a parameter out of a
    missing package, pyslang instantiates no branch at all.
    """
    condition = block.conditionExpression
    return condition is not None and bool(condition.eval(ast.EvalContext(block)))


if __name__ == "__main__":
    main()
