"""Coverage: what Verilator counts, and what a testbench says of itself."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from hdlsmith.cli import app
from hdlsmith.design import Design, SourceFile
from hdlsmith.languages import Language
from hdlsmith.sandbox.cage import make_cage
from hdlsmith.sandbox.cocotb.coverage import NO_COVERAGE, Share, read_coverage, summary
from hdlsmith.sandbox.cocotb.run import run_cocotb
from hdlsmith.settings import SandboxSettings, Settings

SELECT = """module select(input clk, input [1:0] s, output reg [3:0] q);
  always @(posedge clk)
    case (s)
      2'd0: q <= 4'd1;
      2'd1: begin
        q <= 4'd2;
      end
      default: begin
        q <= 4'd15;
      end
    endcase
  seen: cover property (@(posedge clk) q == 4'd2);
  unseen: cover property (@(posedge clk) q == 4'd9);
endmodule
"""
TESTS = """import json
import cocotb
from cocotb.triggers import Timer

@cocotb.test()
async def some(dut):
    for value in (0, 1, 0, 1):
        dut.s.value = value
        for level in (0, 1):
            dut.clk.value = level
            await Timer(1, "ns")
    with open("functional_coverage.json", "w") as file:
        json.dump({"select": {"zero": 2, "one": 2, "other": 0}}, file)
"""


def point(kind: str, line: int, lines: str, name: str, hits: int) -> str:
    keys = {"f": "a.v", "l": line, "page": f"v_{kind}/m", "o": name, "S": lines, "h": "m"}
    return "C '" + "".join(f"\x01{k}\x02{v}" for k, v in keys.items()) + f"' {hits}\n"


def test_lines_branches_and_toggles_by_file() -> None:
    text = "# SystemC::Coverage-3\n" + "".join(
        (
            point("line", 3, "3-5,9", "block", 7),
            point("branch", 4, "4", "if", 0),
            point("branch", 4, "6-8", "else", 0),
            point("toggle", 1, "", "q[0]:0->1", 2),
            point("toggle", 1, "", "q[0]:1->0", 0),
        )
    )
    (file,) = read_coverage(text, "").files
    assert (file.path, file.lines, file.branches) == ("a.v", Share(4, 7), Share(0, 2))
    assert (file.toggles, file.untoggled) == (Share(1, 2), ("m.q[0]:1->0",))
    assert file.uncovered_lines == (6, 7, 8)
    assert summary(read_coverage(text, "")).splitlines() == [
        "a.v: lines 57% (4/7), branches 0% (0/2), toggles 50% (1/2)",
        "  never ran: lines 6-8",
        "  never toggled: m.q[0]:1->0",
    ]


@pytest.mark.parametrize(
    "text", ["", "{", "[1]", '{"a": 3}', '{"a": {"b": "x"}}', '{"a": {"b": 1e999}}', "[" * 9999]
)
def test_what_makes_no_sense_counts_for_nothing(text: str) -> None:
    assert read_coverage("C 'nonsense' 1\n" + text, text) == NO_COVERAGE


@pytest.mark.tool("verilator")
@pytest.mark.tool("g++")
@pytest.mark.tool("cocotb")
def test_a_run_on_verilator_tells_what_it_left_out(tmp_path: Path) -> None:
    Path("select.sv").write_text(SELECT)
    Path("tests.py").write_text(TESTS)
    options = ["--top", "select", "--cocotb", "tests.py", "--coverage"]
    ran = CliRunner().invoke(app, ["simulate", "select.sv", *options, "--json"])
    assert ran.exit_code == 0, ran.output
    told = json.loads(ran.stdout)["coverage"]
    (file,) = told["files"]
    assert file["path"] == "select.sv"
    assert file["uncovered_lines"] == [8, 9]
    assert 0 < file["lines"]["percent"] < 100
    assert "select.s[1]:0->1" in file["untoggled"]
    functional = {point["name"].split()[-1]: point["bins"] for point in told["functional"]}
    assert functional["select"] == {"zero": 2, "one": 2, "other": 0}
    assert [bins["hit"] > 0 for bins in functional.values() if "hit" in bins] == [True, False]
    shown = CliRunner().invoke(app, ["simulate", "select.sv", *options]).stdout
    assert "never ran: lines 8-9" in shown
    assert "select: 67% (2/3)  missed: other" in shown


@pytest.mark.tool("iverilog")
@pytest.mark.tool("cocotb")
def test_functional_coverage_needs_no_verilator() -> None:
    plain = "".join(line for line in SELECT.splitlines(True) if "cover" not in line)
    design = Design((SourceFile("select.sv", plain, Language.SYSTEMVERILOG),), "select")
    tests = (SourceFile("tests.py", TESTS, None),)
    found = run_cocotb(design, tests, "icarus", Settings(), make_cage(SandboxSettings()))
    assert [(p.name, p.share) for p in found.coverage.functional] == [("select", Share(2, 3))]
