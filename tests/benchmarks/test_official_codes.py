"""The official failure codes, one log snippet each, and which one wins."""

import pytest

from hdlsmith.benchmarks.suites.verilog_eval_codes import CODES, official_code

LOGS = {
    ".": "Hint: Output 'q' has no mismatches.\nMismatches: 0 in 439 samples\n",
    "S": "dut.sv:3: syntax error\ndut.sv:3: error: malformed statement\n",
    "e": "dut.sv:9: error: This assignment requires an explicit cast.\n",
    "0": "dut.sv:2: error: Sized numeric constant must have a size greater than zero.\n",
    "n": "dut.sv:5: warning: always_comb process has no sensitivities.\n"
    "Mismatches: 0 in 9 samples\n",
    "w": "dut.sv:7: error: q is not a valid l-value\n"
    "dut.sv:2:      : q is declared here as wire.\n",
    "m": "test.sv:85: error: Unknown module type: TopModule\n2 error(s) during elaboration.\n",
    "p": "dut.sv:4: error: Unable to bind wire/reg/memory `state' in `tb.top_module1'\n",
    "c": "dut.sv:4: error: Unable to bind wire/reg/memory `clk' in `tb.top_module1'\n",
    "C": "dut.sv:4: error: port ``r'' is not a port of top_module1.\n",
    "T": "TIMEOUT\nMismatches: 0 in 99999 samples\n",
    "R": "Mismatches: 4 in 439 samples\n",
}
ASYNC = "always @(posedge clk, posedge reset) q <= 0;"


@pytest.mark.parametrize("code", LOGS)
def test_each_code(code: str) -> None:
    assert official_code(LOGS[code], "module TopModule;") == code


def test_every_code_is_named_and_tested() -> None:
    assert set(LOGS) | {"r"} == set(CODES)
    assert len(CODES) == 13


@pytest.mark.parametrize("edge", ["posedge reset", "negedge reset", "posedge r)"])
def test_wrong_output_with_an_asynchronous_reset(edge: str) -> None:
    assert official_code(LOGS["R"], f"always @({edge} ") == "r"


def test_the_second_wording_of_no_sensitivities() -> None:
    log = "dut.sv:5: warning: @* found no sensitivities so it will never trigger.\n"
    assert official_code(log, "") == "n"


@pytest.mark.parametrize(
    ("first", "second", "winner"),
    [
        ("S", "e", "S"),
        ("e", "S", "e"),
        ("m", "c", "m"),
        ("c", "p", "c"),
        ("p", "c", "c"),  # an unknown name counts only where no listed line is found
        ("C", "p", "p"),
        ("C", ".", "C"),
        ("n", ".", "n"),
        (".", "T", "T"),
        (".", "C", "C"),
    ],
)
def test_precedence(first: str, second: str, winner: str) -> None:
    assert official_code(LOGS[first] + LOGS[second], "") == winner


def test_carriage_returns_end_lines_as_in_text_mode() -> None:
    assert official_code("Mismatches: 0 in 5 samples\r\n", "") == "."
    assert official_code("noise\rMismatches: 0 in 5 samples\r", "") == "."


@pytest.mark.parametrize(
    "line",
    ["Mismatches: 0 in samples", " Mismatches: 0 in 5 samples", "Mismatches: 10 in 5 samples"],
)
def test_only_the_exact_verdict_line_passes(line: str) -> None:
    assert official_code(line + "\n", "") == "R"


def test_no_sample_at_all_passes_officially() -> None:
    assert official_code("Mismatches: 0 in 0 samples\n", "") == "."


def test_an_empty_log_is_wrong_output() -> None:
    assert official_code("", "") == "R"
    assert official_code("", ASYNC) == "r"
