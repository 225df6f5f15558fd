"""A testbench made by rule, where there is a reference and nothing else."""

from collections.abc import Iterator

from hdlsmith.agent.consensus.harness import stimuli_data
from hdlsmith.agent.consensus.stimuli import Stimuli, stimuli_for
from hdlsmith.agent.localising.bench import PREFIX, Bench
from hdlsmith.design import Port, SourceFile
from hdlsmith.languages import Language

_SHORT_STEPS = 1000


def reference_benches(dut: str, ports: tuple[Port, ...], reference: Bench) -> tuple[Bench, ...]:
    """A short testbench for looking at, and a long one for judging.

    Args:
        reference: holds the files and the name of the reference.
    """
    stimuli = stimuli_for(ports)
    lengths = dict.fromkeys(min(n, len(stimuli.vectors)) for n in (_SHORT_STEPS, 1 << 30))
    return tuple(_bench(dut, stimuli, steps, reference) for steps in lengths)


def _bench(dut: str, stimuli: Stimuli, steps: int, reference: Bench) -> Bench:
    top = f"{PREFIX}bench_{steps}"
    data = f"{top}.txt"
    text = "\n".join(_text(top, dut, stimuli, steps, reference.reference, data))
    files = (
        *reference.testbench,
        SourceFile(f"{top}.sv", text, Language.SYSTEMVERILOG),
        SourceFile(data, stimuli_data(stimuli), None),
    )
    return Bench(files, top, dut, stimuli.ports, reference.reference)


def _text(
    top: str, dut: str, stimuli: Stimuli, steps: int, reference: str, data: str
) -> Iterator[str]:
    inputs = stimuli.inputs
    yield f"`timescale 1ns/1ps\nmodule {top};"
    yield "  integer wrong = 0, step;"
    width = sum(port.width_bits for port in inputs)
    if inputs:
        yield f"  reg [{width - 1}:0] vectors [0:{len(stimuli.vectors) - 1}];"
    yield from (f"  reg [{p.width_bits - 1}:0] in_{p.name};" for p in inputs)
    if stimuli.clock:
        yield f"  reg in_{stimuli.clock} = 0;"
    shown = stimuli.outputs
    for side in ("a", "b"):
        yield from (f"  wire [{p.width_bits - 1}:0] {side}_{p.name};" for p in shown)
    for side, module in (("a", dut), ("b", reference)):
        wires = [f".{p.name}({side}_{p.name})" for p in shown]
        wires += [f".{p.name}(in_{p.name})" for p in stimuli.ports if p not in shown]
        yield f"  {module} {side} ({', '.join(wires)});"
    yield "  initial begin"
    if inputs:
        yield f'    $readmemb("{data}", vectors);'
    yield f"    for (step = 0; step < {steps}; step = step + 1) begin"
    if inputs:
        joined = ", ".join(f"in_{p.name}" for p in inputs)
        yield f"      {{{joined}}} = vectors[step];"
    # An unknown bit of the reference matches anything.
    a, b = (", ".join(f"{side}_{p.name}" for p in shown) for side in ("a", "b"))
    yield f"      #10 if (({{{b}}} ^ {{{a}}} ^ {{{b}}}) !== {{{b}}}) wrong = wrong + 1;"
    yield f"      {f'in_{stimuli.clock} = ~in_{stimuli.clock};' if stimuli.clock else ''} #10;"
    yield "    end"
    yield f'    $display("Mismatches: %0d in {steps} samples", wrong);'
    yield "    $finish;\n  end\nendmodule\n"
