"""Where a state machine can go from each of its states.

Of the assignments to the next state those are kept that can run in a state: what its conditions
ask about the state is answered, and what remains is the transition's condition. As in the
language, a later assignment overrides an earlier one, so one that always runs, or two in the
branches of one `if … else`, leave nothing of those before them.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from hdlsmith.retrieval.meaning.code import Assignment, Condition, Expr, names_in
from hdlsmith.retrieval.meaning.phrases import value_of
from hdlsmith.retrieval.meaning.resets import resets
from hdlsmith.retrieval.meaning.truth import Known, holds, truth

_MOST_OUTCOMES = 64
"""Assignments that can run in one state, beyond which none is taken for overridden."""
_EQUAL = ("==", "===", "==?")
_DIFFERENT = ("!=", "!==", "!=?")


class Outcome(NamedTuple):
    """A value that the next state may take.

    Attributes:
        conditions: what remains of the assignment's, and those of `?:` in its value.
    """

    value: Expr
    conditions: tuple[Condition, ...]
    line: int


def spelling(state: Expr) -> str:
    """A constant, one way whatever its width and base."""
    value = value_of(state)
    return state.text if value is None else str(value)


class Steps:
    """The steps of one machine.

    Args:
        register: the name that holds the present state.
        states: all of them.
        assignments: of the process that decides the next state, all of them, in order.
        constant: how a constant is spelt; empty for what is none.
        known: bits that have one value while the machine works, such as resets.
        flags: what stands for names that logic makes, as the wire `is_idle`.
    """

    def __init__(
        self,
        register: str,
        states: Iterable[str],
        assignments: Sequence[Assignment],
        constant: Callable[[Expr], str],
        known: Known,
        flags: Mapping[str, Expr],
    ) -> None:
        self._register = register
        self._states = frozenset(states)
        self._constant = constant
        self._known = known
        self._flags = {name: made for name, made in flags.items() if register in names_in(made)}
        self._branches = _branches(assignments)

    def outcomes(self, state: str, given: Sequence[Assignment]) -> Iterator[Outcome]:
        """What the assignments of the next state can give in a state, those overridden left out;
        the conditions of one say also that no later one runs.
        """
        found = [outcome for a in given for outcome in self._of(a, state)]
        covered: set[_Path] = set()
        later: list[tuple[Outcome, _Path]] = []
        for outcome, path in reversed(found):
            if _covers(covered, self._branches):
                return
            yield outcome._replace(conditions=(*outcome.conditions, *_unless(outcome, path, later)))
            if len(found) <= _MOST_OUTCOMES:
                covered.add(path)
                later.append((outcome, path))

    def _of(self, a: Assignment, state: str) -> "Iterator[tuple[Outcome, _Path]]":
        held: list[Condition] = []
        path: list[_Step] = []
        for at, condition in enumerate(a.conditions):
            if condition.test.op not in ("case", "default") and resets(condition):
                if self._is_in_reset(condition):
                    return
                continue
            test = self._answered(condition.test, state, a.conditions[:at])
            if isinstance(test, bool):
                if test is not condition.holds:
                    return
                continue
            held.append(self._told(test, condition.holds, a.conditions[:at]))
            path.append(_Step(condition, a.conditions[:at]))
        for value, chosen in self._values(a.value, state, ()):
            steps = (*path, *(_Step(c, ()) for c in chosen))
            yield Outcome(value, (*held, *chosen), a.line), steps

    def _told(self, test: Expr, holds: bool, before: tuple[Condition, ...]) -> Condition:
        """A condition as it is shown: the default of a case is none of its labels."""
        if test.op != "default":
            return Condition(test, holds)
        cases = self._branches.get((before, test.args[0]), ())
        labels = (label for case in cases for label in case.args[1:])
        every = tuple(sorted(dict.fromkeys(labels), key=str))
        return Condition(Expr("case", (test.args[0], *every), test.text), not holds)

    def _is_in_reset(self, condition: Condition) -> bool:
        found = holds(condition, self._known)
        return condition.holds if found is None else not found

    def _values(
        self, value: Expr, state: str, chosen: tuple[Condition, ...]
    ) -> Iterator[tuple[Expr, tuple[Condition, ...]]]:
        """The values among which `?:` chooses in a state, with its conditions."""
        if value.op != "?:" or len(value.args) != 3:
            yield value, chosen
            return
        test = self._answered(value.args[0], state, ())
        if test is not False:
            held = chosen if test is True else (*chosen, Condition(_expr(test)))
            yield from self._values(value.args[1], state, held)
        if test is not True:
            held = chosen if test is False else (*chosen, Condition(_expr(test), holds=False))
            yield from self._values(value.args[2], state, held)

    def _answered(self, test: Expr, state: str, before: tuple[Condition, ...]) -> Expr | bool:
        """A condition with all that it asks about the state answered."""
        op, args = test.op, test.args
        if (asked := self._asked(test, before)) is not None:
            states, is_in = asked
            return (state in states) is is_in
        if op == "name" and test.text in self._flags:
            found = self._answered(self._flags[test.text], state, ())
            return found if isinstance(found, bool) else test
        if (settled := truth(test, self._known)) is not None:
            return settled
        if op == "case" and value_of(args[0]) == 1:  # case (1'b1)
            return self._joined("||", args[1:], state, before)
        if op in ("&&", "||") or (op in ("&", "|") and len(args) == 2):
            return self._joined(op, args, state, before)
        if op in ("!", "~") and len(args) == 1:
            inner = self._answered(args[0], state, before)
            return not inner if isinstance(inner, bool) else Expr(op, (inner,))
        return test

    def _joined(
        self, op: str, args: Sequence[Expr], state: str, before: tuple[Condition, ...]
    ) -> Expr | bool:
        decisive = op[0] == "|"
        left: list[Expr] = []
        for arg in args:
            found = self._answered(arg, state, before)
            if found is decisive:
                return decisive
            if not isinstance(found, bool):
                left.append(found)
        if not left:
            return not decisive
        return left[0] if len(left) == 1 else Expr(op, tuple(left))

    def _asked(
        self, test: Expr, before: tuple[Condition, ...]
    ) -> tuple[frozenset[str], bool] | None:
        """The states a test asks for, and whether the state must be among them."""
        op, args = test.op, test.args
        if op in ("case", "inside") and self._is_state(args[0]):
            return frozenset(map(self._constant, args[1:])) - {""}, True
        if op == "default" and self._is_state(args[0]):
            labels = (
                label for t in self._branches.get((before, args[0]), ()) for label in t.args[1:]
            )
            return frozenset(map(self._constant, labels)), False
        if op in _EQUAL or op in _DIFFERENT:
            for one, other in (args, args[::-1]):
                if self._is_state(one) and self._constant(other):
                    return frozenset((self._constant(other),)), op in _EQUAL
        if op == "[]" and self._is_state(args[0]) and self._constant(args[1]) in self._states:
            return frozenset((self._constant(args[1]),)), True
        return None

    def _is_state(self, expr: Expr) -> bool:
        return expr.op == "name" and expr.text == self._register


def _unless(
    outcome: Outcome, path: "_Path", later: "Iterable[tuple[Outcome, _Path]]"
) -> Iterator[Condition]:
    """That none of the later assignments overrides this one."""
    own = set(_literals(outcome.conditions))
    for other, other_path in later:
        if other.value == outcome.value or _exclude(path, other_path):
            continue
        literals = dict.fromkeys(_literals(other.conditions))
        if not any((test, not holds) in own for test, holds in literals):
            terms = [
                t if holds else Expr("!", (t,)) for t, holds in literals if (t, holds) not in own
            ]
            if terms:
                test = terms[0] if len(terms) == 1 else Expr("&&", tuple(terms))
                yield Condition(test, holds=False)


def _literals(conditions: Iterable[Condition]) -> Iterator[tuple[Expr, bool]]:
    """What must hold, and what must not, each by itself."""
    left = [(c.test, c.holds) for c in reversed(tuple(conditions))]
    while left:
        test, holds = left.pop()
        if test.op == "!" and len(test.args) == 1:
            left.append((test.args[0], not holds))
        elif test.op == ("&&" if holds else "||"):
            left += [(arg, holds) for arg in reversed(test.args)]
        else:
            yield test, holds


def _exclude(one: "_Path", other: "_Path") -> bool:
    """Whether two statements stand in different branches of one `if` or `case`."""
    for mine, its in zip(one, other, strict=False):
        if mine.condition != its.condition:
            test, other_test = mine.condition.test, its.condition.test
            of_case = test.op in ("case", "default") and test.args[:1] == other_test.args[:1]
            return mine.before == its.before and (test == other_test or of_case)
    return False


class _Step(NamedTuple):
    """A condition on the way to a statement, and those around it."""

    condition: Condition
    before: tuple[Condition, ...]


_Path = tuple[_Step, ...]
_Branches = Mapping[tuple[tuple[Condition, ...], Expr], frozenset[Expr]]
"""The labelled branches of each case: by the conditions around it and its subject."""


def _branches(assignments: Iterable[Assignment]) -> _Branches:
    found: dict[tuple[tuple[Condition, ...], Expr], set[Expr]] = {}
    for a in assignments:
        for at, condition in enumerate(a.conditions):
            if condition.test.op == "case":
                key = a.conditions[:at], condition.test.args[0]
                found.setdefault(key, set()).add(condition.test)
    return {key: frozenset(tests) for key, tests in found.items()}


def _covers(paths: Iterable[_Path], branches: _Branches) -> bool:
    """Whether one of these statements runs whatever holds."""
    known = set(paths)
    left = list(known)
    while left:
        path = left.pop()
        if not path:
            return True
        *outer, (condition, before) = path
        around = tuple(outer)
        test = condition.test
        if test.op in ("case", "default"):
            key = before, test.args[0]
            tests = (*branches.get(key, ()), Expr("default", (test.args[0],), test.text))
            other = [(*around, _Step(Condition(each), before)) for each in tests]
        else:
            other = [(*around, _Step(condition._replace(holds=not condition.holds), before))]
        if around not in known and all(path in known for path in other):
            known.add(around)
            left.append(around)
    return False


def _expr(test: Expr | bool) -> Expr:
    assert isinstance(test, Expr)
    return test
