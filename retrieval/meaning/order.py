"""Assignments as a reader follows them: from the first to the last, each with what it adds."""

from collections.abc import Sequence

from hdlsmith.retrieval.meaning.code import Assignment, Condition, Expr

OTHERWISE = Condition(Expr("otherwise"))


def in_order(assignments: Sequence[Assignment]) -> list[Assignment]:
    """The assignments to one target, without the conditions that an earlier one has used up.

    `if (a) q = 1; else if (b) q = 0; else q = r;` is: 1 when a, 0 when b, r otherwise. A choice
    between a value and the target itself is a condition.
    """
    used: set[Expr] = set()
    told = []
    for assignment in map(_without_hold, assignments):
        conditions = assignment.conditions
        left = tuple(c for c in conditions if c.holds or c.test not in used)
        used.update(c.test for c in conditions if c.holds)
        if conditions and not left:
            left = (OTHERWISE,)
        told.append(assignment._replace(conditions=left))
    return told


def _without_hold(a: Assignment) -> Assignment:
    if a.value.op == "?:" and a.target in a.value.args[1:]:
        test, yes, no = a.value.args
        holds = no == a.target
        conditions = (*a.conditions, Condition(test, holds))
        return a._replace(value=yes if holds else no, conditions=conditions)
    return a
