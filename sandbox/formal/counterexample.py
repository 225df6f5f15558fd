"""A model checker's witness as input values, step by step, and as a replay in a simulator."""

import json
import secrets
from collections.abc import Iterator
from dataclasses import dataclass, replace

from hdlsmith.design import Design, Port, SourceFile
from hdlsmith.languages import Language
from hdlsmith.sandbox.formal.clocking import Clocking, Edge
from hdlsmith.sandbox.formal.model_checker import Bit, GraphMap
from hdlsmith.sandbox.simulation.icarus import Icarus, compile_argv

_REPLAY = "hdlsmith_replay"
_OPPOSITE = {"0": "1", "1": "0"}


@dataclass(frozen=True)
class Stimulus:
    """Values of every input at every step.

    Attributes:
        inputs: in the order of the ports.
        steps: a bit string an input at each step, most significant bit first.
        first: inputs that change before the others do: a register samples what was there before
            the edge.
        starts: what registers without a value of their own hold at the start, by signal.
    """

    inputs: tuple[Port, ...]
    steps: tuple[tuple[str, ...], ...]
    first: frozenset[str] = frozenset()
    starts: tuple[tuple[str, str], ...] = ()


def read_witness(
    witness: tuple[str, ...], graph: GraphMap, inputs: tuple[Port, ...], clocking: Clocking
) -> Stimulus:
    """The stimulus that a witness stands for.

    Where a step of the proof is a cycle, it becomes two: the inputs of that step with the clock
    at rest, then the active edge.
    """
    steps = []
    for values in witness:
        at = {bit: values[index] for index, bit in graph.inputs.items()}
        steps.append(tuple(_word(at, port.name, port.width_bits, "0") for port in inputs))
    first = {bit: witness[0][index] for index, bit in graph.starts.items()}
    widths: dict[str, int] = {}
    for bit in first:
        widths[bit.name] = max(widths.get(bit.name, 0), bit.offset + 1)
    return Stimulus(
        inputs,
        tuple(_cycles(steps, inputs, clocking.cycle) if clocking.cycle else steps),
        clocking.triggers,
        tuple((name, _word(first, name, width, "x")) for name, width in widths.items()),
    )


def _word(values: dict[Bit, str], name: str, width_bits: int, missing: str) -> str:
    return "".join(values.get(Bit(name, offset), missing) for offset in reversed(range(width_bits)))


def _cycles(
    steps: list[tuple[str, ...]], inputs: tuple[Port, ...], edge: Edge
) -> Iterator[tuple[str, ...]]:
    where = next(i for i, port in enumerate(inputs) if port.name == edge.clock)
    for step in steps:
        for level in (_OPPOSITE[edge.level], edge.level):
            yield (*step[:where], level, *step[where + 1 :])


def replay(
    icarus: Icarus, design: Design, outputs: tuple[Port, ...], stimulus: Stimulus
) -> tuple[tuple[str, ...], ...]:
    """What the outputs of a design are at the end of each step, in Icarus Verilog.

    Registers start unknown there, whatever the stimulus says of them.

    Returns:
        bit strings in the order of `outputs`, a tuple a step; fewer steps, or none, where the
        design does not compile or ends the simulation.
    """
    # The design could print lines of its own; it can't know this word.
    mark = secrets.token_hex(8)
    text = replay_testbench(design.top or "", outputs, stimulus, mark)
    file = SourceFile(f"{_REPLAY}.sv", text, Language.SYSTEMVERILOG)
    bench = Design((*design.files, file), _REPLAY)
    line_bytes = len(mark) + sum(port.width_bits + 1 for port in outputs) + 1
    limits = icarus.cage.limits
    output_bytes = limits.output_bytes + line_bytes * len(stimulus.steps)
    telling = replace(icarus.cage, limits=replace(limits, output_bytes=output_bytes))
    with icarus.workspace() as workspace:
        workspace.write(bench.files)
        # As Yosys reads it.
        if not icarus.compile(workspace, ["-DSYNTHESIS", *compile_argv(bench)]).ok:
            return ()
        lines = replace(icarus, cage=telling).run_compiled(workspace).output.splitlines()
    return tuple(tuple(line.split()[1:]) for line in lines if line.startswith(f"{mark} "))


def replay_testbench(top: str, outputs: tuple[Port, ...], stimulus: Stimulus, mark: str) -> str:
    """A testbench that applies the steps and prints the outputs after each."""
    ports = (*stimulus.inputs, *outputs)
    declared = [f"  reg {bits(p)} {escaped(p.name)};" for p in stimulus.inputs]
    declared += [f"  wire {bits(p)} {escaped(p.name)};" for p in outputs]
    joined = ", ".join(f".{escaped(p.name)}({escaped(p.name)})" for p in ports)
    shown = "".join(f", {escaped(p.name)}" for p in outputs)
    told = f'    #1 $display("{mark}{" %b" * len(outputs)}"{shown});'
    body = [line for step in stimulus.steps for line in (*_apply(stimulus, step), told)]
    return "\n".join(
        [
            f"module {_REPLAY};",
            *declared,
            f"  {top} dut ({joined});",
            "  initial begin",
            *body,
            "    $finish;",
            "  end",
            "endmodule",
            "",
        ]
    )


def _apply(stimulus: Stimulus, step: tuple[str, ...]) -> Iterator[str]:
    for early in (True, False):
        for port, value in zip(stimulus.inputs, step, strict=True):
            if (port.name in stimulus.first) == early:
                yield f"    {escaped(port.name)}= {port.width_bits}'b{value};"
        if early and stimulus.first:
            yield "    #1;"


def escaped(name: str) -> str:
    """A name as Verilog takes any."""
    return f"\\{name} "


def bits(port: Port) -> str:
    """The range of a port's bits in a declaration."""
    return f"[{port.width_bits - 1}:0]"


def yosys_witness(stimulus: Stimulus) -> str:
    """The stimulus as Yosys' own witness format (JSON, `.yw`), for its simulator."""
    signals = [
        {
            "path": [_identifier(port.name)],
            "width": port.width_bits,
            "offset": 0,
            "init_only": False,
        }
        for port in stimulus.inputs
    ]
    starts = [
        {"path": [_identifier(name)], "width": len(value), "offset": 0, "init_only": True}
        for name, value in stimulus.starts
    ]
    # The first signal's bits come last.
    steps = [{"bits": "".join(reversed(step))} for step in stimulus.steps]
    steps[0]["bits"] = "".join(value for _, value in reversed(stimulus.starts)) + steps[0]["bits"]
    return json.dumps(
        {
            "format": "Yosys Witness Trace",
            "generator": "hdlsmith",
            "clocks": [],
            "signals": [*signals, *starts],
            "steps": steps,
        }
    )


def _identifier(name: str) -> str:
    """A name as Yosys writes it: one of its own making, or one of the source."""
    return name if name.startswith("$") else f"\\{name}"
