"""State machines: found by what a variable's tested values do.

A state register is a variable that code tests against constants while it gives such constants to
it, or to the next-state variable that it takes. Style (one, two or three processes), encoding
(enum, localparam, literal, one-hot) and the coding of the flip-flops do not matter.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from hdlsmith.retrieval.abbreviations import words_of
from hdlsmith.retrieval.meaning.code import Assignment, Code, Condition, Expr
from hdlsmith.retrieval.meaning.phrases import say_all, value_of
from hdlsmith.retrieval.meaning.resets import in_reset, resets

MAX_STATES = 256
_FEWEST_LITERAL_STATES = 3
_MOST_COPIES = 3
"""Between a next value and its register."""


class Transition(NamedTuple):
    """A step of a state machine.

    Attributes:
        source: the state left; empty if it may be any.
        conditions: what must hold beside being in `source`.
    """

    source: str
    target: str
    conditions: tuple[Condition, ...]


class Fsm(NamedTuple):
    """A state machine of one module.

    Attributes:
        register: the variable that holds the state.
        states: as they are spelt, in order of appearance.
        reset_state: empty where no reset is seen.
        block: the node in whose code the transitions stand.
    """

    register: str
    states: tuple[str, ...]
    reset_state: str
    transitions: tuple[Transition, ...]
    block: int


def find_fsms(blocks: Mapping[int, Code], variables: frozenset[str]) -> Iterator[Fsm]:
    """The state machines of one module.

    Args:
        blocks: position -> code, of the module's processes and assigns.
        variables: the module's ports and signals; any other name is a constant.
    """
    takes = _takes(blocks.values())
    for block, code in blocks.items():
        if code.kind in ("function", "task"):
            continue
        tested = _tested(code, variables)
        for register, labels in tested.items():
            for following in dict.fromkeys(a.name for a in code.assignments):
                if not _follows(following, register, takes):
                    continue
                fsm = _machine(register, following, labels, code, block, variables)
                if fsm is not None:
                    yield fsm._replace(reset_state=_reset_state(register, following, blocks))
                    break


def _takes(codes: Iterable[Code]) -> dict[str, set[str]]:
    """Variable -> variables it is assigned from as a whole."""
    takes: dict[str, set[str]] = {}
    for code in codes:
        for a in code.assignments:
            sources = takes.setdefault(a.name, set())
            sources.update(e.text for e in _choices(a.value) if e.op == "name")
    return takes


def _follows(following: str, register: str, takes: Mapping[str, set[str]]) -> bool:
    """Does the register take that value, itself or as a field of a record?

    A register in an instance of a flip-flop tells by its name.
    """
    if following == register:
        return True
    record, _, field = register.partition(".")
    other, _, same_field = following.partition(".")
    if field and field == same_field and other in _reached(record, takes):
        return True
    if following in _reached(register, takes):
        return True
    return register not in takes and words_of(following) == words_of(register)


def _reached(name: str, takes: Mapping[str, set[str]]) -> set[str]:
    """Variables whose value arrives, unchanged, after a few assignments."""
    reached = {name}
    for _ in range(_MOST_COPIES):
        reached |= {source for taker in reached for source in takes.get(taker, ())}
    return reached


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
    return expr.text if value_of(expr) is not None else ""


def _states_of(test: Expr, variables: frozenset[str]) -> tuple[str, tuple[str, ...]]:
    """The variable a test asks for its state, and the states that pass; ("", ()) if none."""
    args = test.args
    if test.op == "case" and args[0].op == "name":
        found = tuple(filter(None, (_constant(label, variables) for label in args[1:])))
        return args[0].text, found
    if test.op == "case":
        bits = [a for a in args[1:] if a.op == "[]" and a.args[0].op == "name"]
        found = tuple(filter(None, (_constant(bit.args[1], variables) for bit in bits)))
        return (bits[0].args[0].text, found) if bits else ("", ())
    if test.op in ("==", "===") and args[0].op == "name":
        state = _constant(args[1], variables)
        return (args[0].text, (state,)) if state else ("", ())
    return "", ()


def _tested(code: Code, variables: frozenset[str]) -> dict[str, dict[str, None]]:
    """Variable -> constants it is tested against."""
    tested: dict[str, dict[str, None]] = {}
    for a in code.assignments:
        for condition in a.conditions:
            name, states = _states_of(condition.test, variables)
            if states and name.partition(".")[0] in variables:
                tested.setdefault(name, {}).update(dict.fromkeys(states))
    return tested


def _machine(
    register: str,
    following: str,
    labels: Mapping[str, None],
    code: Code,
    block: int,
    variables: frozenset[str],
) -> Fsm | None:
    given = [a for a in code.assignments if a.name == following and not in_reset(a)]
    # What clears a one-hot register as a whole is no state.
    one_hot = [a for a in given if a.target.op == "[]"]
    steps = (step for a in one_hot or given for step in _steps(a, register, variables))
    transitions = dict.fromkeys(steps)
    targets = dict.fromkeys(t.target for t in transitions)
    states = tuple({**labels, **targets})
    known = [target for target in targets if target in labels]
    literal = all(not state[:1].isalpha() and state[:1] != "_" for state in states)
    left = {t.source for t in transitions if t.source}
    if len(known) < 2 or not left or len(states) > MAX_STATES:
        return None
    if literal and len(states) < _FEWEST_LITERAL_STATES:
        return None
    return Fsm(register, states, "", tuple(transitions), block)


def _steps(a: Assignment, register: str, variables: frozenset[str]) -> Iterator[Transition]:
    sources: Sequence[str] = ("",)
    others = []
    for condition in a.conditions:
        name, states = _states_of(condition.test, variables)
        if name == register and states and condition.holds:
            sources = states
        elif not resets(condition):
            others.append(condition)
    if a.target.op == "[]":
        targets = [_constant(a.target.args[1], variables)] if value_of(a.value) else []
    else:
        targets = [_constant(choice, variables) for choice in _choices(a.value)]
    for target in filter(None, targets):
        for source in sources:
            yield Transition(source, target, tuple(others))


def _reset_state(register: str, following: str, blocks: Mapping[int, Code]) -> str:
    for code in blocks.values():
        for a in code.assignments:
            if a.name in (register, following) and in_reset(a):
                return a.target.args[1].text if a.target.op == "[]" else a.value.text
    return ""


def short_words(fsm: Fsm) -> str:
    """What a state machine's code is, to be put before what it does."""
    states = ", ".join(words_of(state) for state in fsm.states[:12])
    return f"state machine, {len(fsm.states)} states {states}"


def fsm_words(fsm: Fsm) -> str:
    """A state machine in plain words."""
    states = ", ".join(words_of(state) for state in fsm.states[:20])
    words = f"state machine with {len(fsm.states)} states {states}"
    if fsm.reset_state:
        words += f". reset state {words_of(fsm.reset_state)}"
    for step in fsm.transitions[:12]:
        if step.source and step.source != step.target:
            when = say_all(step.conditions, 8)
            words += f". from {words_of(step.source)} to {words_of(step.target)}"
            words += f" when {when}" if when else ""
    return words
