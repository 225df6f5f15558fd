"""Clock edges and asynchronous resets of the VerilogEval references against the flip-flops that
Yosys makes of them: a second method that shares nothing with ours.
"""

import json
from pathlib import Path
from typing import Any

import pytest

from hdlsmith.design import SourceFile
from hdlsmith.languages import Language
from hdlsmith.retrieval.anatomy.anatomy import Style
from hdlsmith.sandbox.cage import make_cage
from hdlsmith.sandbox.workspace import Workspace
from hdlsmith.sandbox.yosys import Pass, Yosys
from hdlsmith.settings import SandboxSettings
from tests.retrieval.anatomy.reading import nets_of

_TO_FLOPS = [
    *("proc_clean", "proc_rmdead", "proc_prune", "proc_init", "proc_arst", "proc_mux"),
    *("proc_dff", "opt_expr", "opt_clean"),
]
"""`proc` but for latches: it ends at an `always_comb` that makes one."""
_EDGES = {"1": "posedge", "0": "negedge"}


def _passes(names: list[str]) -> list[Pass]:
    passes: list[Pass] = []
    for name in names:
        passes += [["read_verilog", "-sv", f"{name}.sv"], ["rename", "RefModule", name]]
    return [
        *passes,
        *([name] for name in _TO_FLOPS),
        ["delete", "*/p:*"],
        ["write_json", "made.json"],
    ]


def _flops(module: dict[str, Any]) -> tuple[set[tuple[str, str]], set[tuple[str, str]]]:
    """Clocks with their edges and asynchronous resets with their levels."""
    nets = {port["bits"][0]: name for name, port in module["ports"].items()}
    clocks, resets = set(), set()
    for cell in module["cells"].values():
        pins, says = cell["connections"], cell["parameters"]
        if "CLK" in pins and pins["CLK"][0] in nets:
            clocks.add((nets[pins["CLK"][0]], _EDGES[says["CLK_POLARITY"][-1]]))
        if "ARST" in pins:
            resets.add((nets.get(pins["ARST"][0], "?"), says["ARST_POLARITY"][-1]))
    return clocks, resets


@pytest.mark.data
@pytest.mark.tool("pyosys")
def test_yosys_makes_the_same_flip_flops(verilog_eval: Path) -> None:
    files = sorted((verilog_eval / "dataset_spec-to-rtl").glob("*_ref.sv"))
    texts = {f"p{file.name[4:7]}": file.read_text() for file in files}
    yosys = Yosys.find(make_cage(SandboxSettings()))
    with Workspace(yosys.cage.uid) as workspace:
        language = Language.SYSTEMVERILOG
        workspace.write([SourceFile(f"{name}.sv", text, language) for name, text in texts.items()])
        run = yosys.run(workspace, _passes([*texts]))
        assert run.ok, run.output[-500:]
        modules = json.loads((workspace.path / "made.json").read_text())["modules"]
    for file in files:
        nets, units = nets_of([file])
        unit = units["RefModule"]
        clocks = {(c.name, edge) for c in nets.clocks(unit) for edge in c.edges}
        resets = {(r.name, r.level) for r in nets.resets(unit) if r.style is Style.ASYNCHRONOUS}
        assert (clocks, resets) == _flops(modules[f"p{file.name[4:7]}"]), file.name
