"""The golden self-check: which references pass their own testbench on this simulator."""

import json
from collections.abc import Callable, Iterable
from dataclasses import asdict
from pathlib import Path

from hdlsmith.benchmarks.grade import GRADER_VERSION, Golden, check_golden
from hdlsmith.benchmarks.problems import Problem
from hdlsmith.design import digest_of
from hdlsmith.json_file import write_json
from hdlsmith.sandbox.pool import run_all
from hdlsmith.sandbox.simulation.icarus import Icarus


def check_goldens(
    icarus: Icarus,
    problems: Iterable[Problem],
    cache: Path,
    workers: int,
    on_done: Callable[[], None] = lambda: None,
) -> dict[str, Golden]:
    """Run every reference once; later calls read the result from the cache.

    Args:
        cache: folder of one small file a problem, named by the hash of the problem's files, the
            simulator's and the grader's version, and the cage with its limits.
        on_done: called after each problem.

    Raises:
        SandboxError: the sandbox failed.
    """
    cache.mkdir(parents=True, exist_ok=True)
    cage = icarus.cage
    setting = (str(GRADER_VERSION), icarus.version(), cage.kind, repr(cage.limits))

    def check(problem: Problem) -> Golden:
        texts = (problem.golden, problem.reference.text, problem.testbench.text)
        key = digest_of(*setting, problem.id, *texts)
        path = cache / f"{key}.json"
        golden = _read(path)
        if golden is None:
            golden = check_golden(icarus, problem)
            write_json(path, asdict(golden))
        on_done()
        return golden

    return {golden.problem: golden for golden in run_all(check, problems, workers)}


def _read(path: Path) -> Golden | None:
    try:
        return Golden(**json.loads(path.read_text()))
    except (OSError, ValueError, TypeError):
        return None
