"""What pyverilog's syntax trees say, as text and as names."""

from collections.abc import Iterator
from typing import Any

from pyverilog.utils.op2mark import op2mark
from pyverilog.vparser import ast


def everything(node: Any) -> Iterator[Any]:
    """A node and all below it."""
    left = [node]
    while left:
        node = left.pop()
        if isinstance(node, ast.Node):
            yield node
            left += node.children()


def shown(node: Any) -> str:
    """An expression as Verilog, on one line."""
    kind = type(node)
    if kind in (ast.Rvalue, ast.Lvalue):
        return shown(node.var)
    if isinstance(node, ast.UnaryOperator):
        return f"{op2mark(kind.__name__)}{_grouped(node.right)}"
    if kind is ast.Cond:
        return " ".join(
            (_grouped(node.cond), "?", shown(node.true_value), ":", shown(node.false_value))
        )
    if isinstance(node, ast.Operator):
        return f"{_grouped(node.left)} {op2mark(kind.__name__)} {_grouped(node.right)}"
    if kind is ast.Pointer:
        return f"{shown(node.var)}[{shown(node.ptr)}]"
    if isinstance(node, ast.Partselect):
        return f"{shown(node.var)}[{shown(node.msb)}:{shown(node.lsb)}]"
    if isinstance(node, ast.Concat):
        return f"{{{', '.join(map(shown, node.list))}}}"
    if kind is ast.Repeat:
        return f"{{{shown(node.times)}{shown(node.value)}}}"
    if kind is ast.FunctionCall:
        return f"{node.name}({', '.join(map(shown, node.args))})"
    if kind is ast.SystemCall:
        return f"${node.syscall}({', '.join(map(shown, node.args))})"
    return str(getattr(node, "value", node))


def _grouped(node: Any) -> str:
    text = shown(node)
    is_compound = isinstance(node, ast.Operator) and not isinstance(node, ast.UnaryOperator)
    return f"({text})" if is_compound else text


def declared_as(item: Any) -> str:
    """What a declaration says before the name: `output reg [7:0]`."""
    words = [type(item).__name__.lower()]
    if item.signed:
        words.append("signed")
    if item.width is not None:
        words.append(f"[{shown(item.width.msb)}:{shown(item.width.lsb)}]")
    return " ".join(words)


def targets(left: Any) -> Iterator[tuple[str, list[Any]]]:
    """The names that a left side assigns, each with the expressions that index it."""
    if isinstance(left, ast.Concat):
        for part in left.list:
            yield from targets(part)
        return
    indices = []
    while not isinstance(left, ast.Identifier):
        indices += [i for i in left.children() if i is not left.var]
        left = left.var
    yield left.name, indices


def label(statement: Any, case: Any) -> str:
    """The condition of a case item."""
    chosen = shown(statement.comp)
    if case.cond is None:
        return f"{chosen} == default"
    if chosen == "1'b1":
        return " || ".join(map(shown, case.cond))
    return " || ".join(f"{chosen} == {shown(one)}" for one in case.cond)


def leading_test(statement: Any) -> Any:
    """The condition of the `if` that a process starts with, or None."""
    while isinstance(statement, ast.Block) and statement.statements:
        statement = statement.statements[0]
    return statement.cond if isinstance(statement, ast.IfStatement) else None
