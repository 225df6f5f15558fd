"""Registers that designers know by a name: a counter, a shift register, a memory's write port."""

from collections.abc import Sequence

from hdlsmith.retrieval.meaning.code import Assignment, Expr, names_in
from hdlsmith.retrieval.meaning.order import OTHERWISE
from hdlsmith.retrieval.meaning.phrases import (
    LOOP_VARIABLES,
    is_constant,
    say,
    say_all,
    value_of,
)

_SHIFTS = {"<<": "left", "<<<": "left", ">>": "right", ">>>": "right"}
_MOST_OTHERS = 3


def form_of(name: str, working: Sequence[Assignment]) -> str:
    """What the register is, when and how it changes; empty if it has no form with a name.

    Args:
        working: all assignments to it outside reset, in order, in terms of the register itself.
    """
    moving = [a for a in working if a.value != a.target]
    for form in (_shifts, _counts, _toggles):
        if words := form(name, moving):
            return words
    return ""


def when(assignment: Assignment, most: int = 14) -> str:
    """The conditions of an assignment, to be put behind what it does."""
    if assignment.conditions == (OTHERWISE,):
        return " otherwise"
    words = say_all(assignment.conditions, most)
    return f" when {words}" if words else ""


def _is(expr: Expr, name: str) -> bool:
    return expr.op == "name" and expr.text == name


def _part_of(expr: Expr, name: str) -> bool:
    return expr.op in ("[:]", "[]") and _is(expr.args[0], name)


def _counts(name: str, moving: Sequence[Assignment]) -> str:
    steps = []
    for a in moving:
        if a.value.op in ("+", "-") and len(a.value.args) == 2 and not a.depth:
            left, right = a.value.args
            if a.target in (left, right) and (a.value.op == "+" or left == a.target):
                steps.append((a, a.value.op, right if left == a.target else left))
    if not steps:
        return ""
    counting = all(is_constant(step) for _, _, step in steps)
    words = "counter" if counting else "accumulator"
    for a, op, step in steps[:_MOST_OTHERS]:
        if counting:
            words += f", {'increments' if op == '+' else 'decrements'}"
            words += "" if value_of(step) == 1 else f" by {say(step, 6)}"
        else:
            words += f", {'adds' if op == '+' else 'subtracts'} {say(step, 8)}"
        words += when(a)
    return words + _others(name, moving, [a for a, _, _ in steps])


def _shifts(name: str, moving: Sequence[Assignment]) -> str:
    for a in moving:
        if words := _shift(a.value, name):
            return f"{words}{when(a)}{_others(name, moving, [a])}"
    return ""


def _shift(value: Expr, name: str) -> str:
    args = value.args
    if value.op == "{}" and len(args) >= 2:
        first, last = _part_of(args[0], name), _part_of(args[-1], name)
        if first and last:
            return "rotates"
        if first:
            return f"shift register, shifts left, {say(args[-1], 8)} comes in"
        if last:
            return f"shift register, shifts right, {say(args[0], 8)} comes in"
    if value.op in _SHIFTS and _is(args[0], name):
        return f"shift register, shifts {_SHIFTS[value.op]}"
    if value.op == "^" and any(_shift(arg, name) for arg in args):
        return "feedback shift register, shifts and xors with polynomial"
    return ""


def _toggles(name: str, moving: Sequence[Assignment]) -> str:
    for a in moving:
        if a.value.op in ("~", "!") and _is(a.value.args[0], name):
            return f"toggles{when(a)}{_others(name, moving, [a])}"
    return ""


def _others(name: str, moving: Sequence[Assignment], told: Sequence[Assignment]) -> str:
    words = ""
    for a in [a for a in moving if a not in told][:_MOST_OTHERS]:
        if value_of(a.value) != 0:
            words += f", takes {say(a.value, 8)}"
        else:
            words += ", wraps to 0" if _at_limit(a, name) else ", cleared"
        words += when(a)
    return words


def _at_limit(a: Assignment, name: str) -> bool:
    """Is the value compared with something before it starts again?"""
    tests = (c.test for c in a.conditions if c.holds)
    return any(t.op in ("==", ">=", "===", ">") and name in names_in(t) for t in tests)


def written_memory(working: Sequence[Assignment]) -> str:
    """Which word of an array is written, with what, and when; empty if no array is."""
    for a in working:
        target = a.target
        while target.op in ("[:]", "[]") and target.args[0].op in ("[:]", "[]"):
            target = target.args[0]
        if target.op == "[]" and is_address(target.args[1]) and not a.depth:
            address = say(target.args[1], 6)
            return f"memory write port, stores {say(a.value, 8)} at {address}{when(a)}"
    return ""


def is_address(index: Expr) -> bool:
    """Does an index choose a word while the hardware runs?"""
    return any(name not in LOOP_VARIABLES and not name.isupper() for name in names_in(index))
