"""Expressions and conditions in the words of a designer's comment."""

import re
from collections.abc import Iterable

from hdlsmith.retrieval.abbreviations import words_of
from hdlsmith.retrieval.anatomy.signals import is_active_low_reset
from hdlsmith.retrieval.meaning.code import Condition, Expr

MAX_WORDS = 24
"""Of one expression."""

_BETWEEN = {
    "&&": "and",
    "&": "and",
    "||": "or",
    "|": "or",
    "^": "xor",
    "~^": "xnor",
    "^~": "xnor",
    "+": "plus",
    "-": "minus",
    "*": "times",
    "/": "divided by",
    "%": "modulo",
    "**": "to the power of",
    "<<": "shifted left by",
    "<<<": "shifted left by",
    ">>": "shifted right by",
    ">>>": "arithmetically shifted right by",
    "==": "equals",
    "===": "equals",
    "==?": "matches",
    "!=": "differs from",
    "!==": "differs from",
    "<": "less than",
    "<=": "at most",
    ">": "greater than",
    ">=": "at least",
    "->": "implies",
    "|->": "implies",
    "|=>": "implies next cycle",
}
_REDUCED = {
    "&": "all bits set of",
    "|": "any bit set of",
    "^": "parity of",
    "~&": "not all bits set of",
    "~|": "no bit set of",
    "~^": "even parity of",
}
_OPPOSITE = {
    "==": "!=",
    "===": "!=",
    "!=": "==",
    "!==": "==",
    "<": ">=",
    "<=": ">",
    ">": "<=",
    ">=": "<",
}
_LOGICAL = frozenset({"&&", "&", "||", "|"})
_BASED = re.compile(r"\d*'s?([bodh])([0-9a-f_]+)", re.IGNORECASE)
_MOST_DIGITS = 64
_BASES = {"b": 2, "o": 8, "d": 10, "h": 16}
LOOP_VARIABLES = frozenset({"i", "j", "k", "n", "ii", "jj", "idx"})
_SILENT_CALLS = frozenset({"$signed", "$unsigned", "signed", "unsigned", "$bits"})


def value_of(expr: Expr) -> int | None:
    """The value of a literal; None of anything else, of one with x or z, and of `'1`."""
    if expr.op != "number":
        return None
    text = expr.text.replace("_", "")
    match = _BASED.fullmatch(text)
    base, digits = (_BASES[match[1].lower()], match[2]) if match else (10, text)
    if text == "'0":
        return 0
    try:
        return int(digits, base) if len(digits) <= _MOST_DIGITS else None
    except ValueError:
        return None


def is_constant(expr: Expr) -> bool:
    """A literal, or a name spelled as a constant is."""
    if expr.op == "name":
        last = expr.text.rpartition(".")[2]
        return last.isupper() and len(last) > 1
    return expr.op == "number" or (expr.op in ("'{}", "cast") and all(map(is_constant, expr.args)))


def say(expr: Expr, most: int = MAX_WORDS) -> str:
    """The words of an expression, at most that many."""
    return clip(_say(expr, 0), most)


def say_all(conditions: Iterable[Condition], most: int = MAX_WORDS) -> str:
    """The words of conditions that must hold together."""
    return clip(" and ".join(filter(None, map(_condition, conditions))), most)


def clip(text: str, most: int) -> str:
    """The first words of a text."""
    words = text.split(None, most)
    return text if len(words) <= most else " ".join(words[:most])


def _condition(condition: Condition) -> str:
    test = condition.test
    if test.op == "case":
        return f"{_say(test.args[0], 1)} is {' or '.join(_say(a, 1) for a in test.args[1:4])}"
    if test.op == "default":
        return f"{_say(test.args[0], 1)} is any other"
    return _told(test, 0) if condition.holds else denied(test)


def denied(test: Expr) -> str:
    """The words of an expression's opposite."""
    if test.op in ("!", "~") and len(test.args) == 1:
        return _told(test.args[0], 1)
    if test.op == "name" and is_active_low_reset(test.text):
        return "in reset"
    if test.op in _OPPOSITE and len(test.args) == 2:
        return _binary(_OPPOSITE[test.op], test.args[0], test.args[1], 1)
    return f"not {_say(test, 1)}"


