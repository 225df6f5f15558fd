"""ABC, the model checker that comes with Yosys, on an and-inverter graph (AIGER).

Signal correspondence (`scorr`) proves most equivalences outright, bounded model checking
(`bmc3`) finds the shortest counterexample, and property directed reachability (`pdr`, an
unbounded induction: A. Bradley, "SAT-based model checking without unrolling", 2011) proves the
rest. All are complete only as far as the cage's CPU limit lets them go.
"""

import json
import re
from dataclasses import dataclass, replace
from pathlib import Path

from hdlsmith.errors import SandboxError
from hdlsmith.sandbox import process
from hdlsmith.sandbox.cage import Cage
from hdlsmith.sandbox.results import ToolRun
from hdlsmith.sandbox.toolbox import extra_mounts, require_package
from hdlsmith.sandbox.workspace import Workspace, read_bounded

_WITNESS = "witness.txt"
_REDUCED = "reduced.aig"
_MOST_BYTES = 64 << 20
_WRITE = f"write_cex -a {_WITNESS}"
_HEADER = re.compile(r"^aig \d+ \d+ (\d+) (\d+) \d+\n")
_SHALLOW = 4
# `pdr` checks the invariant that it found by itself, with another solver.
_PROVEN = re.compile(
    r"^Verification of invariant .* was successful\..*\n(?:.*\n)*?Property proved\.", re.MULTILINE
)
_FOUND = re.compile(r"was asserted in frame |^SATISFIABLE ", re.MULTILINE)


@dataclass(frozen=True)
class Search:
    """What the engines made of one property.

    Attributes:
        proven: it holds for ever.
        method: what proved it, for a human.
        bound: steps from the start without a violation; None where they were not searched.
        witness: values of the graph's inputs, a string of 0 and 1 a step, where it fails.
        gave_up: why there is no answer.
    """

    proven: bool = False
    method: str = ""
    bound: int | None = None
    witness: tuple[str, ...] = ()
    gave_up: str = ""


@dataclass(frozen=True)
class Bit:
    """One bit of a signal."""

    name: str
    offset: int


@dataclass(frozen=True)
class GraphMap:
    """What the inputs and properties of a graph stand for (Yosys' `write_aiger -ywmap`).

    Attributes:
        inputs: index of the graph's input -> the design's input.
        starts: index of the graph's input -> the register whose first value it is.
        properties: names of the assertions, in the order of the graph's outputs.
    """

    inputs: dict[int, Bit]
    starts: dict[int, Bit]
    properties: tuple[str, ...]

    @classmethod
    def read(cls, path: Path) -> "GraphMap":
        """
        Raises:
            SandboxError: no such map.
        """
        try:
            data = json.loads(read_bounded(path, _MOST_BYTES))
            return cls(
                _bits(data.get("inputs", [])),
                _bits(data.get("inits", [])),
                tuple(_name(path) for path in data.get("asserts", [])),
            )
        except (ValueError, KeyError, TypeError) as error:
            raise SandboxError(f"Yosys left no map of its graph: {error!r}") from error


def _bits(records: list[dict[str, object]]) -> dict[int, Bit]:
    return {int(str(r["input"])): Bit(_name(r["path"]), int(str(r["offset"]))) for r in records}


def _name(path: object) -> str:
    assert isinstance(path, list)
    return ".".join(str(part).removeprefix("\\") for part in path)


