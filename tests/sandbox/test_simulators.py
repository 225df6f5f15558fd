"""What all simulators promise, and the command that runs them."""

import json
from pathlib import Path

import pytest

from hdlsmith.design import Design, SourceFile
from hdlsmith.errors import InputError
from hdlsmith.languages import Language, language_of
from hdlsmith.sandbox.cage import make_cage
from hdlsmith.sandbox.results import Outcome
from hdlsmith.sandbox.simulation.simulators import SIMULATORS, default_simulator, find_simulator
from hdlsmith.sandbox.waves.waveform import read_waves
from hdlsmith.settings import SandboxSettings, Settings
from tests.sandbox.command import hdlsmith

VERILOG = """`timescale 1ns/1ps
module tb; reg [3:0] n = 0; always #5 n = n + 1;
  initial begin $dumpfile("mine.vcd"); $dumpvars(1, tb); #52 $display("PASS"); $finish; end
endmodule
"""
VHDL = """library ieee; use ieee.std_logic_1164.all; use ieee.numeric_std.all;
entity tb is end;
architecture sim of tb is signal n : unsigned(3 downto 0) := "0000"; begin
  process begin
    for i in 1 to 10 loop wait for 5 ns; n <= n + 1; end loop;
    wait for 2 ns; report "PASS"; std.env.finish;
  end process;
end;
"""
ICARUS = pytest.param("icarus", marks=pytest.mark.tool("iverilog"))
VERILATOR = pytest.param(
    "verilator", marks=[pytest.mark.tool("verilator"), pytest.mark.tool("g++")]
)
GHDL = pytest.param("ghdl", marks=pytest.mark.tool("ghdl"))
BOTH = pytest.param("both", marks=[*VERILATOR.marks, *ICARUS.marks, pytest.mark.tool("pywellen")])


def counter(simulator: str) -> Design:
    name, text = ("tb.vhd", VHDL) if simulator == "ghdl" else ("tb.sv", VERILOG)
    return Design((SourceFile(name, text, language_of(name)),), "tb")


def test_every_simulator_is_tried() -> None:
    assert set(SIMULATORS) == {str(p.values[0]) for p in (ICARUS, VERILATOR, GHDL, BOTH)}


@pytest.mark.parametrize("name", [ICARUS, VERILATOR, GHDL, BOTH])
def test_each_keeps_the_promise(name: str) -> None:
    cage = make_cage(SandboxSettings())
    simulator = find_simulator(name, Settings(), cage)
    assert simulator.name == name
    assert simulator.version()[-1].isalnum() or simulator.version().endswith(")")
    result = simulator.simulate(counter(name))
    assert (result.outcome, result.checks) == (Outcome.PASS, 1)
    assert {run.cage for run in result.runs} == {cage.kind}


@pytest.mark.tool("pywellen")
@pytest.mark.parametrize(
    ("name", "suffix"),
    [
        pytest.param(*param.values, suffix, marks=param.marks)
        for param, suffixes in ((ICARUS, ".vcd .fst"), (VERILATOR, ".vcd"), (GHDL, ".vcd .fst"))
        for suffix in suffixes.split()
    ],
)
def test_every_signal_goes_to_the_waveform(name: str, suffix: str, tmp_path: Path) -> None:
    cage = make_cage(SandboxSettings())
    out = tmp_path / f"out{suffix}"
    result = find_simulator(name, Settings(), cage).simulate(counter(name), out)
    assert result.outcome is Outcome.PASS
    # GHDL adds the range to a name, and leaves the top out of FST.
    (wave,) = (w for w in read_waves(out, cage).signals if w.name.rpartition(".")[2][0] == "n")
    assert wave.at(31_000_000) == "0110"


@pytest.mark.tool("iverilog")
def test_nothing_simulated_leaves_no_waveform(tmp_path: Path) -> None:
    icarus = find_simulator("icarus", Settings(), make_cage(SandboxSettings()))
    broken = Design((SourceFile("tb.v", "module tb", Language.VERILOG),), "tb")
    out = tmp_path / "out.vcd"
    assert icarus.simulate(broken, out).outcome is Outcome.COMPILE_ERROR
    assert not out.exists()


@pytest.mark.tool("bwrap")
@pytest.mark.tool("verilator")
@pytest.mark.tool("g++")
def test_a_link_in_place_of_the_waveform_leads_nowhere(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("open sesame\n")
    plant = f'unlink(\\"hdlsmith_waves.vcd\\"); symlink(\\"{secret}\\", \\"hdlsmith_waves.vcd\\");'
    text = (
        "module tb;\n`systemc_header\n#include <unistd.h>\n`verilog\n"
        f'initial #5 $c("{plant}"); final $display("PASS"); endmodule\n'
    )
    simulator = find_simulator("verilator", Settings(), make_cage(SandboxSettings()))
    design = Design((SourceFile("tb.sv", text, Language.SYSTEMVERILOG),), "tb")
    result = simulator.simulate(design, tmp_path / "out.vcd")
    assert result.outcome is Outcome.PASS, result.log
    assert not (tmp_path / "out.vcd").exists()


def test_wrong_names_are_the_users_mistake(tmp_path: Path) -> None:
    cage = make_cage(SandboxSettings())
    with pytest.raises(InputError) as caught:
        find_simulator("icaurs", Settings(), cage)
    assert caught.value.remedy == "one of: icarus, verilator, ghdl, both"
    icarus = find_simulator("icarus", Settings(), cage)
    for waves, fault in ((tmp_path / "out.txt", "neither"), (tmp_path / "no" / "x.vcd", "folder")):
        with pytest.raises(InputError, match=fault):
            icarus.simulate(counter("icarus"), waves)


def test_the_language_chooses_the_simulator() -> None:
    assert default_simulator(counter("ghdl")) == "ghdl"
    assert default_simulator(counter("icarus")) == "icarus"


@pytest.mark.tool("ghdl")
def test_the_command_takes_ghdl_for_vhdl(tmp_path: Path) -> None:
    (tmp_path / "tb.vhd").write_text(VHDL)
    out = tmp_path / "out.fst"
    done = hdlsmith("simulate", tmp_path / "tb.vhd", "--top", "tb", "--waves", out)
    assert done.returncode == 0, done.stderr
    assert "PASS, 1 check: PASS (GHDL " in done.stdout
    assert f"waves: {out}" in done.stdout
    assert out.stat().st_size


@pytest.mark.tool("iverilog")
@pytest.mark.tool("verilator")
@pytest.mark.tool("g++")
@pytest.mark.tool("pywellen")
def test_the_command_tells_of_a_disagreement(tmp_path: Path) -> None:
    race = (
        "module tb; logic clk = 0; always #5 clk = ~clk; logic a = 0, b = 0;\n"
        "  always @(posedge clk) a = ~a;\n  always @(posedge clk) b = a;\n"
        '  initial begin #50 $display("PASS"); $finish; end\nendmodule\n'
    )
    (tmp_path / "tb.sv").write_text(race)
    words = ("simulate", tmp_path / "tb.sv", "--top", "tb", "--simulator", "both")
    done = hdlsmith(*words)
    assert done.returncode == 1
    assert "DISAGREEMENT" in done.stdout
    assert "tb.b is 0 in Icarus and 1 in Verilator at 5s" in done.stdout
    record = json.loads(hdlsmith(*words, "--json").stdout)
    assert record["outcome"] == "disagreement"
    assert record["simulator"].startswith("Icarus Verilog ")
    assert " and Verilator 5." in record["simulator"]
    assert [run["tool"] for run in record["runs"]] == ["iverilog", "vvp", "verilator", "model"]
