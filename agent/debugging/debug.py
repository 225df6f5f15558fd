"""Debugging without a model, the cheapest first: mend what does not compile, locate, try edits."""

from dataclasses import dataclass, field, replace

from hdlsmith.agent.debugging.case import Case, benches_for
from hdlsmith.agent.debugging.clues import Clues, find_clues
from hdlsmith.agent.debugging.court import simulated
from hdlsmith.agent.debugging.hypothesis import Hypothesis
from hdlsmith.agent.debugging.standing import Results
from hdlsmith.agent.localising.bench import Bench
from hdlsmith.agent.localising.localisation import Localisation
from hdlsmith.agent.localising.localise import localise
from hdlsmith.agent.mending.mend import Mended, mend
from hdlsmith.agent.models import Usage
from hdlsmith.agent.templates.repair import Repair, try_edits
from hdlsmith.design import Design, Diagnostic
from hdlsmith.sandbox.results import Outcome
from hdlsmith.sandbox.simulation.icarus import Icarus, compile_design


@dataclass(frozen=True)
class Debugged:
    """What debugging came to.

    Attributes:
        benches: what judges; none where nothing can, or the design does not compile.
        before: of each testbench, with its name, for the design as it was given; empty, as is
            `after`, where there are none.
        mended: what compile errors took; without steps where there was none.
        clues: what tools, a log or a description say, where no run shows the fault.
        localisation: of the first testbench that failed; None where none did, or nothing compiles.
        repair: by small edits; None where nothing was to be repaired, or nobody asked.
        hypotheses: of a model, in order; none where none was asked.
        stopped_by: the budget that ended the asking, or empty.
        design: the best that there is.
        errors: what keeps it from being compiled.
        after: of each testbench, for `design`.
    """

    case: Case
    mended: Mended
    design: Design
    errors: tuple[Diagnostic, ...] = ()
    benches: tuple[Bench, ...] = ()
    before: Results = ()
    after: Results = ()
    clues: Clues | None = None
    localisation: Localisation | None = None
    repair: Repair | None = None
    hypotheses: tuple[Hypothesis, ...] = ()
    usage: Usage = field(default_factory=Usage)
    stopped_by: str = ""

    @property
    def works(self) -> bool:
        """There is a testbench, and each passes."""
        return bool(self.after) and all(r.outcome is Outcome.PASS for _, r in self.after)


def debug(case: Case, icarus: Icarus, budget_s: float, *, locate_only: bool = False) -> Debugged:
    """Make a design pass its testbenches, or say where it goes wrong.

    Args:
        budget_s: CPU seconds for trying edits.

    Raises:
        InputError: testbench or reference don't fit the design; or the waveform of the failing run
            is beyond what can be read.
        MissingToolError: the reader of waveforms isn't installed.
        SandboxError: the sandbox failed, not the design.
    """
    mended = Mended(case.design)
    if compile_design(icarus, Design((*case.testbench, *case.design.files)))[1]:
        mended = mend(case.design, (), icarus)
    design = mended.design
    if mended.errors or not case.is_judged:
        said = find_clues(design, case.log, case.issue, mended.errors)
        return Debugged(case, mended, design, mended.errors, clues=said)
    benches = benches_for(case, design)
    before = after = simulated(case.design, benches, icarus)
    if mended.steps:
        after = simulated(design, benches, icarus)
    clues = find_clues(design, case.log, case.issue) if case.log or case.issue else None
    done = Debugged(case, mended, design, (), benches, before, after, clues)
    outcomes = [result.outcome for _, result in after]
    if Outcome.COMPILE_ERROR in outcomes or done.works:
        return done
    failing = next(b for b, o in zip(benches, outcomes, strict=True) if o is not Outcome.PASS)
    found = localise(failing, design, icarus)
    done = replace(done, localisation=found)
    if locate_only:
        return done
    repair = try_edits(design, benches, failing, found, icarus, budget_s)
    if repair.results:
        after = tuple((bench.top, repair.results[bench.top]) for bench in benches)
    return replace(done, design=repair.design, after=after, repair=repair)
