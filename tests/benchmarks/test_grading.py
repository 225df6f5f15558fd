"""Both verdicts on plain designs, hostile sizes, and the golden self-check."""

import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from multiprocessing import Process
from pathlib import Path

import pytest

from hdlsmith.benchmarks.golden import check_goldens
from hdlsmith.benchmarks.grade import Grade, check_golden, grade
from hdlsmith.benchmarks.problems import Problem
from hdlsmith.benchmarks.suites.verilog_eval import VerilogEval
from hdlsmith.design import SourceFile
from hdlsmith.errors import InputError, SandboxError
from hdlsmith.sandbox.guard import MAX_CHARS
from hdlsmith.sandbox.results import Outcome
from hdlsmith.sandbox.simulation.icarus import Icarus
from tests.benchmarks.made_up import design

pytestmark = pytest.mark.tool("iverilog")

Verdict = Callable[[Problem, str], Grade]
DEEP = 60_000


@pytest.fixture
def problem(gates: VerilogEval) -> Problem:
    return gates.problems()[0]


@pytest.mark.parametrize(
    ("text", "code", "outcome"),
    [
        (design("a & b"), ".", Outcome.PASS),
        (design("a * b"), ".", Outcome.PASS),
        (design("a | b"), "R", Outcome.MISMATCH),
        (design("a & c"), "p", Outcome.COMPILE_ERROR),
        (design("a &"), "S", Outcome.COMPILE_ERROR),
        (design("a & b", "Other"), "m", Outcome.COMPILE_ERROR),
        ("", "m", Outcome.COMPILE_ERROR),
        (design("a & b") + "module Spin; initial forever; endmodule", ".", Outcome.PASS),
        (design("a & b").replace("assign", "initial forever;\nassign"), "T", Outcome.TIMEOUT),
    ],
)
def test_plain_designs(
    problem: Problem, verdict_on: Verdict, text: str, code: str, outcome: Outcome
) -> None:
    verdict = verdict_on(problem, text)
    assert (verdict.code, verdict.outcome) == (code, outcome), verdict.because


def test_a_pass_tells_what_it_rests_on(problem: Problem, verdict_on: Verdict) -> None:
    verdict = verdict_on(problem, design("a & b"))
    assert (verdict.mismatches, verdict.samples) == (0, 39)
    assert verdict.because == "39 samples equal, stimuli as in the golden run"


def test_macros_of_the_testbench_are_not_the_designs(problem: Problem, verdict_on: Verdict) -> None:
    text = "`ifdef OK\n" + design("a & b") + "`else\n" + design("a | b") + "`endif\n"
    verdict = verdict_on(problem, text)
    assert (verdict.code, verdict.outcome) == (".", Outcome.TAMPERED)
    assert "own macros and names" in verdict.because


def test_no_pass_where_the_golden_itself_fails(problem: Problem, icarus: Icarus) -> None:
    broken = replace(check_golden(icarus, problem), code="R")
    assert grade(icarus, problem, design("a & b"), broken).outcome is Outcome.NO_EVIDENCE


def test_no_pass_without_the_goldens_number_of_samples(problem: Problem, icarus: Icarus) -> None:
    golden = check_golden(icarus, problem)
    fewer = replace(golden, samples=golden.samples + 1)
    verdict = grade(icarus, problem, design("a & b"), fewer)
    assert verdict.outcome is Outcome.NO_EVIDENCE
    assert verdict.because == "39 samples were compared; the golden run compared 40"


def test_other_stimuli_than_the_goldens_are_tampering(problem: Problem, icarus: Icarus) -> None:
    other = replace(check_golden(icarus, problem), trace="0" * 64)
    assert grade(icarus, problem, design("a & b"), other).outcome is Outcome.TAMPERED


def test_a_testbench_without_a_verdict_line_is_no_problem_of_the_designs(
    problem: Problem, icarus: Icarus
) -> None:
    mute = SourceFile("test.sv", "module tb; endmodule", problem.testbench.language)
    with pytest.raises(InputError, match="prints no verdict line"):
        check_golden(icarus, replace(problem, testbench=mute))


