"""How far repair without a model gets on broken designs that models wrote.

Before and after mending, each design is graded beside its testbench by the strict rules of
`grade.py`: tamper guard, tagged verdict line, as many samples and the same stimuli as in the
reference's own run. The asked interface is that of the reference, as in the product a plan has it;
nothing else of reference or testbench reaches the repair.

A model, where one is given, is then asked about what still does not compile: the debugger role,
told the design's description and what the tools say, and nothing of the testbench.
"""

import time
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from importlib.metadata import version
from typing import Any

from hdlsmith.agent.debugging.case import Case
from hdlsmith.agent.debugging.debug import Debugged
from hdlsmith.agent.deps import Deps
from hdlsmith.agent.mending.mend import Mended, mend
from hdlsmith.benchmarks.debugger import debugger_record
from hdlsmith.benchmarks.golden import check_goldens
from hdlsmith.benchmarks.grade import GRADER_VERSION, Golden, grade
from hdlsmith.benchmarks.repair_cases import RepairCase, cases_hash
from hdlsmith.benchmarks.run import Harness
from hdlsmith.errors import ModelError
from hdlsmith.sandbox.pool import run_all
from hdlsmith.sandbox.results import Outcome


@dataclass(frozen=True)
class Trial:
    """One broken design, before and after.

    Attributes:
        mend_s: seconds of mending, the tools' runs included.
        asked: what a model made of what still did not compile; None where none was asked.
    """

    case: RepairCase
    mended: Mended
    before: Outcome
    after: Outcome
    mend_s: float
    asked: "Asked | None" = None


@dataclass(frozen=True)
class Asked:
    """What a model made of one design.

    Attributes:
        failed: why it could not be asked; the design is then left out of its figures.
    """

    after: Outcome = Outcome.COMPILE_ERROR
    answers: int = 0
    tokens: int = 0
    failed: str = ""


def measure(
    harness: Harness, cases: tuple[RepairCase, ...], deps: Deps | None = None
) -> dict[str, Any]:
    """Mend every case and grade it before and after.

    Args:
        deps: the model that is asked about what still does not compile; None asks none.

    Returns:
        `compile_errors`: of the designs that do not compile beside their testbench, how many
        there are, compile after mending, and pass; `others`: of the rest, how many there are, pass
        before, pass after, and were changed; `rules`: designs that each rule changed; `left`:
        what is still wrong, by design; `model`: what a model made of that; and what it was
        measured with.

    Raises:
        SandboxError: the sandbox failed, not a design.
    """
    problems = {case.problem.id: case.problem for case in cases}
    harness.progress.start("references", len(problems))
    goldens = check_goldens(
        harness.icarus, problems.values(), harness.cache, harness.workers, harness.progress.advance
    )
    harness.progress.start("designs", len(cases))
    trials = []
    for trial in run_all(
        lambda case: _try(harness, case, goldens[case.problem.id]), cases, harness.workers
    ):
        trials.append(trial)
        harness.progress.advance()
    trials.sort(key=lambda trial: trial.case.id)
    if deps:
        left = sum(bool(trial.mended.errors) for trial in trials)
        harness.progress.start("designs left for the model", left)
        trials = [_with_model(trial, harness, goldens, deps) for trial in trials]
    broken = [trial for trial in trials if trial.before is Outcome.COMPILE_ERROR]
    others = [trial for trial in trials if trial.before is not Outcome.COMPILE_ERROR]
    return {
        "compile_errors": {
            "designs": len(broken),
            "compile": sum(trial.after is not Outcome.COMPILE_ERROR for trial in broken),
            "pass": _passing(trial.after for trial in broken),
            "after": dict(Counter(str(trial.after) for trial in broken)),
        },
        "others": {
            "designs": len(others),
            "pass_before": _passing(trial.before for trial in others),
            "pass_after": _passing(trial.after for trial in others),
            "changed": sum(bool(trial.mended.steps) for trial in others),
        },
        "rules": dict(Counter(rule for trial in trials for rule in _rules(trial)).most_common()),
        "left": {
            trial.case.id: str(trial.mended.errors[0]) for trial in trials if trial.mended.errors
        },
        "model": _of_model([t.asked for t in trials if t.asked], deps) if deps else None,
        "mend_s_mean": round(sum(trial.mend_s for trial in trials) / len(trials), 3),
        "mend_s_max": round(max(trial.mend_s for trial in trials), 3),
        "goldens_pass": sum(golden.passes for golden in goldens.values()),
        "goldens": len(goldens),
        "interface": "ports of the reference",
        "data_sha256": cases_hash(cases),
        "grader": GRADER_VERSION,
        "workers": harness.workers,
        "tools": [harness.icarus.version(), f"pyslang {version('pyslang')}"],
        "cage": harness.icarus.cage.kind,
    }


