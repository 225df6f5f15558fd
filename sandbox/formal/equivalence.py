"""Whether one design may replace another: combinational and sequential equivalence.

The question: whatever the inputs do, is every output bit of B what A's is, wherever A's is known?
A's registers without an initial value start unknown, and unknown values spread through A as in a
simulation (Yosys' `xprop` encodes them in two rails); what A leaves undefined, an explicit `x`
included, is B's to choose. B's registers without an initial value may hold anything. So a
counterexample starts from nothing but power-on, and no state that can't be reached refutes.

A step is a cycle where both designs have one clock and nothing else; else any change of any
input, with clocks as inputs like others.
"""

from dataclasses import dataclass, replace
from pathlib import Path

from hdlsmith.design import Design, Direction, Port, SourceFile
from hdlsmith.display import counted
from hdlsmith.errors import InputError
from hdlsmith.languages import Language
from hdlsmith.sandbox.formal.clocking import Clocking
from hdlsmith.sandbox.formal.counterexample import Stimulus, bits, escaped, read_witness, replay
from hdlsmith.sandbox.formal.flat_design import FlatDesign, read_flat
from hdlsmith.sandbox.formal.formal_model import (
    failure,
    graph_passes,
    simulate_stimulus,
    step_passes,
)
from hdlsmith.sandbox.formal.model_checker import GraphMap, ModelChecker
from hdlsmith.sandbox.formal.proof import Counterexample, Proof, ProofResult
from hdlsmith.sandbox.simulation.icarus import Icarus
from hdlsmith.sandbox.workspace import Workspace
from hdlsmith.sandbox.yosys import Pass, Yosys

_MITER = "hdlsmith_miter"
_GRAPH = "miter.aig"
_MAP = "miter.json"
_TOP_FILE = "top.v"
_SIDE_BY_SIDE = "hdlsmith_designs"
_MODULES = ("hdlsmith_a", "hdlsmith_b")
_EQUAL = "equal"


