"""Localising: what is wrong first, and which lines are to blame."""

import json

import pytest

from hdlsmith.agent.debugging.case import Case, benches_for
from hdlsmith.agent.localising.bench import Bench, find_benches
from hdlsmith.agent.localising.localisation import Localisation, localisation_record, render
from hdlsmith.agent.localising.localise import localise
from hdlsmith.errors import InputError
from hdlsmith.sandbox.cage import make_cage
from hdlsmith.sandbox.results import Outcome
from hdlsmith.sandbox.simulation.icarus import Icarus
from hdlsmith.settings import load_settings
from tests.agent.debug_inputs import COUNTER, DESIGNS, FIFO, FSM, SILENT, TOLD, design, source

pytestmark = [pytest.mark.tool("iverilog"), pytest.mark.tool("pywellen")]


@pytest.fixture(scope="module")
def icarus() -> Icarus:
    settings = load_settings()
    return Icarus.find(settings, make_cage(settings.sandbox))


def located(icarus: Icarus, name: str, right: str, wrong: str) -> tuple[Localisation, int]:
    """What is found with one slip in a design, by its reference; and the line of the slip."""
    text = DESIGNS[name]
    assert text.count(right) == 1
    broken = design(text.replace(right, wrong))
    bench = benches_for(Case(broken, reference=design(text)), broken)[0]
    return localise(bench, broken, icarus), text[: text.index(right)].count("\n") + 1


@pytest.mark.parametrize(
    ("name", "right", "wrong", "signal"),
    [
        ("counter", "q + 1", "q + 2", "q"),
        ("counter", "if (rst)", "if (!rst)", "q"),
        ("fsm", "2: next = x ? 3 : 0", "2: next = x ? 3 : 1", "found"),
        ("fsm", "state == 3", "state == 2", "found"),
        ("mux", "1: y = b", "1: y = a", "y"),
        ("fifo", "if (taken) tail <= tail + 1", "if (pop) tail <= tail + 1", ""),
        ("fifo", "head[2] != tail[2]", "head[2] == tail[2]", ""),
        ("fifo", "store[head[1:0]] <= in", "store[tail[1:0]] <= in", "out"),
    ],
)
def test_the_slip_is_among_the_first_suspects(
    icarus: Icarus, name: str, right: str, wrong: str, signal: str
) -> None:
    found, line = located(icarus, name, right, wrong)
    assert found.result.outcome is Outcome.MISMATCH
    assert not signal or found.signal == signal
    assert line in [suspect.line for suspect in found.suspects[:5]]
    assert found.wrong
    assert found.values[0].expected


def test_the_first_wrong_time_and_values_are_exact(icarus: Icarus) -> None:
    broken = design(COUNTER.replace("q + 1", "q + 2"))
    found = localise(find_benches(broken, (source("tb.sv", TOLD),))[0], broken, icarus)
    # Reset ends at 22 ns, the next rising edge is at 25 ns, and the check at 30 ns.
    assert (found.signal, found.time_fs) == ("q", 30_000_000)
    assert found.suspects[0].line == 4
    assert "FAIL" not in render(found)
    assert json.loads(json.dumps(localisation_record(found)))["suspects"][0]["line"] == 4


def test_a_reference_in_the_testbench_is_found_by_its_ports(icarus: Icarus) -> None:
    golden = COUNTER.replace("module counter", "module golden")
    text = SILENT.format(
        "wire [3:0] p; golden other (.clk, .rst, .en, .q(p)); always #5 clk = !clk;"
        ' initial begin #12 rst = 0; #99 if (p === q) $display("PASS"); else $display("FAIL");'
        " $finish; end"
    )
    broken = design(COUNTER.replace("q + 1", "q - 1"))
    (bench,) = find_benches(broken, (source("tb.sv", golden + text),))
    assert bench.reference == "golden"
    found = localise(bench, broken, icarus)
    assert (found.signal, found.time_fs, found.suspects[0].line) == ("q", 15 * 10**15, 4)


