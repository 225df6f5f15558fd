"""The cocotb test around a reference model, and the same without cocotb: what it expects."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache, cached_property
from importlib.resources import files
from itertools import groupby

from jinja2 import Environment, StrictUndefined, Template

from hdlsmith.agent.consensus.profiles import Ports
from hdlsmith.agent.consensus.stimuli import Stimuli, stimuli_for
from hdlsmith.agent.interface import active_low, reset_of
from hdlsmith.agent.testing.reference import Reference
from hdlsmith.design import Design, SourceFile
from hdlsmith.display import printable

_MOST_CHARACTERS = 1 << 17
"""Of all vectors as text: a test is read by people, and by a guard with a limit of its own."""


@dataclass(frozen=True)
class Schedule:
    """What every reference is asked, and how its answers are compared.

    Outputs are compared once a cycle, just before the clock's edge: there a design whose registers
    take the falling edge shows what one with the rising edge does.

    Attributes:
        stimuli: each vector stands for a whole cycle.
        reset: name of the input that resets; empty where there is none.
        reset_style: `synchronous`, `asynchronous`, or empty where either will do.
    """

    stimuli: Stimuli
    reset: str = ""
    reset_style: str = ""

    @cached_property
    def vectors(self) -> tuple[tuple[int, ...], ...]:
        """One a cycle; one a step where there is no clock."""
        return self.stimuli.vectors[:: 2 if self.stimuli.clock else 1]


def schedule_for(ports: Ports, reset_style: str = "") -> Schedule:
    """Stimuli as for comparing candidates, but nothing changes before the falling edge."""
    made = stimuli_for(ports)
    most = _MOST_CHARACTERS // sum(port.width_bits // 4 + 2 for port in ports)
    if not made.clock:
        return Schedule(replace(made, vectors=made.vectors[:most]))
    vectors = tuple(vector for vector in made.vectors[: 2 * most : 2] for _ in range(2))
    reset = reset_of(made.inputs)
    if not reset:
        return Schedule(replace(made, vectors=vectors))
    place = [port.name for port in made.inputs].index(reset)
    resets = [vector[place] != active_low(reset) for vector in vectors]
    begins = (i for i in range(2, len(vectors), 2) if resets[i] and not resets[i - 1])
    return Schedule(replace(made, vectors=vectors, starts=(0, *begins)), reset, reset_style)


def cocotb_test(
    reference: Reference, schedule: Schedule, design: Design, request: str, model: str
) -> SourceFile:
    """A test that runs by itself, for the user to keep.

    Args:
        design: what it is named after; nothing of it is shown.
        model: who wrote the reference.
    """
    name = f"test_{design.top}.py"
    about = [f"Reference by: {model}", "The request:", "", *request.splitlines()]
    text = _template().render(
        _shared(reference, schedule),
        alone=False,
        top=design.top,
        path=design.sources[0].path,
        name=name,
        about=[printable(line) for line in about],
    )
    return SourceFile(name, text, None)


def expecting_script(reference: Reference, schedule: Schedule, expected: str, end: str) -> str:
    """A program that writes what the reference expects into a file.

    Args:
        expected: the file: of each cycle the bits of all outputs, `-` where one is not compared.
        end: the word behind the last cycle.
    """
    shared = _shared(reference, schedule)
    return _template().render(shared, alone=True, expected=expected, end=end)


def _shared(reference: Reference, schedule: Schedule) -> dict[str, object]:
    stimuli = schedule.stimuli
    steps_a_cycle = 2 if stimuli.clock else 1
    return {
        "reference": reference.text,
        "cycle": "cycle" if stimuli.clock else "vector",
        "clock": stimuli.clock,
        "reset": schedule.reset,
        "active": int(not active_low(schedule.reset)),
        "reset_style": schedule.reset_style,
        "inputs": json.dumps([port.name for port in stimuli.inputs]),
        "outputs": json.dumps({port.name: port.width_bits for port in stimuli.outputs}),
        "settled": stimuli.settled // steps_a_cycle,
        "stimuli": "\n".join(_lines(schedule)),
    }


def _lines(schedule: Schedule) -> Iterator[str]:
    for vector, alike in groupby(schedule.vectors):
        times = sum(1 for _ in alike)
        values = " ".join(f"{value:x}" for value in vector)
        yield f"{values} *{times}".strip() if times > 1 else values


@cache
def _template() -> Template:
    environment = Environment(  # noqa: S701 - Python, not HTML
        undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True, keep_trailing_newline=True
    )
    return environment.from_string((files(__package__) / "testbench.j2").read_text("utf-8"))
