"""A model on what repair by rule leaves: `bench debug` and `bench repair` on made-up gates."""

import json
from pathlib import Path

import pytest

from hdlsmith.agent.deps import Silent, make_deps
from hdlsmith.agent.models import Completion, OnToken, Request
from hdlsmith.agent.replay_model import ScriptedModel
from hdlsmith.agent.seats import Models
from hdlsmith.benchmarks import repair_run
from hdlsmith.benchmarks.debug_run import measure, render
from hdlsmith.benchmarks.repair_cases import read_cases
from hdlsmith.benchmarks.run import Harness
from hdlsmith.benchmarks.terminal import Bar
from hdlsmith.errors import ModelError
from hdlsmith.sandbox.cage import make_cage
from hdlsmith.sandbox.simulation.icarus import Icarus
from hdlsmith.settings import load_settings
from tests.benchmarks.made_up import design
from tests.benchmarks.test_repair_run import records

pytestmark = [pytest.mark.tool("iverilog"), pytest.mark.tool("pywellen")]


class Dead:
    """An endpoint that is down."""

    name = "dead"

    def complete(self, request: Request, on_token: OnToken | None = None) -> Completion:
        raise ModelError("nobody answers")


def measured(
    folder: Path, model: Dead | ScriptedModel | None, budget_s: float
) -> dict[str, object]:
    settings = load_settings({"budget": {"attempts": 2}})
    icarus = Icarus.find(settings, make_cage(settings.sandbox))
    broken = {"swapped": design("a | b", "top_module"), "empty": design("1'b0", "top_module")}
    cases = read_cases(records(folder, broken, "simulate") / "simulate.jsonl")
    deps = make_deps(settings, icarus, Models.only(model), Silent()) if model else None
    with Bar() as bar:
        return measure(Harness(icarus, folder / "cache", 1, bar), cases, budget_s, deps)


def test_repair_by_rule_is_counted_without_a_model(tmp_path: Path) -> None:
    result = measured(tmp_path, None, 20)
    assert (result["measured"], result["located"]) == (2, 2)
    assert result["plausible"] == result["correct"] != 0
    assert result["model"] is None


def test_a_model_is_counted_apart(tmp_path: Path) -> None:
    def edit(old: str, new: str) -> str:
        edits = [{"path": "design.sv", "line": 2, "old": old, "new": new}]
        return json.dumps({"cause": "wrong", "edits": edits})

    model = ScriptedModel([edit("1'b0", "a | b"), edit("1'b0", "b & a")])
    result = measured(tmp_path, model, 0.01)  # enough for the first edits by rule
    assert (result["plausible"], result["correct"]) == (1, 1)
    told = result["model"]
    assert isinstance(told, dict)
    assert (told["asked"], told["plausible"], told["correct"]) == (1, 1, 1)
    assert told["edits"] == {"rolled back": 1, "kept": 1}
    assert "an AND gate" in model.requests[0].messages[1].content
    assert "of the rest scripted repaired, the testbench deciding: plausible 1 of 1" in render(
        result
    )


def test_a_dead_endpoint_leaves_designs_unscored(tmp_path: Path) -> None:
    told = measured(tmp_path, Dead(), 0.01)["model"]
    assert isinstance(told, dict)
    assert (told["asked"], told["unscored"]) == (0, {"nobody answers": 1})


def test_a_model_is_asked_about_what_does_not_compile_and_sees_no_testbench(
    tmp_path: Path,
) -> None:
    """`bench repair`: one that a rule mends, and one that only a model does."""
    right = design("a & b", "top_module")
    broken = {
        "rule": right.replace(";\nendmodule", "\nendmodule"),
        "model": right.replace("b;", "key;"),
    }
    cases = read_cases(records(tmp_path, broken) / "syntax.jsonl")
    edits = [{"path": "design.sv", "line": 2, "old": "key", "new": "b"}]
    model = ScriptedModel([json.dumps({"cause": "no such name", "edits": edits})])
    settings = load_settings()
    icarus = Icarus.find(settings, make_cage(settings.sandbox))
    deps = make_deps(settings, icarus, Models.only(model), Silent())
    with Bar() as bar:
        result = repair_run.measure(Harness(icarus, tmp_path / "cache", 1, bar), cases, deps)
    assert result["compile_errors"]["compile"] == 1
    told = result["model"]
    assert (told["asked"], told["compile"], told["pass"], told["answers"]) == (1, 1, 1, 1)
    prompt = model.requests[0].messages[1].content
    assert "key" in prompt
    assert "reference_module" not in prompt
    assert "asked about 1 that still don't compile: 1 compile then" in repair_run.render(result)
