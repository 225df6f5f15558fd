"""From what the processes did to the outcome: one judge for every simulator."""

from hdlsmith.design import Diagnostic, errors_in
from hdlsmith.sandbox.results import Outcome, SimResult, Stopped, ToolRun
from hdlsmith.sandbox.simulation.testbench_log import read_log


def judge(compiled: ToolRun, ran: ToolRun, found: tuple[Diagnostic, ...], log: str) -> SimResult:
    """The outcome of a simulation that compiled.

    Args:
        found: what the compiler said.
        log: the testbench's own words, without what the simulator mixes in.
    """
    runs = (compiled, ran)
    if ran.stopped_by in (Stopped.CPU, Stopped.WALL):
        because = f"the simulation used up its {ran.stopped_by} time ({ran.wall_s:.1f} s elapsed)"
        return SimResult(Outcome.TIMEOUT, 0, 0, because, runs, found)
    if ran.stopped_by:
        because = f"the simulation exceeded its {ran.stopped_by.replace('_', ' ')} limit"
        return SimResult(Outcome.CRASH, 0, 0, because, runs, found)
    said = read_log(log)
    if ran.signal:
        because = f"{ran.tool} was ended by signal {ran.signal}"
        return SimResult(Outcome.CRASH, said.checks, said.failures, because, runs, found)
    if said.failures:
        return SimResult(Outcome.MISMATCH, said.checks, said.failures, said.line, runs, found)
    if ran.exit_code:
        because = f"the simulation ended itself with exit code {ran.exit_code} ($fatal or the like)"
        return SimResult(Outcome.MISMATCH, max(1, said.checks), 1, because, runs, found)
    if not said.checks:
        because = "the simulation ended without telling of a single check"
        return SimResult(Outcome.NO_EVIDENCE, 0, 0, because, runs, found)
    return SimResult(Outcome.PASS, said.checks, 0, said.line, runs, found)


def not_compiled(run: ToolRun, found: tuple[Diagnostic, ...]) -> SimResult:
    """The outcome of a compilation that failed; its first error is the evidence."""
    if run.stopped_by:
        because = f"{run.tool} exceeded its {run.stopped_by.replace('_', ' ')} limit"
        return SimResult(Outcome.TIMEOUT, 0, 0, because, (run,), found)
    if run.signal:
        because = f"{run.tool} was ended by signal {run.signal}"
        return SimResult(Outcome.CRASH, 0, 0, because, (run,), found)
    lines = [line.strip() for line in run.output.splitlines() if line.strip()]
    told = next((line for line in lines if "error" in line.lower()), (lines or ["no output"])[0])
    because = str(errors_in(found)[0]) if errors_in(found) else told
    return SimResult(Outcome.COMPILE_ERROR, 0, 0, because, (run,), found)