def _told(test: Expr, depth: int) -> str:
    """The words of what holds: a reset that is active low is not what its name says."""
    is_released = test.op == "name" and is_active_low_reset(test.text)
    return "out of reset" if is_released else _say(test, depth)


def _say(expr: Expr, depth: int) -> str:
    op, args = expr.op, expr.args
    if op == "name":
        return words_of(expr.text)
    if op == "number":
        return _number(expr)
    if depth > 8:
        return ""
    depth += 1
    if len(args) == 2 and op in _BETWEEN:
        return _binary(op, args[0], args[1], depth)
    if len(args) == 1 and op in ("!", "~"):
        return denied(args[0])
    if len(args) == 1 and op in _REDUCED:
        return f"{_REDUCED[op]} {_say(args[0], depth)}"
    if op == "-":
        return f"minus {_say(args[0], depth)}"
    if op == "?:":
        return (
            f"{_say(args[1], depth)} when {_say(args[0], depth)} otherwise {_say(args[2], depth)}"
        )
    if op in ("[]", "[:]"):
        return _selection(op, args, depth)
    if op == "{}":
        return _concatenation(args, depth)
    if op == "{n{}}":
        return f"replicated {_say(args[-1], depth)}"
    if op == "call":
        return _call(expr, depth)
    if op == "inside":
        return f"{_say(args[0], depth)} one of {_listed(args[1:], depth)}"
    return _listed(args, depth)


def _listed(args: Iterable[Expr], depth: int) -> str:
    return " ".join(filter(None, (_say(a, depth) for a in args)))


def _number(expr: Expr) -> str:
    value = value_of(expr)
    if value is None:
        return "all ones" if expr.text == "'1" else expr.text.rpartition("'")[2]
    return str(value)


def _binary(op: str, left: Expr, right: Expr, depth: int) -> str:
    said = _told if op in _LOGICAL else _say
    first, second = said(left, depth), said(right, depth)
    if op in ("==", "===", "!=", "!=="):
        value = value_of(right)
        if value == 0:
            return f"{first} {'is 0' if op[0] == '=' else 'is not 0'}"
        if op[0] == "=" and is_constant(right):
            return f"{first} is {second}"
    if op in ("+", "-") and value_of(right) == 1:
        return f"{first} {'incremented' if op == '+' else 'decremented'}"
    return f"{first} {_BETWEEN[op]} {second}" if first and second else first or second


def _selection(op: str, args: tuple[Expr, ...], depth: int) -> str:
    base = _say(args[0], depth)
    if op == "[:]":
        return f"bits of {base}"
    index = args[1]
    if index.op == "name" and index.text in LOOP_VARIABLES:
        return base
    if index.op == "number":
        return f"{base} bit {_say(index, depth)}"
    return f"{base} at {_say(index, depth)}"


def _concatenation(args: tuple[Expr, ...], depth: int) -> str:
    if not args:
        return ""
    first, last = args[0], args[-1]
    rest = _listed(args[1:], depth)
    if len(args) >= 2 and first.op == "{n{}}" and len(first.args) == 2:
        filled = first.args[1]
        if filled.op == "{}" and len(filled.args) == 1:
            filled = filled.args[0]
        if filled.op in ("[]", "name"):
            return f"sign extended {rest}"
        if value_of(filled) == 0:
            return f"zero extended {rest}"
    if len(args) >= 2 and value_of(first) == 0:
        return f"zero extended {rest}"
    if len(args) >= 2 and value_of(last) == 0:
        return f"{_listed(args[:-1], depth)} padded with zeros"
    return f"concatenated {_say(first, depth)} {rest}" if rest else _say(first, depth)


def _call(expr: Expr, depth: int) -> str:
    inner = _listed(expr.args, depth)
    if expr.text in _SILENT_CALLS:
        return inner
    return f"{words_of(expr.text)} of {inner}" if inner else words_of(expr.text)
