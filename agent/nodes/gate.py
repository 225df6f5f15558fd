"""The static gate: parse, elaborate, ports as asked, compile, lint. No model, no stimuli."""

from dataclasses import replace

from langgraph.runtime import Runtime

from hdlsmith.agent.deps import Deps
from hdlsmith.agent.interface import port_findings
from hdlsmith.agent.state import Attempt, Event, Plan, State
from hdlsmith.design import Diagnostic, Direction, Severity, errors_in
from hdlsmith.display import counted
from hdlsmith.sandbox.diagnostics import parse_icarus
from hdlsmith.sandbox.elaboration import elaborate
from hdlsmith.sandbox.simulation.icarus import compile_design


def gate(state: State, runtime: Runtime[Deps]) -> State:
    """Check the last attempt; each check runs only when those before it found no error."""
    attempt = state["attempts"][-1]
    stage, findings = _check(attempt, state["plan"], runtime.context)
    errors = errors_in(findings)
    passed = not errors
    message = "compiles, ports as asked" if passed else f"{stage}: {counted(len(errors), 'error')}"
    runtime.context.watch.event(
        Event(
            "gate",
            message,
            {"attempt": attempt.number, "passed": passed, "findings": [str(d) for d in findings]},
        )
    )
    checked = replace(attempt, findings=findings, gate_passed=passed)
    return {"attempts": (*state["attempts"][:-1], checked)}


def _check(attempt: Attempt, plan: Plan, deps: Deps) -> tuple[str, tuple[Diagnostic, ...]]:
    if not attempt.design.text.strip():
        return "extract", (_error("no-code", "the answer holds no module"),)
    elaboration = elaborate(attempt.design)
    if elaboration.errors:
        return "elaborate", elaboration.diagnostics
    if plan.top not in elaboration.tops:
        return "elaborate", (_error("top", f"there is no module {plan.top}"),)
    if plan.binding and (wrong := port_findings(plan.ports, elaboration.ports)):
        return "ports", (*wrong, *elaboration.diagnostics)
    run, failed = compile_design(deps.icarus, attempt.design)
    if failed:
        return "compile", failed.diagnostics or (_error("compile", failed.evidence),)
    lint = deps.verilator.lint(attempt.design) if deps.verilator else ()
    outputs = {p.name for p in elaboration.ports if p.direction is Direction.OUTPUT}
    weighed = (_weighed(d, outputs) for d in (*parse_icarus(run.output), *lint))
    return "lint", (*elaboration.diagnostics, *weighed)


def _weighed(diagnostic: Diagnostic, outputs: set[str]) -> Diagnostic:
    """Dead hardware is an error, whatever the tool calls it; the rest is no reason to stop.

    Two front ends have accepted the design: what only Verilator calls an error is a warning here.
    """
    never_runs = diagnostic.code == "no-sensitivity"
    never_driven = diagnostic.code == "UNDRIVEN" and any(
        f"'{name}'" in diagnostic.message for name in outputs
    )
    dead = never_runs or never_driven
    return replace(diagnostic, severity=Severity.ERROR if dead else Severity.WARNING)


def _error(code: str, message: str) -> Diagnostic:
    return Diagnostic(Severity.ERROR, code, message, None, "hdlsmith")
