"""Assertions in a design, by bounded model checking and unbounded induction.

Registers without an initial value start with any value. An assertion that no run can reach, for
want of satisfiable assumptions or because its condition never holds, is not called proven.
"""

from dataclasses import dataclass, replace
from pathlib import Path

from hdlsmith.design import Design, SourceFile, SourceSpan
from hdlsmith.errors import SandboxError
from hdlsmith.sandbox.cage import Cage
from hdlsmith.sandbox.formal.clocking import Clocking
from hdlsmith.sandbox.formal.counterexample import Stimulus, read_witness
from hdlsmith.sandbox.formal.flat_design import FlatDesign, read_flat
from hdlsmith.sandbox.formal.formal_model import (
    failure,
    graph_passes,
    simulate_stimulus,
    step_passes,
)
from hdlsmith.sandbox.formal.model_checker import GraphMap, ModelChecker
from hdlsmith.sandbox.formal.proof import Counterexample, Proof, ProofResult
from hdlsmith.sandbox.workspace import Workspace
from hdlsmith.sandbox.yosys import Pass, Yosys
from hdlsmith.sandbox.yosys_log import parse_src

_FLAT = "design.il"
_STEPS = "steps.il"
_GRAPH = "design.aig"
_MAP = "design.json"
_REACH_GRAPH = "reach.aig"
_REACH_MAP = "reach.json"


@dataclass(frozen=True)
class AssertionChecker:
    """The programs that a proof of assertions takes, in one cage."""

    yosys: Yosys
    checker: ModelChecker

    @classmethod
    def find(cls, cage: Cage) -> "AssertionChecker":
        """
        Raises:
            MissingToolError: pyosys isn't installed.
        """
        return cls(Yosys.find(cage), ModelChecker.find(cage))

    def prove(
        self, design: Design, depth: int, waves: Path | None = None
    ) -> tuple[ProofResult, ...]:
        """Prove or refute each assertion of a design.

        Args:
            depth: steps searched for a counterexample.
            waves: where the waveform of the first counterexample goes (VCD or FST).

        Returns:
            one result an assertion, in the order of the source; none where there are none.

        Raises:
            InputError: the design can't be read.
            SandboxError: the sandbox failed, not the design.
        """
        flat = read_flat(self.yosys, design, formal=True)
        names = _assertions(flat)
        if not names:
            return ()
        clocking = flat.clocking
        with Workspace(self.yosys.cage.uid) as workspace:
            workspace.write([SourceFile(_FLAT, flat.rtlil, None)])
            run = self.yosys.run(workspace, assertion_passes(clocking))
            if not run.ok:
                why = f"Yosys can't model this: {failure(run)}"
                return tuple(_placed(flat, n, ProofResult(Proof.UNKNOWN, why)) for n in names)
            graph = GraphMap.read(workspace.path / _MAP)
            run = self.yosys.run(workspace, reach_passes(graph.properties))
            if not run.ok:
                raise SandboxError(f"Yosys can't tell what is reached: {failure(run)}")
            attempt = _Attempt(self, flat, clocking, graph, workspace, depth)
            results: list[ProofResult] = []
            for name in names:
                seen = any(result.counterexample for result in results)
                judged = attempt.judge(name, None if seen else waves)
                results.append(_placed(flat, name, judged))
        return tuple(results)


