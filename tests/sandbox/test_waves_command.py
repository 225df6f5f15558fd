"""`hdlsmith waves`, as a user calls it."""

import json
import subprocess
from pathlib import Path
from xml.etree import ElementTree

import pytest

from tests.sandbox.command import hdlsmith

pytestmark = pytest.mark.tool("pywellen")

HEADER = """$timescale 1ns $end
$scope module tb $end
$var wire 1 ! clk $end
$var wire 8 # count [7:0] $end
$scope module dut $end
$var wire 1 ! clk $end
$var reg 8 % count [7:0] $end
$var string 1 & \x1b[2Jnote $end
$upscope $end
$upscope $end
$enddefinitions $end
"""


def dump(cycles: int) -> str:
    lines = [HEADER]
    for cycle in range(cycles):
        now, count = cycle * 10, cycle % 256
        lines.append(f"#{now}\n0!\nb{count:b} #\nb{count:b} %\nsn\x1b[31m{cycle // 3} &\n")
        lines.append(f"#{now + 5}\n1!\n")
    return "".join(lines)


@pytest.fixture
def sim(tmp_path: Path) -> Path:
    path = tmp_path / "sim.vcd"
    path.write_text(dump(6))
    return path


def waves(*arguments: object, **env: str) -> subprocess.CompletedProcess[str]:
    done = hdlsmith("waves", *arguments, **env)
    assert "\x1b" not in done.stderr + done.stdout
    return done


def test_the_outermost_signals_as_a_diagram(sim: Path) -> None:
    done = waves(sim)
    assert done.returncode == 0
    assert done.stdout == (
        "sim.vcd tb: 0s to 55ns, clock clk\n"
        "ns    ╷0    ╷15 ╷25 ╷35 ╷45 ╷55\n"
        "clk   ▁▁╱▔╲▁╱▔╲▁╱▔╲▁╱▔╲▁╱▔╲▁╱▔\n"  # noqa: RUF001
        "count 00  ╳01 ╳02 ╳03 ╳04 ╳05\n"  # noqa: RUF001
    )
    assert done.stderr == "note: 3 more signals; --list names them, --signals chooses\n"


def test_chosen_signals_in_a_window(sim: Path) -> None:
    done = waves(sim, "--signals", "tb.clk,dut.count", "--from", "20ns", "--to", 40, COLUMNS="80")
    assert done.returncode == 0
    assert done.stderr == ""
    assert done.stdout.splitlines()[0] == "sim.vcd tb: 20ns to 40ns, clock clk"
    assert done.stdout.splitlines()[-1].startswith("dut.count 02")


def test_no_terminal_for_unicode(sim: Path) -> None:
    done = waves(sim, PYTHONIOENCODING="ascii")
    assert done.returncode == 0
    assert done.stdout.isascii()
    assert "/~\\_/~\\_/~" in done.stdout


def test_values_at_a_time(sim: Path) -> None:
    done = waves(sim, "--signals", "tb.count,*note", "--at", "25ns")
    assert done.returncode == 0
    assert done.stdout.splitlines()[1].split() == ["tb.count", "02"]
    assert done.stdout.splitlines()[2].split() == ["tb.dut.\\x1b[2Jnote", "n\\x1b[31m0"]
    data = json.loads(waves(sim, "--signals", "tb.count", "--at", "25ns", "--json").stdout)
    assert data["time_fs"] == 25_000_000
    assert data["signals"] == [
        {"name": "tb.count", "width_bits": 8, "kind": "wire", "value": "00000010"}
    ]
    binary = waves(sim, "--signals", "tb.count", "--at", 25, "--radix", "bin")
    assert binary.stdout.split()[-1] == "00000010"


def test_the_list_of_signals(sim: Path) -> None:
    done = waves(sim, "--list")
    assert [line.split() for line in done.stdout.splitlines()][:3] == [
        ["tb.clk", "1", "wire"],
        ["tb.count", "8", "wire"],
        ["tb.dut.clk", "1", "wire"],
    ]
    data = json.loads(waves(sim, "--list", "--signals", "tb.dut.*", "--json").stdout)
    assert data["format"] == "VCD"
    assert data["file_end_fs"] == 55_000_000
    assert [row["name"] for row in data["signals"]][:2] == ["tb.dut.clk", "tb.dut.count"]


def test_changes_as_data(sim: Path) -> None:
    data = json.loads(waves(sim, "--signals", "tb.count", "--to", "20ns", "--json").stdout)
    assert data["tick_fs"] == 1_000_000
    assert data["signals"][0]["changes"] == [
        [0, "00000000"],
        [10_000_000, "00000001"],
        [20_000_000, "00000010"],
    ]


def test_files_to_show_elsewhere(sim: Path, tmp_path: Path) -> None:
    svg, wavejson = tmp_path / "out.svg", tmp_path / "out.json"
    done = waves(sim, "--signals", "*", "--svg", svg, "--wavejson", wavejson)
    assert done.returncode == 0
    assert done.stdout.splitlines() == [f"{svg}: 0s to 55ns", f"{wavejson}: 0s to 55ns"]
    assert ElementTree.parse(svg).getroot().tag.endswith("svg")
    lanes = json.loads(wavejson.read_text())["signal"]
    assert lanes[0] == {"name": "clk", "wave": "lhlhlhlhlhlh"}


def test_what_does_not_fit_is_told(tmp_path: Path) -> None:
    path = tmp_path / "long.vcd"
    path.write_text(dump(30_000))
    done = waves(path)
    assert len(done.stdout.splitlines()) < 50
    assert "there is more, to 299.995us; go on with --from" in done.stderr
    shown = done.stdout.splitlines()[0].split(" to ")[1].split(",")[0]
    assert waves(path, "--from", shown).stdout.startswith(f"long.vcd tb: {shown} to ")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--signals", "count"), "count fits 2 signals"),
        (("--signals", "cuont"), "no signal cuont"),
        (("--from", "soon"), "no time: 'soon'"),
        (("--from", "1ms"), "ends at 55ns"),
        (("--from", "30ns", "--to", "10ns"), "is before"),
        (("--svg", "/nowhere/out.svg"), "/nowhere is no folder"),
        (("--wavejson", "/"), "/ is a folder"),
        (("--at", "10ns", "--svg", "out.svg"), "--svg and --wavejson draw a diagram"),
    ],
)
def test_mistakes_are_one_line_and_a_way_out(
    sim: Path, arguments: tuple[str, ...], message: str
) -> None:
    done = waves(sim, *arguments)
    assert done.returncode == 2
    assert message in done.stderr.splitlines()[0]
    assert done.stderr.splitlines()[1].startswith("  try: ")


def test_what_is_no_waveform(tmp_path: Path) -> None:
    (tmp_path / "m.sv").write_text("module m; endmodule\n")
    for path in (tmp_path / "m.sv", tmp_path / "none.vcd", tmp_path):
        done = waves(path)
        assert done.returncode == 2
        assert done.stderr.startswith(f"error: {path} ")
