"""Examples: the last attempt against the rows that the request itself states."""

from dataclasses import replace

from langgraph.runtime import Runtime

from hdlsmith.agent.deps import Deps
from hdlsmith.agent.state import Event, State
from hdlsmith.agent.stated.check import check, examples_in


def examples(state: State, runtime: Runtime[Deps]) -> State:
    """Simulate the last attempt on them, where it came through the gate and there are any."""
    *earlier, attempt = state["attempts"]
    made, deps = state["plan"], runtime.context
    if not made.binding or not attempt.gate_passed:
        return {}
    stated = examples_in(state["task"].request, made.top, made.ports)
    found = check(attempt.design, stated, deps.icarus)
    if found is None:
        return {}
    counts = {"attempt": attempt.number, "rows": found.rows, "wrong": found.wrong}
    deps.watch.event(Event("examples", found.said, {**counts}))
    return {"attempts": (*earlier, replace(attempt, examples=found))}