@dataclass(frozen=True)
class ModelChecker:
    """`yosys-abc` and the cage it runs in."""

    program: Path
    cage: Cage

    @classmethod
    def find(cls, cage: Cage) -> "ModelChecker":
        """
        Raises:
            MissingToolError: pyosys isn't installed.
        """
        # It uses a quarter of the address space that it asks for, and crashes where it gets none.
        memory_bytes = 4 * cage.limits.memory_bytes
        roomy = replace(cage, limits=replace(cage.limits, memory_bytes=memory_bytes))
        return cls(require_package("pyosys") / "yosys-abc", roomy)

    def search(self, workspace: Workspace, graph: str, number: int, depth: int) -> Search:
        """Prove or refute one property.

        Args:
            graph: an AIGER file in the workspace, with assumptions as its constraints.
            number: which of its properties.
            depth: steps searched for a counterexample before an unbounded proof is tried.

        Raises:
            SandboxError: the sandbox failed, not the design.
        """
        reading, answer = self._reduce(workspace, graph, number)
        if answer:
            return answer
        shallow = self._bounded(workspace, reading, min(depth, _SHALLOW))
        if shallow.witness or shallow.gave_up:
            return shallow
        run = self._run(workspace, f"{reading}; pdr -s -f; {_WRITE}")
        if _PROVEN.search(run.output):
            return Search(proven=True, method="property directed reachability")
        if witness := _witness(workspace, run):
            return Search(witness=witness)
        deep = self._bounded(workspace, reading, depth)
        return deep if deep.witness or deep.gave_up else replace(deep, gave_up=_why(run))

    def reach(self, workspace: Workspace, graph: str, number: int, depth: int) -> Search:
        """As `search`, for violations within `depth` steps alone."""
        reading, answer = self._reduce(workspace, graph, number)
        return answer or self._bounded(workspace, reading, depth)

    def _reduce(self, workspace: Workspace, graph: str, number: int) -> tuple[str, Search | None]:
        """The commands that read what is left of the property, and the answer if that is all."""
        reading = f"read_aiger {graph}; fold; strash; cone -O {number}"
        run = self._run(workspace, f"{reading}; fraig; scorr; write_aiger {_REDUCED}")
        if not run.ok:
            return reading, None
        reading = f"read_aiger {_REDUCED}"
        left = _read_head(workspace.path / _REDUCED)
        if left.output == "0":  # our own look at what the engine left
            return reading, Search(proven=True, method="signal correspondence")
        return reading, None if left.latches else self._combinational(workspace, reading)

    def _combinational(self, workspace: Workspace, reading: str) -> Search:
        run = self._run(workspace, f"{reading}; iprove; {_WRITE}")
        if "UNSATISFIABLE" in run.output:
            return Search(proven=True, method="combinational SAT")
        witness = _witness(workspace, run)
        return Search(witness=witness, gave_up="" if witness else _why(run))

    def _bounded(self, workspace: Workspace, reading: str, depth: int) -> Search:
        bound = None
        for steps in _growing(depth):
            run = self._run(workspace, f"{reading}; bmc3 -F {steps}; {_WRITE}")
            if witness := _witness(workspace, run):
                return Search(witness=witness)
            if f"No output asserted in {steps} frames." not in run.output:
                return Search(bound=bound, gave_up=_why(run))
            bound = steps
        return Search(bound=bound)

    def _run(self, workspace: Workspace, script: str) -> ToolRun:
        (workspace.path / _WITNESS).unlink(missing_ok=True)
        command = [str(self.program), "-q", script]
        mounts = extra_mounts(self.program)
        return process.run(self.cage, "yosys-abc", command, workspace.path, read_only=mounts)


def _growing(depth: int) -> list[int]:
    return sorted({min(depth, steps) for steps in (1, _SHALLOW, 16, 64, 256, depth)})


def _witness(workspace: Workspace, run: ToolRun) -> tuple[str, ...]:
    if not _FOUND.search(run.output):
        return ()
    lines = read_bounded(workspace.path / _WITNESS, _MOST_BYTES).splitlines()
    # The registers' start, then the inputs of each step, then a comment.
    return tuple(line for line in lines[1:] if line and set(line) <= {"0", "1"})


@dataclass(frozen=True)
class _Head:
    latches: int = -1
    output: str = ""


def _read_head(path: Path) -> _Head:
    """How many registers a graph of one output has, and that output's literal."""
    text = read_bounded(path, _MOST_BYTES)
    header = _HEADER.match(text)
    if not header or header[2] != "1":
        return _Head()
    latches = int(header[1])
    return _Head(latches, text[header.end() :].split("\n", latches + 1)[latches])


def _why(run: ToolRun) -> str:
    if run.stopped_by:
        return f"the model checker reached its {run.stopped_by} limit"
    if run.signal:
        return f"the model checker was ended by signal {run.signal}, perhaps for want of memory"
    last = (run.output.strip().splitlines() or ["nothing"])[-1]
    return f"the model checker gave up: {last.strip()[:120]}"
