"""Expressions that designers know by a name: a rising edge, a minimum, a handshake."""

import re
from collections.abc import Callable, Iterator, Mapping

from hdlsmith.retrieval.meaning.code import Expr
from hdlsmith.retrieval.meaning.flops import Flops
from hdlsmith.retrieval.meaning.phrases import is_constant, value_of

_AND = ("&", "&&")
_OR = ("|", "||")
_VALID = re.compile(r"valid|vld|(?:^|_)v(?:_|$)|req|push|pop", re.IGNORECASE)
_READY = re.compile(r"ready|rdy|yumi|ack|gnt|grant|full|empty", re.IGNORECASE)


def idioms(expr: Expr, flops: Flops) -> Iterator[str]:
    """The names of the forms an expression has."""
    if len(expr.args) < 2:
        return
    edge = _EDGES.get(expr.op)
    if edge and (name := edge(expr, flops.source)):
        yield name
    for form in _FORMS.get(expr.op, ()):
        if name := form(expr):
            yield name


def _name(expr: Expr) -> str:
    while expr.op in ("[]", "[:]", "()"):
        expr = expr.args[0]
    return expr.text if expr.op == "name" else ""


def _inverted(expr: Expr) -> Expr | None:
    return expr.args[0] if expr.op in ("~", "!") and len(expr.args) == 1 else None


def _edge(expr: Expr, source: Mapping[str, str]) -> str:
    """`a & ~a_q`: a signal now and a cycle ago."""
    for this, other in (expr.args[:2], expr.args[1::-1]):
        inverted = _inverted(other)
        now, then = _name(this), _name(inverted) if inverted else ""
        if now and source.get(then) == now:
            return "rising edge detector"
        if then and source.get(now) == then:
            return "falling edge detector"
    return ""


def _change(expr: Expr, source: Mapping[str, str]) -> str:
    first, second = map(_name, expr.args[:2])
    if first and second and (source.get(first) == second or source.get(second) == first):
        return "change detector, both edges"
    return ""


def _gray(expr: Expr) -> str:
    for this, other in (expr.args[:2], expr.args[1::-1]):
        if other.op in (">>", ">>>") and other.args[0] == this and value_of(other.args[1]) == 1:
            return "binary to gray code"
    return ""


def _lowest_bit(expr: Expr) -> str:
    for this, other in (expr.args[:2], expr.args[1::-1]):
        if other in (Expr("-", (this,)), _negated(this)):
            return "isolates lowest set bit, one hot priority"
    return ""


def _negated(expr: Expr) -> Expr:
    return Expr("+", (Expr("~", (expr,)), Expr("number", (), "1")))


def _handshake(expr: Expr) -> str:
    parts = [_name(_inverted(a) or a) for a in expr.args]
    if any(map(_VALID.search, parts)) and any(map(_READY.search, parts)):
        return "handshake, transfer accepted"
    return ""


def _masked(expr: Expr) -> str:
    return "gated masked" if any(a.op == "{n{}}" for a in expr.args) else ""


def _and_or(expr: Expr) -> str:
    if all(a.op in ("&", "|") and _has_mask(a) for a in expr.args):
        return "and or multiplexer, one hot selection"
    return ""


def _has_mask(expr: Expr) -> bool:
    return expr.op == "{n{}}" or (expr.op in ("&", "|") and any(map(_has_mask, expr.args)))


def _twos_complement(expr: Expr) -> str:
    if expr.args[0].op == "~" and value_of(expr.args[1]) == 1:
        return "negates, two's complement"
    return ""


def _decoder(expr: Expr) -> str:
    if value_of(expr.args[0]) == 1 and not is_constant(expr.args[1]):
        return "one hot decoder"
    return "" if is_constant(expr.args[1]) else "variable shift, shifter"


def _right_shift(expr: Expr) -> str:
    return "" if is_constant(expr.args[1]) else "variable shift, aligner shifter"


def _choice(expr: Expr) -> str:
    if len(expr.args) != 3:
        return ""
    test, yes, no = expr.args
    if test.op in ("<", "<=", ">", ">=") and set(test.args) == {yes, no}:
        if is_constant(yes) or is_constant(no):
            return "clamps saturates to limit"
        return "minimum" if (test.op[0] == "<") == (test.args[0] == yes) else "maximum"
    if no.op == "-" and len(no.args) == 1 and no.args[0] == yes:
        return "absolute value"
    if (yes.op == "-" and yes.args == (no,)) or yes in (_negated(no), Expr("~", (no,))):
        return "absolute value, conditional negation"
    return ""


def _parts_of_one(expr: Expr) -> str:
    bases = [_name(a) for a in expr.args]
    parts = any(a.op in ("[]", "[:]") for a in expr.args)
    return "reorders parts of one word" if bases[0] and parts and len(set(bases)) == 1 else ""


_Form = Callable[[Expr], str]
_EDGES = {**dict.fromkeys(_AND, _edge), "^": _change, "!=": _change}
_FORMS: dict[str, tuple[_Form, ...]] = {
    **dict.fromkeys(_AND, (_lowest_bit, _handshake, _masked)),
    **dict.fromkeys(_OR, (_and_or,)),
    "^": (_gray,),
    "+": (_twos_complement,),
    "<<": (_decoder,),
    ">>": (_right_shift,),
    ">>>": (_right_shift,),
    "?:": (_choice,),
    "{}": (_parts_of_one,),
}
