"""Endless streams of input vectors, each with another idea of what hardware is given."""

import random
from collections.abc import Iterator
from itertools import count

from hdlsmith.design import Port

Ports = tuple[Port, ...]
Vector = tuple[int, ...]
"""One value a port."""

_HOLD_RATE = 1 / 8
_BURST_CYCLES = 8, 64
_BURSTS = (1 / 32, 1 / 4, 1 / 2, 3 / 4, 31 / 32, None)
_LONGEST_RUN = 24


def uniform(ports: Ports, rng: random.Random) -> Iterator[Vector]:
    """Every value as likely as any other."""
    while True:
        yield tuple(rng.getrandbits(port.width_bits) for port in ports)


def corners(ports: Ports, rng: random.Random) -> Iterator[Vector]:
    """Zero, all ones, a one or a zero walking up: in turn on each port, at random on the others."""
    walks = [_corner_values(port.width_bits) for port in ports]
    for cycle in count():
        walking = cycle % len(ports) if ports else 0
        yield tuple(
            walk[cycle // len(ports) % len(walk)] if number == walking else rng.choice(walk)
            for number, walk in enumerate(walks)
        )


def held(ports: Ports, rng: random.Random) -> Iterator[Vector]:
    """Each port keeps its value for some cycles."""
    values = [0] * len(ports)
    while True:
        for number, port in enumerate(ports):
            if rng.random() < _HOLD_RATE:
                values[number] = _any_value(port.width_bits, rng)
        yield tuple(values)


def bursts(ports: Ports, rng: random.Random) -> Iterator[Vector]:
    """Bits that for some cycles are mostly low, mostly high, even, or toggling."""
    while True:
        drawn = [rng.choice(_BURSTS) for _ in ports]
        for cycle in range(rng.randrange(*_BURST_CYCLES)):
            yield tuple(
                _any_value(port.width_bits, rng)
                if port.width_bits > 1
                else cycle % 2
                if probability is None
                else int(rng.random() < probability)
                for port, probability in zip(ports, drawn, strict=True)
            )


def operands(ports: Ports, rng: random.Random) -> Iterator[Vector]:
    """Small, equal and neighbouring values, as comparators and adders want them."""
    while True:
        base = rng.getrandbits(max((port.width_bits for port in ports), default=1))
        base = rng.choice((base, rng.getrandbits(2)))
        yield tuple(
            (base + rng.choice((-1, 0, 0, 0, 1)) if rng.random() < 0.75 else rng.getrandbits(3))
            & ((1 << port.width_bits) - 1)
            for port in ports
        )


def steady(ports: Ports, rng: random.Random, high: frozenset[str]) -> Iterator[Vector]:
    """Single bits stand still, those in `high` at 1: for one cycle, for two, and so on, with a
    random pulse in between, and at last for good. The others are held."""
    still = (still for run in range(_LONGEST_RUN + 1) for still in (*[True] * run, False))
    for values in held(ports, rng):
        stands = next(still, True)
        yield tuple(
            (int(port.name in high) if stands else rng.getrandbits(1))
            if port.width_bits == 1
            else value
            for port, value in zip(ports, values, strict=True)
        )


NARROW = (uniform, held, bursts, bursts)
WIDE = (uniform, corners, held, bursts, operands)


def _corner_values(width_bits: int) -> list[int]:
    ones = (1 << width_bits) - 1
    walking = [1 << bit for bit in range(width_bits)]
    return list(dict.fromkeys([0, ones, *walking, *(ones ^ one for one in walking)]))


def _any_value(width_bits: int, rng: random.Random) -> int:
    """A corner as often as not."""
    if rng.random() < 1 / 2:
        return rng.getrandbits(width_bits)
    return rng.choice((0, (1 << width_bits) - 1, 1 << rng.randrange(width_bits)))
