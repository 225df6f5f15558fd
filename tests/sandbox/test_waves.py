"""Reading waveforms: real files of real simulators, and files made to hurt."""

import contextlib
import random
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest

from hdlsmith.errors import InputError
from hdlsmith.sandbox.cage import make_cage
from hdlsmith.sandbox.waves.names import find_signal, outermost, select
from hdlsmith.sandbox.waves.waveform import Wave, Waves, first_difference, read_contents, read_waves
from hdlsmith.settings import SandboxSettings

NS = 10**6
CAGE = make_cage(SandboxSettings())

COUNTER = """`timescale 1ns/1ps
module counter(input clk, input rst, output reg [3:0] count);
  integer left; real half;
  always @(posedge clk) begin
    if (rst) count <= 0; else count <= count + 1;
    left = -count; half = count * 0.5;
  end
endmodule
module tb;
  reg clk = 0, rst = 1; wire [3:0] count;
  counter dut(.*);
  always #5 clk = ~clk;
  initial begin
    $dumpfile("out"); $dumpvars(0, tb);
    #12 rst = 0; #100 $finish;
  end
endmodule
"""

pywellen = pytest.mark.tool("pywellen")


@pytest.fixture(scope="module")
def dumps(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The same simulation as VCD and as FST."""
    folder = tmp_path_factory.mktemp("dumps")
    (folder / "tb.sv").write_text(COUNTER)
    subprocess.run(["iverilog", "-g2012", "-o", "tb.vvp", "tb.sv"], cwd=folder, check=True)
    found = {}
    for suffix, flags in (("vcd", []), ("fst", ["-fst"])):
        subprocess.run(["vvp", "tb.vvp", *flags], cwd=folder, check=True, capture_output=True)
        found[suffix] = folder / f"out.{suffix}"
    return found


def vcd(path: Path, declarations: str, changes: str, timescale: str = "1ns") -> Path:
    path.write_text(
        f"$timescale {timescale} $end\n$scope module top $end\n{declarations}\n"
        f"$upscope $end\n$enddefinitions $end\n{changes}"
    )
    return path


@pywellen
@pytest.mark.tool("iverilog")
@pytest.mark.parametrize("suffix", ["vcd", "fst"])
def test_what_icarus_dumped(dumps: dict[str, Path], suffix: str) -> None:
    waves = read_waves(dumps[suffix], CAGE)
    assert waves.tick_fs == 1000
    assert waves.end_fs == 112 * NS
    assert waves.at("tb.count", 4 * NS) == "xxxx"
    assert waves.at("tb.count", 5 * NS) == "0000"
    assert waves.at("dut.left", 25 * NS) == "1" * 32  # -1
    assert waves.at("dut.half", 35 * NS) == "1.0"
    assert waves.wave("tb.clk").changes[:3] == ((0, "0"), (5 * NS, "1"), (10 * NS, "0"))
    assert waves.wave("dut.half").width_bits == 0


@pywellen
@pytest.mark.tool("iverilog")
def test_vcd_and_fst_of_one_simulation_agree(dumps: dict[str, Path]) -> None:
    assert first_difference(*(read_waves(path, CAGE) for path in dumps.values())) is None


@pywellen
@pytest.mark.tool("iverilog")
def test_a_window_starts_with_the_value_in_force(dumps: dict[str, Path]) -> None:
    waves = read_waves(dumps["vcd"], CAGE, ["tb.count"], 27 * NS, 46 * NS)
    (count,) = waves.signals
    assert count.changes == ((25 * NS, "0010"), (35 * NS, "0011"), (45 * NS, "0100"))
    assert (waves.start_fs, waves.end_fs) == (27 * NS, 46 * NS)


@pywellen
@pytest.mark.tool("ghdl")
def test_vhdl_as_ghw(tmp_path: Path) -> None:
    (tmp_path / "t.vhd").write_text(
        "entity t is end; architecture a of t is type state is (idle, run);\n"
        "signal s: state := idle; signal n: integer := -3;\n"
        "begin process begin wait for 5 ns; s <= run; n <= 7; wait for 5 ns; wait;\n"
        "end process; end;\n"
    )
    for command in ("-a", "--elab-run"):
        flags = ["t.vhd"] if command == "-a" else ["t", "--wave=t.ghw"]
        subprocess.run(["ghdl", command, "--std=08", *flags], cwd=tmp_path, check=True)
    waves = read_waves(tmp_path / "t.ghw", CAGE)
    assert waves.at("t.s", 4 * NS) == "idle"
    assert waves.at("t.s", 5 * NS) == "run"
    assert waves.at("t.n", 0) == format(-3 + (1 << 32), "032b")


@pywellen
def test_the_last_change_of_a_time_step_counts(tmp_path: Path) -> None:
    path = vcd(
        tmp_path / "t.vcd", "$var wire 1 ! a $end", "#0\n0!\n#5\n1!\n0!\n1!\n#7\n0!\n1!\n#9\n"
    )
    waves = read_waves(path, CAGE)
    assert waves.wave("a").changes == ((0, "0"), (5 * NS, "1"))
    assert waves.end_fs == 9 * NS  # idle to the end


@pywellen
def test_a_port_and_its_net_are_two_names(tmp_path: Path) -> None:
    both = "$var wire 1 ! a $end\n$scope module u $end\n$var wire 1 ! b $end\n$upscope $end"
    waves = read_waves(vcd(tmp_path / "t.vcd", both, "#0\n0!\n#5\n1!\n"), CAGE)
    assert [wave.name for wave in waves.signals] == ["top.a", "top.u.b"]
    assert waves.at("u.b", 5 * NS) == "1"


BAD = {
    "empty": b"",
    "nul": bytes(5000),
    "text": b"module m; endmodule\n",
    "utf16": "$timescale 1ns $end".encode("utf-16"),
    "header_only": b"$timescale 1ns $end\n$scope module top $end\n$var wire 1 ! a $end\n",
    "negative_width": b"$scope module t $end\n$var wire -5 ! w $end\n$enddefinitions $end\n#0\n",
    "no_such_id": b"$var wire 1 ! a $end\n$enddefinitions $end\n#0\n1zz\n",
    "finer_than_fs": b"$timescale 1as $end\n$var wire 1 ! a $end\n$enddefinitions $end\n#0\n1!\n",
    "no_time": b"$timescale 0ns $end\n$var wire 1 ! a $end\n$enddefinitions $end\n#0\n1!\n",
    "wide": b"$var wire 4000000000 ! w $end\n$enddefinitions $end\n#0\nb1 !\n#5\nb0 !\n",
    "fst": b"\x00" + random.Random(1).randbytes(5000),
}


@pywellen
@pytest.mark.parametrize("name", BAD)
def test_what_is_no_waveform_is_one_clear_line(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.write_bytes(BAD[name])
    with pytest.raises(InputError) as told:
        read_waves(path, CAGE)
    assert name in told.value.message
    assert "\n" not in told.value.message
    assert "Traceback" not in told.value.message


@pywellen
@pytest.mark.tool("iverilog")
def test_a_damaged_file_never_breaks_out(dumps: dict[str, Path], tmp_path: Path) -> None:
    seed = random.Random(7)
    for suffix, path in dumps.items():
        for _ in range(6):
            data = bytearray(path.read_bytes()[: seed.randrange(40, 100_000)])
            for _ in range(10):
                data[seed.randrange(len(data))] = seed.randrange(256)
            (tmp_path / f"t.{suffix}").write_bytes(data)
            with contextlib.suppress(InputError):
                read_waves(tmp_path / f"t.{suffix}", CAGE)


@pywellen
def test_missing_and_folder(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="does not exist"):
        read_waves(tmp_path / "none.vcd", CAGE)
    with pytest.raises(InputError, match="no regular file"):
        read_waves(tmp_path, CAGE)


@pywellen
def test_more_signals_than_anybody_has(tmp_path: Path) -> None:
    variables = "\n".join(f"$var wire 1 i{n} s{n} $end" for n in range(500_001))
    with pytest.raises(InputError, match="more than 500,000 signals"):
        read_contents(vcd(tmp_path / "t.vcd", variables, "#0\n"), CAGE)


@pywellen
def test_a_memory_bomb_ends_at_the_limit(tmp_path: Path) -> None:
    small = replace(CAGE, limits=replace(CAGE.limits, memory_bytes=300 << 20))
    changes = "".join(f"#{n}\nb{n & 1} !\n" for n in range(30_000))
    path = vcd(tmp_path / "t.vcd", "$var wire 60000 ! w $end", changes)
    with pytest.raises(InputError, match=r"memory|64 MiB|too long"):
        read_waves(path, small)


@pywellen
def test_a_file_only_its_owner_may_read(tmp_path: Path) -> None:
    path = vcd(tmp_path / "t.vcd", "$var wire 1 ! a $end", "#0\n1!\n")
    path.chmod(0o600)
    assert read_waves(path, CAGE).at("top.a", 0) == "1"


def wave(name: str, *changes: tuple[int, str], width_bits: int = 1) -> Wave:
    return Wave(name, width_bits, changes)


def waves(*signals: Wave, start_fs: int = 0, end_fs: int = 100) -> Waves:
    return Waves(signals, 1, start_fs, end_fs)


def test_first_difference_is_the_earliest_of_all_signals() -> None:
    left = waves(wave("a", (0, "0"), (50, "1")), wave("b", (0, "0"), (20, "1"), (40, "0")))
    right = waves(wave("a", (0, "0"), (60, "1")), wave("b", (0, "0"), (30, "1"), (40, "0")))
    found = first_difference(left, right)
    assert found is not None
    assert (found.signal, found.time_fs, found.left, found.right) == ("b", 20, "1", "0")
    only_a = first_difference(left, right, ["a"])
    assert only_a is not None
    assert only_a.time_fs == 50


def test_values_are_compared_once_settled() -> None:
    left = waves(wave("a", (0, "0"), (10, "1")), wave("b", (0, "0")))
    right = waves(wave("b", (0, "0")), wave("a", (0, "0"), (10, "1")))
    assert first_difference(left, right) is None


def test_the_unknown_claims_nothing_where_asked() -> None:
    left = waves(wave("q", (0, "xxxx"), (10, "1x10"), width_bits=4))
    right = waves(wave("q", (0, "0000"), (10, "1110"), width_bits=4))
    found = first_difference(left, right)
    assert found is not None
    assert found.time_fs == 0
    assert first_difference(left, right, skip_unknown=True) is None
    wrong = waves(wave("q", (0, "0000"), (10, "0110"), width_bits=4))
    found = first_difference(left, wrong, skip_unknown=True)
    assert found is not None
    assert (found.time_fs, found.left, found.right) == (10, "1x10", "0110")


def test_only_the_time_that_both_cover_is_compared() -> None:
    left = waves(wave("a", (0, "0"), (80, "1")), end_fs=100)
    assert first_difference(left, waves(wave("a", (0, "0")), end_fs=70)) is None
    late = waves(wave("a", (5, "0")), start_fs=10)
    assert first_difference(waves(wave("a", (3, "0")), start_fs=10), late) is None


def test_names_from_another_hierarchy_are_found_by_their_ending() -> None:
    left, right = waves(wave("tb.dut.q", (0, "1"))), waves(wave("TOP.tb.dut.q", (0, "0")))
    assert first_difference(left, right) is None  # no full name in common
    found = first_difference(left, right, ["dut.q"])
    assert found is not None
    assert found.signal == "dut.q"


NAMES = [wave(n) for n in ("tb.clk", "tb.count", "tb.dut.count", "tb.dut.mem[0]", "tb.dut.mem[1]")]


def test_full_names_endings_and_globs() -> None:
    assert find_signal(NAMES, "tb.count").name == "tb.count"
    assert find_signal(NAMES, "dut.count").name == "tb.dut.count"
    assert [s.name for s in select(NAMES, ["*mem[0]", "clk", "*.clk"])] == [
        "tb.dut.mem[0]",
        "tb.clk",
    ]
    assert [s.name for s in outermost(NAMES)] == ["tb.clk", "tb.count"]


def test_unknown_and_ambiguous_names_say_what_there_is() -> None:
    with pytest.raises(InputError) as told:
        find_signal(NAMES, "count")
    assert "tb.count, tb.dut.count" in told.value.remedy
    with pytest.raises(InputError) as told:
        find_signal(NAMES, "dut.cuont")
    assert "tb.count" in told.value.remedy
    with pytest.raises(InputError, match="no signal"):
        select(NAMES, ["tb.none.*"])
