"""Debugging without a model: mend what does not compile, localise, and try small edits."""

from dataclasses import dataclass

from hdlsmith.agent.localising.bench import Bench, find_benches, module_names, with_reference
from hdlsmith.agent.localising.localisation import Localisation
from hdlsmith.agent.localising.localise import localise
from hdlsmith.agent.localising.reference_bench import reference_benches
from hdlsmith.agent.mending.mend import Mended, mend
from hdlsmith.agent.templates.repair import Repair, try_edits
from hdlsmith.design import Design, SourceFile
from hdlsmith.errors import InputError
from hdlsmith.sandbox.elaboration import elaborate
from hdlsmith.sandbox.results import Outcome, SimResult
from hdlsmith.sandbox.simulation.icarus import Icarus, compile_design


@dataclass(frozen=True)
class Debugged:
    """What debugging came to.

    Attributes:
        before: of each testbench, with its name, for the design as it was given; empty, as is
            `after`, where it could not be made to compile.
        mended: what compile errors took; without steps where there was none.
        localisation: of the first testbench that failed; None where none did, or nothing compiles.
        repair: None where nothing was to be repaired, or nobody asked.
        design: the best that there is.
        after: of each testbench, for `design`.
    """

    before: tuple[tuple[str, SimResult], ...]
    mended: Mended
    localisation: Localisation | None
    repair: Repair | None
    design: Design
    after: tuple[tuple[str, SimResult], ...]

    @property
    def works(self) -> bool:
        passed = [result.outcome is Outcome.PASS for _, result in self.after]
        return bool(passed) and all(passed)


def benches_for(
    design: Design, testbench: tuple[SourceFile, ...], reference: Design | None
) -> tuple[Bench, ...]:
    """The testbenches that a design is debugged against.

    Raises:
        InputError: neither testbench nor reference, or they don't fit the design.
        SandboxError: the front end can't be run.
    """
    check_judge(testbench, reference)
    if testbench or reference is None:
        return find_benches(design, testbench, reference)
    own = module_names(design)
    tops = elaborate(reference).tops
    dut = next((top for top in tops if top in own), next(iter(elaborate(design).tops), ""))
    ports = elaborate(Design(design.files, dut)).ports
    return reference_benches(dut, ports, with_reference(Bench((), "", dut, ports), reference))


def check_judge(testbench: tuple[SourceFile, ...], reference: Design | None) -> None:
    """
    Raises:
        InputError: neither testbench nor reference.
    """
    if not testbench and reference is None:
        raise InputError(
            "nothing tells what is wrong", remedy="name a --testbench or a --reference"
        )


def debug(
    design: Design,
    testbench: tuple[SourceFile, ...],
    reference: Design | None,
    icarus: Icarus,
    budget_s: float,
    *,
    locate_only: bool = False,
) -> Debugged:
    """Make a design pass its testbenches, or say where it goes wrong.

    Args:
        reference: what the design should do; beside a testbench, or in its place.
        budget_s: CPU seconds for trying edits.

    Raises:
        InputError: as `benches_for`; or the waveform of the failing run is beyond what can be read.
        MissingToolError: the reader of waveforms isn't installed.
        SandboxError: the sandbox failed, not the design.
    """
    mended = Mended(design)
    if compile_design(icarus, Design((*testbench, *design.files)))[1]:
        mended = mend(design, (), icarus)
    if mended.errors:
        return Debugged((), mended, None, None, mended.design, ())
    benches = benches_for(mended.design, testbench, reference)
    before = after = _results(design, benches, icarus)
    if mended.steps:
        after = _results(mended.design, benches, icarus)
    outcomes = [result.outcome for _, result in after]
    if Outcome.COMPILE_ERROR in outcomes or set(outcomes) == {Outcome.PASS}:
        return Debugged(before, mended, None, None, mended.design, after)
    failing = next(b for b, o in zip(benches, outcomes, strict=True) if o is not Outcome.PASS)
    found = localise(failing, mended.design, icarus)
    if locate_only:
        return Debugged(before, mended, found, None, mended.design, after)
    repair = try_edits(mended.design, benches, failing, found, icarus, budget_s)
    if repair.results:
        after = tuple((bench.top, repair.results[bench.top]) for bench in benches)
    return Debugged(before, mended, found, repair, repair.design, after)


def _results(
    design: Design, benches: tuple[Bench, ...], icarus: Icarus
) -> tuple[tuple[str, SimResult], ...]:
    return tuple((b.top, icarus.simulate(b.around(design.files))) for b in benches)
