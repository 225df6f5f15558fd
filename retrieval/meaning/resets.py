"""Which conditions are resets, by the names of what they test."""

from hdlsmith.retrieval.abbreviations import RESET_NAME
from hdlsmith.retrieval.anatomy.signals import is_active_low_reset, level_by_name
from hdlsmith.retrieval.meaning.code import Assignment, Condition, names_in
from hdlsmith.retrieval.meaning.truth import holds


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
    if not first or not resets(first[0]):
        return False
    names = names_in(first[0].test)
    if any(map(is_active_low_reset, names)):
        found = holds(first[0], {name: level_by_name(name) == "1" for name in names})
        return first[0].holds if found is None else found
    return first[0].holds  # without a level in its name, what is tested first is the reset
