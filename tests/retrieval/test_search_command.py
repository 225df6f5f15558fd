"""`hdlsmith search`: what it prints, and how it ends."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from hdlsmith.cli import app
from hdlsmith.errors import InputError
from hdlsmith.retrieval.building.build import build

TIMER = """\
module timer (input logic clk_i, start_i, output logic done_o);
  logic [3:0] left_q;  // beats until the alarm
  always_ff @(posedge clk_i) left_q <= start_i ? '1 : left_q - 1;
  assign done_o = left_q == 0; // \x1b[2J clears a careless terminal
endmodule
"""


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    root = tmp_path / "repository"
    (root / "rtl").mkdir(parents=True)
    (root / "timer.sv").write_text(TIMER)
    build(root)
    monkeypatch.chdir(root / "rtl")
    return root


def run(*arguments: str) -> Result:
    return CliRunner().invoke(app, ["search", *arguments])


def test_it_prints_place_reason_and_lines(repository: Path) -> None:
    shown = run("beats until the alarm", "--kind", "signal")
    assert shown.exit_code == 0
    assert "timer.sv:2  signal  left_q  in timer" in shown.stdout
    assert "around it: " in shown.stdout
    assert "     2 |   logic [3:0] left_q;  // beats until the alarm" in shown.stdout
    assert shown.stderr.count("without vectors") == 1


def test_json_has_everything(repository: Path) -> None:
    shown = run("left_q", "--kind", "block", "-k", "1", "--json")
    (found,) = json.loads(shown.stdout)["results"]
    assert found["kind"] == "process"
    assert found["module"] == "timer"
    assert found["places"] == [
        {"path": "timer.sv", "start_line": 3, "end_line": 3, "licence": "", "stale": False}
    ]
    assert found["text"].strip().startswith("always_ff")
    assert found["reason"].startswith("drives left_q")
    assert found["words"]


def test_a_changed_file_is_marked(repository: Path) -> None:
    (repository / "timer.sv").write_text(TIMER + "\n")
    assert "[stale]" in run("timer", "--kind", "module").stdout


def test_control_characters_do_not_reach_the_terminal(repository: Path) -> None:
    shown = run("done_o", "--kind", "assign").stdout
    assert "\x1b" not in shown
    assert "\\x1b[2J" in shown


def test_it_says_when_nothing_is_found(repository: Path) -> None:
    shown = run("zebra", "--kind", "fsm")
    assert (shown.exit_code, shown.stdout) == (1, "")
    assert "nothing found" in shown.stderr


@pytest.mark.parametrize("arguments", [["   "], ["a", "--kind", "blok"]])
def test_a_mistake_is_one_error_with_a_remedy(repository: Path, arguments: list[str]) -> None:
    refused = run(*arguments).exception
    assert isinstance(refused, InputError)
    assert refused.remedy
    assert refused.exit_code == 2


def test_without_an_index_the_remedy_is_to_build_one(tmp_path: Path) -> None:
    refused = run("anything").exception
    assert isinstance(refused, InputError)
    assert refused.remedy == "hdlsmith index build"


def test_a_pasted_tool_message_is_answered_first(repository: Path) -> None:
    message = "top.sv:3: error: Unknown module type: fifo_ctl"
    shown = run(message)
    assert shown.exit_code == 0
    assert "No module `fifo_ctl` is among the files." in shown.stdout.splitlines()[1]
    record = json.loads(run(message, "--json").stdout)
    assert record["advice"]["fault"] == "unknown-module"
    assert json.loads(run("left_q", "--json").stdout)["advice"] is None
