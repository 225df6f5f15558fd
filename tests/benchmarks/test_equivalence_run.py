"""`bench equiv` on three made-up gates, by real tools, and the slips that make its mutants."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from hdlsmith.benchmarks.mutants import mutants
from hdlsmith.cli import app
from tests.benchmarks.made_up import write_checkout

DESIGN = """module t(input a, b, output y);
  assign y = (a & ~b) | 1'b0;
endmodule
"""


def test_mutants_differ_in_one_slip_each_and_by_seed_in_order_alone() -> None:
    found = list(mutants(DESIGN, "0"))
    assert len(found) == len(set(found)) == 5
    assert DESIGN not in found
    assert all(text.startswith("module t(input a, b, output y);") for text in found)
    assert list(mutants(DESIGN, "0")) == found
    assert sorted(mutants(DESIGN, "1")) == sorted(found)
    assert DESIGN.replace("&", "|") in found
    assert DESIGN.replace("1'b0", "1'b1") in found
    assert DESIGN.replace("~b", "b") in found


@pytest.mark.tool("pyosys")
@pytest.mark.tool("iverilog")
def test_gates_are_proven_and_their_mutants_refuted(tmp_path: Path) -> None:
    data = write_checkout(tmp_path / "data")
    done = CliRunner().invoke(app, ["bench", "equiv", "verilog-eval", "--data", str(data)])
    assert done.exit_code == 0, done.output
    assert "3 of 3 proven equal to their netlist" in done.stdout
    assert "3 of 3 mutants refuted (seed 0)" in done.stdout