def render(result: dict[str, Any]) -> str:
    """The measurement for a terminal."""
    broken, others = result["compile_errors"], result["others"]
    share = f" ({broken['compile'] / broken['designs']:.1%})" if broken["designs"] else ""
    return "\n".join(
        [
            f"{broken['designs']} designs that do not compile beside their testbench",
            f"  {broken['compile']}{share} compile after mechanical repair, {broken['pass']} pass",
            f"{others['designs']} others: {others['changed']} changed,"
            f" {others['pass_before']} passed before, {others['pass_after']} pass after",
            *(_model_lines(result["model"]) if result["model"] else ()),
            *(f"  {number:4d}  {rule}" for rule, number in result["rules"].items()),
            f"  {result['mend_s_mean']} s a design on average, {result['mend_s_max']} s at most",
            f"  {result['goldens_pass']} of {result['goldens']} references pass themselves;"
            f" asked interface: {result['interface']}",
            f"  {' + '.join(result['tools'])}, cage: {result['cage']}",
        ]
    )


def _try(harness: Harness, case: RepairCase, golden: Golden) -> Trial:
    started = time.monotonic()
    mended = mend(case.design, case.problem.interface, harness.icarus)
    mend_s = time.monotonic() - started
    before = grade(harness.icarus, case.problem, case.buggy, golden).outcome
    after = before
    if mended.steps:
        after = grade(harness.icarus, case.problem, mended.design.text, golden).outcome
    return Trial(case, mended, before, after, mend_s)


def _with_model(trial: Trial, harness: Harness, goldens: Mapping[str, Golden], deps: Deps) -> Trial:
    from hdlsmith.agent.debugging.role import debug_by_model

    if not trial.mended.errors:
        return trial
    case, mended = trial.case, trial.mended
    brought = Case(mended.design, issue=case.problem.prompt)
    done = Debugged(brought, mended, mended.design, mended.errors)
    try:
        made = debug_by_model(done, deps, budget_s=0)
    except ModelError as error:
        asked = Asked(failed=error.message)
    else:
        golden = goldens[case.problem.id]
        after = grade(harness.icarus, case.problem, made.design.text, golden).outcome
        asked = Asked(after, made.usage.calls, made.usage.tokens)
    harness.progress.advance(f"{case.id}: {asked.failed or asked.after}")
    return replace(trial, asked=asked)


def _of_model(asked: list[Asked], deps: Deps) -> dict[str, Any]:
    """A design that it could not be asked about adds nothing."""
    return {
        **debugger_record(deps, [each.failed for each in asked]),
        "compile": sum(each.after is not Outcome.COMPILE_ERROR for each in asked),
        "pass": _passing(each.after for each in asked),
        "answers": sum(each.answers for each in asked),
        "tokens": sum(each.tokens for each in asked),
    }


def _model_lines(model: dict[str, Any]) -> Iterator[str]:
    yield (
        f"{model['name']}, asked about {model['asked']} that still don't compile:"
        f" {model['compile']} compile then, {model['pass']} pass"
        f" ({model['answers']} answers, {model['tokens']:,} tokens)"
    )
    yield from (f"  {n:4d}  unscored: {why}" for why, n in model["unscored"].items())


def _passing(outcomes: Iterable[Outcome]) -> int:
    return sum(outcome is Outcome.PASS for outcome in outcomes)


def _rules(trial: Trial) -> set[str]:
    return {step.rule for step in trial.mended.steps}
