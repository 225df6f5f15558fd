"""Simulate the last attempt under the user's own testbench."""

import re
import secrets
from dataclasses import replace

from langgraph.runtime import Runtime

from hdlsmith.agent.deps import Deps
from hdlsmith.agent.state import Attempt, Event, State
from hdlsmith.design import Design, SourceFile
from hdlsmith.errors import InputError
from hdlsmith.sandbox.elaboration import elaborate
from hdlsmith.sandbox.guard import Surroundings, reasons, violations
from hdlsmith.sandbox.results import Outcome, SimResult
from hdlsmith.sandbox.second_look import renamed, second_look
from hdlsmith.sandbox.simulation.icarus import Icarus, driven_inputs

# A name after a dot belongs to what stands before the dot, which may be the design.
_MEMBER = re.compile(r"\.\s*(\w+)")


def simulate(state: State, runtime: Runtime[Deps]) -> State:
    """Judge the last attempt by the testbench, if the tamper guard lets it near one."""
    attempt = state["attempts"][-1]
    result = _judge(runtime.context.icarus, attempt.design, state["task"].testbench)
    runtime.context.watch.event(
        Event("simulate", str(result), {"attempt": attempt.number, "outcome": result.outcome})
    )
    judged: Attempt = replace(attempt, simulation=result)
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


def _judge(icarus: Icarus, design: Design, testbench: tuple[SourceFile, ...]) -> SimResult:
    top, around = design.top or "", Surroundings.of(testbench)
    # The testbench's own words are the only evidence here, so the design may say none at all.
    if found := violations(design.text, top, around, silent=True):
        return _tampered(f"the design may not touch its testbench: {reasons(found)}")
    tb_top = testbench_top(testbench)

    def again(text: str, names: frozenset[str]) -> tuple[Outcome, str]:
        nonce = secrets.token_hex(8)
        around_it = (replace(f, text=renamed(f.text, names, nonce)) for f in testbench)
        only = (replace(design.sources[0], text=text), *around_it)
        result = icarus.simulate(Design(only, renamed(tb_top, names, nonce)))
        return result.outcome, result.evidence

    result = icarus.simulate(Design((*design.files, *testbench), tb_top))
    if result.outcome is not Outcome.PASS:
        return result
    theirs = {file.path for file in testbench}
    if driven := {port for path, port in driven_inputs(result.diagnostics) if path in theirs}:
        return _tampered(f"the design may not drive its inputs: {', '.join(sorted(driven))}")
    shared = {member for file in testbench for member in _MEMBER.findall(file.text)}
    doubt = second_look(icarus, design.text, top, around, shared, again)
    return _tampered(doubt) if doubt else result


def _tampered(because: str) -> SimResult:
    return SimResult(Outcome.TAMPERED, 0, 0, because)
