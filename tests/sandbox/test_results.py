"""A PASS can't be built without positive evidence."""

import pytest

from hdlsmith.sandbox.results import Outcome, SimResult, Stopped, ToolRun

GOOD = ToolRun("vvp", ("vvp",), 0, "PASS\n", 0.1, "limits")
FAILED = ToolRun("vvp", ("vvp",), 1, "", 0.1, "limits")
STOPPED = ToolRun("vvp", ("vvp",), 0, "", 0.1, "limits", Stopped.OUTPUT)


@pytest.mark.parametrize(
    ("checks", "failures", "runs"),
    [
        (0, 0, (GOOD,)),
        (5, 1, (GOOD,)),
        (5, 0, ()),
        (5, 0, (GOOD, FAILED)),
        (5, 0, (STOPPED,)),
    ],
)
def test_no_pass_without_evidence(checks: int, failures: int, runs: tuple[ToolRun, ...]) -> None:
    with pytest.raises(ValueError, match="a PASS needs"):
        SimResult(Outcome.PASS, checks, failures, "says so", runs)


def test_a_pass_shows_its_evidence() -> None:
    result = SimResult(Outcome.PASS, 1200, 0, "Mismatches: 0 in 1200 samples", (GOOD, GOOD))
    assert str(result) == "PASS, 1,200 checks: Mismatches: 0 in 1200 samples"
    assert result.log == "PASS\nPASS\n"


def test_any_other_outcome_needs_nothing() -> None:
    assert SimResult(Outcome.NO_EVIDENCE, 0, 0, "silence").runs == ()