def test_slips_below_the_module_under_test_are_reached(icarus: Icarus) -> None:
    text = (
        FSM + "module top (input clk, rst, x, output y);\n  fsm inner (.*, .found(y));\nendmodule\n"
    )
    broken = design(text.replace("state == 3", "state != 3"))
    bench = benches_for(Case(broken, reference=design(text)), broken)[0]
    found = localise(bench, broken, icarus)
    assert (bench.dut, found.signal) == ("top", "y")
    assert "state != 3" in found.suspects[0].text


@pytest.mark.parametrize(
    ("body", "outcome"),
    [
        ('initial begin #1 $display("FAIL"); $finish; end', Outcome.MISMATCH),
        ("initial #1 $finish;", Outcome.NO_EVIDENCE),
        ("always #5 clk = !clk; initial begin #50 $finish; end", Outcome.NO_EVIDENCE),
    ],
)
def test_a_testbench_that_tells_nothing_gives_a_cone_and_no_time(
    icarus: Icarus, body: str, outcome: Outcome
) -> None:
    broken = design(COUNTER)
    (bench,) = find_benches(broken, (source("tb.sv", SILENT.format(body)),))
    found = localise(bench, broken, icarus)
    assert found.result.outcome is outcome
    assert found.time_fs is None
    assert "no output is known to be wrong" in render(found)


def test_a_pass_is_not_localised(icarus: Icarus) -> None:
    right = design(COUNTER)
    found = localise(find_benches(right, (source("tb.sv", TOLD),))[0], right, icarus)
    assert found.result.outcome is Outcome.PASS
    assert not found.suspects


def test_recording_changes_nothing_but_the_waveform(icarus: Icarus) -> None:
    for name, text in DESIGNS.items():
        right = design(text)
        for bench in benches_for(Case(right, reference=design(text)), right):
            found = localise(bench, right, icarus)
            assert found.result.outcome is Outcome.PASS, name


def test_a_huge_design_is_localised(icarus: Icarus) -> None:
    lines = [
        f"  reg [31:0] r{n}; always @(posedge clk) r{n} <= r{n - 1} + {n};" for n in range(1, 1000)
    ]
    text = (
        "module big (input clk, input [31:0] r0, output [31:0] y, z);\n"
        + "\n".join(lines)
        + "\n  assign y = r4;\n  assign z = r999;\nendmodule\n"
    )
    broken = design(text.replace("r1 + 2;", "r1 - 2;"))
    bench = benches_for(Case(broken, reference=design(text)), broken)[0]
    found = localise(bench, broken, icarus)
    assert found.signal == "y"
    assert any("r1 - 2" in suspect.text for suspect in found.suspects[:10])


def test_a_testbench_of_something_else_is_refused() -> None:
    with pytest.raises(InputError, match="instantiates nothing of these files"):
        find_benches(design(FIFO), (source("tb.sv", TOLD),))
    with pytest.raises(InputError, match="ports of the reference"):
        find_benches(design(COUNTER), (source("tb.sv", TOLD),), design(FIFO))
    with pytest.raises(InputError, match="nothing tells"):
        Case(design(COUNTER))


def test_each_top_of_the_testbench_files_is_a_testbench() -> None:
    files = (source("a.sv", TOLD), source("b.sv", TOLD.replace("module tb", "module tb2")))
    found = find_benches(design(COUNTER), files)
    assert [bench.top for bench in found] == ["tb", "tb2"]
    assert all(isinstance(bench, Bench) and bench.dut == "counter" for bench in found)


def test_an_output_that_nothing_drives_is_the_suspect(icarus: Icarus) -> None:
    text = "module counter (input logic clk, rst, en, output logic [3:0] q);\nendmodule\n"
    found = localise(find_benches(design(text), (source("tb.sv", TOLD),))[0], design(text), icarus)
    assert found.signal == "q"
    assert [suspect.why for suspect in found.suspects] == ["nothing drives q"]
