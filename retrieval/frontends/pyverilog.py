"""Verilog-2005 source as a graph, read by pyverilog; `index.verilog_front_end` selects it.

pyverilog takes a text as a whole or not at all, and tells lines, no columns: nodes begin and end
with lines. Less is read than by `systemverilog`: no `initial` processes, and variables that live
inside a block or a function are left out, not seen through.
"""

import re
from collections.abc import Callable, Iterable
from functools import cache
from tempfile import TemporaryDirectory
from typing import Any

from pyverilog.vparser import ast
from pyverilog.vparser.parser import ParseError, VerilogParser

from hdlsmith.design import Diagnostic, Severity, SourceSpan
from hdlsmith.retrieval.frontends.pyverilog_ast import (
    declared_as,
    everything,
    label,
    leading_test,
    shown,
    targets,
)
from hdlsmith.retrieval.frontends.pyverilog_text import plain_text
from hdlsmith.retrieval.frontends.sv_dataflow import both, grouped
from hdlsmith.retrieval.frontends.sv_names import one_line
from hdlsmith.retrieval.frontends.sv_source import opened
from hdlsmith.retrieval.frontends.table import Surroundings
from hdlsmith.retrieval.nodes import Edge, EdgeKind, FileGraph, Kind, Node

Scope = dict[str, int]
"""What a name means: the position of a node."""

Reads = dict[int, None]
"""Positions of nodes, in the order of their reading."""

_Functions = dict[str, Reads]
"""By name, what a function reads of the module around it."""

_MOST_CONDITION = 200
_LINE = re.compile(r"line:(\d+)")
_NESTING = re.compile(
    r"(\b(?:begin|case[xz]?|function|task|fork)\b|\()|\bend(?:case|function|task)?\b|\bjoin\b|\)"
)
_DIRECTIONS = (ast.Input, ast.Output, ast.Inout)
_CLOCKED_BY = EdgeKind.CLOCKED_BY
_SIGNALS = (ast.Reg, ast.Wire, ast.Tri, ast.Integer, ast.Real)


def read(path: str, text: bytes, around: Surroundings) -> FileGraph:
    """The graph of one text; see `table.FrontEnd`."""
    source = opened(path, text, around)
    plain = plain_text(source)
    reader = _Reader(text, plain)
    diagnostics = []
    try:
        for module in _modules(plain):
            reader.read_module(module)
    except ParseError as error:
        line = _LINE.search(str(error))
        span = SourceSpan(path, int(line[1]) if line else 1)
        message = f"pyverilog can't parse it {str(error).partition(': ')[2]}"
        diagnostics.append(Diagnostic(Severity.ERROR, "syntax", message, span, "pyverilog"))
    return FileGraph(reader.nodes, reader.edges, source.inclusion.files, tuple(diagnostics))


def _modules(plain: str) -> list[Any]:
    if not plain.strip():
        return []  # a header, which pyverilog would call an error
    parser = _parser()
    parser.lexer.reset_lineno()
    definitions = parser.parse(plain).description.definitions
    return [found for found in definitions if isinstance(found, ast.ModuleDef)]


@cache
def _parser() -> Any:
    # It always writes its tables down; they must not land in the user's folder.
    with TemporaryDirectory(prefix="hdlsmith-") as folder:
        return VerilogParser(outputdir=folder, debug=False)


