"""Trying an edit on a copy: what it may not do, how the copy fares, whether it is kept."""

import math
import re
from dataclasses import dataclass, replace

from hdlsmith.agent.debugging.case import Case, benches_for
from hdlsmith.agent.debugging.clues import Clues
from hdlsmith.agent.debugging.edits import Proposed, RefusedError, apply
from hdlsmith.agent.debugging.standing import Results, Standing, compared
from hdlsmith.agent.debugging.tampering import changed_ports, muted, tampering
from hdlsmith.agent.localising.bench import Bench
from hdlsmith.agent.localising.localise import localise
from hdlsmith.agent.mending.diagnosis import Stage, diagnose
from hdlsmith.agent.mending.mend import mend
from hdlsmith.agent.templates.patch import without_needless
from hdlsmith.design import Design, Diagnostic
from hdlsmith.errors import InputError
from hdlsmith.sandbox.linters.verilator import Verilator
from hdlsmith.sandbox.results import Outcome
from hdlsmith.sandbox.simulation.icarus import Icarus, driven_inputs

_NUMBER = re.compile(r"\d[\w']*")
_SLOWER = 10
"""A version may take so many times as long as the original."""
_AT_LEAST_S = 5


@dataclass(frozen=True)
class Court:
    """What judges the versions of one design.

    Attributes:
        clues: what was said of the original.
        base_s: seconds that the original took in its slowest testbench.
        verilator: says again what a log says that it said; None where it isn't installed.
    """

    case: Case
    clues: Clues
    icarus: Icarus
    verilator: Verilator | None
    base_s: float = 0.0

    def stands(self, design: Design) -> Standing:
        """How a version fares: compile it, simulate it, and locate what fails first.

        Raises:
            InputError: testbench or reference don't fit it, or a waveform is too much to be read.
            SandboxError: the sandbox failed, not the design.
        """
        diagnosis = diagnose(design, (), self.icarus)
        if diagnosis.stage is not Stage.CLEAN:
            return Standing(design, diagnosis)
        quick = self._impatient
        benches = benches_for(self.case, design)
        results = simulated(design, benches, quick)
        failing = (
            bench
            for bench, (_, result) in zip(benches, results, strict=True)
            if result.outcome not in (Outcome.PASS, Outcome.COMPILE_ERROR)
        )
        first = next(failing, None)
        found = localise(first, design, quick) if first else None
        return Standing(design, diagnosis, self._complaints(design), results, found)

    def try_on(self, best: Standing, proposed: Proposed) -> tuple[Standing, bool, str]:
        """An edit made on a copy of the best version; slips in it are mended by rule.

        Returns:
            how the copy fares, whether it is to be kept, and why or why not.

        Raises:
            RefusedError: it doesn't apply, or does what no repair may do.
            SandboxError: the sandbox failed, not the design.
        """
        changed = apply(best.design, proposed)
        self._refuse(best.design, changed)
        mended = mend(changed, (), self.icarus).design
        if mended is not changed:
            self._refuse(best.design, mended)
        try:
            standing = self.stands(mended)
        except InputError as error:  # it fitted the testbench before
            raise RefusedError(error.message) from error
        if driven := _driven(standing.results) - _driven(best.results):
            raise RefusedError(f"tampering: it drives {', '.join(sorted(driven))}, an input")
        if standing.passing and self._speaks(mended, standing.passing):
            raise RefusedError("tampering: it passes by what it prints or ends, not by its outputs")
        if best.is_faulty:
            return standing, *compared(standing, best)
        if standing.is_faulty:
            return standing, False, str(standing)
        return standing, True, "it compiles, and nothing tells whether it is right"

    def settled(self, original: Design, repaired: Design) -> tuple[Design, Results]:
        """A design that works, without the changes that it works without; and how it fares."""
        benches = benches_for(self.case, repaired)

        def works(design: Design) -> bool:
            told = simulated(design, benches, self._impatient)
            passes = all(result.outcome is Outcome.PASS for _, result in told)
            return passes and not self._complaints(design)

        smallest = without_needless(original, repaired, works)
        return smallest, simulated(smallest, benches, self._impatient)

    def _refuse(self, before: Design, changed: Design) -> None:
        if other := changed_ports(before, changed, self.case.testbench):
            raise RefusedError(other)
        if added := tampering(before, changed, self.case.testbench):
            raise RefusedError(f"tampering: {added}")

    def _speaks(self, design: Design, passing: frozenset[str]) -> bool:
        """Whether a testbench passes only while the design may call system tasks."""
        silent = muted(design)
        if silent == design:
            return False
        benches = tuple(b for b in benches_for(self.case, design) if b.top in passing)
        results = simulated(silent, benches, self._impatient)
        return any(result.outcome is not Outcome.PASS for _, result in results)

    def _complaints(self, design: Design) -> tuple[Diagnostic, ...]:
        """What the log said and our Verilator says too, as far as it still does."""
        said = {_saying(diagnostic) for diagnostic in self.clues.diagnostics}
        found = self.verilator.lint(design) if self.verilator and said else ()
        return tuple(diagnostic for diagnostic in found if _saying(diagnostic) in said)

    @property
    def _impatient(self) -> Icarus:
        """An edit may make a design hang."""
        return with_patience(self.icarus, _AT_LEAST_S + _SLOWER * self.base_s)


def with_patience(icarus: Icarus, cpu_s: float) -> Icarus:
    """The simulator in a cage that gives its programs at most so many CPU seconds."""
    cage = icarus.cage
    limits = replace(cage.limits, cpu_s=min(cage.limits.cpu_s, math.ceil(cpu_s)))
    return replace(icarus, cage=replace(cage, limits=limits))


def simulated(design: Design, benches: tuple[Bench, ...], icarus: Icarus) -> Results:
    """What each testbench says of a design."""
    return tuple((b.top, icarus.simulate(b.around(design.files))) for b in benches)


def _driven(results: Results) -> set[str]:
    found = (diagnostic for _, result in results for diagnostic in result.diagnostics)
    return {port for _, port in driven_inputs(found)}


def _saying(diagnostic: Diagnostic) -> tuple[str, str, str]:
    """A finding without its line, which other edits move, and without the numbers in it."""
    path = diagnostic.span.path if diagnostic.span else ""
    return diagnostic.code, path, _NUMBER.sub("#", diagnostic.message)
