"""What the statements of a Verilog block assign, under which condition, and out of what.

Source of the method: a value depends on what is read to compute it and on every condition that
decides whether it is assigned, as in the dataflow graphs of pyverilog (Takamaeda-Yamazaki, ARC
2015). Variables that live inside a block or a function are seen through: what depends on them
depends on what they were made of.
"""

import re
from collections.abc import Callable, Iterable
from typing import Any

from pyslang import syntax

from hdlsmith.retrieval.frontends.sv_level import Level, Scope, Sources
from hdlsmith.retrieval.frontends.sv_names import flat, left_names, names_in
from hdlsmith.retrieval.nodes import Edge, EdgeKind

_DRIVES = EdgeKind.DRIVES
_READS = EdgeKind.READS
PLAIN_ASSIGNMENT = re.compile(r"([A-Za-z_]\w*)\s*<?=(?!=)")
"""The front of an assignment to a whole variable."""
_MOST_CONDITION = 200
_NOTHING: Sources = {}


class Block:
    """The dataflow of one block, gathered statement by statement.

    Args:
        node: position of the block's node.

    Attributes:
        everything: all that it reads, if it keeps that.
    """

    def __init__(
        self,
        level: Level,
        node: int,
        scope: Scope,
        clock_edge: str = "",
        everything: Sources | None = None,
    ) -> None:
        self.slice = level.opened.slice
        self.opened = level.opened
        self.node = node
        self.scope = scope
        self.tasks = level.tasks
        self.clock_edge = clock_edge
        self.everything = everything
        self._drives: list[Edge] = []
        self._pairs: dict[int, dict[int, int]] = {}

    def edges(self) -> list[Edge]:
        """DRIVES of each assignment, READS of each pair."""
        node, edge = self.node, self.clock_edge
        return self._drives + [
            Edge(_READS, node, read, driven, "", line, edge)
            for driven, reads in self._pairs.items()
            for read, line in reads.items()
        ]

    def sources(self, text: str) -> Sources:
        """What an expression is made of."""
        found: Sources = {}
        scope = self.scope
        for name in names_in(text):
            meant = scope.get(name)
            if type(meant) is int:
                found[meant] = None
            elif type(meant) is dict:
                found.update(meant)
        if self.everything is not None:
            self.everything.update(found)
        return found

    def visit(self, statement: Any, condition: str, decided_by: Sources) -> None:
        """Take in a statement that runs under a condition, which reads `decided_by`."""
        handler = _HANDLERS.get(type(statement))
        if handler:
            handler(self, statement, condition, decided_by)

    def assign(
        self,
        line: int,
        left: str,
        sources: Sources,
        condition: str = "",
        decided_by: Sources = _NOTHING,
    ) -> None:
        """Take in one assignment: `left` is made of `sources`."""
        targets = ((left, ()),) if left.isidentifier() else left_names(left)
        reads = {**decided_by, **sources} if decided_by else sources
        if len(condition) > _MOST_CONDITION:
            condition = f"…{condition[1 - _MOST_CONDITION :]}"
        for name, indices in targets:
            meant = self.scope.get(name)
            read_here = {**reads, **self.sources(" ".join(indices))} if indices else reads
            if type(meant) is dict:
                meant.update(read_here)
            if type(meant) is not int:
                continue
            self._drives.append(
                Edge(_DRIVES, self.node, meant, -1, "", line, self.clock_edge, condition)
            )
            pairs = self._pairs.get(meant)
            if pairs is None:
                self._pairs[meant] = dict.fromkeys(read_here, line)
            else:
                for read in read_here:
                    if read not in pairs:
                        pairs[read] = line

    def _expression(self, node: Any, condition: str, decided_by: Sources) -> None:
        text, line = self.opened.cut(node)
        simple = PLAIN_ASSIGNMENT.match(text)
        if simple:
            sources = self.sources(text[simple.end() :])
            self.assign(line, simple[1], sources, condition, decided_by)
            return
        expression = node.expr
        kind = type(expression)
        if kind is syntax.BinaryExpressionSyntax:
            self._assignment(expression, line, condition, decided_by)
        elif kind is syntax.InvocationExpressionSyntax:
            self._call(expression, line, condition, decided_by)
        elif kind in _UNARY:
            left = self.slice(expression.operand)
            self.assign(line, left, self.sources(left), condition, decided_by)

    def _assignment(self, expression: Any, line: int, condition: str, decided_by: Sources) -> None:
        left = self.slice(expression.left)
        sources = self.sources(self.slice(expression.right))
        if expression.operatorToken.rawText not in ("=", "<="):
            sources.update(self.sources(left))
        self.assign(line, left, sources, condition, decided_by)

    def _call(self, call: Any, line: int, condition: str, decided_by: Sources) -> None:
        name = self.slice(call.left).strip()
        arguments = call.arguments
        texts = [self.slice(a) for a in arguments.parameters[::2]] if arguments else []
        assigned = _MEMORY_LOADS.get(name) or self.tasks.get(name, ())
        sources = self.sources(name)
        for position, text in enumerate(texts):
            if position not in assigned:
                sources.update(self.sources(text))
        for position in assigned:
            if position < len(texts):
                self.assign(line, texts[position], sources, condition, decided_by)

    def _inner_items(self, node: Any, condition: str, decided_by: Sources) -> None:
        self.visit_items(node.items, condition, decided_by)

    def visit_items(self, items: Iterable[Any], condition: str, decided_by: Sources) -> None:
        """Take in the declarations and statements of one `begin … end`."""
        around = self.scope
        for item in items:
            if type(item) is syntax.DataDeclarationSyntax:
                if self.scope is around:
                    self.scope = dict(around)
                self._locals(item)
            else:
                self.visit(item, condition, decided_by)
        self.scope = around

    def _locals(self, declaration: Any) -> None:
        for declarator in declaration.declarators[::2]:
            initial = declarator.initializer
            made_of = self.sources(self.slice(initial.expr)) if initial else {}
            self.scope[declarator.name.valueText] = made_of

    def _if(self, node: Any, condition: str, decided_by: Sources) -> None:
        while True:
            text = flat(self.slice(node.predicate))
            decided_by = {**decided_by, **self.sources(text)}
            self.visit(node.statement, both(condition, grouped(text)), decided_by)
            otherwise = node.elseClause
            if otherwise is None:
                return
            condition = both(condition, f"!({text})")
            node = otherwise.clause
            if type(node) is not syntax.ConditionalStatementSyntax:
                self.visit(node, condition, decided_by)
                return

    def _case(self, node: Any, condition: str, decided_by: Sources) -> None:
        chosen = flat(self.slice(node.expr))
        decided_by = {**decided_by, **self.sources(chosen)}
        inside = "inside" if node.matchesOrInside.rawText == "inside" else "=="
        otherwise = None
        for item in node.items:
            if type(item) is syntax.DefaultCaseItemSyntax:
                otherwise = item
            elif type(item) is syntax.StandardCaseItemSyntax:
                labels = [flat(self.slice(label)) for label in item.expressions[::2]]
                for label in labels:
                    read = self.sources(label)
                    if read:
                        decided_by = {**decided_by, **read}
                label = grouped(_label(chosen, inside, labels))
                self.visit(item.clause, both(condition, label), decided_by)
            else:
                self.visit(item.statement, condition, decided_by)
        if otherwise is not None:
            default = f"{chosen} == default"
            self.visit(otherwise.clause, both(condition, default), decided_by)

    def _for(self, node: Any, condition: str, decided_by: Sources) -> None:
        around = self.scope
        self.scope = dict(around)
        for start in node.initializers[::2]:
            if type(start) is syntax.ForVariableDeclarationSyntax:
                initial = start.declarator.initializer
                made_of = self.sources(self.slice(initial.expr)) if initial else {}
                self.scope[start.declarator.name.valueText] = made_of
            elif type(start) is syntax.BinaryExpressionSyntax:
                name = self.slice(start.left).strip()
                self.scope[name] = self.sources(self.slice(start.right))
        if node.stopExpr is not None:
            decided_by = {**decided_by, **self.sources(self.slice(node.stopExpr))}
        self.visit(node.statement, condition, decided_by)
        self.scope = around

    def _foreach(self, node: Any, condition: str, decided_by: Sources) -> None:
        around = self.scope
        self.scope = dict(around)
        for variable in node.loopList.loopVariables[::2]:
            self.scope[self.slice(variable).strip()] = {}
        self.visit(node.statement, condition, decided_by)
        self.scope = around

    def _while(self, node: Any, condition: str, decided_by: Sources) -> None:
        decided_by = {**decided_by, **self.sources(self.slice(node.expr))}
        self.visit(node.statement, condition, decided_by)

    def _inner(self, node: Any, condition: str, decided_by: Sources) -> None:
        self.visit(node.statement, condition, decided_by)

    def _procedural_assign(self, node: Any, condition: str, decided_by: Sources) -> None:
        if type(node.expr) is syntax.BinaryExpressionSyntax:
            self._assignment(node.expr, self.opened.cut(node)[1], condition, decided_by)

    def _return(self, node: Any, _condition: str, _decided_by: Sources) -> None:
        if node.returnValue is not None:
            self.sources(self.slice(node.returnValue))


