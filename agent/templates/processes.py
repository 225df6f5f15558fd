"""Templates that change a process or a statement: edges, sensitivity, kinds, missing parts."""

from collections.abc import Iterator
from typing import Any

from pyslang import syntax

from hdlsmith.agent.localising.statements import is_clocked
from hdlsmith.agent.mending.names import assignments, base_names
from hdlsmith.agent.mending.source import Edit, walk
from hdlsmith.agent.templates.change import Change, View

_NONBLOCKING = syntax.SyntaxKind.NonblockingAssignmentExpression
_EDGES = {"posedge": "negedge", "negedge": "posedge"}


def edges(view: View) -> Iterator[Change]:
    """`posedge clk` -> `negedge clk`; of a reset only to the edge that its level wants."""
    for process, control in _controls(view):
        for event in walk(control, syntax.SignalEventExpressionSyntax):
            other = _EDGES.get(event.edge.rawText)
            if other and _wanted_edge(view, process, view.slice(event.expr)) in (other, ""):
                yield view.replaced("edge", event.edge, other)


def sensitivity(view: View) -> Iterator[Change]:
    """Of several edges only one, the edge of a reset beside the clock, `@(a)` -> `@(*)`."""
    for process, control in _controls(view):
        events = list(walk(control, syntax.SignalEventExpressionSyntax))
        texts = [view.slice(event) for event in events]
        for kept in texts if len(texts) > 1 else ():
            yield view.replaced("sensitivity", control, f"@({kept})")
        if not is_clocked(process):
            yield view.replaced("sensitivity", control, "@(*)")
        elif len(texts) == 1:
            for name in view.flags:
                if edge := _wanted_edge(view, process, name):
                    yield view.replaced("sensitivity", control, f"@({texts[0]} or {edge} {name})")


def _wanted_edge(view: View, process: Any, name: str) -> str:
    """The edge of an asynchronous reset that the first decision makes of a name; else empty."""
    decided = next(walk(process, syntax.ConditionalPredicateSyntax), None)
    text = view.slice(decided).replace(" ", "").strip("()") if decided is not None else ""
    if text == name:
        return "posedge"
    return "negedge" if text in (f"!{name}", f"~{name}") else ""


def assignment_kinds(view: View) -> Iterator[Change]:
    """All `=` of a clocked process -> `<=`, all `<=` of another -> `=`; and clocked or not."""
    clocks = _clocks(view)
    for process, control in _controls(view):
        found = list(assignments(process.statement))
        blocking = [n.operatorToken for n in found if n.operatorToken.rawText == "="]
        late = [node.operatorToken for node in found if node.kind == _NONBLOCKING]
        delayed = [view.source.replace(token, "<=") for token in blocking]
        immediate = [view.source.replace(token, "=") for token in late]
        if is_clocked(process):
            if delayed:
                yield view.change("assignment kind", *delayed)
            if not view.feeds_itself(process):
                yield view.change("unclocked", view.source.replace(control, "@(*)"), *immediate)
        else:
            if immediate:
                yield view.change("assignment kind", *immediate)
            for clock in clocks:
                yield view.change("clocked", view.source.replace(control, f"@({clock})"), *delayed)


def branches(view: View) -> Iterator[Change]:
    """Swap `if` and `else`; swap with the `else if`; take one branch always, or never."""
    for node in view.walk(syntax.ConditionalStatementSyntax):
        replace = view.source.replace
        clause = node.elseClause.clause if node.elseClause is not None else None
        yield view.replaced("condition", node.predicate, "1'b1")
        yield view.replaced("condition", node.predicate, "1'b0")
        if isinstance(clause, syntax.ConditionalStatementSyntax):
            yield view.change(
                "order",
                replace(node.predicate, view.slice(clause.predicate)),
                replace(clause.predicate, view.slice(node.predicate)),
                replace(node.statement, view.slice(clause.statement)),
                replace(clause.statement, view.slice(node.statement)),
            )
        elif clause is not None:
            yield view.change(
                "order",
                replace(node.statement, view.slice(clause)),
                replace(clause, view.slice(node.statement)),
            )


def missing(view: View) -> Iterator[Change]:
    """A default before a combinational process, an `else` or a `default` that sets to zero."""
    for process, _ in _controls(view):
        body = process.statement.statement
        driven = _driven(view, process)
        sign = "<=" if is_clocked(process) else "="
        if isinstance(body, syntax.BlockStatementSyntax) and not is_clocked(process):
            at = view.source.span(body.begin)[1]
            for name in driven:
                for value in ("0", "1"):
                    yield view.change("missing default", Edit(at, at, f" {name} = {value};"))
        for node in walk(process, syntax.ConditionalStatementSyntax):
            if node.elseClause is None:
                end = view.source.span(node)[1]
                for name in driven:
                    for value in ("0", "1"):
                        text = f" else {name} {sign} {value};"
                        yield view.change("missing else", Edit(end, end, text))
        for node in walk(process, syntax.CaseStatementSyntax):
            if not any(isinstance(i, syntax.DefaultCaseItemSyntax) for i in node.items):
                at = view.source.span(node.endcase)[0]
                for name in driven:
                    for value in ("0", "1"):
                        text = f"default: {name} {sign} {value}; "
                        yield view.change("missing default", Edit(at, at, text))


def removals(view: View) -> Iterator[Change]:
    """A statement that should not be there."""
    for node in view.walk(syntax.ExpressionStatementSyntax):
        yield view.replaced("removal", node, ";")


def starts(view: View) -> Iterator[Change]:
    """A register that starts at zero."""
    foot = view.source.span(view.module.endmodule)[0]
    for process, _ in _controls(view):
        if is_clocked(process):
            for name in _driven(view, process):
                line = view.source.text.count("\n", 0, view.source.span(process)[0]) + 1
                yield Change("start value", line, (Edit(foot, foot, f"initial {name} = 0;\n"),))


def _controls(view: View) -> Iterator[tuple[Any, Any]]:
    """Each `always` with an event control, and that control."""
    for process in view.walk(syntax.ProceduralBlockSyntax):
        statement = process.statement
        if isinstance(statement, syntax.TimingControlStatementSyntax):
            yield process, statement.timingControl


def _driven(view: View, process: Any) -> tuple[str, ...]:
    names = (
        name
        for found in assignments(process.statement)
        for name in base_names(view.source, found.left)
    )
    return tuple(dict.fromkeys(names))


def _clocks(view: View) -> tuple[str, ...]:
    """The edges that clocked processes wait for first, else that of a port that is a clock."""
    found = [
        view.slice(next(walk(control, syntax.SignalEventExpressionSyntax)))
        for process, control in _controls(view)
        if is_clocked(process)
    ]
    named = [f"posedge {name}" for name in view.flags if name in ("clk", "clock", "clk_i")]
    return tuple(dict.fromkeys([*found, *named]))


PROCESSES = {
    edges: 0.9,
    sensitivity: 0.9,
    assignment_kinds: 0.7,
    branches: 0.7,
    missing: 0.6,
    removals: 0.5,
    starts: 0.4,
}
"""Template -> how likely it is to be the slip, beside the others."""
