"""What a design's statements assign, read and decide, with their places in the text."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from pyslang import syntax

from hdlsmith.agent.mending.names import base_names
from hdlsmith.agent.mending.source import Source, walk

_NONBLOCKING = syntax.SyntaxKind.NonblockingAssignmentExpression


@dataclass(frozen=True)
class Statement:
    """An assignment, a decision, a connection of an instance, or a process.

    Attributes:
        module: name of the module around it.
        line: from 1.
        start, end: characters of the file's text.
        kind: `assign`, `if`, `case`, `instance` or `process`.
        drives: names it assigns; of an instance, what is connected to its ports.
        reads: names in what it assigns or decides by.
        around: positions, in the module's tuple, of the decisions and the process it lies in.
        clocked: the process around it waits for an edge, so that it reads what was before.
        marked: it runs in a process, where its running can be recorded.
        instance: of a connection: instance and port.
    """

    module: str
    line: int
    start: int
    end: int
    kind: str
    drives: tuple[str, ...] = ()
    reads: tuple[str, ...] = ()
    around: tuple[int, ...] = ()
    clocked: bool = False
    marked: bool = False
    instance: tuple[str, str] = ("", "")


def statements(source: Source, module: Any) -> tuple[Statement, ...]:
    """Every statement of a module, each behind the ones it lies in."""
    reader = _Reader(source, module.header.name.valueText)
    for member in module.members:
        reader.member(member)
    return tuple(reader.found)


def names_read(node: Any) -> tuple[str, ...]:
    """The names that an expression reads, each once."""
    kinds = (syntax.IdentifierNameSyntax, syntax.IdentifierSelectNameSyntax)
    return tuple(dict.fromkeys(n.identifier.valueText for n in walk(node, *kinds)))


def is_clocked(process: Any) -> bool:
    """Whether a process waits for an edge."""
    events = walk(process.statement, syntax.SignalEventExpressionSyntax)
    return any(event.edge.rawText in ("posedge", "negedge") for event in events)


class _Reader:
    def __init__(self, source: Source, module: str) -> None:
        self.source = source
        self.module = module
        self.found: list[Statement] = []

    def member(self, node: Any) -> None:
        if isinstance(node, syntax.ContinuousAssignSyntax):
            for part in node.assignments:
                if isinstance(part, syntax.BinaryExpressionSyntax):
                    self._assign(part, part, (), clocked=False, marked=False)
        elif isinstance(node, syntax.NetDeclarationSyntax):
            for declared in walk(list(node.declarators), syntax.DeclaratorSyntax):
                if declared.initializer is not None:
                    drives, reads = (declared.name.valueText,), names_read(declared.initializer)
                    self._add(declared, "assign", drives, reads)
        elif isinstance(node, syntax.ProceduralBlockSyntax):
            self._process(node)
        elif isinstance(node, syntax.HierarchyInstantiationSyntax):
            for instance in walk(node, syntax.HierarchicalInstanceSyntax):
                self._instance(instance)
        elif isinstance(node, syntax.PrimitiveInstantiationSyntax):
            for instance in walk(node, syntax.HierarchicalInstanceSyntax):
                self._gate(node.type.valueText, instance)
        elif isinstance(
            node,
            syntax.GenerateBlockSyntax
            | syntax.GenerateRegionSyntax
            | syntax.IfGenerateSyntax
            | syntax.CaseGenerateSyntax
            | syntax.LoopGenerateSyntax,
        ):
            for inner in _below(node, syntax.MemberSyntax):
                self.member(inner)

    def _process(self, node: Any) -> None:
        clocked = is_clocked(node)
        events = walk(node.statement, syntax.SignalEventExpressionSyntax)
        reads = tuple(name for event in events for name in names_read(event.expr))
        process = self._add(node, "process", (), reads, clocked=clocked)
        statement = node.statement
        if isinstance(statement, syntax.TimingControlStatementSyntax):
            statement = statement.statement
        self._statement(statement, (process,), clocked)

    def _statement(self, node: Any, around: tuple[int, ...], clocked: bool) -> None:
        if isinstance(node, syntax.ConditionalStatementSyntax):
            reads = names_read(node.predicate)
            here = self._add(node, "if", (), reads, around, clocked, marked=True)
            self._statement(node.statement, (*around, here), clocked)
            if node.elseClause is not None:
                self._statement(node.elseClause.clause, (*around, here), clocked)
        elif isinstance(node, syntax.CaseStatementSyntax):
            labels = [
                label
                for item in node.items
                if isinstance(item, syntax.StandardCaseItemSyntax)
                for label in item.expressions
            ]
            reads = names_read([node.expr, *labels])
            here = self._add(node, "case", (), reads, around, clocked, marked=True)
            for item in node.items:
                if hasattr(item, "clause"):
                    self._statement(item.clause, (*around, here), clocked)
        elif isinstance(node, syntax.ExpressionStatementSyntax):
            expression = node.expr
            if isinstance(expression, syntax.BinaryExpressionSyntax):
                self._assign(node, expression, around, clocked=clocked, marked=True)
            else:  # `i++`, a call of a task
                reads = names_read(expression)
                self._add(node, "assign", reads, reads, around, clocked, marked=True)
        elif isinstance(node, syntax.SyntaxNode):
            for child in _below(node, syntax.StatementSyntax):
                self._statement(child, around, clocked)

    def _assign(
        self, node: Any, expression: Any, around: tuple[int, ...], *, clocked: bool, marked: bool
    ) -> None:
        left = expression.left
        drives = tuple(dict.fromkeys(base_names(self.source, left)))
        reads = names_read(expression.right)
        if expression.operatorToken.rawText not in ("=", "<="):
            reads = (*reads, *drives)
        index = tuple(name for name in names_read(left) if name not in drives)
        late = clocked and (expression.kind == _NONBLOCKING or not marked)
        self._add(node, "assign", drives, (*reads, *index), around, late, marked)

    def _instance(self, node: Any) -> None:
        name = node.decl.name.valueText if node.decl is not None else ""
        for position, found in enumerate(list(node.connections)[::2]):
            if isinstance(found, syntax.NamedPortConnectionSyntax):
                port = found.name.valueText
                names = names_read(found.expr) if found.expr is not None else (port,)
            elif isinstance(found, syntax.OrderedPortConnectionSyntax):
                port, names = f"#{position}", names_read(found.expr)
            elif isinstance(found, syntax.WildcardPortConnectionSyntax):
                port, names = ".*", ()
            else:
                continue
            self._add(found, "instance", names, names, instance=(name, port))

    def _gate(self, gate: str, node: Any) -> None:
        texts = [names_read(found) for found in list(node.connections)[::2]]
        outputs = len(texts) - 1 if gate in ("buf", "not") else 1
        drives, reads = (
            tuple(name for names in part for name in names)
            for part in (texts[:outputs], texts[outputs:])
        )
        self._add(node, "assign", drives, reads)

    def _add(
        self,
        node: Any,
        kind: str,
        drives: tuple[str, ...],
        reads: tuple[str, ...],
        around: tuple[int, ...] = (),
        clocked: bool = False,
        marked: bool = False,
        instance: tuple[str, str] = ("", ""),
    ) -> int:
        start, end = self.source.span(node)
        line = self.source.text.count("\n", 0, start) + 1
        self.found.append(
            Statement(
                self.module, line, start, end, kind, drives, reads, around, clocked, marked,
                instance,
            )
        )  # fmt: skip
        return len(self.found) - 1


def _below(node: Any, kind: type[syntax.SyntaxNode]) -> Iterator[Any]:
    """The nearest nodes of a kind inside a `begin … end`, a loop or the like."""
    for child in node:
        if isinstance(child, kind):
            yield child
        elif isinstance(child, syntax.SyntaxNode | list):
            yield from _below(child, kind)
