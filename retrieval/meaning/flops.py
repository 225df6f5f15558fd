"""Which variable is another one clock cycle later: what ties two-process style together."""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from hdlsmith.retrieval.meaning.code import Assignment, Code, Expr
from hdlsmith.retrieval.meaning.resets import in_reset, resets


class Flops(NamedTuple):
    """Registers of one module that just take another variable.

    Attributes:
        register: next value -> the register that takes it.
        source: register that takes it in every cycle -> that variable.
    """

    register: Mapping[str, str]
    source: Mapping[str, str]


def flops_of(codes: Iterable[Code]) -> Flops:
    """The flip-flops in a module's code."""
    register: dict[str, str] = {}
    source: dict[str, str] = {}
    for code in codes:
        if any(edge for edge, _ in code.events):
            for a in code.assignments:
                if a.value.op == "name" and a.target.op == "name" and not in_reset(a):
                    register[a.value.text] = a.name
                    if all(map(resets, a.conditions)):
                        source[a.name] = a.value.text
    return Flops(register, source)


def in_terms_of(assignment: Assignment, register: str) -> Assignment:
    """The assignment of a next value as if it were one of the register itself."""
    target = _renamed(assignment.target, assignment.name, register)
    return assignment._replace(name=register, target=target)


def _renamed(expr: Expr, old: str, new: str) -> Expr:
    if expr.op == "name":
        return expr._replace(text=new) if expr.text == old else expr
    return expr._replace(args=tuple(_renamed(arg, old, new) for arg in expr.args))
