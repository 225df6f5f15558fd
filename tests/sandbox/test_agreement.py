"""Icarus and Verilator held against each other: what is a disagreement, and what is none."""

from pathlib import Path

import pytest

from hdlsmith.design import Design, SourceFile
from hdlsmith.errors import InputError
from hdlsmith.languages import Language
from hdlsmith.sandbox.cage import make_cage
from hdlsmith.sandbox.results import Outcome, SimResult
from hdlsmith.sandbox.simulation.agreement import Agreement, compare
from hdlsmith.sandbox.waves.waveform import Wave, Waves, read_waves
from hdlsmith.settings import SandboxSettings, Settings

pytestmark = [pytest.mark.tool(name) for name in ("iverilog", "verilator", "g++", "pywellen")]


def judged(text: str, waves: Path | None = None, cpu_s: int = 10) -> SimResult:
    both = Agreement.find(Settings(), make_cage(SandboxSettings(cpu_s=cpu_s)))
    return both.simulate(Design((SourceFile("tb.sv", text, Language.SYSTEMVERILOG),), "tb"), waves)


def clocked(body: str) -> str:
    """A testbench with a clock of 10 ns that says PASS after 100 ns, whatever happens."""
    return (
        "`timescale 1ns/1ps\nmodule tb; logic clk = 0; always #5 clk = ~clk;\n"
        f'{body}\ninitial begin #103 $display("PASS"); $finish; end endmodule\n'
    )


def test_both_agree() -> None:
    result = judged(clocked("logic [3:0] n = 0; always @(posedge clk) n <= n + 1;"))
    assert result.outcome is Outcome.PASS
    assert result.evidence == "PASS (both agree; 2 signals equal over 103ns)"
    assert [run.tool for run in result.runs] == ["iverilog", "vvp", "verilator", "model"]


def test_both_find_the_same_fault() -> None:
    body = "logic [3:0] n = 0; always @(posedge clk) n <= n + 1;"
    result = judged(clocked(f'{body} initial #50 if (n != 3) $display("FAIL: n is %0d", n);'))
    assert result.outcome is Outcome.MISMATCH
    assert result.evidence.startswith("FAIL: n is 5 (both agree; ")


def test_a_race_between_blocking_assignments_is_a_disagreement() -> None:
    body = "logic [3:0] a = 0, b = 0; always @(posedge clk) a = a + 1; always @(posedge clk) b = a;"
    result = judged(clocked(body))
    assert result.outcome is Outcome.DISAGREEMENT
    assert result.evidence.startswith("tb.b is 0000 in Icarus and 0001 in Verilator at 5ns")
    assert not result.failures


def test_verdicts_that_part_are_a_disagreement() -> None:
    body = (
        "logic [3:0] a = 0, b = 0; always @(posedge clk) a = a + 1; always @(posedge clk) b = a;"
        ' initial #50 if (b == 5) $display("FAIL");'
    )
    result = judged(clocked(body))
    assert result.outcome is Outcome.DISAGREEMENT
    assert "Icarus PASS" in result.evidence
    assert "Verilator MISMATCH" in result.evidence


def test_a_testbench_that_races_with_the_clock_is_told_where() -> None:
    body = (
        "logic d = 0, q = 0; always @(posedge clk) q <= d;\n"
        "initial begin repeat (3) @(posedge clk); d <= 1; end"
    )
    result = judged(clocked(body))
    assert result.outcome is Outcome.DISAGREEMENT
    assert "tb.q is 0 in Icarus and 1 in Verilator at 25ns" in result.evidence
    assert "executes the `<=` at tb.sv:4:" in result.evidence


def test_what_is_unknown_to_icarus_is_no_difference() -> None:
    body = (
        "logic [3:0] never, late; logic [7:0] mixed; assign mixed = {late, never};"
        " always @(posedge clk) late <= 5;"
    )
    assert judged(clocked(body)).outcome is Outcome.PASS


def test_a_start_that_heals_is_no_difference() -> None:
    body = (
        "logic rst_n; logic [3:0] n; initial begin rst_n = 0; #20 rst_n = 1; end\n"
        "always @(posedge clk or negedge rst_n) if (!rst_n) n <= 9; else n <= n + 1;"
    )
    result = judged(clocked(body))
    assert result.outcome is Outcome.PASS
    assert "3 signals equal" in result.evidence


