"""State machines in plain words."""

from hdlsmith.retrieval.abbreviations import words_of
from hdlsmith.retrieval.meaning.fsm import Fsm
from hdlsmith.retrieval.meaning.phrases import say_all


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
        if step.source != step.target:
            when = say_all(step.conditions, 8)
            words += f". from {words_of(step.source)} to {words_of(step.target)}"
            words += f" when {when}" if when else ""
    return words
