"""What an expression is worth when some of its names are known: true, false or not to be said.

Source of the method: Kleene's three-valued logic (Introduction to Metamathematics, 1952).
"""

from collections.abc import Callable, Iterator, Mapping, Sequence

from hdlsmith.retrieval.meaning.code import Assignment, Condition, Expr, names_in
from hdlsmith.retrieval.meaning.phrases import value_of

Known = Mapping[str, bool]
"""Bits whose value is given, by name."""

_EQUAL = ("==", "===", "==?")
_DIFFERENT = ("!=", "!==", "!=?")
_LOGIC = ("&&", "&", "||", "|", "!", "~")
_MAX_DEPTH = 40


def truth(expr: Expr, known: Known, depth: int = 0) -> bool | None:
    """Whether an expression holds; None if the known names don't tell."""
    op, args = expr.op, expr.args
    depth += 1
    if op == "name":
        return known.get(expr.text)
    if op == "number":
        value = value_of(expr)
        return True if expr.text == "'1" else None if value is None else value != 0
    if depth > _MAX_DEPTH or not args:
        return None
    if op in ("!", "~") and len(args) == 1:
        inner = truth(args[0], known, depth)
        return None if inner is None else not inner
    if op in ("&&", "&"):
        return _all(truth(arg, known, depth) for arg in args)
    if op in ("||", "|"):
        return _any(truth(arg, known, depth) for arg in args)
    if op in _EQUAL or op in _DIFFERENT:
        same = _same(args[0], args[1], known, depth)
        return same if op in _EQUAL or same is None else not same
    if op == "case":
        return _any(_same(args[0], label, known, depth) for label in args[1:])
    if op == "?:":
        chosen = truth(args[0], known, depth)
        if chosen is not None:
            return truth(args[1 if chosen else 2], known, depth)
        one, other = truth(args[1], known, depth), truth(args[2], known, depth)
        return one if one == other else None
    if op == "{n{}}":
        return truth(args[1], known, depth)
    if op == "{}" and len(args) == 1:
        return truth(args[0], known, depth)
    return None


def _all(parts: "Iterator[bool | None]") -> bool | None:
    seen = set(parts)
    return False if False in seen else None if None in seen else True


def _any(parts: "Iterator[bool | None]") -> bool | None:
    seen = set(parts)
    return True if True in seen else None if None in seen else False


def _same(left: Expr, right: Expr, known: Known, depth: int) -> bool | None:
    one, other = truth(left, known, depth), truth(right, known, depth)
    if one is None or other is None:
        return None
    wide = max((value_of(e) or 0 for e in (left, right)), default=0) > 1
    return None if wide and one == other else one == other


def holds(condition: Condition, known: Known) -> bool | None:
    """Whether a statement's condition lets it run."""
    found = truth(condition.test, known)
    return found if condition.holds or found is None else not found


class Values:
    """What a module's variables are given while some bits are known.

    Args:
        drivers: of each variable that is no register, its assignments in order.
        variables: names of ports and signals; any other name is a constant.
    """

    def __init__(
        self,
        drivers: Mapping[str, Sequence[Assignment]],
        is_variable: Callable[[str], bool],
    ) -> None:
        self._drivers = drivers
        self._is_variable = is_variable

    def is_fixed(self, expr: Expr, known: Known, depth: int = 3) -> bool:
        """Whether an expression has one value, whatever the names that are not known.

        Args:
            depth: variables that are followed to what drives them.
        """
        op, args = expr.op, expr.args
        if op == "number" or op == "string":
            return True
        if truth(expr, known) is not None and op not in ("'{}", "{}"):
            return True
        if op == "name":
            if not self._is_variable(expr.text):
                return True
            drivers = self._drivers.get(expr.text, ())
            return bool(drivers) and depth > 0 and self.is_given(drivers, known, depth - 1)
        if op == "?:":
            chosen = truth(args[0], known)
            if chosen is not None:
                return self.is_fixed(args[1 if chosen else 2], known, depth)
        if op == "call" or op in ("[]", "[:]"):
            return all(not self._is_variable(name) for name in names_in(expr))
        return bool(args) and all(self.is_fixed(arg, known, depth) for arg in args)

    def is_given(self, assignments: Sequence[Assignment], known: Known, depth: int = 3) -> bool:
        """Whether one of these assignments surely runs and all that may run give one fixed value;
        a later one overrides those before it.
        """
        running, sure, unsure = self._running(assignments, known)
        agreed = not unsure or len(set(running)) == 1
        return bool(sure) and agreed and all(self.is_fixed(v, known, depth) for v in running)

    def given(self, assignments: Sequence[Assignment], known: Known, depth: int = 3) -> list[Expr]:
        """The values that these assignments give, as far as they are constants."""
        found: list[Expr] = []
        for value in self._running(assignments, known)[0]:
            while value.op == "?:" and (chosen := truth(value.args[0], known)) is not None:
                value = value.args[1 if chosen else 2]
            drivers = self._drivers.get(value.text) if value.op == "name" else None
            fixed = truth(value, known) if value.op in _LOGIC else None
            if drivers and depth:
                found += self.given(drivers, known, depth - 1)
            elif fixed is not None and any(map(self._is_variable, names_in(value))):
                found.append(Expr("number", (), f"'b{fixed:d}"))  # `busy | rst` while it resets
            else:
                found.append(value)
        return found

    def _running(
        self, assignments: Sequence[Assignment], known: Known
    ) -> tuple[list[Expr], int, int]:
        """The values of those that may run, and how many surely run and may run."""
        running: list[Expr] = []
        sure = unsure = 0
        for a in assignments:
            states = [self._held(condition, known) for condition in a.conditions]
            if False in states:
                continue
            if None not in states and a.target.op == "name":
                running, sure, unsure = [], 0, 0
            sure += None not in states
            unsure += None in states
            running.append(a.value)
        return running, sure, unsure

    def _held(self, condition: Condition, known: Known) -> bool | None:
        test = self._of_variables(condition.test)
        found = holds(condition._replace(test=test), known)
        if found is None:
            unknown = (name for name in names_in(test) if name not in known)
            if not any(map(self._is_variable, unknown)):
                return True  # a parameter decides it: it may be so
        return found

    def _of_variables(self, test: Expr) -> Expr:
        """A condition without what parameters add to it: `rst & (RESET != "NONE")` is `rst`."""
        if test.op not in ("&&", "&") or len(test.args) < 2:
            return test
        kept = [arg for arg in test.args if any(map(self._is_variable, names_in(arg)))]
        return kept[0] if len(kept) == 1 else test._replace(args=tuple(kept)) if kept else test
