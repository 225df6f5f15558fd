"""Answer: the best attempt, the verdict it earned, and the evidence."""

from langgraph.runtime import Runtime

from hdlsmith.agent.deps import Deps
from hdlsmith.agent.ladder import accounts
from hdlsmith.agent.state import Answer, Attempt, Event, State, Verdict
from hdlsmith.design import Severity
from hdlsmith.display import counted
from hdlsmith.sandbox.results import Outcome


def answer(state: State, runtime: Runtime[Deps]) -> State:
    """Choose among the attempts and say what can honestly be said of the choice."""
    attempts = state["attempts"]
    best = max(attempts, key=lambda attempt: (attempt.rank, -attempt.number))
    verdict, because = judge(best)
    runtime.context.watch.event(Event("answer", f"{verdict.upper()}: {because}"))
    return {
        "answer": Answer(
            design=best.design,
            verdict=verdict,
            because=because,
            evidence=tuple(_evidence(best)),
            attempts=attempts,
            chosen=best.number,
            plan=state["plan"],
            usage=state["usage"],
            elapsed_s=round(state["elapsed_s"], 2),
            stopped_by=state.get("stopped_by", ""),
            sources=_sources(state),
            ledger=accounts(state["calls"], attempts, best.number, runtime.context.models),
        )
    }


def judge(attempt: Attempt) -> tuple[Verdict, str]:
    """The verdict on one attempt: only the user's testbench can verify it."""
    if not attempt.gate_passed:
        return Verdict.REFUTED, str(attempt.errors[0]) if attempt.errors else "it was never checked"
    simulation = attempt.simulation
    if simulation is None:
        does = f"contradicts the {attempt.contradicts}" if attempt.contradicts else "compiles"
        return Verdict.UNVERIFIED, f"it {does}; no testbench or reference was given to verify it"
    if simulation.outcome is Outcome.PASS:
        return Verdict.VERIFIED, f"your testbench: {simulation}"
    if simulation.outcome is Outcome.NO_EVIDENCE:
        return Verdict.UNVERIFIED, f"your testbench: {simulation}"
    if simulation.outcome is Outcome.COMPILE_ERROR:  # the gate has compiled the design alone
        return Verdict.UNVERIFIED, f"it does not compile together with your testbench: {simulation}"
    return Verdict.REFUTED, f"your testbench: {simulation}"


def _sources(state: State) -> tuple[str, ...]:
    house = state.get("house")
    shown = (f"{found.places[0]}: {found.reason}" for found in state.get("retrieved", ()))
    return (*shown, *(f"house style: {habit}" for habit in (house.seen if house else ())))


def _evidence(attempt: Attempt) -> list[str]:
    lines = []
    warnings = sum(d.severity is Severity.WARNING for d in attempt.findings)
    if attempt.gate_passed:
        lines.append(f"static gate: parses, elaborates, compiles; {counted(warnings, 'warning')}")
    lines += [str(finding) for finding in attempt.findings]
    if attempt.origin:
        lines.append(f"written by rule, without a model, from {attempt.origin}")
    if attempt.examples:
        lines.append(f"simulated: {attempt.examples.said}")
    lines += [f"mended by rule: {slip}" for slip in attempt.mended or ()]
    if attempt.agreement:
        lines.append(f"candidates: {attempt.agreement}")
    if attempt.self_test:
        lines.append(f"self-made cocotb test: {attempt.self_test}")
    if attempt.simulation:
        lines.append(f"simulation: {attempt.simulation}")
        lines += [
            f"ran: {' '.join(run.argv)} -> exit {run.exit_code} in {run.wall_s:.2f} s"
            f" (cage: {run.cage})"
            for run in attempt.simulation.runs
        ]
    return lines
