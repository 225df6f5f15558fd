"""Which conditions are resets, by the names of what they test."""

from hdlsmith.retrieval.abbreviations import RESET_NAME
from hdlsmith.retrieval.meaning.code import Assignment, Condition, names_in


def resets(condition: Condition) -> bool:
    """Does the condition test a reset alone?"""
    test = condition.test
    if test.op in ("case", "default"):
        return False
    names = names_in(test)
    return bool(names) and len(names) <= 2 and all(RESET_NAME.search(name) for name in names)


def in_reset(assignment: Assignment) -> bool:
    """Does the assignment happen in reset?"""
    first = assignment.conditions[:1]
    return bool(first) and resets(first[0]) and first[0].holds
