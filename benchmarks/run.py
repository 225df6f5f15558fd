"""Running a benchmark: answers come from a model or a file, verdicts from the grader."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from hdlsmith.benchmarks.golden import check_goldens
from hdlsmith.benchmarks.grade import Golden, Grade, grade
from hdlsmith.benchmarks.problems import Answer, Problem
from hdlsmith.benchmarks.store import Key, RunStore
from hdlsmith.errors import InputError, ModelError
from hdlsmith.jsonl import read_jsonl
from hdlsmith.sandbox.pool import run_all
from hdlsmith.sandbox.simulation.icarus import Icarus


class Progress(Protocol):
    """Told how far a long run is."""

    def start(self, phase: str, total: int) -> None: ...

    def advance(self, note: str = "") -> None: ...


Answerer = Callable[[Problem, int], tuple[Answer, dict[str, Any]]]
"""Asks a model for one sample of one problem; returns the design and what it cost."""


@dataclass(frozen=True)
class Harness:
    """What grading needs.

    Attributes:
        cache: folder for golden results.
        workers: designs graded at once.
    """

    icarus: Icarus
    cache: Path
    workers: int
    progress: Progress


def read_answers(
    path: Path, problems: Iterable[Problem], chosen: Iterable[Problem]
) -> dict[Key, str]:
    """Stored designs for the chosen problems by (problem, sample), in the file's order.

    Args:
        problems: all of the suite; answers to those that are not chosen are passed over.

    Raises:
        InputError: not JSONL, a field missing, a problem that is not of the suite, a sample named
            twice, or no answer for any of the chosen problems.
    """
    known = {problem.id for problem in problems}
    wanted = {problem.id for problem in chosen}
    designs: dict[Key, str] = {}
    for number, record in read_jsonl(path, growing=False):
        problem, sample, design = (record.get(name) for name in ("problem", "sample", "design"))
        if not (isinstance(problem, str) and isinstance(sample, int) and isinstance(design, str)):
            raise InputError(
                f"{path}:{number}: not an answer",
                remedy='a line needs "problem" (text), "sample" (whole number), "design" (text)',
            )
        if problem not in known:
            raise InputError(
                f"{path}:{number}: the suite has no problem {problem!r}",
                remedy=f"its problems have names such as {min(known)}",
            )
        if (problem, sample) in designs:
            raise InputError(f"{path}:{number}: repeats {problem} sample {sample}")
        if problem in wanted:
            designs[problem, sample] = design
    if not designs:
        raise InputError(f"{path} answers none of the chosen problems")
    return designs


def grade_stored(
    harness: Harness, problems: tuple[Problem, ...], designs: dict[Key, str], store: RunStore
) -> None:
    """Grade designs that are already there; goes on where an earlier call was stopped.

    Equal designs for one problem are simulated once. Problems without a design take no part, not
    in the ceiling either.

    Raises:
        SandboxError: the sandbox failed; what was graded is kept.
    """
    answered = {problem for problem, _ in designs}
    by_id = {problem.id: problem for problem in problems if problem.id in answered}
    goldens = _check(harness, tuple(by_id.values()), store)
    groups: dict[tuple[str, str], list[int]] = {}
    for (problem, sample), design in designs.items():
        if (problem, sample) not in store.graded:
            groups.setdefault((problem, design), []).append(sample)

    def work(item: tuple[tuple[str, str], list[int]]) -> tuple[str, list[int], Grade]:
        (problem, design), samples = item
        verdict = grade(harness.icarus, by_id[problem], design, goldens[problem])
        return problem, samples, verdict

    harness.progress.start("grading", sum(len(samples) for samples in groups.values()))
    for problem, samples, verdict in run_all(work, groups.items(), harness.workers):
        for sample in samples:
            store.add_grade(problem, sample, verdict)
            harness.progress.advance()


def ask_and_grade(
    harness: Harness,
    problems: tuple[Problem, ...],
    samples: int,
    answerer: Answerer,
    requests: int,
    store: RunStore,
) -> None:
    """Ask a model for every sample that is missing and grade it; a dead endpoint leaves samples
    unscored and the rest untouched.

    Args:
        requests: samples asked for at once.

    Raises:
        SandboxError: the sandbox failed; what was answered and graded is kept.
    """
    goldens = _check(harness, problems, store)
    wanted = [(p, s) for s in range(1, samples + 1) for p in problems]
    missing = [(p, s) for p, s in wanted if (p.id, s) not in store.graded]

    def work(item: tuple[Problem, int]) -> str:
        problem, sample = item
        if (problem.id, sample) not in store.answers:
            try:
                answer, about = answerer(problem, sample)
            except ModelError as error:
                store.add_unscored(problem.id, sample, str(error))
                return f"{problem.id} unscored"
            store.add_answer(answer, about)
        design = store.answers[problem.id, sample]["design"]
        verdict = grade(harness.icarus, problem, design, goldens[problem.id])
        store.add_grade(problem.id, sample, verdict)
        return f"{problem.id} {verdict.outcome}"

    harness.progress.start("asking and grading", len(missing))
    for note in run_all(work, missing, requests):
        harness.progress.advance(note)


def _check(harness: Harness, problems: tuple[Problem, ...], store: RunStore) -> dict[str, Golden]:
    harness.progress.start("golden self-check", len(problems))
    goldens = check_goldens(
        harness.icarus, problems, harness.cache, harness.workers, harness.progress.advance
    )
    store.write_goldens(goldens[problem.id] for problem in problems)
    return goldens
