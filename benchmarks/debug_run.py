"""How well localising and repair do on broken designs, with their references as judge.

Repair by rule comes first; a model, where one is given, is asked about what that leaves, told the
design's description, and counted apart. The testbench decides which edits are kept, so this is no
blind measurement: what counts is what holds beyond it. A repair is *plausible* if the testbench
passes, and *correct* if the design then also does what the reference does under stimuli that the
repair has not seen: made by rule from the ports, under other seeds, longer than the testbench,
compared wherever the reference is known.
"""

import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

from hdlsmith.agent.consensus.stimuli import stimuli_for
from hdlsmith.agent.consensus.together import Behaviour, simulate_together
from hdlsmith.agent.debugging.case import Case
from hdlsmith.agent.debugging.debug import Debugged, debug
from hdlsmith.agent.deps import Deps
from hdlsmith.agent.localising.localisation import Localisation
from hdlsmith.agent.localising.verdicts import differs
from hdlsmith.agent.templates.patch import diff
from hdlsmith.benchmarks.changed_lines import Changed, changed_lines
from hdlsmith.benchmarks.debugger import debugger_record
from hdlsmith.benchmarks.repair_cases import RepairCase, cases_hash
from hdlsmith.benchmarks.run import Harness
from hdlsmith.design import Design, SourceFile
from hdlsmith.errors import InputError, ModelError
from hdlsmith.languages import Language
from hdlsmith.sandbox.elaboration import elaborate
from hdlsmith.sandbox.simulation.icarus import Icarus

_HELD_OUT_SEEDS = (11, 12, 13)
_FIRST = 5


@dataclass(frozen=True)
class Trial:
    """One broken design.

    Attributes:
        rank: of the first suspect that the reference changes, from 1; 0 where none is.
        rewritten: the reference is another text.
        empty: the design has ports and nothing else.
        plausible, correct: of the repair by rule.
        cpu_s: of the repair by rule.
        asked: what a model made of what that left; None where none was asked.
        why: what kept it from being measured; empty where it was.
    """

    id: str
    rank: int = 0
    rewritten: bool = False
    empty: bool = False
    plausible: bool = False
    correct: bool = False
    cpu_s: float = 0.0
    tried: int = 0
    edits: tuple[str, ...] = ()
    patch: str = ""
    asked: "Asked | None" = None
    why: str = ""

    @property
    def note(self) -> str:
        """For the progress bar."""
        made = self.asked or self
        repaired = "correct" if made.correct else "plausible" if made.plausible else "not repaired"
        return f"{self.id}: {self.why or f'rank {self.rank}, {repaired}, {self.cpu_s} s'}"


@dataclass(frozen=True)
class Asked:
    """What a model made of one design.

    Attributes:
        fates: of its edits, in order.
        wall_s: seconds of asking and trying.
        failed: why the model could not be asked; the design is then left out of its figures.
    """

    plausible: bool = False
    correct: bool = False
    fates: tuple[str, ...] = ()
    patch: str = ""
    tokens: int = 0
    wall_s: float = 0.0
    failed: str = ""


def measure(
    harness: Harness, cases: tuple[RepairCase, ...], budget_s: float, deps: Deps | None = None
) -> dict[str, Any]:
    """Localise and repair every case, one after another: CPU seconds are what is spent.

    Args:
        deps: the model that is asked about what repair by rule leaves; None asks none.

    Returns:
        `designs`, of these `measured` (they compile and fail); `located` (a changed line among the
        first five suspects), the same of those that are not `rewritten`; `plausible`, `correct`;
        `model`, what a model made of the rest; `trials`, a record each.

    Raises:
        SandboxError: the sandbox failed, not a design.
    """
    harness.progress.start("designs", len(cases))
    trials = []
    for case in cases:
        trials.append(_try(harness.icarus, case, budget_s, deps))
        harness.progress.advance(trials[-1].note)
    measured = [trial for trial in trials if not trial.why]
    kept = [trial for trial in measured if not trial.rewritten]
    return {
        "designs": len(trials),
        "measured": len(measured),
        "empty": sum(t.empty for t in measured),
        "located": sum(0 < t.rank <= _FIRST for t in measured),
        "located_not_empty": sum(0 < t.rank <= _FIRST for t in measured if not t.empty),
        "not_rewritten": len(kept),
        "located_not_rewritten": sum(0 < t.rank <= _FIRST for t in kept),
        "located_first_not_rewritten": sum(t.rank == 1 for t in kept),
        "plausible": sum(t.plausible for t in measured),
        "correct": sum(t.correct for t in measured),
        "templates": dict(Counter(e.partition(" in ")[0] for t in trials for e in t.edits)),
        "cpu_s_mean": round(sum(t.cpu_s for t in measured) / max(1, len(measured)), 2),
        "left_out": dict(Counter(t.why for t in trials if t.why)),
        "budget_s": budget_s,
        "held_out_seeds": list(_HELD_OUT_SEEDS),
        "data_sha256": cases_hash(cases),
        "tools": [harness.icarus.version()],
        "cage": harness.icarus.cage.kind,
        "model": _of_model([t.asked for t in trials if t.asked], deps) if deps else None,
        "trials": [asdict(trial) for trial in trials],
    }