@dataclass(frozen=True)
class EquivalenceChecker:
    """The programs that a proof of equivalence takes, in one cage."""

    yosys: Yosys
    checker: ModelChecker
    icarus: Icarus

    @classmethod
    def find(cls, icarus: Icarus) -> "EquivalenceChecker":
        """
        Raises:
            MissingToolError: pyosys isn't installed.
        """
        return cls(Yosys.find(icarus.cage), ModelChecker.find(icarus.cage), icarus)

    def compare(self, a: Design, b: Design, depth: int, waves: Path | None = None) -> ProofResult:
        """Prove or refute that B may replace A.

        Args:
            depth: steps searched for a counterexample before an unbounded proof is tried.
            waves: where the waveform of a counterexample goes (VCD or FST).

        Raises:
            InputError: a design can't be read, or their ports differ.
            SandboxError: the sandbox failed, not the design.
        """
        flats = read_flat(self.yosys, a), read_flat(self.yosys, b)
        _check_ports(*flats)
        clocking = flats[0].clocking | flats[1].clocking
        with Workspace(self.yosys.cage.uid) as workspace:
            workspace.write(_files(*flats, miter(flats[0].ports)))
            run = self.yosys.run(workspace, miter_passes(*flats, clocking))
            if not run.ok:
                return ProofResult(Proof.UNKNOWN, f"Yosys can't model this: {failure(run)}")
            graph = GraphMap.read(workspace.path / _MAP)
            found = self.checker.search(workspace, _GRAPH, graph.properties.index(_EQUAL), depth)
            if found.proven:
                return self._proven(workspace, graph, found.method, flats[0].outputs, depth)
            if not found.witness:
                return ProofResult(Proof.UNKNOWN, found.gave_up, bound=found.bound)
            stimulus = read_witness(found.witness, graph, flats[0].inputs, clocking)
        result = self._refuted((a, b), flats, stimulus)
        if waves:
            files = _files(*flats, side_by_side(flats[0].ports))
            reading = [*_read_sides(*flats), *_read_top(_SIDE_BY_SIDE)]
            run = simulate_stimulus(self.yosys, files, reading, stimulus, waves)
            if not run.ok:
                why = f"{result.evidence}; no waveform: {failure(run)}"
                result = replace(result, evidence=why)
        return result

    def _proven(
        self,
        workspace: Workspace,
        graph: GraphMap,
        method: str,
        outputs: tuple[Port, ...],
        depth: int,
    ) -> ProofResult:
        """PROVEN, unless an output of A is never known: then any B would do, and nothing was."""

        def reached(label: str) -> bool:
            number = graph.properties.index(label)
            return bool(self.checker.reach(workspace, _GRAPH, number, depth).witness)

        unknown: list[str] = []
        for number, port in enumerate(outputs):
            if reached(f"known_{number}"):
                continue
            found = [bit for bit in range(port.width_bits) if reached(f"known_{number}_{bit}")]
            if not found:
                why = f"{port.name} of A was never seen known within {depth} steps:"
                return ProofResult(Proof.UNKNOWN, f"{why} any B would do")
            never = sorted(set(range(port.width_bits)) - set(found))
            unknown += [f"{port.name}[{bit}]" for bit in never]
        compared = sum(port.width_bits for port in outputs) - len(unknown)
        evidence = f"{counted(compared, 'output bit')} equal wherever A's are known"
        if unknown:
            evidence += f"; not compared, as A leaves them unknown: {', '.join(unknown)}"
        return ProofResult(Proof.PROVEN, evidence, method)

    def _refuted(
        self,
        designs: tuple[Design, Design],
        flats: tuple[FlatDesign, FlatDesign],
        stimulus: Stimulus,
    ) -> ProofResult:
        told = [self.replay(*side, stimulus) for side in zip(designs, flats, strict=True)]
        names = [port.name for port in flats[0].outputs]
        inputs = tuple(port.name for port in stimulus.inputs)
        signals = (*inputs, *(f"{side}.{name}" for name in names for side in "AB"))
        rows = []
        for number, (step, *values) in enumerate(zip(stimulus.steps, *told, strict=False)):
            pairs = list(zip(*values, strict=True))
            rows.append((*step, *(value for pair in pairs for value in pair)))
            for name, (a, b) in zip(names, pairs, strict=True):
                if differ(a, b):
                    evidence = f"{name} is {a} in A and {b} in B at step {number}, as simulated"
                    example = Counterexample(signals, tuple(rows), number)
                    return ProofResult(Proof.REFUTED, evidence, counterexample=example)
        claimed = Counterexample(inputs, stimulus.steps, len(stimulus.steps) - 1)
        why = "the model checker claims a difference that simulation from power-on does not show"
        return ProofResult(Proof.UNKNOWN, why, counterexample=claimed)

    def replay(
        self, design: Design, flat: FlatDesign, stimulus: Stimulus
    ) -> tuple[tuple[str, ...], ...]:
        """As `counterexample.replay`; of what Yosys read, where Icarus can't compile the source."""
        read = Design((SourceFile("flat.v", flat.verilog, Language.VERILOG),), flat.top)
        return replay(self.icarus, design, flat.outputs, stimulus) or replay(
            self.icarus, read, flat.outputs, stimulus
        )


def differ(a: str, b: str) -> bool:
    """Whether some bit is known in A and not the same in B."""
    return any(x in "01" and x != y for x, y in zip(a, b, strict=True))


def _check_ports(a: FlatDesign, b: FlatDesign) -> None:
    """
    Raises:
        InputError: the ports differ, or there is nothing to compare.
    """
    ports_a, ports_b = ({port.name: str(port) for port in side.ports} for side in (a, b))
    differing = [
        f"{ports_a.get(name, f'no {name}')} in A, {ports_b.get(name, f'no {name}')} in B"
        for name in dict.fromkeys((*ports_a, *ports_b))
        if ports_a.get(name) != ports_b.get(name)
    ]
    if differing:
        raise InputError(
            f"the ports differ: {'; '.join(differing)}", remedy="only equal ports can be compared"
        )
    if inouts := [port.name for port in a.ports if port.direction is Direction.INOUT]:
        raise InputError(f"inout ports can't be compared: {', '.join(inouts)}")
    if not a.outputs:
        raise InputError("there is no output to compare")