@pytest.mark.parametrize(
    "extra",
    [
        pytest.param("wire w = " + "(" * DEEP + "1" + ")" * DEEP + ";", id="parentheses"),
        pytest.param("wire w = " + "a+" * DEEP + "a;", id="a long sum"),
        pytest.param("initial " + "begin " * DEEP + "end " * DEEP, id="blocks"),
        pytest.param("generate " + "if (1) " * DEEP + "wire x; endgenerate", id="generates"),
        pytest.param("endmodule\n" + "module m; " * DEEP, id="nested modules"),
        pytest.param("initial " + "$display(" * DEEP, id="open calls"),
        pytest.param("// " + "x" * 5_000_000, id="five million characters"),
        pytest.param("// \ud800", id="lone surrogate"),
        pytest.param("\x00\x01\x7f\ufffe", id="binary"),
        pytest.param("localparam [9999999:0] P = 3 ** 99999;", id="huge constant"),
        pytest.param(
            "genvar i; generate for (i = 0; i < 100000000; i = i + 1) begin : g wire x; end"
            " endgenerate",
            id="generate loop",
        ),
        pytest.param(
            "`define B0 a+a+a+a\n"
            + "".join(f"`define B{i + 1} `B{i}+`B{i}+`B{i}+`B{i}\n" for i in range(10))
            + "wire w = `B10;",
            id="macros that multiply",
        ),
    ],
)
def test_a_hostile_text_gets_a_verdict_in_bounded_time(
    problem: Problem, verdict_on: Verdict, extra: str
) -> None:
    started = time.process_time()
    verdict = verdict_on(problem, design("a & b").replace("endmodule", extra + "\nendmodule"))
    assert verdict.outcome is not Outcome.PASS
    assert len(verdict.because) <= 400
    assert time.process_time() - started < 10, "our own process must not do the heavy lifting"


def test_a_long_design_is_compiled_but_not_trusted(problem: Problem, verdict_on: Verdict) -> None:
    padded = design("a & b") + "// padding\n" * (MAX_CHARS // 10)
    verdict = verdict_on(problem, padded)
    assert (verdict.code, verdict.outcome) == (".", Outcome.TAMPERED)
    assert "characters long" in verdict.because


def test_the_golden_check_is_made_once(gates: VerilogEval, icarus: Icarus, tmp_path: Path) -> None:
    done: list[int] = []
    first = check_goldens(icarus, gates.problems(), tmp_path, 2, lambda: done.append(1))
    assert all(golden.passes for golden in first.values())
    assert len(done) == 3
    gone = replace(icarus, vvp=tmp_path / "no-vvp")
    assert check_goldens(gone, gates.problems(), tmp_path, 2) == first  # nothing was run
    with pytest.raises(SandboxError, match="no-vvp is gone"):
        check_goldens(gone, gates.problems(), tmp_path / "fresh", 2)


def test_the_golden_check_follows_the_testbench(
    gates: VerilogEval, icarus: Icarus, tmp_path: Path
) -> None:
    check_goldens(icarus, gates.problems()[:1], tmp_path, 1)
    problem = gates.problems()[0]
    text = problem.testbench.text.replace("repeat (20)", "repeat (30)")
    longer = replace(problem, testbench=replace(problem.testbench, text=text))
    assert check_goldens(icarus, [longer], tmp_path, 1)[problem.id].samples == 59


def test_a_torn_cache_file_is_made_anew(gates: VerilogEval, icarus: Icarus, tmp_path: Path) -> None:
    first = check_goldens(icarus, gates.problems()[:1], tmp_path, 1)
    (file,) = tmp_path.glob("*.json")
    file.write_text('{"problem": ')
    assert check_goldens(icarus, gates.problems()[:1], tmp_path, 1) == first


@pytest.fixture
def busy() -> Iterator[None]:
    """Four loops that never rest."""
    loops = [Process(target=_spin, daemon=True) for _ in range(4)]
    for loop in loops:
        loop.start()
    yield
    for loop in loops:
        loop.kill()
        loop.join()


def _spin() -> None:
    while threading.main_thread().is_alive():
        pass


def test_verdicts_beside_four_busy_loops_are_the_same(
    problem: Problem, icarus: Icarus, request: pytest.FixtureRequest
) -> None:
    designs = [
        design("a & b"),
        design("a | b"),
        design("a &"),
        design("a & b").replace("assign", "initial #50 $finish;\nassign"),
        design("a & b").replace("assign", "initial forever;\nassign"),
    ]
    golden = check_golden(icarus, problem)

    def verdicts() -> list[tuple[str, str, int | None]]:
        grades = [grade(icarus, problem, text, golden) for text in designs]
        return [(g.code, g.outcome, g.samples) for g in grades]

    calm = verdicts()
    request.getfixturevalue("busy")
    assert check_golden(icarus, problem) == golden
    assert verdicts() == calm
