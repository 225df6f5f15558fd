"""How `equiv` fares on a benchmark's reference designs.

Each is compared with what `synth; write_verilog` of Yosys makes of it, which must be proven, and
with a mutant of itself that simulation can tell from it, which must be refuted.
"""

import contextlib
import random
from collections import Counter
from dataclasses import dataclass
from itertools import islice
from typing import Any

from hdlsmith.benchmarks.mutants import mutants
from hdlsmith.benchmarks.problems import Problem
from hdlsmith.benchmarks.run import Harness
from hdlsmith.design import Design, Port, SourceFile
from hdlsmith.errors import InputError
from hdlsmith.languages import Language
from hdlsmith.sandbox.formal.counterexample import Stimulus
from hdlsmith.sandbox.formal.equivalence import EquivalenceChecker, differ
from hdlsmith.sandbox.formal.flat_design import netlist_of, read_flat
from hdlsmith.sandbox.formal.proof import Proof, ProofResult
from hdlsmith.sandbox.pool import run_all
from hdlsmith.sandbox.results import Outcome

_MOST_MUTANTS = 40
_RANDOM_STEPS = 400


@dataclass(frozen=True)
class Trial:
    """One reference design, tried.

    Attributes:
        netlist: the comparison with its netlist; None where Yosys can't read the design.
        mutant: the comparison with its mutant; None where no mutant matters.
        unread: why Yosys can't read it.
    """

    problem: str
    netlist: ProofResult | None = None
    mutant: ProofResult | None = None
    unread: str = ""


def measure(
    harness: Harness, problems: tuple[Problem, ...], depth: int, seed: int
) -> dict[str, Any]:
    """Try every problem's reference.

    Returns:
        counts `problems, read, proven, mutated, refuted`, how often each method proved, and
        `shortfalls`: what was not proven or not refuted, and why.

    Raises:
        SandboxError: the sandbox failed, not a design.
    """
    checker = EquivalenceChecker.find(harness.icarus)
    harness.progress.start("designs", len(problems))
    trials = []
    for trial in run_all(lambda p: _try(checker, p, depth, seed), problems, harness.workers):
        trials.append(trial)
        harness.progress.advance()
    trials.sort(key=lambda trial: trial.problem)
    netlists = [trial.netlist for trial in trials if trial.netlist]
    mutated = [trial.mutant for trial in trials if trial.mutant]
    methods = Counter(result.method for result in netlists if result.proof is Proof.PROVEN)
    return {
        "problems": len(trials),
        "read": len(netlists),
        "proven": methods.total(),
        "methods": dict(methods.most_common()),
        "mutated": len(mutated),
        "refuted": sum(result.proof is Proof.REFUTED for result in mutated),
        "shortfalls": [line for trial in trials for line in _shortfalls(trial)],
        "depth": depth,
        "seed": seed,
        "workers": harness.workers,
        "tools": [checker.yosys.version(), harness.icarus.version()],
        "cage": harness.icarus.cage.kind,
    }


def render(result: dict[str, Any]) -> str:
    """The measurement for a terminal."""
    how = ", ".join(f"{number} by {method}" for method, number in result["methods"].items())
    return "\n".join(
        [
            f"{result['read']} of {result['problems']} reference designs read by Yosys",
            f"  {result['proven']} of {result['read']} proven equal to their netlist ({how})",
            f"  {result['refuted']} of {result['mutated']} mutants refuted (seed {result['seed']})",
            *(f"  {line}" for line in result["shortfalls"]),
            f"  {' + '.join(result['tools'])}, depth {result['depth']}, cage: {result['cage']}",
        ]
    )


def _try(checker: EquivalenceChecker, problem: Problem, depth: int, seed: int) -> Trial:
    golden = _design(problem, problem.golden)
    try:
        netlist = _design(problem, netlist_of(checker.yosys, golden))
        proof = checker.compare(golden, netlist, depth)
    except InputError as error:
        return Trial(problem.id, unread=error.message)
    if mutant := _mutant_that_matters(checker, problem, golden, seed):
        return Trial(problem.id, proof, checker.compare(golden, mutant, depth))
    return Trial(problem.id, proof)


def _mutant_that_matters(
    checker: EquivalenceChecker, problem: Problem, golden: Design, seed: int
) -> Design | None:
    """The first mutant that Yosys can read and a simulation can tell from the design."""
    for text in islice(mutants(problem.golden, f"{seed} {problem.id}"), _MOST_MUTANTS):
        mutant = _design(problem, text)
        bench = Design((problem.testbench, problem.reference, *mutant.files))
        outcome = checker.icarus.simulate(bench).outcome
        with contextlib.suppress(InputError):
            if outcome is Outcome.MISMATCH and read_flat(checker.yosys, mutant):
                return mutant
            # Icarus can't compile some testbenches and references at all.
            if outcome is Outcome.COMPILE_ERROR and _tells_apart(checker, golden, mutant, seed):
                return mutant
    return None


def _tells_apart(checker: EquivalenceChecker, a: Design, b: Design, seed: int) -> bool:
    flats = read_flat(checker.yosys, a), read_flat(checker.yosys, b)
    stimulus = random_stimulus(flats[0].inputs, seed)
    told = (checker.replay(*side, stimulus) for side in zip((a, b), flats, strict=True))
    return any(
        differ(x, y) for values in zip(*told, strict=False) for x, y in zip(*values, strict=True)
    )


def random_stimulus(inputs: tuple[Port, ...], seed: int) -> Stimulus:
    """Every input at random at every step, clocks included."""
    rng = random.Random(seed)  # noqa: S311
    steps = tuple(
        tuple(f"{rng.getrandbits(p.width_bits):0{p.width_bits}b}" for p in inputs)
        for _ in range(_RANDOM_STEPS)
    )
    return Stimulus(inputs, steps)


def _design(problem: Problem, text: str) -> Design:
    return Design((SourceFile("design.sv", text, Language.SYSTEMVERILOG),), problem.top)


def _shortfalls(trial: Trial) -> list[str]:
    if trial.unread:
        return [f"{trial.problem}: {trial.unread}"]
    told = []
    if trial.netlist and trial.netlist.proof is not Proof.PROVEN:
        told.append(f"{trial.problem}: netlist {trial.netlist.proof}: {trial.netlist.evidence}")
    if not trial.mutant:
        told.append(f"{trial.problem}: simulation tells no mutant of it")
    elif trial.mutant.proof is not Proof.REFUTED:
        told.append(f"{trial.problem}: mutant {trial.mutant.proof}: {trial.mutant.evidence}")
    return told
