"""What the benchmark tests share: the suite, a simulator, verdicts, and the command line."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from hdlsmith.benchmarks.grade import Golden, Grade, check_golden, grade
from hdlsmith.benchmarks.problems import Problem
from hdlsmith.benchmarks.suites.verilog_eval import VerilogEval
from hdlsmith.sandbox.cage import make_cage
from hdlsmith.sandbox.simulation.icarus import Icarus
from hdlsmith.settings import SandboxSettings, Settings
from tests.benchmarks.made_up import write_checkout

_goldens: dict[str, Golden] = {}


@dataclass(frozen=True)
class Ended:
    """A finished command."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> dict[str, Any]:
        answer: dict[str, Any] = json.loads(self.out)
        return answer


@pytest.fixture
def hdlsmith() -> Callable[..., Ended]:
    """Runs the command line in a process of its own; extra variables by keyword."""

    def run(*arguments: object, **variables: str) -> Ended:
        ended = subprocess.run(
            [sys.executable, "-m", "hdlsmith", *map(str, arguments)],
            env={**os.environ, **variables},
            capture_output=True,
            text=True,
            timeout=300,
        )
        assert "Traceback" not in ended.stderr, ended.stderr
        return Ended(ended.returncode, ended.stdout, ended.stderr)

    return run


@pytest.fixture
def icarus() -> Icarus:
    """The simulator under the strongest cage here, with three CPU seconds a run."""
    return Icarus.find(Settings(), make_cage(SandboxSettings(cpu_s=3)))


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A made-up VerilogEval checkout of three gates."""
    return write_checkout(tmp_path / "checkout")


@pytest.fixture
def gates(checkout: Path) -> VerilogEval:
    return VerilogEval(checkout)


@pytest.fixture
def problems(verilog_eval: Path) -> dict[str, Problem]:
    """The 156 real problems of spec-to-rtl by id."""
    return _problems(verilog_eval)


@cache
def _problems(data: Path) -> dict[str, Problem]:
    return {problem.id: problem for problem in VerilogEval(data).problems()}


@pytest.fixture
def verdict_on(icarus: Icarus) -> Callable[[Problem, str], Grade]:
    """Grades a design; each problem's golden run is made once."""

    def verdict(problem: Problem, design: str) -> Grade:
        key = problem.id + problem.testbench.text
        if key not in _goldens:
            _goldens[key] = check_golden(icarus, problem)
        return grade(icarus, problem, design, _goldens[key])

    return verdict
