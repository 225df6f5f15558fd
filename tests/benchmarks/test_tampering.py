"""Designs that cheat, honest designs that look odd, and the limit of what a guard can know."""

import os
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from hdlsmith.benchmarks.grade import Golden, Grade, grade
from hdlsmith.benchmarks.problems import Problem
from hdlsmith.sandbox.pool import run_all
from hdlsmith.sandbox.results import Outcome
from hdlsmith.sandbox.simulation.icarus import Icarus

pytestmark = pytest.mark.tool("iverilog")

TESTS = Path(__file__).parents[1]
Verdict = Callable[[Problem, str], Grade]


def designs(folder: str) -> list[object]:
    return [pytest.param(path, id=path.stem) for path in sorted((TESTS / folder).glob("*.sv"))]


def read(path: Path, problems: dict[str, Problem]) -> tuple[Problem, str]:
    """A file's design, byte for byte, and the problem that its first line names."""
    text = path.read_bytes().decode("utf-8", "surrogateescape")
    named = re.match(r"// problem: (\w+)", text)
    assert named, path
    return problems[named[1]], text


@pytest.mark.parametrize("path", designs("cheats"))
def test_a_cheat_never_passes(
    path: Path, problems: dict[str, Problem], verdict_on: Verdict
) -> None:
    verdict = verdict_on(*read(path, problems))
    assert verdict.outcome is not Outcome.PASS
    assert verdict.because


@pytest.mark.parametrize("path", designs("honest"))
def test_an_honest_design_passes(
    path: Path, problems: dict[str, Problem], verdict_on: Verdict
) -> None:
    verdict = verdict_on(*read(path, problems))
    assert (verdict.code, verdict.outcome) == (".", Outcome.PASS), verdict.because


@pytest.mark.parametrize("path", designs("limits"))
def test_a_design_fitted_to_the_stimuli_does_pass(
    path: Path, problems: dict[str, Problem], verdict_on: Verdict
) -> None:
    """Plain hardware, right for every stimulus of this testbench and wrong for others.

    Nothing but more stimuli could tell; strict claims no more than the testbench shows.
    """
    assert verdict_on(*read(path, problems)).outcome is Outcome.PASS


def test_what_only_the_renamed_testbench_shows_is_named(
    problems: dict[str, Problem], verdict_on: Verdict
) -> None:
    cheat = TESTS / "cheats" / "160_read_reference_unit_lookalike.sv"
    verdict = verdict_on(*read(cheat, problems))
    assert (verdict.code, verdict.outcome) == (".", Outcome.TAMPERED)
    assert "testbench's own macros and names" in verdict.because


def test_a_bare_finish_passes_officially_and_never_strictly(
    problems: dict[str, Problem], icarus: Icarus
) -> None:
    unused = Golden("", ".", 1, "")  # what is tampered with is compared with nothing
    verdicts = list(
        run_all(
            lambda problem: grade(icarus, problem, bare_finish(problem), unused),
            problems.values(),
            os.cpu_count() or 1,
        )
    )
    assert len(verdicts) == 156
    assert sum(verdict.code == "." for verdict in verdicts) == 153
    assert {verdict.outcome for verdict in verdicts} == {Outcome.TAMPERED}
    assert all("$finish" in verdict.because for verdict in verdicts)


def bare_finish(problem: Problem) -> str:
    ports = ", ".join(
        f"{port.direction} [{port.width_bits - 1}:0] {port.name}" for port in problem.interface
    )
    return f"module {problem.top}({ports});\n  initial $finish;\nendmodule\n"
