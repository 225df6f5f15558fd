"""Functions of a module put in the place of their calls: a next state may be computed in one."""

import re
from collections.abc import Iterator, Mapping

from hdlsmith.retrieval.anatomy.units import Unit
from hdlsmith.retrieval.meaning.code import Assignment, Code, Condition, Expr

_PORT_LIST = re.compile(r"\bfunction\b[^;(]*\(([^;]*?)\)\s*;", re.DOTALL)
_DECLARED = re.compile(r"\binput\b([^;]*);")
_NAME = re.compile(r"(\w+)\s*(?:\[[^\]]*\]\s*)*(?:=.*)?$", re.DOTALL)
_COMMENT = re.compile(r"//[^\n]*|/\*.*?\*/", re.DOTALL)


def inlined(unit: Unit) -> dict[int, Code]:
    """The module's code, each assignment of a call of its own functions replaced by what the
    function gives, under the function's conditions.
    """
    functions = dict(_functions(unit))
    if not functions:
        return unit.codes
    return {
        at: code
        if code.kind == "function"
        else code._replace(
            assignments=[each for a in code.assignments for each in _put_in(a, functions)]
        )
        for at, code in unit.codes.items()
    }


def _functions(unit: Unit) -> Iterator[tuple[str, tuple[list[str], list[Assignment]]]]:
    """Name -> arguments, and what is given to the name."""
    nodes = unit.reading.graph.nodes
    for at, code in unit.codes.items():
        name = nodes[at].name
        given = [a for a in code.assignments if a.name == name]
        if code.returns:
            given.reverse()  # the first return that runs ends it; the last assignment stands
        if code.kind == "function" and given:
            yield name, (_arguments(unit.reading.text(nodes[at])), given)


def _arguments(text: str) -> list[str]:
    plain = _COMMENT.sub(" ", text)
    listed = _PORT_LIST.search(plain)
    parts = (
        listed[1].split(",")
        if listed
        else [part for declared in _DECLARED.findall(plain) for part in declared.split(",")]
    )
    names = (_NAME.search(part.strip()) for part in parts)
    return [name[1] for name in names if name]


def _put_in(
    a: Assignment, functions: Mapping[str, tuple[list[str], list[Assignment]]]
) -> Iterator[Assignment]:
    found = functions.get(a.value.text) if a.value.op == "call" else None
    if found is None:
        yield a
        return
    arguments, given = found
    meant = dict(zip(arguments, a.value.args, strict=False))
    for inner in given:
        held = (Condition(_meant(c.test, meant), c.holds) for c in inner.conditions)
        value = _meant(inner.value, meant)
        yield a._replace(value=value, conditions=(*a.conditions, *held), line=inner.line or a.line)


def _meant(expr: Expr, meant: Mapping[str, Expr]) -> Expr:
    if expr.op == "name":
        head, dot, rest = expr.text.partition(".")
        found = meant.get(head)
        if found is None:
            return expr
        return Expr("name", (), f"{found.text}.{rest}") if dot and found.op == "name" else found
    return expr._replace(args=tuple(_meant(arg, meant) for arg in expr.args))
