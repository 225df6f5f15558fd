"""Simulate the last attempt under the user's own testbench."""

from dataclasses import replace

from langgraph.runtime import Runtime

from hdlsmith.agent.deps import Deps
from hdlsmith.agent.state import Attempt, Event, State
from hdlsmith.design import Design, SourceFile
from hdlsmith.errors import InputError
from hdlsmith.sandbox.elaboration import elaborate
from hdlsmith.sandbox.guard import Surroundings, violations
from hdlsmith.sandbox.icarus import simulate as run_simulation
from hdlsmith.sandbox.results import Outcome, SimResult


def simulate(state: State, runtime: Runtime[Deps]) -> State:
    """Judge the last attempt by the testbench, if the tamper guard lets it near one."""
    task, attempt = state["task"], state["attempts"][-1]
    result = _guarded(attempt, task.testbench) or run_simulation(
        runtime.context.icarus,
        Design((*attempt.design.files, *task.testbench), testbench_top(task.testbench)),
    )
    runtime.context.watch.event(
        Event("simulate", str(result), {"attempt": attempt.number, "outcome": result.outcome})
    )
    judged = replace(attempt, simulation=result)
    return {"attempts": (*state["attempts"][:-1], judged)}


def testbench_top(testbench: tuple[SourceFile, ...]) -> str:
    """The module of a testbench that nothing instantiates.

    Raises:
        InputError: there is none, or more than one.
    """
    tops = elaborate(Design(testbench)).tops
    if len(tops) != 1:
        found = ", ".join(tops) or "none"
        raise InputError(f"a testbench needs exactly one top module; this one has: {found}")
    return tops[0]


def _guarded(attempt: Attempt, testbench: tuple[SourceFile, ...]) -> SimResult | None:
    top = attempt.design.top or ""
    # The testbench's own words are the only evidence here, so the design may say none at all.
    around = Surroundings.of(testbench)
    found = violations(attempt.design.text, top, around, silent=True)
    if not found:
        return None
    because = "; ".join(str(violation) for violation in found[:3])
    return SimResult(Outcome.TAMPERED, 0, 0, f"the design may not touch its testbench: {because}")