def _of_model(asked: list[Asked], deps: Deps) -> dict[str, Any]:
    """A design that it could not be asked about adds nothing."""
    return {
        **debugger_record(deps, [each.failed for each in asked]),
        "plausible": sum(each.plausible for each in asked),
        "correct": sum(each.correct for each in asked),
        "edits": dict(Counter(fate for each in asked for fate in each.fates)),
        "tokens": sum(each.tokens for each in asked),
        "wall_s": round(sum(each.wall_s for each in asked), 1),
    }


def render(result: dict[str, Any]) -> str:
    """The measurement for a terminal."""
    measured, kept = result["measured"], result["not_rewritten"]
    return "\n".join(
        [
            f"{result['designs']} designs, {measured} of them compile and fail",
            f"  located (a changed line among the first {_FIRST} suspects):"
            f" {_share(result['located'], measured)}",
            f"  without those that hold nothing but ports:"
            f" {_share(result['located_not_empty'], measured - result['empty'])}",
            f"  without those that the reference rewrites:"
            f" {_share(result['located_not_rewritten'], kept)};"
            f" as the first suspect {_share(result['located_first_not_rewritten'], kept)}",
            f"  repaired within {result['budget_s']:g} s of CPU:"
            f" plausible {_share(result['plausible'], measured)},"
            f" correct {_share(result['correct'], measured)}"
            f" (mean {result['cpu_s_mean']} s)",
            *(_model_lines(result["model"]) if result["model"] else ()),
            *(f"  {n:4d}  left out: {why}" for why, n in result["left_out"].items()),
            f"  {' + '.join(result['tools'])}, cage: {result['cage']}",
        ]
    )


def _model_lines(model: dict[str, Any]) -> Iterator[str]:
    asked = model["asked"]
    edits = ", ".join(f"{number} {fate}" for fate, number in model["edits"].items())
    yield (
        f"  of the rest {model['name']} repaired, the testbench deciding:"
        f" plausible {_share(model['plausible'], asked)},"
        f" correct {_share(model['correct'], asked)}"
    )
    yield f"    its edits: {edits or 'none'}; {model['tokens']:,} tokens, {model['wall_s']} s"
    yield from (f"  {n:4d}  unscored: {why}" for why, n in model["unscored"].items())


def _share(part: int, whole: int) -> str:
    return f"{part} of {whole} ({part / whole:.1%})" if whole else "none"


def _try(icarus: Icarus, case: RepairCase, budget_s: float, deps: Deps | None) -> Trial:
    design = Design(case.design.files)
    brought = Case(design, (case.problem.testbench,), issue=case.problem.prompt if deps else "")
    try:
        done = debug(brought, icarus, budget_s)
    except InputError as error:
        return Trial(case.id, why=error.message)
    found = done.localisation
    if found is None or done.repair is None:
        return Trial(case.id, why="passes" if done.works else "does not compile")
    changed = changed_lines(done.mended.design.files[0].text, case.problem.golden)
    return Trial(
        case.id,
        _rank(found, changed),
        changed.rewritten,
        changed.empty,
        done.repair.repaired,
        done.repair.repaired and matches(icarus, done.design, _golden(case)),
        round(done.repair.cpu_s, 2),
        done.repair.tried,
        done.repair.templates,
        diff(design, done.design) if done.repair.repaired else "",
        _ask(done, case, deps, budget_s) if deps and not done.works else None,
    )


def _ask(done: Debugged, case: RepairCase, deps: Deps, budget_s: float) -> Asked:
    from hdlsmith.agent.debugging.role import debug_by_model

    started = time.monotonic()
    try:
        made = debug_by_model(done, deps, budget_s)
    except ModelError as error:
        return Asked(failed=error.message)
    return Asked(
        made.works,
        made.works and matches(deps.icarus, made.design, _golden(case)),
        tuple(str(each.fate) for each in made.hypotheses),
        diff(done.case.design, made.design),
        made.usage.tokens,
        round(time.monotonic() - started, 2),
    )


def _rank(found: Localisation, changed: Changed) -> int:
    ranks = [n for n, s in enumerate(found.suspects, 1) if s.line in changed.lines]
    return ranks[0] if ranks else 0


def _golden(case: RepairCase) -> Design:
    file = SourceFile("reference.sv", case.problem.golden, Language.SYSTEMVERILOG)
    return Design((file,), case.problem.top)


def matches(icarus: Icarus, design: Design, golden: Design) -> bool:
    """Whether a design does what the golden one does under stimuli nobody has seen."""
    top = Design(design.files, golden.top)
    ports = elaborate(golden).ports
    for seed in _HELD_OUT_SEEDS:
        ours, right = simulate_together((top, golden), stimuli_for(ports, seed), icarus)
        if not isinstance(ours, Behaviour) or not isinstance(right, Behaviour):
            return False
        pairs = zip(ours.samples, right.samples, strict=True)
        if any(differs(actual, expected) for actual, expected in pairs):
            return False
    return True
