"""What debugging came to, as JSON data and as text for a terminal."""

from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

from hdlsmith.agent.debugging.clues import clues_record, render_clues
from hdlsmith.agent.debugging.conclusion import Conclusion
from hdlsmith.agent.debugging.debug import Debugged
from hdlsmith.agent.debugging.hypothesis import Hypothesis
from hdlsmith.agent.localising.localisation import localisation_record, render
from hdlsmith.display import counted, one_line, printable
from hdlsmith.sandbox.records import diagnostic_record


def debug_record(done: Debugged, said: Conclusion, patch: str) -> dict[str, Any]:
    """Everything a script may want to know; stable names, JSON types only."""
    repair = done.repair
    return {
        "verdict": said.verdict,
        "because": said.because,
        "outputs": said.outputs,
        "works": done.works,
        "mended": [step.rule for step in done.mended.steps],
        "errors": [diagnostic_record(error) for error in done.errors],
        "localisation": localisation_record(done.localisation) if done.localisation else None,
        "clues": clues_record(done.clues) if done.clues else None,
        "repair": None
        if repair is None
        else {
            "edits": list(repair.templates),
            "tried": repair.tried,
            "cpu_s": round(repair.cpu_s, 2),
        },
        "hypotheses": [_hypothesis_record(made) for made in done.hypotheses],
        "usage": asdict(done.usage),
        "stopped_by": done.stopped_by,
        "patch": patch,
        "testbenches": [
            {
                "testbench": top,
                "before": dict(done.before)[top].outcome if top in dict(done.before) else None,
                "after": after.outcome,
                "checks": after.checks,
                "failures": after.failures,
                "evidence": after.evidence,
            }
            for top, after in done.after
        ],
    }


def _hypothesis_record(made: Hypothesis) -> dict[str, Any]:
    return {
        "number": made.number,
        "fate": made.fate,
        "because": made.because,
        "cause": made.cause,
        "edits": [asdict(edit) for edit in made.edits],
        "patch": made.patch,
        "usage": asdict(made.usage),
    }


def render_debugged(done: Debugged, said: Conclusion, patch: str) -> str:
    """The table, the patch, and what the tools said of it."""
    return "\n".join(_lines(done, said, patch))


def _lines(done: Debugged, said: Conclusion, patch: str) -> Iterator[str]:
    for step in done.mended.steps:
        yield one_line(f"mended: {step.rule}, because of {step.because}")
    if done.localisation:
        yield printable(render(done.localisation))
    elif done.clues and (table := render_clues(done.clues)):
        yield printable(table)
    if done.repair and not done.repair.repaired:
        tried = counted(done.repair.tried, "version")
        yield f"no repair among {tried} in {done.repair.cpu_s:.0f} s of CPU"
    for made in done.hypotheses:
        yield one_line(str(made))
        if made.cause:
            yield f"  its cause, says the model: {one_line(made.cause)}"
    if patch:
        yield printable(patch.rstrip("\n"))
    before = {top: result.outcome.upper() for top, result in done.before}
    for top, after in done.after:
        yield one_line(f"{top}: {before.get(top, 'COMPILE_ERROR')} -> {after}")
    yield one_line(f"{said.verdict.upper()}: {said.because}")
    if said.outputs:
        yield f"  {one_line(said.outputs)}"
    if done.hypotheses:
        cost = f"{done.usage.input_tokens:,} tokens in, {done.usage.output_tokens:,} out"
        yield f"  {counted(done.usage.calls, 'answer')} of the model; {cost}"
    if done.stopped_by:
        yield f"  stopped by the budget: {done.stopped_by}"
