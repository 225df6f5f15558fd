"""Stimuli made from ports: the same for all, resets told by name, corners and every value."""

from itertools import pairwise

import pytest

from hdlsmith.agent.consensus.stimuli import Stimuli, stimuli_for
from hdlsmith.design import Direction, Port


def inputs(**widths: int) -> tuple[Port, ...]:
    return tuple(Port(name, Direction.INPUT, width) for name, width in widths.items())


Q = Port("q", Direction.OUTPUT, 4)


def column(stimuli: Stimuli, name: str) -> list[int]:
    at = [port.name for port in stimuli.inputs].index(name)
    return [vector[at] for vector in stimuli.vectors]


def test_equal_ports_and_seeds_give_equal_stimuli() -> None:
    ports = (*inputs(clk=1, rst=1, en=1, d=8), Q)
    assert stimuli_for(ports) == stimuli_for(ports)
    assert stimuli_for(ports, seed=1) != stimuli_for(ports)


def test_a_vector_has_a_fitting_value_for_each_input_but_the_clock() -> None:
    stimuli = stimuli_for((*inputs(clk=1, rst=1, a=3, b=70), Q))
    assert [port.name for port in stimuli.inputs] == ["rst", "a", "b"]
    assert stimuli.outputs == (Q,)
    for vector in stimuli.vectors:
        assert all(0 <= v < 1 << p.width_bits for v, p in zip(vector, stimuli.inputs, strict=True))


@pytest.mark.parametrize(
    ("reset", "active"),
    [("rst", 1), ("reset", 1), ("areset", 1), ("rst_n", 0), ("RSTn", 0), ("nrst", 0), ("rstb", 0)],
)
def test_the_reset_comes_first_by_its_polarity_and_again_later(reset: str, active: int) -> None:
    stimuli = stimuli_for((*inputs(clk=1, **{reset: 1}, d=4), Q))
    levels = column(stimuli, reset)
    assert levels[:4] == [active] * 4
    assert 0.5 < levels.count(1 - active) / len(levels) < 0.99
    assert len(stimuli.starts) > 20
    assert all(levels[start] == active for start in stimuli.starts)
    assert all(start % 2 == 0 for start in stimuli.starts)


def test_a_reset_also_comes_and_goes_between_two_rising_edges() -> None:
    levels = column(stimuli_for((*inputs(clk=1, rst=1, d=4), Q)), "rst")
    rising, falling = levels[::2], levels[1::2]
    between = zip(rising, falling, rising[1:], strict=False)
    assert (0, 1, 0) in between


def test_corners_walking_bits_and_equal_operands_are_among_the_values() -> None:
    stimuli = stimuli_for((*inputs(clk=1, a=8, b=8), Q))
    a, b = column(stimuli, "a"), column(stimuli, "b")
    walking = {1 << bit for bit in range(8)}
    assert {0, 255} | walking | {255 ^ one for one in walking} <= set(a) & set(b)
    assert sum(x == y for x, y in zip(a, b, strict=True)) > 100
    assert sum(abs(x - y) == 1 for x, y in zip(a, b, strict=True)) > 20


def test_a_control_stands_still_toggles_and_pulses() -> None:
    levels = column(stimuli_for((*inputs(clk=1, en=1, d=4), Q)), "en")[::2]
    runs = {1: 0, 0: 0}
    length = 0
    for level, following in pairwise([*levels, 2]):
        length += 1
        if level != following:
            runs[level] = max(runs[level], length)
            length = 0
    assert min(runs.values()) > 200
    assert "010101" in "".join(map(str, levels))


def test_few_inputs_without_a_clock_get_every_value() -> None:
    stimuli = stimuli_for((*inputs(a=4, b=3), Q))
    assert set(stimuli.vectors[stimuli.settled :]) == {(a, b) for a in range(16) for b in range(8)}
    assert stimuli.cycles == len(stimuli.vectors)


def test_more_ports_get_more_cycles_and_huge_ones_fewer() -> None:
    small, large, huge = (
        stimuli_for((*inputs(clk=1, d=width), Q)).cycles for width in (1, 16, 4096)
    )
    assert huge < small < large


@pytest.mark.parametrize("names", [[], ["clk"], ["rst"], ["clk", "rst"]])
def test_designs_with_hardly_an_input_have_stimuli_too(names: list[str]) -> None:
    stimuli = stimuli_for((*inputs(**dict.fromkeys(names, 1)), Q))
    assert stimuli.cycles > 100
    assert all(len(vector) == len(stimuli.inputs) for vector in stimuli.vectors)
