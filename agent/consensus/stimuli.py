"""Stimuli made by rule from the ports alone, for comparing designs that nobody has a test for.

A rule knows no specification, so it mixes what finds differences in most hardware: a reset first
and now and then later, corner values, constrained random, long stretches in which the controls
stand still so that counters get far; and every value where a design without a clock has few inputs.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import islice, product
from typing import NamedTuple

from hdlsmith.agent.consensus.profiles import NARROW, WIDE, Ports, Vector, steady, uniform
from hdlsmith.agent.interface import active_low, clock_of, reset_of
from hdlsmith.design import Direction

_EXHAUSTIVE_BITS = 11
_LEAST_CYCLES, _CYCLES_A_BIT, _MOST_CYCLES = 4096, 64, 6144
_MOST_VECTORS = 1 << _EXHAUSTIVE_BITS
_MOST_BITS = 1 << 20
_WARM_UP_CYCLES = 32
_SEEDS = 4
_STEADY_ALONE = 3
_RESET_CYCLES = 2
_RESET_RATE = 1 / 64


@dataclass(frozen=True)
class Stimuli:
    """What each input is given, step by step.

    In a step the inputs take their values, the outputs settle and are recorded, and then the clock
    changes: up in even steps, down in odd ones. So a sample is taken just before each edge, where
    an asynchronous reset shows already and a synchronous one does not yet. A design without a
    clock sees one vector a step.

    Attributes:
        clock: its name; empty where the ports hold none.
        vectors: one a step, with one value an input.
        starts: 0, and the steps in which a reset becomes active: what was before hardly matters.
        settled: the first step from which on a design should know its outputs.
    """

    ports: Ports
    clock: str
    vectors: tuple[Vector, ...]
    starts: tuple[int, ...]
    settled: int

    @cached_property
    def inputs(self) -> Ports:
        """The driven ports, in the order of a vector's values; the clock is not among them."""
        inputs = (port for port in self.ports if port.direction is Direction.INPUT)
        return tuple(port for port in inputs if port.name != self.clock)

    @cached_property
    def outputs(self) -> Ports:
        """The recorded ports; a bidirectional one is among them, and never driven."""
        return tuple(port for port in self.ports if port.direction is not Direction.INPUT)

    @property
    def cycles(self) -> int:
        """Clock cycles; vectors where there is no clock."""
        return len(self.vectors) // 2 if self.clock else len(self.vectors)


class _Stretch(NamedTuple):
    """Some cycles of one idea.

    Attributes:
        reset_rate: how probable a reset in a cycle is; one stands at the beginning in any case.
        restless: the inputs change before the falling edge too.
    """

    vectors: Iterator[Vector]
    cycles: int
    reset_rate: float = 0
    restless: bool = False


class _Step(NamedTuple):
    vector: Vector
    resets: bool


def stimuli_for(ports: Ports, seed: int = 0) -> Stimuli:
    """Equal ports, at least one, and an equal seed give equal stimuli."""
    clock = clock_of(ports)
    inputs = tuple(p for p in ports if p.direction is Direction.INPUT and p.name != clock)
    bits = sum(port.width_bits for port in ports)
    most_steps = max(4 * _WARM_UP_CYCLES, _MOST_BITS // bits)  # or traces would be huge
    if not clock:
        vectors = tuple(_unclocked(inputs, min(_MOST_VECTORS, most_steps), seed))
        return Stimuli(ports, clock, vectors, (0,), _WARM_UP_CYCLES)
    # More for more ports, behind which more state is likely.
    cycles = min(_LEAST_CYCLES + _CYCLES_A_BIT * bits, _MOST_CYCLES, most_steps // 2)
    reset = reset_of(inputs)
    steps = list(_clocked(tuple(p for p in inputs if p.name != reset), cycles, seed))
    vectors = tuple(_with_reset(inputs, reset, step) for step in steps)
    begins = (i for i in range(2, len(steps), 2) if steps[i].resets and not steps[i - 1].resets)
    return Stimuli(ports, clock, vectors, (0, *begins) if reset else (0,), 2 * _WARM_UP_CYCLES)


def _unclocked(inputs: Ports, cycles: int, seed: int) -> Iterator[Vector]:
    rng = _random(seed)
    yield from islice(uniform(inputs, rng), _WARM_UP_CYCLES)
    if sum(port.width_bits for port in inputs) <= _EXHAUSTIVE_BITS:
        every = list(product(*(range(1 << port.width_bits) for port in inputs)))
        rng.shuffle(every)
        yield from every
        cycles = 4 * _WARM_UP_CYCLES  # for latches, and clocks that don't look like one
    for stretch in _mixed(inputs, cycles, seed):
        yield from islice(stretch.vectors, stretch.cycles)


def _clocked(data: Ports, cycles: int, seed: int) -> Iterator[_Step]:
    """Two steps a cycle."""
    rng = _random(seed)
    warm_up = _Stretch(uniform(data, rng), _WARM_UP_CYCLES)
    half = (cycles - _WARM_UP_CYCLES) // 2
    for stretch in (warm_up, *_mixed(data, half, seed), *_steady(data, half, seed)):
        resetting = _RESET_CYCLES
        for vector in islice(stretch.vectors, stretch.cycles):
            if rng.random() < stretch.reset_rate:
                resetting = rng.randint(1, _RESET_CYCLES)
            yield _Step(vector, resetting > 0)
            if stretch.restless:
                yield _Step(next(stretch.vectors), rng.random() < _RESET_RATE)
            else:
                yield _Step(vector, resetting > 0)
            resetting -= 1


def _mixed(data: Ports, cycles: int, seed: int) -> Iterator[_Stretch]:
    """All profiles in turn, under several seeds; under the last one inputs change in each step, and
    a reset comes and goes between two rising edges."""
    profiles = WIDE if any(port.width_bits > 1 for port in data) else NARROW
    length = cycles // (_SEEDS * len(profiles))
    for number in range(_SEEDS):
        rng, restless = _random(f"{seed}.{number}"), number == _SEEDS - 1
        for profile in profiles:
            rate = 0 if restless else _RESET_RATE
            yield _Stretch(profile(data, rng), length, rate, restless)


def _steady(data: Ports, cycles: int, seed: int) -> Iterator[_Stretch]:
    """All controls high, one of the first few alone, none."""
    controls = [port.name for port in data if port.width_bits == 1]
    alone = (frozenset([name]) for name in controls[:_STEADY_ALONE])
    patterns = dict.fromkeys([frozenset(controls), *alone, frozenset()])
    rng = _random(seed)
    for high in patterns:
        yield _Stretch(steady(data, rng, high), cycles // len(patterns))


def _with_reset(inputs: Ports, reset: str, step: _Step) -> Vector:
    """The vector of all inputs: those in the step, and the reset at its level."""
    level = int(step.resets is not active_low(reset))
    values = iter(step.vector)
    return tuple(level if port.name == reset else next(values) for port in inputs)


def _random(seed: object) -> random.Random:
    return random.Random(str(seed))  # noqa: S311 - stimuli, not secrets