def miter(ports: tuple[Port, ...]) -> str:
    """Both designs side by side, as Verilog.

    `equal` holds while each output bit of B is A's or A's is unknown; `known_N` fails once every
    bit of output N of A has been known at some step, `known_N_M` while bit M of it is known.
    """
    inputs = [port for port in ports if port.direction is Direction.INPUT]
    outputs = [port for port in ports if port.direction is Direction.OUTPUT]
    ends = [f".{escaped(p.name)}({escaped(p.name)})" for p in inputs]
    ends_a, ends_b = list(ends), list(ends)
    body, differs = [], []
    for number, port in enumerate(outputs):
        value, unknown, other, seen = (f"hdlsmith_{kind}{number}" for kind in "vxbs")
        ends_a += [f".{_output(number)}_d({value})", f".{_output(number)}_x({unknown})"]
        ends_b.append(f".{escaped(port.name)}({other})")
        body += [
            f"wire {bits(port)} {value}, {unknown}, {other};",
            f"reg {bits(port)} {seen} = 0;",
            f"always @($global_clock) {seen} <= {seen} | ~{unknown};",
            f"always @* known_{number}: assert (~&({seen} | ~{unknown}));",
        ]
        body += [
            f"always @* known_{number}_{bit}: assert ({unknown}[{bit}]);"
            for bit in range(port.width_bits)
        ]
        differs.append(f"(|(~{unknown} & ({value} ^ {other})))")
    module_a, module_b = _MODULES
    return "\n".join(
        [
            f"module {_MITER}({', '.join(escaped(p.name) for p in inputs)});",
            *(f"input {bits(p)} {escaped(p.name)};" for p in inputs),
            *body,
            f"{module_a} {module_a}({', '.join(ends_a)});",
            f"{module_b} {module_b}({', '.join(ends_b)});",
            f"always @* {_EQUAL}: assert (!({' | '.join(differs)}));",
            "endmodule",
            "",
        ]
    )


def _output(number: int) -> str:
    """The name that an output of A goes by in the miter: `xprop` appends to it."""
    return f"hdlsmith_o{number}"


def miter_passes(a: FlatDesign, b: FlatDesign, clocking: Clocking) -> list[Pass]:
    """The passes that make a graph of both designs and the miter's assertions."""
    module_a, module_b = _MODULES
    return [
        *_read_sides(a, b),
        ["cd", module_a],
        *(["rename", port.name, _output(n)] for n, port in enumerate(a.outputs)),
        ["cd"],
        *step_passes(clocking),
        ["setundef", "-undriven", "-undef", module_a],
        ["setundef", "-undriven", "-anyseq", module_b],
        ["setundef", "-anyseq", module_b],
        ["formalff", "-ff2anyinit", module_b],
        ["xprop", "-required", "-formal", "-assume-def-inputs", "-split-outputs", module_a],
        ["chformal", "-remove"],
        *_read_top(_MITER),
        ["flatten", "-noscopeinfo"],
        ["chformal", "-lower"],
        *graph_passes(_GRAPH, _MAP),
    ]


def _read_sides(a: FlatDesign, b: FlatDesign) -> list[Pass]:
    return [
        pass_
        for module, flat in zip(_MODULES, (a, b), strict=True)
        for pass_ in (["read_rtlil", f"{module}.il"], ["rename", flat.top, module])
    ]


def _read_top(top: str) -> list[Pass]:
    return [
        ["read_verilog", "-sv", "-formal", _TOP_FILE],
        ["hierarchy", "-check", "-top", top],
        ["proc", "-noopt"],
    ]


def _files(a: FlatDesign, b: FlatDesign, top: str) -> tuple[SourceFile, ...]:
    return (
        *(
            SourceFile(f"{m}.il", flat.rtlil, None)
            for m, flat in zip(_MODULES, (a, b), strict=True)
        ),
        SourceFile(_TOP_FILE, top, None),
    )


def side_by_side(ports: tuple[Port, ...]) -> str:
    """Both designs under one top, as Verilog, for a waveform: output `y` is `y_A` and `y_B`."""
    inputs = [port for port in ports if port.direction is Direction.INPUT]
    outputs = [port for port in ports if port.direction is Direction.OUTPUT]
    ends = [f".{escaped(p.name)}({escaped(p.name)})" for p in inputs]
    sides = []
    for module, side in zip(_MODULES, "AB", strict=True):
        told = [f".{escaped(p.name)}({escaped(f'{p.name}_{side}')})" for p in outputs]
        sides.append(f"{module} {module}({', '.join([*ends, *told])});")
    return "\n".join(
        [
            f"module {_SIDE_BY_SIDE}({', '.join(escaped(p.name) for p in inputs)});",
            *(f"input {bits(p)} {escaped(p.name)};" for p in inputs),
            *(f"wire {bits(p)} {escaped(f'{p.name}_{s}')};" for p in outputs for s in "AB"),
            *sides,
            "endmodule",
            "",
        ]
    )
