"""The static gate: parse, elaborate, ports as asked, compile, lint. No model, no stimuli."""

from dataclasses import replace

from langgraph.runtime import Runtime

from hdlsmith.agent.deps import Deps
from hdlsmith.agent.interface import port_findings
from hdlsmith.agent.state import Attempt, Event, Plan, State
from hdlsmith.design import Diagnostic, Severity
from hdlsmith.sandbox.diagnostics import parse_icarus
from hdlsmith.sandbox.elaboration import elaborate
from hdlsmith.sandbox.icarus import compile_design


def gate(state: State, runtime: Runtime[Deps]) -> State:
    """Check the last attempt; each check runs only when those before it found no error."""
    attempt = state["attempts"][-1]
    stage, findings = _check(attempt, state["plan"], runtime.context)
    passed = not any(d.severity is Severity.ERROR for d in findings)
    errors = sum(d.severity is Severity.ERROR for d in findings)
    message = "compiles, ports as asked" if passed else f"{stage}: {errors} errors"
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
    # What only Verilator calls an error is a warning here: two front ends have accepted it.
    softened = (replace(d, severity=Severity.WARNING) for d in lint)
    compiled = (_hardened(d) for d in parse_icarus(run.output))
    return "lint", (*elaboration.diagnostics, *compiled, *softened)


def _hardened(diagnostic: Diagnostic) -> Diagnostic:
    """A process that never runs is dead hardware, whatever the compiler calls it."""
    if diagnostic.code == "no-sensitivity":
        return replace(diagnostic, severity=Severity.ERROR)
    return diagnostic


def _error(code: str, message: str) -> Diagnostic:
    return Diagnostic(Severity.ERROR, code, message, None, "hdlsmith")
