"""`bench repair` on made-up gates: mended and right, mended and wrong, beyond mending."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from hdlsmith.benchmarks.repair_cases import read_cases
from hdlsmith.cli import app
from hdlsmith.errors import InputError
from tests.benchmarks.made_up import design, write_checkout

RIGHT = design("a & b", "top_module")
BROKEN = {
    "one": RIGHT.replace(";\nendmodule", "\nendmodule"),
    "two": design("a | b", "top_module").replace(";\nendmodule", "\nendmodule"),
    "three": design("a & key", "top_module"),
    "four": RIGHT.replace("endmodule", "  initial $finish\nendmodule"),
}


def records(folder: Path, broken: dict[str, str], kind: str = "syntax") -> Path:
    """A folder with the records of some broken AND gates."""
    checkout = write_checkout(folder / "checkout")
    testbench = (checkout / "dataset_spec-to-rtl" / "Prob001_and_test.sv").read_text()
    testbench = testbench.replace("TopModule", "top_module").replace(
        "RefModule", "reference_module"
    )
    common = {
        "task": "and",
        "failure": "compile_error",
        "description": "an AND gate",
        "reference": RIGHT,
        "testbench": testbench + design("a & b", "reference_module"),
    }
    lines = [json.dumps({"id": name, "buggy": text, **common}) for name, text in broken.items()]
    (folder / f"{kind}.jsonl").write_text("\n".join(lines) + "\n")
    return folder


@pytest.mark.tool("iverilog")
def test_figures_tell_compiling_from_passing_and_from_cheating(tmp_path: Path) -> None:
    data = records(tmp_path, BROKEN)
    done = CliRunner().invoke(app, ["bench", "repair", "--data", str(data), "--json"])
    assert done.exit_code == 0, done.output
    result = json.loads(done.stdout.splitlines()[-1])
    assert result["compile_errors"]["designs"] == 3  # what tampers is no compile error
    assert result["compile_errors"]["compile"] == 2
    assert result["compile_errors"]["pass"] == 1
    assert result["compile_errors"]["after"] == {"pass": 1, "mismatch": 1, "compile_error": 1}
    assert result["others"] == {"designs": 1, "pass_before": 0, "pass_after": 0, "changed": 1}
    assert result["rules"] == {"insert_expected": 3}
    assert "key" in result["left"]["three"]
    assert any("Icarus" in tool for tool in result["tools"])


@pytest.mark.tool("iverilog")
def test_the_text_report_says_where_the_interface_is_from(tmp_path: Path) -> None:
    done = CliRunner().invoke(app, ["bench", "repair", "--data", str(records(tmp_path, BROKEN))])
    assert done.exit_code == 0, done.output
    assert "2 (66.7%) compile after mechanical repair, 1 pass" in done.stdout
    assert "asked interface: ports of the reference" in done.stdout


def test_a_record_without_a_field_is_named(tmp_path: Path) -> None:
    (tmp_path / "syntax.jsonl").write_text('{"id": "x"}\n')
    with pytest.raises(InputError, match="no 'task' in this record"):
        read_cases(tmp_path / "syntax.jsonl")
