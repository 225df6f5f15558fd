"""When an output is right and when wrong: by a reference, or by what the testbench printed."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice

from hdlsmith.agent.localising.bench import Bench
from hdlsmith.agent.localising.recording import REFERENCE, Recording
from hdlsmith.sandbox.simulation.icarus import testbench_words
from hdlsmith.sandbox.simulation.testbench_log import read_log

_KNOWN = re.compile(r"[01]")
_AT_TIME = re.compile(
    r"(?:\bat|\btime|@|\bt\s*=)[\s:=(\[]*(\d+(?:\.\d+)?)\s*(fs|ps|ns|us|ms|s)?\b", re.IGNORECASE
)
_LEADING_TIME = re.compile(r"^\W*(\d+(?:\.\d+)?)\s*(fs|ps|ns|us|ms|s)\b")
_TIMESCALE = re.compile(r"`timescale\s+(\d+)\s*(fs|ps|ns|us|ms|s)\b")
_UNIT_FS = {"fs": 1, "ps": 10**3, "ns": 10**6, "us": 10**9, "ms": 10**12, "s": 10**15}
_DEFAULT_UNIT_FS = 10**15
_MOST_LINES = 400
_LONGEST = 200


@dataclass(frozen=True)
class Sample:
    """One output in one time step.

    Attributes:
        seen_fs: the last moment of the value that was judged. A testbench that checks at a time
            sees what was before that time's own changes: registers take their values after it has
            looked, and its next stimuli come after the check.
        expected: by the reference; empty where the testbench's words alone tell.
    """

    signal: str
    time_fs: int
    wrong: bool
    seen_fs: int
    actual: str = ""
    expected: str = ""


@dataclass(frozen=True)
class Told:
    """A line of a log that says that something failed.

    Attributes:
        line: its first characters.
        time: as it is said; None where the line says none.
        unit: of the time; empty where the line leaves that open.
        names: those that were looked for and are in the line.
    """

    line: str
    time: float | None
    unit: str
    names: tuple[str, ...]


@dataclass(frozen=True)
class Verdicts:
    """All that is known of the outputs over time, in order of time.

    Attributes:
        known_by: what told.
    """

    samples: tuple[Sample, ...]
    known_by: str

    @property
    def first(self) -> Sample | None:
        """The first wrong one."""
        return next((sample for sample in self.samples if sample.wrong), None)


def verdicts(bench: Bench, recording: Recording) -> Verdicts:
    """What the reference tells, where there is one, else what the testbench told."""
    if bench.reference:
        steps = steps_of(bench, recording)
        found = [s for output in bench.outputs for s in _compared(recording, output.name, steps)]
        known_by = f"the reference {bench.reference.removeprefix(f'{REFERENCE}_')}"
        return Verdicts(tuple(sorted(found, key=lambda s: s.time_fs)), known_by)
    told = sorted(_told(bench, recording), key=lambda s: s.time_fs)
    if not told:
        return Verdicts((), "the testbench names no time in what it says failed")
    first_fs = told[0].time_fs
    # Nothing is known of the steps after the first failure that it does not name; and what it saw
    # then has been there since the step before.
    steps = [step for step in steps_of(bench, recording) if step < first_fs][:-1]
    passed = [
        Sample(output.name, step, wrong=False, seen_fs=step)
        for step in steps
        for output in bench.outputs
    ]
    return Verdicts((*passed, *told), "what the testbench printed")


def failures_told(log: str, names: Iterable[str]) -> Iterator[Told]:
    """The lines of a log that tell of a failure, the first few hundred, in order.

    Args:
        names: of signals to look for in them.
    """
    looked_for = tuple(names)
    failing = (line.strip() for line in log.splitlines() if read_log(line).failures)
    for line in islice(failing, _MOST_LINES):
        match = _AT_TIME.search(line) or _LEADING_TIME.search(line)
        time, unit = (float(match[1]), (match[2] or "").lower()) if match else (None, "")
        words = set(re.findall(r"\w+", line))
        found = tuple(name for name in looked_for if name in words)
        yield Told(line[:_LONGEST], time, unit, found)


def differs(actual: str, expected: str) -> bool:
    """Whether a bit is other than the reference's, where that is known."""
    return any(a != e for a, e in zip(actual, expected, strict=False) if e in "01")


def _compared(recording: Recording, output: str, steps: list[int]) -> Iterator[Sample]:
    ours = recording.wave(recording.dut, output)
    right = recording.wave(recording.dut, f"{REFERENCE}_{output}")
    if ours is None or right is None:
        return
    for step in steps:
        actual, expected = ours.at(step), right.at(step)
        if _KNOWN.search(expected):
            yield Sample(output, step, differs(actual, expected), step, actual, expected)


def steps_of(bench: Bench, recording: Recording) -> list[int]:
    """The time steps in which a port changed."""
    waves = [recording.wave(recording.dut, port.name) for port in bench.ports]
    waves += [recording.wave(recording.dut, f"{REFERENCE}_{p.name}") for p in bench.outputs]
    return sorted({time_fs for wave in waves if wave for time_fs, _ in wave.changes})


def _told(bench: Bench, recording: Recording) -> list[Sample]:
    """The failures that the testbench reports with a time, for the outputs that it names."""
    log = testbench_words(recording.result.runs[-1].output)
    outputs = [port.name for port in bench.outputs]
    told = [(t, t.time) for t in failures_told(log, outputs) if t.time is not None]
    bare = max((time for said, time in told if not said.unit), default=0.0)
    # `$time` counts in time units, `%t` in the simulation's smallest steps.
    unit_fs = _time_unit_fs(bench)
    if bare * unit_fs > recording.waves.end_fs:
        unit_fs = recording.waves.tick_fs
    found = []
    for said, time in told:
        time_fs = int(time * (_UNIT_FS[said.unit] if said.unit else unit_fs))
        seen_fs = max(0, time_fs - 1)
        for name in said.names or outputs:
            wave = recording.wave(recording.dut, name)
            actual = wave.at(seen_fs) if wave else ""
            found.append(Sample(name, time_fs, wrong=True, seen_fs=seen_fs, actual=actual))
    return found


def _time_unit_fs(bench: Bench) -> int:
    found = [match for file in bench.testbench for match in _TIMESCALE.finditer(file.text)]
    return int(found[0][1]) * _UNIT_FS[found[0][2]] if found else _DEFAULT_UNIT_FS
