"""Many designs under the same stimuli in one simulation: one compilation, one run.

A harness drives all of them at once and writes what each one's outputs show, x and z included, into
a file: a line a step, and at the end a word that no design knows. Each design stands under names
that no other can guess, and what could reach out of it, speak or end the simulation is refused
before. Where the common run fails all the same, because of a design that the simulator rejects or
that never comes to rest, each is simulated alone.
"""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, replace

from hdlsmith.agent.consensus.apart import apart
from hdlsmith.agent.consensus.harness import Instance, harness, stimuli_data
from hdlsmith.agent.consensus.stimuli import Stimuli
from hdlsmith.agent.interface import port_findings
from hdlsmith.design import Design, SourceFile, errors_in
from hdlsmith.languages import VERILOG_FAMILY, Language
from hdlsmith.sandbox.diagnostics import parse_icarus
from hdlsmith.sandbox.elaboration import elaborate
from hdlsmith.sandbox.guard import Surroundings, reasons, violations
from hdlsmith.sandbox.results import ToolRun
from hdlsmith.sandbox.simulation.icarus import Icarus, compile_argv
from hdlsmith.sandbox.workspace import read_bounded

_BINARY = "sim.vvp"
_DATA = "stimuli.txt"
_DRIVES_INPUT = "InputPortCoercion"
_CPU_S = 4
"""For one run; eight small candidates together take less than 0.1."""


@dataclass(frozen=True)
class Behaviour:
    """What a design's outputs did.

    Attributes:
        samples: one a step: the bits of all outputs in the stimuli's order, the highest bit of each
            first; `0`, `1`, `x` or `z`.
    """

    samples: tuple[str, ...]


@dataclass(frozen=True)
class LeftOut:
    """A design that shows no behaviour.

    Attributes:
        because: in a few words.
    """

    because: str


@dataclass(frozen=True)
class _Candidate:
    """A design that may stand beside others: its text under its own names, and its instance."""

    text: str
    instance: Instance


def simulate_together(
    designs: Sequence[Design], stimuli: Stimuli, icarus: Icarus
) -> tuple[Behaviour | LeftOut, ...]:
    """What each design does, in their order.

    Raises:
        SandboxError: the sandbox failed, not a design.
    """
    nonce = secrets.token_hex(8)
    admitted = [_admit(d, stimuli, f"_{nonce}_{n}") for n, d in enumerate(designs)]
    candidates = [found for found in admitted if isinstance(found, _Candidate)]
    shown = iter(_behaviours(candidates, stimuli, icarus))
    return tuple(found if isinstance(found, LeftOut) else next(shown) for found in admitted)


def _admit(design: Design, stimuli: Stimuli, suffix: str) -> _Candidate | LeftOut:
    if any(source.language not in VERILOG_FAMILY for source in design.sources):
        return LeftOut("is not Verilog")
    if found := violations(design.text, design.top or "", Surroundings()):
        return LeftOut(reasons(found))
    elaboration = elaborate(design)
    faults = (
        *elaboration.errors,
        *port_findings(stimuli.ports, elaboration.ports),
        *(found for found in elaboration.diagnostics if found.code == _DRIVES_INPUT),
    )
    if faults:
        return LeftOut(faults[0].message)
    instance = Instance(elaboration.tops[0] + suffix, elaboration.ports, design.parameters)
    return _Candidate(apart(design.text, suffix), instance)


def _behaviours(
    candidates: list[_Candidate], stimuli: Stimuli, icarus: Icarus
) -> tuple[Behaviour | LeftOut, ...]:
    """Together if they can be, else one by one."""
    limits = icarus.cage.limits
    limits = replace(limits, cpu_s=min(limits.cpu_s, _CPU_S))
    limited = replace(icarus, cage=replace(icarus.cage, limits=limits))
    if len(candidates) > 1:
        shown = _simulate(candidates, stimuli, limited)
        if not isinstance(shown, LeftOut):
            return shown
    runs = (_simulate([candidate], stimuli, limited) for candidate in candidates)
    return tuple(run if isinstance(run, LeftOut) else run[0] for run in runs)


def _simulate(
    candidates: list[_Candidate], stimuli: Stimuli, icarus: Icarus
) -> tuple[Behaviour, ...] | LeftOut:
    """One run of all these; a reason where it did not come to its end."""
    nonce = secrets.token_hex(8)
    name, trace = f"harness_{nonce}", f"{nonce}.trace"
    instances = tuple(candidate.instance for candidate in candidates)
    texts = (
        harness(name, instances, stimuli, _DATA, trace, nonce),
        *(candidate.text for candidate in candidates),
    )
    files = (
        SourceFile("together.sv", "\n".join(texts), Language.SYSTEMVERILOG),
        SourceFile(_DATA, stimuli_data(stimuli), None),
    )
    with icarus.workspace() as workspace:
        workspace.write(files)
        argv = compile_argv(Design(files, name), _BINARY)
        compiled, ran = icarus.compile_and_simulate(workspace, argv, _BINARY)
        if ran is None or not ran.ok:
            return LeftOut(_failure(compiled, ran))
        most_bytes = icarus.cage.limits.file_bytes
        lines = read_bounded(workspace.path / trace, most_bytes).splitlines()
    if lines[-1:] != [nonce] or len(lines) != len(stimuli.vectors) + 1:
        return LeftOut("ends the simulation before its time")
    traces = zip(*(line.split(" ") for line in lines[:-1]), strict=True)
    return tuple(Behaviour(samples) for samples in traces)


def _failure(compiled: ToolRun, ran: ToolRun | None) -> str:
    last = ran or compiled
    if last.stopped_by:
        return f"{last.tool} was stopped by its {last.stopped_by} limit"
    if ran:
        return f"the simulation ended with exit code {ran.exit_code}"
    errors = errors_in(parse_icarus(compiled.output))
    return f"does not compile: {errors[0].message if errors else 'no word why'}"
