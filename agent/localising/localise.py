"""From a failing simulation to the lines to suspect.

The score of a statement is Ochiai's coefficient (Ochiai 1957; for fault localisation Abreu,
Zoeteweij and van Gemund, TAICPART 2007) over dynamic slices of right and of wrong output values,
instead of over whole runs: `wrong / sqrt(all wrong * (wrong + right))`, where a slice counts less
the further the statement is from the output.
"""

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator

from hdlsmith.agent.localising.bench import Bench
from hdlsmith.agent.localising.localisation import Localisation, Suspect, Value
from hdlsmith.agent.localising.recording import REFERENCE, Module, Recording, record
from hdlsmith.agent.localising.slices import Place, Slicer
from hdlsmith.agent.localising.verdicts import Sample, steps_of, verdicts
from hdlsmith.agent.mending.names import declared
from hdlsmith.agent.mending.source import Source
from hdlsmith.design import Design
from hdlsmith.display import counted
from hdlsmith.sandbox.results import Outcome
from hdlsmith.sandbox.simulation.icarus import Icarus

_NEARER = 0.8
_MOST_SAMPLES = 150
"""Of each verdict; spread over the run, the first among them."""
_MOST_VALUES = 12
_DONE = (Outcome.PASS, Outcome.COMPILE_ERROR)


def localise(bench: Bench, design: Design, icarus: Icarus) -> Localisation:
    """Simulate once, and say which output is wrong first, when, and which lines to suspect.

    Raises:
        InputError: the waveform is beyond what can be read.
        MissingToolError: the reader of waveforms isn't installed.
        SandboxError: the sandbox failed, not the design.
    """
    recording = record(bench, design, icarus)
    result = recording.result
    if result.outcome in _DONE or not recording.dut:
        return Localisation(result, known_by=str(result))
    found = verdicts(bench, recording)
    first = found.first
    samples: tuple[Sample, ...] = found.samples
    if first is None:  # suspect everything behind the outputs, by distance alone
        end_fs = recording.waves.end_fs
        samples = tuple(
            Sample(port.name, end_fs, wrong=True, seen_fs=end_fs) for port in bench.outputs
        )
    slicer = Slicer(recording)
    wrong = _spread([s for s in samples if s.wrong])
    right = _spread([s for s in samples if not s.wrong])
    scores = _Scores(slicer, wrong, right)
    behind = ((place, *scores.of(place)) for place in scores.places)
    lines = ranked_lines(design, recording.modules, behind)
    suspects = (*_undriven(design, bench, recording), *lines)
    if first is None:
        return Localisation(result, known_by=found.known_by, suspects=suspects)
    steps_wrong = {s.time_fs for s in samples if s.wrong}
    first_wrong = {s.signal: s.time_fs for s in reversed(samples) if s.wrong}
    return Localisation(
        result,
        first.signal,
        first.time_fs,
        len(steps_wrong),
        len({s.time_fs for s in samples} - steps_wrong),
        found.known_by,
        _values(bench, recording, first, slicer),
        suspects,
        tuple(sorted(first_wrong.items(), key=lambda found: found[1])),
        recording.waves.end_fs,
    )


def _spread(samples: list[Sample]) -> list[Sample]:
    if len(samples) <= _MOST_SAMPLES:
        return samples
    step = len(samples) / _MOST_SAMPLES
    return [samples[int(number * step)] for number in range(_MOST_SAMPLES)]


class _Scores:
    """How often each statement lies behind a wrong value, and behind a right one."""

    def __init__(self, slicer: Slicer, wrong: list[Sample], right: list[Sample]) -> None:
        self.all_wrong = Counter(sample.signal for sample in wrong)
        self.all_right = len(right)
        self.in_wrong = _Behind(slicer, wrong)
        self.in_right = _Behind(slicer, right)

    @property
    def places(self) -> Iterable[Place]:
        return self.in_wrong.nearest

    def of(self, place: Place) -> tuple[float, str]:
        """The highest score that a statement has for any output, and why."""
        near_right = sum(weight for weight, _ in self.in_right.by_output(place))
        best, why = 0.0, ""
        right = sum(number for _, number in self.in_right.by_output(place))
        for output, all_wrong in self.all_wrong.items():
            near, number = self.in_wrong.found[output].get(place, (0.0, 0))
            score = near / math.sqrt(all_wrong * (near + near_right)) if near else 0.0
            if score > best:
                best = score
                why = f"behind {number} of {all_wrong} wrong values of {output}"
        if self.all_right:
            why += f" and {right} of {counted(self.all_right, 'right value')}"
        distance = self.in_wrong.nearest[place]
        return best, f"{why}, {counted(distance, 'step')} away" if distance else why


