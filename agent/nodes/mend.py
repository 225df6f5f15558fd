"""Mend: slips that need no model, where the request fixes the interface."""

from dataclasses import replace

from langgraph.runtime import Runtime

from hdlsmith.agent.deps import Deps
from hdlsmith.agent.mending.mend import mend as mend_design
from hdlsmith.agent.state import Event, State
from hdlsmith.display import counted


def mend(state: State, runtime: Runtime[Deps]) -> State:
    """Edit the last attempt by rule; what is left of its errors is for the model."""
    *earlier, attempt = state["attempts"]
    done = mend_design(attempt.design, state["plan"].ports, runtime.context.icarus)
    said = tuple(f"{step.rule}: {step.because}" for step in done.steps)
    if done.steps:
        runtime.context.watch.event(
            Event(
                "mend",
                f"{counted(len(said), 'slip')} mended: {', '.join(s.rule for s in done.steps)}",
                {"attempt": attempt.number, "diffs": [step.diff for step in done.steps]},
            )
        )
    return {"attempts": (*earlier, replace(attempt, design=done.design, mended=said))}
