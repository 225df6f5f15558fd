"""Our grading against a bare shell loop of the same tools, in one run on one machine."""

import shutil
import statistics
import subprocess
import tempfile
from functools import partial
from pathlib import Path
from typing import Any

from hdlsmith.benchmarks.golden import check_goldens
from hdlsmith.benchmarks.measuring import timed_s
from hdlsmith.benchmarks.problems import Problem
from hdlsmith.benchmarks.run import Harness, grade_stored
from hdlsmith.benchmarks.store import Key, RunStore
from hdlsmith.errors import InputError

# What one would write by hand: no cage, no guard, no verdict, nothing kept but the log.
_BARE = """cd "$1" && {
  iverilog -Wall -Winfloop -Wno-timescale -g2012 -s tb -o sim.vvp test.sv dut.sv ref.sv &&
  timeout 60 vvp -n sim.vvp
} > log 2>&1
true
"""


def measure(
    harness: Harness, problems: tuple[Problem, ...], designs: dict[Key, str], rounds: int
) -> dict[str, Any]:
    """Wall seconds of both sides, in turn, and their ratio round by round.

    Returns:
        `answers, distinct, workers, bare_s, ours_s, ratio` (one a round) and `median_ratio`.

    Raises:
        InputError: there is no `xargs` here.
    """
    if not shutil.which("xargs"):
        raise InputError("the bare loop needs xargs", remedy="apt-get install findutils")
    check_goldens(harness.icarus, problems, harness.cache, harness.workers)
    bare, ours = [], []
    harness.progress.start("rounds", rounds)
    with tempfile.TemporaryDirectory(prefix="hdlsmith-throughput-") as folder:
        jobs = _write_jobs(Path(folder), problems, designs)
        for number in range(rounds):
            bare.append(timed_s(partial(_bare_loop, jobs, harness.workers)))
            run = Path(folder, f"run-{number}")
            ours.append(timed_s(partial(_our_loop, harness, problems, designs, run)))
            harness.progress.advance(f"bare {bare[-1]:.1f} s, ours {ours[-1]:.1f} s")
    ratios = [mine / theirs for mine, theirs in zip(ours, bare, strict=True)]
    return {
        "answers": len(designs),
        "distinct": len({(problem, design) for (problem, _), design in designs.items()}),
        "workers": harness.workers,
        "cage": harness.icarus.cage.kind,
        "bare_s": [round(s, 2) for s in bare],
        "ours_s": [round(s, 2) for s in ours],
        "ratio": [round(ratio, 3) for ratio in ratios],
        "median_ratio": round(statistics.median(ratios), 3),
    }


def render(result: dict[str, Any]) -> str:
    """The measurement for a terminal."""
    rows = zip(result["bare_s"], result["ours_s"], result["ratio"], strict=True)
    lines = [f"{result['answers']} answers ({result['distinct']} distinct)"]
    lines[0] += f", {result['workers']} workers, cage: {result['cage']}"
    lines += [f"  bare {b:7.2f} s   ours {o:7.2f} s   ratio {r:.3f}" for b, o, r in rows]
    return "\n".join([*lines, f"  median ratio {result['median_ratio']:.3f}"])


def _write_jobs(folder: Path, problems: tuple[Problem, ...], designs: dict[Key, str]) -> list[Path]:
    by_id = {problem.id: problem for problem in problems}
    jobs = []
    for (name, sample), design in designs.items():
        job = folder / f"{name}_{sample}"
        job.mkdir()
        (job / "test.sv").write_text(by_id[name].testbench.text)
        (job / "ref.sv").write_text(by_id[name].reference.text)
        (job / "dut.sv").write_text(design)
        jobs.append(job)
    return jobs


def _bare_loop(jobs: list[Path], workers: int) -> None:
    subprocess.run(
        ["xargs", f"-P{workers}", "-n1", "sh", "-c", _BARE, "sh"],  # noqa: S607
        input="\n".join(map(str, jobs)),
        text=True,
        check=True,
    )


def _our_loop(
    harness: Harness, problems: tuple[Problem, ...], designs: dict[Key, str], folder: Path
) -> None:
    quiet = Harness(harness.icarus, harness.cache, harness.workers, _Quiet())
    with RunStore(folder, {}) as store:
        grade_stored(quiet, problems, designs, store)


class _Quiet:
    def start(self, phase: str, total: int) -> None:
        pass

    def advance(self, note: str = "") -> None:
        pass