@dataclass(frozen=True)
class _Attempt:
    """A design made ready, and its assertions judged one by one."""

    tools: AssertionChecker
    flat: FlatDesign
    clocking: Clocking
    graph: GraphMap
    workspace: Workspace
    depth: int

    def judge(self, name: str, waves: Path | None) -> ProofResult:
        if name not in self.graph.properties:
            return ProofResult(Proof.UNKNOWN, "Yosys left nothing of it to prove")
        checker = self.tools.checker
        number = self.graph.properties.index(name)
        found = checker.search(self.workspace, _GRAPH, number, self.depth)
        if found.proven:
            reachable = GraphMap.read(self.workspace.path / _REACH_MAP).properties.index(name)
            reached = checker.reach(self.workspace, _REACH_GRAPH, reachable, self.depth)
            if reached.witness:
                return ProofResult(Proof.PROVEN, "it holds in every reachable state", found.method)
            if reached.gave_up:
                why = f"it can't be told whether it is reached: {reached.gave_up}"
                return ProofResult(Proof.UNKNOWN, why)
            why = f"nothing reaches it within {self.depth} steps: contradictory assumptions, or a"
            return ProofResult(Proof.UNKNOWN, f"{why} condition that never holds")
        if not found.witness:
            return ProofResult(Proof.UNKNOWN, found.gave_up, bound=found.bound)
        stimulus = read_witness(found.witness, self.graph, self.flat.inputs, self.clocking)
        return self._refuted(name, stimulus, waves)

    def _refuted(self, name: str, stimulus: Stimulus, waves: Path | None) -> ProofResult:
        last = len(stimulus.steps) - 1
        signals = tuple(port.name for port in stimulus.inputs)
        starts = tuple(start for start in stimulus.starts if not start[0].startswith("$"))
        example = Counterexample(signals, stimulus.steps, last, starts)
        run = simulate_stimulus(
            self.tools.yosys,
            (SourceFile(_FLAT, self.flat.rtlil, None),),
            simulation_passes(self.clocking),
            stimulus,
            waves,
        )
        if run.ok and f"Assertion {self.flat.top}.{name} (" in run.output:
            evidence = f"it fails at step {last}, as simulated"
            return ProofResult(Proof.REFUTED, evidence, counterexample=example)
        why = "the model checker claims a failure that simulation does not show"
        return ProofResult(Proof.UNKNOWN, why, counterexample=example)


def assertion_passes(clocking: Clocking) -> list[Pass]:
    """The passes that make a graph of a design and its assertions."""
    return [
        ["read_rtlil", _FLAT],
        *step_passes(clocking),
        ["chformal", "-cover", "-remove"],
        ["setundef", "-undriven", "-anyseq"],
        ["setundef", "-anyseq"],
        ["formalff", "-ff2anyinit"],
        ["delete", "-output"],
        ["write_rtlil", _STEPS],
        *graph_passes(_GRAPH, _MAP),
    ]


def reach_passes(names: tuple[str, ...]) -> list[Pass]:
    """The passes that make a graph in which each assertion fails as soon as it is reached."""
    return [
        ["read_rtlil", _STEPS],
        *(["connect", "-port", name, "A", "1'0"] for name in names),
        *graph_passes(_REACH_GRAPH, _REACH_MAP),
    ]


def simulation_passes(clocking: Clocking) -> list[Pass]:
    """The passes that make a design ready for Yosys' simulator, its clocks as they are."""
    return [["read_rtlil", _FLAT], ["async2sync"] if clocking.cycle else ["clk2fflogic"]]


def _assertions(flat: FlatDesign) -> list[str]:
    """Names of the assertions, in the order of the source."""
    cells = flat.module["cells"]
    found = [
        name
        for name, cell in cells.items()
        if cell["type"] == "$assert"
        or (cell["type"] == "$check" and cell["parameters"].get("FLAVOR") == "assert")
    ]
    return sorted(
        found, key=lambda name: _order(parse_src(cells[name]["attributes"].get("src", "")))
    )


def _order(span: SourceSpan | None) -> tuple[str, int, int]:
    return (span.path, span.line, span.column) if span else ("", 0, 0)


def _placed(flat: FlatDesign, name: str, result: ProofResult) -> ProofResult:
    cell = flat.module["cells"][name]
    span = parse_src(cell["attributes"].get("src", ""))
    hidden = int(cell["hide_name"])
    return replace(result, subject="" if hidden else name, span=span)
