"""The cache of the golden check holds for one sandbox alone."""

from dataclasses import replace
from pathlib import Path

from hdlsmith.benchmarks.golden import check_goldens
from hdlsmith.benchmarks.suites.verilog_eval import VerilogEval
from hdlsmith.sandbox.cage import CageKind
from hdlsmith.sandbox.simulation.icarus import Icarus


def test_another_sandbox_is_another_check(
    gates: VerilogEval, icarus: Icarus, tmp_path: Path
) -> None:
    tight = replace(
        icarus, cage=replace(icarus.cage, limits=replace(icarus.cage.limits, output_bytes=1))
    )
    plain = replace(icarus, cage=replace(icarus.cage, kind=CageKind.LIMITS))
    passing = [
        golden.passes
        for each in (tight, icarus, plain)
        for golden in check_goldens(each, gates.problems()[:1], tmp_path, 1).values()
    ]
    assert passing == [False, True, True]
    assert len(list(tmp_path.glob("*.json"))) == 3
