"""Icarus and Verilator on one design: do both say the same, and do the signals behave the same?

What is compared is what the language fixes. Signals that both simulators show under one name and
width, wherever they stand in the hierarchy; their settled value after each time step, as the order
inside a step is a simulator's own business. Left out are bits that Icarus calls x or z, as
Verilator knows 0 and 1 alone; what a signal shows before both are equal for the first time, as
Verilator sees no edge where x becomes 0; and the last time step, in which a `$finish` may come
before or after other events. What then remains is a race, or a state that no reset ever set.
"""

import re
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import ClassVar

from hdlsmith.design import Design
from hdlsmith.display import counted
from hdlsmith.errors import InputError
from hdlsmith.sandbox.cage import Cage
from hdlsmith.sandbox.results import Outcome, SimResult
from hdlsmith.sandbox.simulation.icarus import Icarus
from hdlsmith.sandbox.simulation.simulators import save_waves, waves_suffix
from hdlsmith.sandbox.simulation.verilator_sim import VerilatorSimulator
from hdlsmith.sandbox.waves.text import format_time
from hdlsmith.sandbox.waves.waveform import Difference, Wave, Waves, first_difference, read_waves
from hdlsmith.settings import Settings

_ENDED = (Outcome.PASS, Outcome.MISMATCH, Outcome.NO_EVIDENCE)
# Each simulator draws other numbers, so that the stimuli themselves differ.
_RANDOM = re.compile(r"\$u?random|\brandomize\b|\brandcase\b|\brandsequence\b|\.shuffle\b")
# Strings too. What is never closed goes to its end, or a flood of such would be searched for hours.
_COMMENTS = re.compile(r'"(?:\\.|[^"\\\n])*"?|//[^\n]*|/\*.*?(?:\*/|\Z)', re.DOTALL)


@dataclass(frozen=True)
class Agreement:
    """Both simulators, and the cage in which their waveforms are read."""

    icarus: Icarus
    verilator: VerilatorSimulator
    cage: Cage
    name: ClassVar[str] = "both"

    @classmethod
    def find(cls, settings: Settings, cage: Cage) -> "Agreement":
        """
        Raises:
            MissingToolError: one of them isn't installed.
            SandboxError: one does not work in this cage.
        """
        return cls(Icarus.find(settings, cage), VerilatorSimulator.find(settings, cage), cage)

    def version(self) -> str:
        """For reports: both names and numbers."""
        return f"{self.icarus.version()} and {self.verilator.version()}"

    def simulate(self, design: Design, waves: Path | None = None) -> SimResult:
        """As `Simulator.simulate`: one verdict if both agree, else DISAGREEMENT with what differs.

        Args:
            waves: Icarus' waveform goes there, Verilator's beside it (`out.verilator.vcd`).
        """
        suffix = waves_suffix(waves) or ".vcd"
        with TemporaryDirectory(prefix="hdlsmith-") as folder:
            files = tuple(Path(folder, f"{s.name}{suffix}") for s in (self.icarus, self.verilator))
            ours = self.icarus.simulate(design, files[0])
            theirs = self.verilator.simulate(design, files[1])
            if waves:
                save_waves(files[0], waves)
                save_waves(files[1], waves.with_suffix(f".verilator{suffix}"))
            # A simulation that was ended from outside may have written half of its waveform.
            whole = all(r.outcome in _ENDED for r in (ours, theirs))
            compared = self._compare(design, *files) if whole else _Compared()
        return _joined(ours, theirs, compared)

    def _compare(self, design: Design, icarus: Path, verilator: Path) -> "_Compared":
        if any(_RANDOM.search(_COMMENTS.sub("", file.text)) for file in design.sources):
            return _Compared("random stimuli differ by simulator: verdicts alone compared")
        try:
            left, right = read_waves(icarus, self.cage), read_waves(verilator, self.cage)
        except InputError as error:  # too large; or a testbench that writes over it
            because = error.message.replace(f"{icarus.parent}/", "")
            return _Compared(f"no signal compared: {because}")
        return compare(left, _below_top(right))


@dataclass(frozen=True)
class _Compared:
    """What the comparison of the waveforms covered, and what it found."""

    covered: str = "no signal compared"
    difference: Difference | None = None


def compare(icarus: Waves, verilator: Waves) -> _Compared:
    """The first difference between what both show, by the rules at the head of this file."""
    theirs = {(wave.name, wave.width_bits): wave for wave in verilator.signals if wave.width_bits}
    pairs = ((wave, theirs.get((wave.name, wave.width_bits))) for wave in icarus.signals)
    common = tuple(_once_equal(ours, other) for ours, other in pairs if other)
    end_fs = min(icarus.end_fs, verilator.end_fs)
    if not common:
        return _Compared("no signal in common")
    found = first_difference(replace(icarus, signals=common), verilator, skip_unknown=True)
    covered = f"{counted(len(common), 'signal')} equal over {format_time(end_fs)}"
    if found and found.time_fs < end_fs:
        return _Compared("", found)
    return _Compared(covered)


def _once_equal(ours: Wave, theirs: Wave) -> Wave:
    """Our signal from the time on when both are equal; as it is, if they never are."""
    times = sorted({time for time, _ in ours.changes + theirs.changes})
    first = next((time for time in times if ours.at(time) == theirs.at(time)), None)
    if first is None:
        return ours
    later = (change for change in ours.changes if change[0] > first)
    return replace(ours, changes=((first, ours.at(first)), *later))


def _below_top(waves: Waves) -> Waves:
    # Verilator wraps the design in a scope of its own.
    signals = (replace(wave, name=wave.name.removeprefix("TOP.")) for wave in waves.signals)
    return replace(waves, signals=tuple(signals))


def _joined(icarus: SimResult, verilator: SimResult, compared: _Compared) -> SimResult:
    outcomes = {icarus.outcome, verilator.outcome}
    told = f"Icarus {icarus}; Verilator {verilator}"
    if parted := compared.difference:
        outcome, because = Outcome.DISAGREEMENT, f"{_explained(parted)}; {told}"
    elif len(outcomes) == 1:
        outcome, because = icarus.outcome, f"{icarus.evidence} (both agree; {compared.covered})"
    elif Outcome.TIMEOUT in outcomes:  # the other one may just be faster
        outcome, because = Outcome.TIMEOUT, told
    else:
        outcome, because = Outcome.DISAGREEMENT, told
    if outcome is Outcome.DISAGREEMENT and (late := _executed_early(verilator)):
        because += f"; Verilator executes the `<=` at {late} as `=`"
    return SimResult(
        outcome,
        min(icarus.checks, verilator.checks),
        max(icarus.failures, verilator.failures),
        because,
        icarus.runs + verilator.runs,
        tuple(dict.fromkeys(icarus.diagnostics + verilator.diagnostics)),
    )


def _executed_early(verilator: SimResult) -> str:
    """Where Verilator, before 5.050, departs from the language: in `initial` blocks and tasks."""
    return ", ".join(str(d.span) for d in verilator.diagnostics if d.code == "INITIALDLY")


def _explained(parted: Difference) -> str:
    time = format_time(parted.time_fs)
    return f"{parted.signal} is {parted.left} in Icarus and {parted.right} in Verilator at {time}"
