"""What outputs must be for given inputs, as a request's tables, maps and waveforms state it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import product

from hdlsmith.agent.consensus.profiles import Vector
from hdlsmith.agent.consensus.stimuli import Stimuli
from hdlsmith.agent.interface import clock_of
from hdlsmith.agent.stated.references import Place
from hdlsmith.design import Direction, Port

_MOST_INPUT_BITS = 12

Cell = tuple[Place, str]
"""A port or bit, and its bits as `0`, `1` and `x`, the highest first."""


@dataclass(frozen=True)
class Row:
    """One line of a table. In an input `x` stands for any value; in an output it asks nothing."""

    cells: tuple[Cell, ...]


@dataclass(frozen=True)
class Examples:
    """The rows of one table.

    Attributes:
        notation: what it is called in evidence: `truth table`, `Karnaugh map`, `waveform`.
        ports: of the whole design, as asked.
        in_order: the rows follow each other in time, and what was before matters.
    """

    notation: str
    ports: tuple[Port, ...]
    rows: tuple[Row, ...]
    in_order: bool = False

    @cached_property
    def inputs(self) -> tuple[Port, ...]:
        return tuple(p for p in self.ports if p.direction is Direction.INPUT)

    @cached_property
    def outputs(self) -> tuple[Port, ...]:
        return tuple(p for p in self.ports if p.direction is not Direction.INPUT)

    def speaks_of(self, ports: Sequence[Port]) -> bool:
        """Whether every bit of these ports has a value in some row."""
        rows = (self.bits(row, ports) for row in self.rows)
        return all(set(column) != {"x"} for column in zip(*rows, strict=True))

    def bits(self, row: Row, ports: Sequence[Port]) -> str:
        """The row's bits of these ports side by side, `x` where it says nothing."""
        return "".join(_port_bits(row, port) for port in ports)


def _port_bits(row: Row, port: Port) -> str:
    bits = ["x"] * port.width_bits
    for at, value in row.cells:
        if at.port != port:
            continue
        if at.bit is None:
            bits = list(value)
        else:
            bits[port.width_bits - 1 - at.bit] = value
    return "".join(bits)


@dataclass(frozen=True)
class Trial:
    """Stimuli that walk through the rows, and what must be seen.

    Attributes:
        wanted: for each step the output bits in the stimuli's order, `x` where anything goes.
        row_of: for each step the index of its row.
    """

    stimuli: Stimuli
    wanted: tuple[str, ...]
    row_of: tuple[int, ...]

    def wrong_rows(self, samples: Sequence[str]) -> tuple[int, ...]:
        """Indices of the rows that a behaviour contradicts, rising."""
        steps = zip(self.row_of, self.wanted, samples, strict=True)
        return tuple(dict.fromkeys(row for row, want, got in steps if not _agrees(want, got)))


def _agrees(want: str, got: str) -> bool:
    return all(w in ("x", g) for w, g in zip(want, got, strict=True))


def trials(examples: Examples) -> tuple[Trial, ...]:
    """The readings under which a design may satisfy the examples; one is enough.

    A waveform does not say whether a value that changes at a clock edge is the one before it or
    after it: it is read with the clock moving first, as simulators show registered stimuli, and
    with the data moving first.
    """
    if not examples.in_order:
        return (_unordered(examples),)
    clock = {clock_of(examples.ports)} - {""}
    data = {port.name for port in examples.inputs} - clock
    orders = (clock, data) if clock else (data,)
    return tuple(_ordered(examples, first) for first in orders)


def _unordered(examples: Examples) -> Trial:
    """Each row once with its free input bits low, once with them high."""
    steps = [
        (n, bits.replace("x", free), examples.bits(row, examples.outputs))
        for n, row in enumerate(examples.rows)
        for bits in [examples.bits(row, examples.inputs)]
        for free in ("01" if "x" in bits else "0")
    ]
    return _trial(examples, steps)


def _ordered(examples: Examples, first: set[str]) -> Trial:
    """Each row in turn, in two steps: these inputs move before the others."""
    steps: list[tuple[int, str, str]] = []
    nothing = "x" * sum(port.width_bits for port in examples.outputs)
    before = ""
    for n, row in enumerate(examples.rows):
        now = examples.bits(row, examples.inputs).replace("x", "0")
        if before:
            steps.append((n, _moved(examples, before, now, first), nothing))
        steps.append((n, now, examples.bits(row, examples.outputs)))
        before = now
    return _trial(examples, steps)


def _moved(examples: Examples, before: str, now: str, first: set[str]) -> str:
    mixed, at = "", 0
    for port in examples.inputs:
        source = now if port.name in first else before
        mixed += source[at : at + port.width_bits]
        at += port.width_bits
    return mixed


def _trial(examples: Examples, steps: Sequence[tuple[int, str, str]]) -> Trial:
    vectors = tuple(_vector(examples.inputs, bits) for _, bits, _ in steps)
    stimuli = Stimuli(examples.ports, "", vectors, (0,), 0)
    return Trial(stimuli, tuple(want for *_, want in steps), tuple(n for n, *_ in steps))


def _vector(inputs: Sequence[Port], bits: str) -> Vector:
    values, at = [], 0
    for port in inputs:
        values.append(int(bits[at : at + port.width_bits], 2))
        at += port.width_bits
    return tuple(values)


def function_of(examples: Examples) -> dict[str, str] | None:
    """The whole function from input bits to output bits, where the examples state all of it.

    None where they don't: an input value is missing, two rows differ, the rows follow each other
    in time, or there are more than 12 input bits.
    """
    width = sum(port.width_bits for port in examples.inputs)
    if clock_of(examples.ports) or not 0 < width <= _MOST_INPUT_BITS:
        return None
    if not examples.speaks_of(examples.outputs):
        return None
    function: dict[str, str] = {}
    for row in examples.rows:
        want = examples.bits(row, examples.outputs)
        free = examples.in_order and "x" in examples.bits(row, examples.inputs)
        if free or (set(want) == {"x"} and examples.in_order):
            continue  # a waveform before anything is known
        for bits in _expanded(examples.bits(row, examples.inputs)):
            if function.setdefault(bits, want) != want:
                return None
    return function if len(function) == 1 << width else None


def _expanded(bits: str) -> Iterator[str]:
    return map("".join, product(*("01" if bit == "x" else bit for bit in bits)))
