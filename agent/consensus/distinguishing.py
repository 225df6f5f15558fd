"""A short input sequence on which groups of candidates differ, and what each group makes of it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain

from hdlsmith.agent.consensus.profiles import Ports
from hdlsmith.agent.consensus.stimuli import Stimuli

_SHOWN_ROWS = 24
_STEPS_A_CYCLE = 2


@dataclass(frozen=True)
class Row:
    """One step.

    Attributes:
        inputs: values as Verilog writes them.
        outputs: of each group in turn, its values; a bit that says nothing is `-`.
    """

    inputs: tuple[str, ...]
    outputs: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class Distinguishing:
    """The question that tells groups apart: given these inputs, which outputs are right?

    Attributes:
        inputs: names, in the order of a row's; the clock is among them only where the difference
            shows between its edges, and each row is then half a cycle.
        outputs: names, in the order of a row's.
        rows: from a reset on, or from the start where there is none; each sampled just before the
            next clock edge. In the last row the groups differ.
    """

    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    rows: tuple[Row, ...]

    @property
    def table(self) -> str:
        """Plain text, an output `q` of the first group called `q#1`."""
        return self.labelled([f"#{group}" for group in range(1, len(self.rows[0].outputs) + 1)])

    def labelled(self, groups: Sequence[str]) -> str:
        """Plain text, each group's word behind the names of its outputs; of a long sequence the
        end."""
        heads = [self.inputs, *([f"{name}{word}" for name in self.outputs] for word in groups)]
        shown = self.rows[-_SHOWN_ROWS:]
        skipped = len(self.rows) - len(shown)
        cells = [
            ["step", *chain(*heads)],
            *([str(n), *row.inputs, *chain(*row.outputs)] for n, row in enumerate(shown, skipped)),
        ]
        widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
        return "\n".join(
            "  ".join(cell.rjust(width) for cell, width in zip(line, widths, strict=True))
            for line in cells
        )


def distinguish(stimuli: Stimuli, traces: Sequence[Sequence[str]]) -> Distinguishing:
    """The shortest sequence after which as many groups as possible differ.

    Args:
        traces: what each group does, a string of all output bits a step; no two are equal.
    """
    _, halves, _, start, last = min(_differences(stimuli, traces))
    steps = range(start, last + 1, _STEPS_A_CYCLE if stimuli.clock and not halves else 1)
    clock = (stimuli.clock,) if halves else ()
    # A reset that has not acted yet shows the past, which the sequence does not.
    acts = min(last, start + _STEPS_A_CYCLE if len(stimuli.starts) > 1 else start)
    rows = tuple(
        Row(
            (*("01"[step % 2] for _ in clock), *_inputs(stimuli, step)),
            tuple(tuple(_values(stimuli.outputs, trace[step], step >= acts)) for trace in traces),
        )
        for step in steps
    )
    inputs = (*clock, *(port.name for port in stimuli.inputs))
    return Distinguishing(inputs, tuple(port.name for port in stimuli.outputs), rows)


def _differences(
    stimuli: Stimuli, traces: Sequence[Sequence[str]]
) -> Iterator[tuple[int, bool, int, int, int]]:
    """Each step with a difference: minus the number of distinct outputs, whether half cycles
    matter, steps needed, first step, last step."""
    no_state = not stimuli.clock and all(_is_function(stimuli, trace) for trace in traces)
    starts, start, restless = set(stimuli.starts), 0, -1
    for step, outputs in enumerate(zip(*traces, strict=True)):
        if no_state:
            start = step
        elif step - _STEPS_A_CYCLE in starts:  # a synchronous reset takes the cycle to act
            start = step - _STEPS_A_CYCLE
        falling = bool(stimuli.clock) and step % 2 == 1
        if falling and stimuli.vectors[step] != stimuli.vectors[step - 1]:
            restless = step
        if (distinct := len(set(outputs))) > 1:
            halves = falling or restless > start
            yield -distinct, halves, step - start, start, step


def _is_function(stimuli: Stimuli, trace: Sequence[str]) -> bool:
    """Whether equal inputs always gave equal outputs, as far as was seen."""
    seen = list(zip(stimuli.vectors, trace, strict=True))[stimuli.settled :]
    return len(set(seen)) == len({vector for vector, _ in seen})


def _inputs(stimuli: Stimuli, step: int) -> Iterator[str]:
    for port, value in zip(stimuli.inputs, stimuli.vectors[step], strict=True):
        yield _literal(f"{value:0{port.width_bits}b}")


def _values(ports: Ports, bits: str, known: bool) -> Iterator[str]:
    at = 0
    for port in ports:
        value = bits[at : at + port.width_bits]
        yield _literal(value if known else "-" * port.width_bits)
        at += port.width_bits


def _literal(bits: str) -> str:
    if len(bits) == 1:
        return bits
    known = set(bits) <= {"0", "1"}
    return f"{len(bits)}'h{int(bits, 2):x}" if known else f"{len(bits)}'b{bits}"