def test_a_state_that_no_reset_sets_is_a_difference() -> None:
    body = "logic s, q = 0; always @(posedge clk) q <= s ? 0 : 1;"  # x takes the else branch
    body += " logic t, p = 0; always @(posedge clk) if (t == 0) p <= 1;"
    result = judged(clocked(body))
    assert result.outcome is Outcome.DISAGREEMENT
    assert "tb.p is 0 in Icarus and 1 in Verilator at 5ns" in result.evidence


def test_random_stimuli_are_not_compared() -> None:
    result = judged(clocked("logic [7:0] r; always @(posedge clk) r <= 8'($urandom);"))
    assert result.outcome is Outcome.PASS
    assert "random" in result.evidence
    comment = judged(
        clocked("// no $random here, /* nor there\nlogic a = 0; always @(posedge clk) a <= ~a;")
    )
    assert "2 signals equal" in comment.evidence


def test_what_only_one_can_read_is_a_disagreement() -> None:
    text = "class c; rand int n; constraint k { n > 3; } endclass\n" + clocked("c o;")
    result = judged(text)
    assert result.outcome is Outcome.DISAGREEMENT
    assert "Icarus COMPILE_ERROR" in result.evidence
    assert "Verilator PASS" in result.evidence


def test_broken_for_both_and_endless_for_both() -> None:
    assert judged("module tb; wire = ; endmodule").outcome is Outcome.COMPILE_ERROR
    endless = judged("module tb; reg a = 0; always @(a) a <= ~a; initial a = 1; endmodule", cpu_s=1)
    assert endless.outcome is Outcome.TIMEOUT


def test_a_waveform_that_the_testbench_spoils_leaves_the_verdicts() -> None:
    spoil = 'integer f; initial begin #50 f = $fopen("hdlsmith_waves.vcd", "w"); end'
    result = judged(clocked(spoil))
    assert result.outcome in (Outcome.PASS, Outcome.DISAGREEMENT)
    assert "/tmp" not in result.evidence


def test_both_waveforms_are_left_for_the_user(tmp_path: Path) -> None:
    judged(clocked("logic a = 0; always @(posedge clk) a <= ~a;"), tmp_path / "out.vcd")
    cage = make_cage(SandboxSettings())
    icarus = read_waves(tmp_path / "out.vcd", cage)
    verilator = read_waves(tmp_path / "out.verilator.vcd", cage)
    assert icarus.at("tb.a", 20_000_000) == verilator.at("tb.a", 20_000_000) == "0"
    with pytest.raises(InputError, match="neither"):
        judged(clocked(""), tmp_path / "out.txt")


def waves(end_fs: int, **signals: tuple[tuple[int, str], ...]) -> Waves:
    found = (Wave(name, len(changes[0][1]), changes) for name, changes in signals.items())
    return Waves(tuple(found), 1, 0, end_fs)


def test_the_rules_of_comparison() -> None:
    left = waves(50, a=((0, "0"), (10, "1")), only_left=((0, "1"),), w=((0, "00"),))
    right = waves(90, a=((0, "0"), (10, "1")), only_right=((0, "0"),), w=((0, "1"),))
    assert compare(left, right).difference is None
    assert compare(left, right).covered == "1 signal equal over 50fs"
    late = waves(90, a=((0, "0"), (50, "1")))  # equal but for the step in which the left one ends
    assert compare(waves(50, a=((0, "0"),)), late).difference is None
    healed = waves(90, a=((0, "1"), (10, "0"), (20, "1"), (30, "0")))
    assert compare(healed, waves(90, a=((0, "0"), (20, "1"), (30, "0")))).difference is None
    parted = compare(healed, waves(90, a=((0, "0"), (20, "1")))).difference
    assert parted is not None
    assert parted.time_fs == 30
    early = compare(waves(90, a=((0, "0"),)), late).difference
    assert early is not None
    assert (early.signal, early.time_fs) == ("a", 50)
    assert (
        compare(waves(9, a=((0, "0"),)), waves(9, b=((0, "1"),))).covered == "no signal in common"
    )
