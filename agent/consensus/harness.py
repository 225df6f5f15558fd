"""The module that drives many designs with the same stimuli and writes down what they show."""

from collections.abc import Iterator
from dataclasses import dataclass

from hdlsmith.agent.consensus.stimuli import Stimuli
from hdlsmith.design import Port

_SETTLE_NS = 10


@dataclass(frozen=True)
class Instance:
    """A design as the harness uses it.

    Attributes:
        ports: in the order of its header.
        parameters: name and value of those that are set.
    """

    module: str
    ports: tuple[Port, ...]
    parameters: tuple[tuple[str, str], ...] = ()


def harness(
    name: str, instances: tuple[Instance, ...], stimuli: Stimuli, data: str, trace: str, end: str
) -> str:
    """Verilog source of the harness.

    Args:
        name: of the module.
        data: file that the stimuli are read from, see `stimuli_data`.
        trace: file that is written: a line a step with one word an instance, then the word `end`.
    """
    return "\n".join(
        [
            f"`timescale 1ns/1ps\nmodule {name};",
            *_declarations(stimuli, len(instances)),
            *(_connected(name, n, instance, stimuli) for n, instance in enumerate(instances)),
            *_process(stimuli, len(instances), data, trace, end),
            "endmodule\n",
        ]
    )


def stimuli_data(stimuli: Stimuli) -> str:
    """The vectors for `$readmemb`: a line a step, the first input in the highest bits."""
    widths = [port.width_bits for port in stimuli.inputs]
    return "".join(
        "".join(f"{value:0{width}b}" for value, width in zip(vector, widths, strict=True)) + "\n"
        for vector in stimuli.vectors
    )


def _declarations(stimuli: Stimuli, instances: int) -> Iterator[str]:
    yield "  integer file, step;"
    if stimuli.inputs:
        total = sum(port.width_bits for port in stimuli.inputs)
        yield f"  reg [{total - 1}:0] vectors [0:{len(stimuli.vectors) - 1}];"
    if stimuli.clock:
        yield "  reg clock = 0;"
    # Variables: a design that drives its own input is refused, instead of disturbing the others.
    for number, port in enumerate(stimuli.inputs):
        yield f"  reg [{port.width_bits - 1}:0] in{number};"
    recorded = sum(port.width_bits for port in stimuli.outputs)
    for number in range(instances):
        yield f"  wire [{recorded - 1}:0] out{number};"


def _connected(name: str, number: int, instance: Instance, stimuli: Stimuli) -> str:
    """By position: a port's name may have been changed."""
    nets = {port.name: f"in{n}" for n, port in enumerate(stimuli.inputs)}
    nets[stimuli.clock] = "clock"
    high = sum(port.width_bits for port in stimuli.outputs)
    for port in stimuli.outputs:
        nets[port.name] = f"out{number}[{high - 1}:{high - port.width_bits}]"
        high -= port.width_bits
    connections = ", ".join(nets[port.name] for port in instance.ports)
    parameters = ", ".join(f".{key}({value})" for key, value in instance.parameters)
    # As an escaped name, because the design's own may be one; it ends at the space.
    return f"  \\{instance.module} #({parameters}) {name}_{number} ({connections});"


def _process(stimuli: Stimuli, instances: int, data: str, trace: str, end: str) -> Iterator[str]:
    words = " ".join(["%b"] * instances)
    outputs = ", ".join(f"out{number}" for number in range(instances))
    yield "  initial begin"
    yield f'    file = $fopen("{trace}", "w");'
    if stimuli.inputs:
        yield f'    $readmemb("{data}", vectors);'
    yield f"    for (step = 0; step < {len(stimuli.vectors)}; step = step + 1) begin"
    yield from (f"      #1 {assignment};" for assignment in _assignments(stimuli))
    yield f'      #{_SETTLE_NS} $fdisplay(file, "{words}", {outputs});'
    if stimuli.clock:
        yield "      clock = ~clock;"
    yield f"      #{_SETTLE_NS};"
    yield "    end"
    yield f'    $fdisplay(file, "{end}");'
    yield "    $finish;"
    yield "  end"


def _assignments(stimuli: Stimuli) -> Iterator[str]:
    """Single bits one after another: any may be a clock, and would race with what changes too."""
    low = sum(port.width_bits for port in stimuli.inputs)
    wide = []
    for number, port in enumerate(stimuli.inputs):
        low -= port.width_bits
        bits = f"vectors[step][{low} +: {port.width_bits}]"
        if port.width_bits == 1:
            yield f"in{number} = {bits}"
        else:
            wide.append((f"in{number}", bits))
    if wide:
        names, values = (", ".join(column) for column in zip(*wide, strict=True))
        yield f"{{{names}}} = {{{values}}}"