def both(one: str, other: str) -> str:
    """Two conditions as one; of the front of a long one nothing is kept that would be shown."""
    return f"{one[-_MOST_CONDITION:]} && {other}" if one and other else one or other


def grouped(text: str) -> str:
    """A condition that can stand beside others."""
    return f"({text})" if "||" in text or " ? " in text else text


def _label(chosen: str, relation: str, labels: Iterable[str]) -> str:
    """The condition of a case item; `case (1'b1)` chooses by its labels alone."""
    if chosen == "1'b1":
        return " || ".join(labels)
    return " || ".join(f"{chosen} {relation} {label}" for label in labels)


_UNARY = (syntax.PostfixUnaryExpressionSyntax, syntax.PrefixUnaryExpressionSyntax)
_MEMORY_LOADS = {"$readmemh": (1,), "$readmemb": (1,)}
_HANDLERS: dict[type, Callable[[Block, Any, str, Sources], None]] = {
    syntax.ExpressionStatementSyntax: Block._expression,
    syntax.VoidCastedCallStatementSyntax: Block._expression,
    syntax.BlockStatementSyntax: Block._inner_items,
    syntax.ConditionalStatementSyntax: Block._if,
    syntax.CaseStatementSyntax: Block._case,
    syntax.ForLoopStatementSyntax: Block._for,
    syntax.ForeachLoopStatementSyntax: Block._foreach,
    syntax.LoopStatementSyntax: Block._while,
    syntax.DoWhileStatementSyntax: Block._while,
    syntax.WaitStatementSyntax: Block._inner,
    syntax.ForeverStatementSyntax: Block._inner,
    syntax.TimingControlStatementSyntax: Block._inner,
    syntax.ProceduralAssignStatementSyntax: Block._procedural_assign,
    syntax.ReturnStatementSyntax: Block._return,
}
