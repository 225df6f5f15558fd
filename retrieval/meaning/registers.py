"""What a clocked process does with one register, by the form of its assignments."""

import re
from collections.abc import Sequence

from hdlsmith.retrieval.abbreviations import words_of
from hdlsmith.retrieval.meaning.code import Assignment
from hdlsmith.retrieval.meaning.forms import form_of, is_address, when, written_memory
from hdlsmith.retrieval.meaning.order import in_order
from hdlsmith.retrieval.meaning.phrases import is_constant, say, value_of
from hdlsmith.retrieval.meaning.resets import in_reset, resets

_MOST_LOADS = 4
_NEXT = re.compile(r"(?:_d|_n|_nxt|_next|_ns)$|^(?:next|nxt|n)_", re.IGNORECASE)


def register_words(name: str, assignments: Sequence[Assignment]) -> str:
    """How the register gets its value, in a designer's words.

    Args:
        assignments: all those to it in one clocked process, in order.
    """
    working = in_order([_after_reset(a) for a in assignments if not in_reset(a)])
    resetting = [a for a in assignments if in_reset(a)]
    if not working:
        words = "keeps its reset value"
    else:
        words = (
            form_of(name, working)
            or written_memory(working)
            or _set_and_cleared(working)
            or _loaded(name, working)
        )
    if resetting:
        words += f", reset to {say(resetting[-1].value, 6)}"
    return words


def _after_reset(assignment: Assignment) -> Assignment:
    conditions = assignment.conditions
    while conditions and resets(conditions[0]):
        conditions = conditions[1:]
    return assignment._replace(conditions=conditions)


def _set_and_cleared(working: Sequence[Assignment]) -> str:
    values = {value_of(a.value) for a in working}
    if values != {0, 1} or not any(a.conditions for a in working):
        return ""
    changes = working[:_MOST_LOADS]
    return ", ".join(f"{'set' if value_of(a.value) else 'cleared'}{when(a)}" for a in changes)


def _loaded(name: str, working: Sequence[Assignment]) -> str:
    if len(working) == 1:
        return _loaded_once(name, working[0])
    constant = all(is_constant(a.value) for a in working)
    lead = "state register" if constant else "register"
    loads = (f"takes {say(a.value, 8)}{when(a, 10)}" for a in working[:_MOST_LOADS])
    return f"{lead}, {', '.join(loads)}"


def _loaded_once(name: str, a: Assignment) -> str:
    kind = "register with enable" if a.conditions else "register"
    value = a.value
    if value.op == "name" and _NEXT.search(value.text) and words_of(value.text) == words_of(name):
        return f"{kind}, takes its next value{when(a)}"
    if value.op == "[]" and is_address(value.args[1]) and not a.depth:
        return f"registered memory read of {say(value, 14)}{when(a)}"
    if value.op == "name" and not a.conditions:
        return f"register, {say(value)} delayed by one cycle"
    return f"{kind}, stores {say(value, 18)}{when(a)}"