class _Behind:
    """The statements behind some values.

    Attributes:
        found: output -> statement -> how often, nearer ones counting more, and plainly how often.
        nearest: the smallest distance of each statement.
    """

    def __init__(self, slicer: Slicer, samples: Iterable[Sample]) -> None:
        self.found: dict[str, dict[Place, tuple[float, int]]] = defaultdict(dict)
        self.nearest: dict[Place, int] = {}
        for sample in samples:
            found = self.found[sample.signal]
            for place, distance in slicer.slice(sample.signal, sample.seen_fs).items():
                weight, number = found.get(place, (0.0, 0))
                found[place] = (weight + _NEARER**distance, number + 1)
                self.nearest[place] = min(distance, self.nearest.get(place, distance))

    def by_output(self, place: Place) -> Iterable[tuple[float, int]]:
        return (found[place] for found in self.found.values() if place in found)


def _undriven(design: Design, bench: Bench, recording: Recording) -> Iterator[Suspect]:
    """The declarations of outputs that nothing drives."""
    module = recording.scopes[recording.dut]
    driven = {name for statement in module.statements for name in statement.drives}
    file = next(file for file in design.files if file.path == module.path)
    source = Source(file.text)
    tree = next(t for t in source.modules if t.header.name.valueText == bench.dut)
    lines: dict[int, list[str]] = {}
    for port in bench.outputs:
        if port.name not in driven and (found := declared(tree, port.name)):
            place = source.span(found[0].declarator)[0]
            lines.setdefault(file.text.count("\n", 0, place), []).append(port.name)
    for line, names in lines.items():
        text = file.text.split("\n")[line].strip()
        why = f"nothing drives {' and '.join(names)}"
        yield Suspect(module.path, line + 1, 1.0, why, text)


def ranked_lines(
    design: Design, modules: tuple[Module, ...], scores: Iterable[tuple[Place, float, str]]
) -> tuple[Suspect, ...]:
    """The lines of statements, most suspicious first; each by its most suspicious statement.

    Args:
        scores: a statement, how suspicious it is, and why.
    """
    lines = {file.path: file.text.split("\n") for file in design.files}
    best: dict[tuple[str, int], Suspect] = {}
    for place, score, why in scores:
        module = modules[place[0]]
        line = module.statements[place[1]].line
        key = (module.path, line)
        if key not in best or best[key].score < score:
            text = lines[module.path][line - 1]
            best[key] = Suspect(module.path, line, round(score, 4), why, text.strip())
    return tuple(sorted(best.values(), key=lambda s: (-s.score, s.path, s.line)))


def _values(bench: Bench, recording: Recording, first: Sample, slicer: Slicer) -> tuple[Value, ...]:
    """The wrong output, then what is behind it, nearest first, then the other inputs."""
    seen_fs = first.seen_fs
    ours = recording.wave(recording.dut, first.signal)
    begun = [step for step in steps_of(bench, recording) if step <= seen_fs]
    before_fs = max(0, (begun or [seen_fs])[-1] - 1)
    values = []
    if ours:
        before = ours.at(before_fs)
        values.append(Value(first.signal, before, first.actual, first.expected))
    behind = sorted(
        slicer.slice(first.signal, seen_fs).items(), key=lambda found: (found[1], found[0])
    )
    statements = (
        module.statements[position]
        for (number, position), _ in behind
        for module in [recording.modules[number]]
        if module is recording.scopes[recording.dut]
    )
    cone = (name for statement in statements for name in (*statement.reads, *statement.drives))
    inputs = (port.name for port in bench.ports if port not in bench.outputs)
    names = dict.fromkeys((*cone, *inputs))
    for name in names:
        wave = recording.wave(recording.dut, name)
        if wave and name != first.signal and len(values) < _MOST_VALUES:
            right = recording.wave(recording.dut, f"{REFERENCE}_{name}")
            expected = right.at(seen_fs) if right else ""
            values.append(Value(name, wave.at(before_fs), wave.at(seen_fs), expected))
    return tuple(values)
