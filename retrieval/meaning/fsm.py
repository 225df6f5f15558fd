"""State machines: found by what a variable's tested values do.

A state register is a variable that code tests against constants while it gives such constants to
it, or to the next-state variable that it takes. Style (one, two or three processes), encoding
(enum, localparam, literal, one-hot) and the coding of the flip-flops do not matter.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from types import MappingProxyType
from typing import NamedTuple

from hdlsmith.retrieval.abbreviations import words_of
from hdlsmith.retrieval.meaning.code import NOTHING, Assignment, Code, Condition, Expr, names_in
from hdlsmith.retrieval.meaning.phrases import value_of
from hdlsmith.retrieval.meaning.resets import in_reset
from hdlsmith.retrieval.meaning.steps import Steps, spelling
from hdlsmith.retrieval.meaning.truth import Known

MAX_STATES = 256
_FEWEST_TARGETS = 2
_FEWEST_LITERAL_STATES = 3
_MOST_COUNTED = 40
"""States of a machine that counts through some of them."""
_COUNTS = {"+": 1, "-": -1}
_STATE_NAME = re.compile("state|fsm", re.IGNORECASE)
"""What decides of a variable that goes from any state to any other."""
_MOST_COPIES = 3
"""Between a next value and its register."""


class Transition(NamedTuple):
    """A step of a state machine.

    Attributes:
        source: the state left.
        conditions: what must hold beside being in `source`.
        line: of the assignment, where the code tells it.
    """

    source: str
    target: str
    conditions: tuple[Condition, ...]
    line: int = 0


class Fsm(NamedTuple):
    """A state machine of one module.

    Attributes:
        register: the variable that holds the state.
        following: the variable that its next state is given to; itself in one process.
        states: as they are spelt, in order of appearance, a number in decimal.
        reset_state: empty where no reset is seen.
        block: the node in whose code the transitions stand.
    """

    register: str
    following: str
    states: tuple[str, ...]
    reset_state: str
    transitions: tuple[Transition, ...]
    block: int


class Hints(NamedTuple):
    """What may be known of a module beside its code.

    Attributes:
        states: all states that the type of a variable declares, given those that are used; ()
            where it declares none.
        takes: variable -> variables that it takes through an instance of a flip-flop.
        at_rest: resets -> their level while they don't reset.
    """

    states: Callable[[str, Iterable[str]], tuple[str, ...]] = lambda *_: ()
    takes: Mapping[str, set[str]] = MappingProxyType({})
    at_rest: Known = MappingProxyType({})


_NO_HINTS = Hints()


def find_fsms(
    blocks: Mapping[int, Code], variables: frozenset[str], hints: Hints = _NO_HINTS
) -> Iterator[Fsm]:
    """The state machines of one module.

    Args:
        blocks: position -> code, of the module's processes and assigns.
        variables: the module's ports and signals; any other name is a constant.
    """
    blocks = {at: code for at, code in blocks.items() if code.kind not in ("function", "task")}
    takes = takes_of(blocks.values())
    for register, sources in hints.takes.items():
        takes.setdefault(register, set()).update(sources)
    tested = _tested(blocks.values(), variables)
    tested = {name: seen for name, seen in tested.items() if _is_kept(name, blocks.values(), takes)}
    flags = _flags(blocks.values())
    for block, code in blocks.items():
        given = dict.fromkeys(a.name for a in code.assignments)
        for register, labels in tested.items():
            for following in given:
                if _follows(following, register, takes) and not (
                    following == register and _is_taken(register, tested, takes)
                ):
                    module = _Module(blocks, variables, flags, hints)
                    fsm = _machine(register, following, labels, module, block)
                    if fsm is not None:
                        yield fsm
                        break


class _Module(NamedTuple):
    """What is looked at for each machine of a module."""

    blocks: Mapping[int, Code]
    variables: frozenset[str]
    flags: Mapping[str, Expr]
    hints: Hints

    def constant(self, expr: Expr) -> str:
        return _constant(expr, self.variables)

    def targets(self, value: Expr) -> tuple[str, ...]:
        """The states that a value may be: a constant, or those that a variable is given somewhere
        that keeps where to return to.
        """
        if found := self.constant(value):
            return (found,)
        if value.op != "name":
            return ()
        codes = self.blocks.values()
        kept = (a.value for code in codes for a in code.assignments if a.name == value.text)
        states = (self.constant(choice) for found in kept for choice in _choices(found))
        return tuple(dict.fromkeys(filter(None, states)))


def _flags(codes: Iterable[Code]) -> dict[str, Expr]:
    """Names of which one `assign` alone says what they are."""
    found: dict[str, list[Expr]] = {}
    for code in codes:
        for a in code.assignments:
            plain = code.kind == "assign" and a.target.op == "name" and not a.conditions
            found.setdefault(a.name, []).extend((a.value,) if plain else (NOTHING, NOTHING))
    return {name: values[0] for name, values in found.items() if len(values) == 1}


def takes_of(codes: Iterable[Code]) -> dict[str, set[str]]:
    """Variable -> variables it is assigned from as a whole."""
    takes: dict[str, set[str]] = {}
    for code in codes:
        for a in code.assignments:
            sources = takes.setdefault(a.name, set())
            sources.update(e.text for e in _choices(a.value) if e.op == "name")
    return takes


def _is_kept(name: str, codes: Iterable[Code], takes: Mapping[str, set[str]]) -> bool:
    """Does a variable keep its value from one clock to the next, as far as can be seen?"""
    record = name.partition(".")[0]
    if not {name, record} & takes.keys():
        return True  # in an instance
    giving = [code for code in codes if any(a.name in (name, record) for a in code.assignments)]
    if any(edge for code in giving for edge, _ in code.events):
        return True
    is_software = not any(edge for code in codes for edge, _ in code.events)
    return is_software and all(code.kind == "always" for code in giving)


def _is_taken(name: str, tested: Iterable[str], takes: Mapping[str, set[str]]) -> bool:
    """Is it the next value of another register?"""
    return any(other != name and _follows(name, other, takes) for other in tested)


def _follows(following: str, register: str, takes: Mapping[str, set[str]]) -> bool:
    """Does the register take that value, itself or as a field of a record?

    A register in an instance of a flip-flop tells by its name.
    """
    if following == register:
        return True
    record, _, field = register.partition(".")
    other, _, same_field = following.partition(".")
    if field and field == same_field and other in reached(record, takes):
        return True
    if following in reached(register, takes):
        return True
    return register not in takes and words_of(following) == words_of(register)


def reached(name: str, takes: Mapping[str, set[str]]) -> set[str]:
    """Variables whose value arrives, unchanged, after a few assignments."""
    found = {name}
    for _ in range(_MOST_COPIES):
        found |= {source for taker in found for source in takes.get(taker, ())}
    return found


def _choices(value: Expr) -> Iterator[Expr]:
    """The values among which `?:` chooses."""
    if value.op == "?:" and len(value.args) == 3:
        yield from _choices(value.args[1])
        yield from _choices(value.args[2])
    else:
        yield value


def _constant(expr: Expr, variables: frozenset[str]) -> str:
    """How a constant is spelt; empty for what is none."""
    if expr.op == "name":
        return "" if expr.text.partition(".")[0] in variables else expr.text
    if expr.op == "cast" and expr.args:
        return _constant(expr.args[0], variables)
    return spelling(expr) if value_of(expr) is not None else ""


def _states_of(test: Expr, variables: frozenset[str]) -> Iterator[tuple[str, str, bool]]:
    """The variables that a test asks for a state, each with such a state, and whether that is the
    number of a bit in it.
    """
    args = test.args
    if test.op in ("case", "inside") and args[0].op == "name":
        for label in args[1:]:
            yield args[0].text, _constant(label, variables), False
    elif test.op in ("==", "===", "==?", "!=", "!=="):
        for one, other in (args, args[::-1]):
            if one.op == "name":
                yield one.text, _constant(other, variables), False
    elif test.op == "[]" and args[0].op == "name":
        yield args[0].text, _constant(args[1], variables), True
    elif test.op in ("&&", "||", "!", "&", "|", "~", "case", "?:"):
        for arg in args:
            yield from _states_of(arg, variables)


class _Labels(NamedTuple):
    """What a variable is tested for.

    Attributes:
        values: constants it is compared with.
        bits: numbers of bits in it.
    """

    values: dict[str, None]
    bits: dict[str, None]


def _tested(codes: Iterable[Code], variables: frozenset[str]) -> dict[str, _Labels]:
    """Variable -> what it is tested for."""
    tested: dict[str, _Labels] = {}
    assignments = [a for code in codes for a in code.assignments]
    tests = [c.test for a in assignments for c in a.conditions]
    tests += [a.value for a in assignments]
    for test in dict.fromkeys(tests):
        for name, state, is_bit in _states_of(test, variables):
            if state and name.partition(".")[0] in variables:
                labels = tested.setdefault(name, _Labels({}, {}))
                (labels.bits if is_bit else labels.values)[state] = None
    return tested


def _machine(
    register: str, following: str, tested: _Labels, module: _Module, block: int
) -> Fsm | None:
    code, hints = module.blocks[block], module.hints
    given = [a for a in code.assignments if a.name == following]
    one_hot = [_set_bit(a) for a in given if a.target.op == "[]"]
    set_bits = [a for a in one_hot if a is not None]
    given = set_bits or given
    labels = tested.values | tested.bits if set_bits else tested.values
    values = [choice for a in given if not in_reset(a) for choice in _choices(a.value)]
    values = [value for value in values if value.text not in (register, following)]
    if len(set(map(module.constant, values)) - {""}) < _FEWEST_TARGETS:
        return None  # it takes another variable, of which more is to be said
    targets = dict.fromkeys(state for value in values for state in module.targets(value))
    declared = hints.states(register, targets)
    asked = {name for a in given for test in _tests(a) for name in names_in(test)}
    if not {register, *_flags_of(register, module.flags)} & asked and not (
        declared and _STATE_NAME.search(register)
    ):
        return None  # a table's output, which goes where others say
    if declared:
        labels = {state: None for state in declared if state in labels or state in targets}
        targets = {state: None for state in targets if state in declared}
    states = tuple(dict.fromkeys((*declared, *labels, *targets)))
    if not _is_machine(states, [target for target in targets if target in labels]):
        return None
    steps = Steps(register, states, code.assignments, module.constant, hints.at_rest, module.flags)
    transitions: dict[Transition, None] = {}
    known = dict.fromkeys(states)
    left = list(states)
    for state in left:
        for outcome in steps.outcomes(state, given):
            for target in _following(outcome.value, state, register, module):
                if target not in known and target.isdigit() and len(left) < _MOST_COUNTED:
                    known[target] = None  # counted up to
                    left.append(target)
                if target in known:
                    step = Transition(state, target, outcome.conditions, outcome.line)
                    transitions[step] = None
    states = tuple(known)
    if not any(step.source != step.target for step in transitions):
        return None
    reset_state = _reset_state(register, following, module.blocks)
    return Fsm(register, following, states, reset_state, tuple(transitions), block)


def _tests(a: Assignment) -> Iterator[Expr]:
    """What decides an assignment."""
    yield from (condition.test for condition in a.conditions)
    if a.value.op == "?:":
        yield a.value


def _flags_of(register: str, flags: Mapping[str, Expr]) -> list[str]:
    return [name for name, made in flags.items() if register in names_in(made)]


def _following(value: Expr, state: str, register: str, module: _Module) -> tuple[str, ...]:
    if value.op == "name" and value.text == register:
        return (state,)
    if value.op in _COUNTS and value.args[0].text == register and state.isdigit():
        by = value_of(value.args[-1])
        return () if by is None else (str(int(state) + _COUNTS[value.op] * by),)
    return module.targets(value)


def _set_bit(a: Assignment) -> Assignment | None:
    """The setting of one bit of a one-hot register as the taking of that state."""
    return a._replace(value=a.target.args[1]) if value_of(a.value) else None


def _is_machine(states: tuple[str, ...], known: list[str]) -> bool:
    literal = all(not state[:1].isalpha() and state[:1] != "_" for state in states)
    fewest = _FEWEST_LITERAL_STATES if literal else 2
    return len(known) >= 2 and fewest <= len(states) <= MAX_STATES


def _reset_state(register: str, following: str, blocks: Mapping[int, Code]) -> str:
    for code in blocks.values():
        for a in code.assignments:
            if a.name in (register, following) and in_reset(a):
                return spelling(a.target.args[1] if a.target.op == "[]" else a.value)
    return ""
