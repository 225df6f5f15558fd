"""What a log says about checks and failures, traps included."""

import time

import pytest

from hdlsmith.sandbox.simulation.testbench_log import read_log

NO_EVIDENCE = [
    "",
    "hello",
    "0 errors",
    "Errors: 0",
    "Number of errors:          0",
    "error_count = 0",
    "no mismatches",
    "Simulation finished without errors",
    "Mismatches: 0 in 0 samples",
    "0 tests passed",
    "Passed: 0",
    "PASS: 0/0",
    "0 passed, 0 failed",
    "bypass=1",
    "compass terror",
    "WARNING: tb.v:3: $readmemh: Not enough words",
    "fail_tb.v:12: $finish called at 100 (1s)",
    "VCD info: dumpfile pass.vcd opened for output.",
]

PASSING = [
    ("Mismatches: 0 in 200 samples", 200),
    ("Hint: Output 'q' has no mismatches.\nMismatches: 0 in 200 samples", 200),
    ("PASS", 1),
    ("PASSED", 1),
    ("** TEST PASSED **", 1),
    ("All tests passed!", 1),
    ("Simulation successful", 1),
    ("PASS: 5 checks passed", 5),
    ("PASS (40 checks)", 40),
    ("40 checks passed", 40),
    ("All 40 tests passed", 40),
    ("PASS: 40/40", 40),
    ("40 of 40 tests passed", 40),
    ("Passed: 40, Failed: 0", 40),
    ("40 passed, 0 failed", 40),
    ("pass_count=40 fail_count=0", 40),
    ("FAIL=0 PASS=5", 5),
    ("0 of 40 tests failed", 40),
    ("failed 0 of 40", 40),
    ("40 checks, 0 errors", 40),
    ("Tests: 40, Errors: 0", 40),
    ("Total errors: 0, total checks: 16", 16),
    ("Ran 40 vectors with 0 mismatches", 40),
    ("12 tests passed, no failures", 12),
    ("Test passed with 0 errors", 1),
    ("Test 3 passed", 1),
    ("Test 5 of 40 passed", 1),
    ("Test 1 passed\nTest 2 passed\nTest 3 passed", 3),
    ("Error flag test: PASS", 1),
    ("PASS: error flag raised as expected", 1),
    ("--- error injection ---\nError injection test passed", 1),
    ("[PASS] Test 3: overflow error flag", 1),
    # RTLLM
    ("===========Your Design Passed===========", 1),
    ("=========== Your Design Passed ===========", 1),
    ("VCD info: dumpfile error.vcd opened for output.\nPASS\nfail_tb.v:9: $finish called at 1", 1),
]

FAILING = [
    ("Mismatches: 3 in 200 samples", 200, 3),
    ("Mismatches: 3 in 200 samples\nMismatches: 0 in 10 samples", 200, 3),
    ("ERROR: tb.sv:12: count is wrong\nMismatches: 0 in 10 samples", 10, 1),
    ("FAIL", 1, 1),
    ("ERROR: tb.sv:12: count is wrong", 1, 1),
    ("FATAL: tb.sv:9: done", 1, 1),
    ("Error: expected 3, got 4", 1, 1),
    ("wrong answer", 1, 1),
    ("Simulation unsuccessful", 1, 1),
    # a zero that counts nothing
    ("Error: 0 expected, got 1", 1, 1),
    ("ERROR: 0, expected 1", 1, 1),
    ("Error: 0 != 1", 1, 1),
    ("Test 0 failed", 1, 1),
    ("Test           0 failed", 1, 1),
    ("Test #0 FAILED", 1, 1),
    ("case 0: failed", 1, 1),
    ("check 0 failed: a=0", 1, 1),
    ("0 FAIL a=1", 1, 1),
    ("Time: 0 ERROR q=x", 1, 1),
    ("t=0 mismatch on q", 1, 1),
    ("===========Failed===========          0", 1, 1),
    # the word pass in a failing line
    ("FAIL: expected pass=1, got 0", 1, 1),
    ("Test failed: pass = 0", 1, 1),
    ("ERROR: test should have passed", 1, 1),
    ("test did not pass", 1, 1),
    ("Not all tests passed", 1, 1),
    ("failed to pass", 1, 1),
    ("[FAIL] Test 3: pass-through", 1, 1),
    # counts
    ("3 of 40 tests failed", 40, 3),
    ("39/40 passed", 40, 1),
    ("PASS: 39/40", 40, 1),
    ("Passed: 39, Failed: 1", 40, 1),
    ("39 passed, 1 failed", 40, 1),
    ("PASS=39 FAIL=1", 40, 1),
    ("pass_count=39 fail_count=1", 40, 1),
    ("Simulation complete: 3 errors, 2 warnings", 3, 3),
    ("Errors: 3", 3, 3),
    ("Test passed with 3 errors", 3, 3),
    # one failing line among passing ones
    ("PASS\nERROR: late", 2, 1),
    ("ERROR: a\nERROR: b\n2 errors", 3, 2),
    ("Test 1 passed\nTest 2 failed\nTest 3 passed", 3, 1),
    ("All tests passed\nERROR: tb.sv:3: q is x", 2, 1),
    # RTLLM
    ("===========Error===========", 1, 1),
    ("===========Failed===========          5", 1, 1),
    ("=========== Test completed with          20 failures ===========", 20, 20),
    ("===========Test completed with           3 / 100 failures===========", 100, 3),
    ("Test failed: a = 0000, b = 1, c = 1, expected_result = 0", 1, 1),
]


@pytest.mark.parametrize("log", NO_EVIDENCE)
def test_says_nothing_about_checks(log: str) -> None:
    assert (read_log(log).checks, read_log(log).failures) == (0, 0)


@pytest.mark.parametrize(("log", "checks"), PASSING)
def test_passing_log(log: str, checks: int) -> None:
    verdict = read_log(log)
    assert (verdict.checks, verdict.failures) == (checks, 0)
    assert verdict.line in log.splitlines()


@pytest.mark.parametrize(("log", "checks", "failures"), FAILING)
def test_failing_log(log: str, checks: int, failures: int) -> None:
    verdict = read_log(log)
    assert (verdict.checks, verdict.failures) == (checks, failures)
    assert verdict.line in log.splitlines()


@pytest.mark.parametrize("flood", ["1" * 3_000_000, "PASS 1" + "1" * 9_000, "(" * 3_000_000])
def test_a_flood_on_one_line_costs_no_time(flood: str) -> None:
    started = time.process_time()
    assert read_log(flood).failures == 0
    assert read_log(f"Mismatches: 0 in {flood} samples").failures == 0
    assert time.process_time() - started < 2


def test_the_evidence_is_the_line_with_the_count() -> None:
    assert read_log("ERROR: a\nERROR: b\n2 errors").line == "2 errors"
    assert read_log("start\nchecking\nPASS: 5 checks passed\n").line == "PASS: 5 checks passed"


def test_a_line_that_begins_like_the_simulators_hides_nothing() -> None:
    said = read_log("PASS\nVCD info: ERROR: q is 3\n")
    assert said.failures == 1
    assert read_log("PASS\nx: $finish called at ERROR: q is 3\n").failures == 1
