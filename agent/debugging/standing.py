"""How well one version of a design fares, and whether another fares better."""

import math
from dataclasses import dataclass

from hdlsmith.agent.localising.localisation import Localisation, time_text
from hdlsmith.agent.mending.diagnosis import Diagnosis, Stage
from hdlsmith.design import Design, Diagnostic
from hdlsmith.display import counted
from hdlsmith.sandbox.results import Outcome, SimResult

Results = tuple[tuple[str, SimResult], ...]
"""The name of each testbench, and what it says."""


@dataclass(frozen=True)
class Standing:
    """One version of a design, as far as it was judged.

    Attributes:
        diagnosis: how far it compiles.
        complaints: what a log said of the design and our own tools still say.
        results: of all testbenches; none where it does not compile.
        found: of the first testbench that fails.
    """

    design: Design
    diagnosis: Diagnosis
    complaints: tuple[Diagnostic, ...] = ()
    results: Results = ()
    found: Localisation | None = None

    @property
    def compiles(self) -> bool:
        return self.diagnosis.stage is Stage.CLEAN

    @property
    def is_faulty(self) -> bool:
        """A tool says that something is wrong."""
        failing = len(self.passing) < len(self.results)
        return not self.compiles or bool(self.complaints) or failing

    @property
    def passing(self) -> frozenset[str]:
        return frozenset(top for top, r in self.results if r.outcome is Outcome.PASS)

    @property
    def failures(self) -> float:
        """Failing checks of all testbenches; without end where one fails and counts none."""
        told = (
            r.failures if r.outcome is Outcome.MISMATCH else math.inf
            for _, r in self.results
            if r.outcome is not Outcome.PASS
        )
        return sum(told)

    @property
    def first_fs(self) -> int:
        """When an output is wrong first; -1 where nothing tells."""
        found = self.found
        return -1 if found is None or found.time_fs is None else found.time_fs

    def __str__(self) -> str:
        if not self.compiles:
            return f"it does not compile: {self.diagnosis.errors[0]}"
        if self.complaints:
            return str(self.complaints[0])
        said = "; ".join(f"{top}: {result}" for top, result in self.results) or "it compiles"
        found = self.found
        if found is None or found.time_fs is None:
            return said
        return f"{said}; {found.signal or 'a check'} wrong first at {time_text(found.time_fs)}"


def compared(new: Standing, old: Standing) -> tuple[bool, str]:
    """Whether a version is to be kept in place of another, and why or why not.

    What worked must still work: testbenches that passed, and outputs that were right for as long
    as the old version's run went. Then fewer failing checks count, then a later first failure.
    """
    if not new.compiles or not old.compiles:
        better = new.diagnosis.is_better_than(old.diagnosis)
        return better, "it compiles further" if better else str(new)
    if lost := old.passing - new.passing:
        return False, f"{', '.join(sorted(lost))} passed before"
    if broken := _newly_wrong(new, old):
        return False, f"{', '.join(broken)} was right before"
    ours = (len(new.passing), -new.failures, new.first_fs, -len(new.complaints))
    theirs = (len(old.passing), -old.failures, old.first_fs, -len(old.complaints))
    if ours > theirs:
        return True, _gain(new, old)
    return False, "nothing is better" if ours == theirs else str(new)


def _newly_wrong(new: Standing, old: Standing) -> list[str]:
    if new.found is None or old.found is None:
        return []
    known = {name for name, _ in old.found.wrong_outputs}
    end_fs = old.found.end_fs
    return [name for name, at in new.found.wrong_outputs if name not in known and at <= end_fs]


def _gain(new: Standing, old: Standing) -> str:
    if not new.is_faulty:
        return "every testbench passes" if new.results else "no tool complains any more"
    if len(new.passing) > len(old.passing):
        return "another testbench passes"
    if new.failures < old.failures:
        fewer = old.failures - new.failures
        told = math.isfinite(fewer)
        return f"{counted(int(fewer), 'failing check')} fewer" if told else "it tells of checks now"
    return "it fails later" if new.first_fs > old.first_fs else "a complaint fewer"