class _Reader:
    """Fills the graph of one text."""

    def __init__(self, text: bytes, plain: str) -> None:
        self.nodes: list[Node] = []
        self.edges: list[Edge] = []
        self._lines = plain.split("\n")
        starts = [0, *(found.end() for found in re.finditer(b"\n", text)), len(text)]
        self._starts = starts
        self._module = -1
        self._functions: _Functions = {}

    def read_module(self, module: Any) -> None:
        self._module = -1
        self._module = self._add(Kind.MODULE, module.name, module, "module", module.end_lineno)
        self._functions = {}
        scope: Scope = {}
        for declaration in module.paramlist.params if module.paramlist else ():
            self._declare(declaration, scope)
        for port in module.portlist.ports if module.portlist else ():
            if isinstance(port, ast.Ioport):
                detail = declared_as(port.first)
                if port.second is not None and not isinstance(port.second, ast.Wire):
                    first, _, rest = detail.partition(" ")
                    detail = f"{first} {type(port.second).__name__.lower()} {rest}".rstrip()
                self._named(Kind.PORT, port.first, detail, scope)
        self._read_items(module.items, scope, "")

    def _read_items(self, items: Iterable[Any], scope: Scope, condition: str) -> None:
        items = [inner for item in items for inner in getattr(item, "items", (item,))]
        for item in items:
            if isinstance(item, ast.Decl):
                self._declare(item, scope)
        for item in items:
            if isinstance(item, ast.Function):
                self._read_function(item, scope)
        for item in items:
            read = next((r for kind, r in _ITEMS if isinstance(item, kind)), None)
            if read:
                read(self, item, scope, condition)

    def _declare(self, declaration: Any, scope: Scope) -> None:
        for item in getattr(declaration, "list", (declaration,)):
            if isinstance(item, _DIRECTIONS):
                self._named(Kind.PORT, item, declared_as(item), scope)
            elif isinstance(item, ast.Parameter):
                detail = f"{declared_as(item)} = {shown(item.value)}"
                self._named(Kind.PARAMETER, item, detail, scope)
            elif isinstance(item, _SIGNALS) and not self._is_port(item.name, scope):
                self._named(Kind.SIGNAL, item, declared_as(item), scope)
            elif isinstance(item, ast.Assign):
                self._read_assign(item, scope, "")

    def _is_port(self, name: str, scope: Scope) -> bool:
        return name in scope and self.nodes[scope[name]].kind is Kind.PORT

    def _named(self, kind: Kind, item: Any, detail: str, scope: Scope) -> None:
        scope[item.name] = self._add(kind, item.name, item, detail)

    def _read_assign(self, item: Any, scope: Scope, condition: str) -> None:
        left = item.left.var
        detail = f"assign {shown(left)} = {shown(item.right)}"
        name = ", ".join(target for target, _ in targets(left))
        block = _Block(self._functions, self._add(Kind.ASSIGN, name, item, detail), scope)
        block.assign(item, condition, {})
        self.edges += block.edges()

    def _read_always(self, item: Any, scope: Scope, condition: str) -> None:
        senses = item.sens_list.list
        timing = ", ".join(
            "*" if sens.sig is None else f"{_edge(sens)} {shown(sens.sig)}".strip()
            for sens in senses
        )
        name = getattr(item.statement, "scope", None) or ""
        node = self._add(Kind.PROCESS, name, item, f"always @({timing})")
        events = [sens for sens in senses if _edge(sens) and isinstance(sens.sig, ast.Identifier)]
        test = leading_test(item.statement)
        asked = {inner.name for inner in everything(test) if isinstance(inner, ast.Identifier)}
        resets = [sens for sens in events if sens.sig.name in asked] if len(events) > 1 else []
        clocks = [sens for sens in events if sens not in resets]
        block = _Block(self._functions, node, scope, _edge(clocks[0]) if clocks else "")
        block.visit(item.statement, condition, {})
        self.edges += block.edges()
        level = "0" if isinstance(test, (ast.Ulnot, ast.Unot)) else "1"
        for sens in (*clocks, *resets):
            kind, holds = (EdgeKind.RESET_BY, level) if sens in resets else (_CLOCKED_BY, "")
            name = sens.sig.name
            if name in scope:
                at = Edge(kind, node, scope[name], -1, name, item.lineno, _edge(sens), holds)
                self.edges.append(at)

    def _read_function(self, item: Any, scope: Scope) -> None:
        node = self._add(Kind.FUNCTION, item.name, item, f"function {item.name}")
        own = {inner.name for inner in everything(item) if isinstance(inner, ast.Variable)}
        outer = {name: at for name, at in scope.items() if name not in own}
        reads = _reads(item, outer, self._functions)
        self._functions[item.name] = reads
        self.edges += [Edge(EdgeKind.READS, node, read, line=item.lineno) for read in reads]

    def _read_instances(self, item: Any, scope: Scope, _condition: str) -> None:
        for instance in item.instances:
            place = item if len(item.instances) == 1 else instance
            node = self._add(Kind.INSTANCE, instance.name, place, item.module)
            line = instance.lineno
            self.edges.append(Edge(EdgeKind.INSTANTIATES, node, -1, -1, item.module, line))
            for position, port in enumerate(instance.portlist):
                name = port.portname or f"#{position}"
                for net in _reads(port.argname, scope, {}) if port.argname else ():
                    self.edges.append(Edge(EdgeKind.CONNECTS, node, net, -1, name, port.lineno))

    def _read_if(self, item: Any, scope: Scope, condition: str) -> None:
        test = shown(item.cond)
        branches = ((item.true_statement, grouped(test)), (item.false_statement, f"!({test})"))
        for branch, needed in branches:
            if branch is not None:
                self._read_inner(branch, scope, both(condition, needed))

    def _read_inner(self, item: Any, scope: Scope, condition: str) -> None:
        """What a generate statement holds: a level of names of its own."""
        inner = item.statements if isinstance(item, ast.Block) else (item,)
        self._read_items(inner, dict(scope), condition)

    def _read_loop(self, item: Any, scope: Scope, condition: str) -> None:
        self._read_inner(item.statement, scope, condition)

    def _read_case(self, item: Any, scope: Scope, condition: str) -> None:
        for case in item.caselist:
            self._read_inner(case.statement, scope, both(condition, label(item, case)))

    def _add(self, kind: Kind, name: str, item: Any, detail: str, last: int = 0) -> int:
        first = max(1, item.lineno)
        last = min(last or self._last_line(first, item), len(self._starts) - 1)
        start, end = self._starts[first - 1], self._starts[last]
        detail = one_line(detail)
        self.nodes.append(Node(kind, name, self._module, first, last, start, end, detail))
        return len(self.nodes) - 1

    def _last_line(self, first: int, item: Any) -> int:
        """Where the `begin` and the like that open in an item's lines are closed."""
        last = max((inner.lineno for inner in everything(item)), default=first)
        depth = 0
        for number in range(first, len(self._lines) + 1):
            for found in _NESTING.finditer(self._lines[number - 1]):
                depth += 1 if found[1] else -1
            if number >= last and depth <= 0:
                return number
        return last


