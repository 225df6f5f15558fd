"""Yosys in the cage, by its real package."""

from pathlib import Path

import pytest

from hdlsmith.design import Design, SourceFile
from hdlsmith.errors import SandboxError
from hdlsmith.languages import Language
from hdlsmith.sandbox.cage import make_cage
from hdlsmith.sandbox.results import ToolRun
from hdlsmith.sandbox.workspace import Workspace
from hdlsmith.sandbox.yosys import Pass, Yosys, read_passes
from hdlsmith.settings import SandboxSettings

pytestmark = pytest.mark.tool("pyosys")

INVERTER = "module inverter(input a, output y); assign y = ~a; endmodule\n"


def run(path: str, *passes: Pass) -> ToolRun:
    yosys = Yosys.find(make_cage(SandboxSettings()))
    design = Design((SourceFile(path, INVERTER, Language.VERILOG),), "inverter")
    with Workspace(yosys.cage.uid) as workspace:
        workspace.write(design.files)
        return yosys.run(workspace, [*read_passes(design), *passes])


@pytest.mark.parametrize("path", ["inverter.v", "two words; shell.v", "-sv.v", "!ls.v"])
def test_a_file_name_is_no_command(path: str) -> None:
    run_ = run(path, ["synth", "-top", "inverter"], ["stat"])
    assert run_.ok, run_.output
    assert "$_NOT_" in run_.output


def test_a_failed_pass_is_told() -> None:
    run_ = run("inverter.v", ["hierarchy", "-check", "-top", "missing"])
    assert run_.exit_code == 1
    assert "ERROR: " in run_.output


def test_a_link_that_a_tool_left_is_not_written_through(tmp_path: Path) -> None:
    mine = tmp_path / "mine"
    mine.write_text("precious")
    yosys = Yosys.find(make_cage(SandboxSettings()))
    with Workspace(yosys.cage.uid) as workspace:
        (workspace.path / "passes.json").symlink_to(mine)
        with pytest.raises(SandboxError, match="cannot use the workspace"):
            yosys.run(workspace, [["stat"]])
    assert mine.read_text() == "precious"
