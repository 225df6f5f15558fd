"""All rules, in the order in which they are tried on one message: the surest first."""

from hdlsmith.agent.mending import (
    answers,
    blocks,
    branches,
    declarations,
    expressions,
    instances,
    interface,
    processes,
    signs,
    undeclared,
)

RULES = (
    *answers.RULES,
    *interface.RULES,
    *declarations.RULES,
    *undeclared.RULES,
    *processes.RULES,
    *instances.RULES,
    *expressions.RULES,
    *signs.RULES,
    *branches.RULES,
    *blocks.RULES,
    *signs.GUESSES,
    blocks.close_cut_off_tail,
)
