"""What changes a trace's digest, and what must not."""

from pathlib import Path

import pytest

from hdlsmith.benchmarks.trace import trace_digest

TRACE = """$date today $end
$timescale
\t1ps
$end
$scope module tb $end
$var wire 1 ! clk $end
$var wire 1 " tb_mismatch $end
$var wire 8 # d [7:0] $end
$var wire 8 $ q_ref [7:0] $end
$var wire 8 % q_dut [7:0] $end
$upscope $end
$enddefinitions $end
#0
$dumpvars
bx %
b0 $
b1 #
0"
0!
$end
#5
1!
#7
b11 %
1"
#10
0!
b101 #
b1 %
0"
"""


@pytest.fixture
def digest(tmp_path: Path) -> "Digest":
    return Digest(tmp_path / "wave.vcd")


class Digest:
    def __init__(self, path: Path) -> None:
        self.path = path

    def __call__(self, text: str) -> str:
        self.path.write_text(text)
        return trace_digest(self.path)


def test_the_designs_own_signals_change_nothing(digest: Digest) -> None:
    other = TRACE.replace("b11 %", "b10 %").replace("bx %", "b0 %")
    assert other != TRACE
    assert digest(other) == digest(TRACE)


def test_a_moment_at_which_only_the_design_moves_changes_nothing(digest: Digest) -> None:
    assert digest(TRACE.replace('#7\nb11 %\n1"\n', "")) == digest(TRACE)
    assert digest(TRACE.replace("#10", "#8\nb111 %\n#9\nb110 %\n#10")) == digest(TRACE)


def test_a_finer_timescale_changes_nothing(digest: Digest) -> None:
    finer = TRACE.replace("1ps", "1fs").replace("#5", "#5000").replace("#7", "#7000")
    assert digest(finer.replace("#10", "#10000")) == digest(TRACE)
    assert digest(finer.replace("#10", "#10001")) != digest(TRACE)


def test_the_designs_identifier_may_be_another(digest: Digest) -> None:
    assert digest(TRACE.replace("%", "*")) == digest(TRACE)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("b101 #", "b111 #"),  # another stimulus
        ("b101 #\n", ""),  # one stimulus less
        ("#10", "#11"),  # the clock is late
        ("b0 $", "b1 $"),  # the reference differs
        ("#10\n0!", "#9\n0!"),
        ("# d [7:0]", "# e [7:0]"),  # another signal
    ],
)
def test_stimuli_and_reference_count(digest: Digest, old: str, new: str) -> None:
    assert TRACE.count(old) == 1
    assert digest(TRACE.replace(old, new)) != digest(TRACE)


def test_no_trace_no_digest(tmp_path: Path, digest: Digest) -> None:
    assert trace_digest(tmp_path / "absent.vcd") == ""
    digest(TRACE)
    link = tmp_path / "link.vcd"
    link.symlink_to(digest.path)
    assert trace_digest(link) == ""


def test_a_trace_of_absurd_length_has_no_digest(tmp_path: Path) -> None:
    long = tmp_path / "long.vcd"
    with long.open("wb") as file:
        file.truncate(65 << 20)  # sparse: takes no room
    assert trace_digest(long) == ""