class _Block:
    """The dataflow of one block, gathered statement by statement."""

    def __init__(
        self, functions: _Functions, node: int, scope: Scope, clock_edge: str = ""
    ) -> None:
        self._functions, self._node, self._clock_edge = functions, node, clock_edge
        self._scope = scope
        self._drives: list[Edge] = []
        self._pairs: dict[tuple[int, int], int] = {}

    def edges(self) -> list[Edge]:
        """DRIVES of each assignment, READS of each pair."""
        node, edge = self._node, self._clock_edge
        return self._drives + [
            Edge(EdgeKind.READS, node, read, driven, "", line, edge)
            for (driven, read), line in self._pairs.items()
        ]

    def visit(self, statement: Any, condition: str, decided_by: Reads) -> None:
        """Take in a statement that runs under a condition, which reads `decided_by`."""
        if isinstance(statement, ast.Substitution):
            self.assign(statement, condition, decided_by)
        elif isinstance(statement, ast.IfStatement):
            test = shown(statement.cond)
            decided_by = decided_by | self._reads(statement.cond)
            self.visit(statement.true_statement, both(condition, grouped(test)), decided_by)
            self.visit(statement.false_statement, both(condition, f"!({test})"), decided_by)
        elif isinstance(statement, ast.CaseStatement):
            decided_by = decided_by | self._reads(statement.comp)
            for case in statement.caselist:
                for one in case.cond or ():
                    decided_by = decided_by | self._reads(one)
                self.visit(case.statement, both(condition, label(statement, case)), decided_by)
        elif isinstance(statement, (ast.ForStatement, ast.WhileStatement)):
            around = self._scope
            if isinstance(statement, ast.ForStatement):
                count = statement.pre.left.var.name
                self._scope = {name: at for name, at in around.items() if name != count}
            self.visit(statement.statement, condition, decided_by | self._reads(statement.cond))
            self._scope = around
        elif isinstance(statement, ast.Block):
            around = self._scope
            own = {v.name for d in statement.statements or () for v in getattr(d, "list", ())}
            self._scope = {name: at for name, at in around.items() if name not in own}
            for inner in statement.statements or ():
                self.visit(inner, condition, decided_by)
            self._scope = around

    def assign(self, statement: Any, condition: str, decided_by: Reads) -> None:
        """Take in one assignment."""
        reads = decided_by | self._reads(statement.right)
        line, condition = statement.lineno, condition[-_MOST_CONDITION:]
        for name, indices in targets(statement.left.var):
            driven = self._scope.get(name)
            if driven is None:
                continue
            self._drives.append(
                Edge(EdgeKind.DRIVES, self._node, driven, -1, "", line, self._clock_edge, condition)
            )
            for read in reads | {r: None for index in indices for r in self._reads(index)}:
                self._pairs.setdefault((driven, read), line)

    def _reads(self, expression: Any) -> Reads:
        return _reads(expression, self._scope, self._functions)


def _reads(expression: Any, scope: Scope, functions: _Functions) -> Reads:
    """The nodes that an expression reads, those that a function in it reads among them."""
    found: Reads = {}
    for inner in everything(expression):
        if isinstance(inner, ast.FunctionCall):
            found |= functions.get(inner.name.name, {})
        elif isinstance(inner, ast.Identifier) and inner.scope is None and inner.name in scope:
            found[scope[inner.name]] = None
    return found


def _edge(sens: Any) -> str:
    return sens.type if sens.type in ("posedge", "negedge") else ""


_ITEMS: tuple[tuple[type, Callable[[_Reader, Any, Scope, str], None]], ...] = (
    (ast.Assign, _Reader._read_assign),
    (ast.Always, _Reader._read_always),
    (ast.InstanceList, _Reader._read_instances),
    (ast.IfStatement, _Reader._read_if),
    (ast.CaseStatement, _Reader._read_case),
    (ast.ForStatement, _Reader._read_loop),
    (ast.Block, _Reader._read_inner),
)
"""Items of a module that do something."""
