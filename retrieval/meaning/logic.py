"""What combinational code computes for one target, by the form of its assignments."""

from collections.abc import Sequence

from hdlsmith.retrieval.meaning.code import Assignment, Expr, names_in
from hdlsmith.retrieval.meaning.flops import Flops
from hdlsmith.retrieval.meaning.forms import when
from hdlsmith.retrieval.meaning.idioms import idioms
from hdlsmith.retrieval.meaning.order import in_order
from hdlsmith.retrieval.meaning.phrases import is_constant, say, say_all

_LOGICAL = frozenset({"&&", "||", "&", "|", "!", "inside"})
_COMPARING = frozenset({"==", "!=", "<", "<=", ">", ">=", "===", "!==", "==?"})
_ACCUMULATED = {
    "+": "sums counts over all",
    "|": "combines with or over all",
    "||": "combines with or over all",
    "&": "combines with and over all",
    "&&": "combines with and over all",
    "^": "parity xor over all",
}


def value_words(value: Expr, flops: Flops) -> str:
    """What an unconditional assignment of that value does."""
    op, args = value.op, value.args
    names = ", ".join(idioms(value, flops))
    lead = f"{names}, " if names else ""
    if op == "name":
        return f"is {say(value)}"
    if op == "number":
        return f"constant {say(value)}, tied off"
    if op == "?:":
        if any(map(_high_impedance, args)):
            return f"tristate driver, {say(value)}"
        return f"{lead}selects {say(value, 30)}"
    if op == "[]" and args[1].op == "name" and len(args[1].text) > 2:
        return f"looks up reads {say(value)}"
    if op in _LOGICAL or (op in _COMPARING and len(args) == 2):
        return f"{lead}when {say(value, 40)}"
    return f"{lead}{say(value, 40)}"


def _high_impedance(expr: Expr) -> bool:
    return expr.op == "number" and expr.text.lower().endswith("z")


def target_words(assignments: Sequence[Assignment], flops: Flops) -> str:
    """How combinational statements give a target its value.

    Args:
        assignments: all those to it in one block, in order: the last whose conditions hold wins.
    """
    if looped := _in_loop(assignments):
        return looped
    conditional = [a for a in assignments if a.conditions]
    if not conditional:
        return value_words(assignments[-1].value, flops)
    parts = [_form(conditional)]
    parts += [_part(a, flops) for a in in_order(conditional[:5])]
    default = next((a for a in assignments if not a.conditions), None)
    if default is not None:
        parts.append(f"default {say(default.value, 6)}")
    return ", ".join(filter(None, parts))


def _form(conditional: Sequence[Assignment]) -> str:
    """The form of a choice: decoder, selector or chain."""
    cases = (c.test for a in conditional for c in a.conditions if c.test.op == "case")
    case = next(cases, None)
    if case is not None:
        if case.args[0].op == "number":
            return "one hot selection"
        if "z" in case.text or "x" in case.text:
            return f"priority decoded from {say(case.args[0], 6)}"
        decoding = all(is_constant(a.value) for a in conditional)
        return f"{'decoded from' if decoding else 'selected by'} {say(case.args[0], 6)}"
    refused = (sum(not c.holds for c in a.conditions) for a in conditional)
    return "priority chain" if max(refused) >= 2 else ""


def _part(a: Assignment, flops: Flops) -> str:
    named = next(idioms(a.value, flops), "")
    value = f"{named} {say(a.value, 8)}" if named else say(a.value, 8)
    return f"{value}{when(a, 12)}"


def _in_loop(assignments: Sequence[Assignment]) -> str:
    """What a loop makes of many: a sum, an index, a reversed word."""
    for a in assignments:
        if not a.depth:
            continue
        value = a.value
        if value.op in _ACCUMULATED and a.target in value.args:
            others = " ".join(say(arg, 10) for arg in value.args if arg != a.target)
            return f"{_ACCUMULATED[value.op]} {others}{when(a, 10)}"
        if a.conditions and value.op in ("name", "cast") and a.target.op == "name":
            index = names_in(value)
            if len(index) == 1 and len(index[0]) <= 3:
                found = f"index of first or last set bit of {say_all(a.conditions)}"
                return f"{found}, priority encoder"
        if value.op == "[]" and value.args[1].op == "-" and a.target.op == "[]":
            return f"reverses bit order of {say(value.args[0])}"
    return ""
