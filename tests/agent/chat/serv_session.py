"""One conversation over the core serv: what the user says, and what the model answers.

Its prompts hold what search, explain and lint say. Where those have changed, record it again:

    pytest tests/agent/chat/test_serv_session.py --record-chat
"""

import shutil
import subprocess
from importlib.util import find_spec
from pathlib import Path

from tests.sandbox.command import ROOT, command, environment

from .conftest import action, say

RECORDING = ROOT / "examples" / "recordings" / "serv_chat.jsonl"
_TESTBENCH = ROOT / "examples" / "chat" / "serv_alu_tb.v"

SEARCH = "search alu compare operands"
EXPLAIN = "explain how the ALU compares its two operands"
CHANGE = "keep o_rd of serv_alu low while i_en is low"
SIMULATE = "simulate . --top serv_alu_tb"

REPLIES = (
    action("explain", target="serv_alu"),
    say(
        "Serially, one bit a clock. The adder subtracts: result_add is a bit of the difference, and"
        " result_eq stays high while all bits so far were zero (serv_alu.v:38). result_lt adds the"
        " sign-extended operands and the carry (serv_alu.v:36). i_cmp_eq selects one of them as"
        " o_cmp (serv_alu.v:40), and cmp_r keeps it from bit to bit (serv_alu.v:65)."
    ),
    action("read", path="serv_alu.v", start_line=40),
    action(
        "change",
        path="serv_alu.v",
        old=(
            "   assign o_rd = i_buf |\n"
            "                 (i_rd_sel[0] & result_add) |\n"
            "                 (i_rd_sel[1] & cmp_r & i_cnt0) |\n"
            "                 (i_rd_sel[2] & result_bool);"
        ),
        new=(
            "   assign o_rd = i_en & (i_buf |\n"
            "                 (i_rd_sel[0] & result_add) |\n"
            "                 (i_rd_sel[1] & cmp_r & i_cnt0) |\n"
            "                 (i_rd_sel[2] & result_bool));"
        ),
    ),
    action("lint", paths=["serv_alu.v"], top="serv_alu"),
    action("simulate", paths=["."], top="serv_alu_tb"),
    say("o_rd is now gated by i_en (serv_alu.v:55). Lint is clean and serv_alu_tb passes."),
)


def serv_rtl() -> Path | None:
    """The core as PyPI ships it; None where it is not installed."""
    package = find_spec("pythondata_cpu_serv")
    places = list(package.submodule_search_locations or ()) if package else []
    return Path(places[0]) / "verilog" / "rtl" if places else None


def prepare(folder: Path) -> None:
    """An indexed copy of the core, with our testbench beside it."""
    rtl = serv_rtl()
    assert rtl
    shutil.copytree(rtl, folder)
    shutil.copy(_TESTBENCH, folder)
    subprocess.run(
        command("index", "build", "."), cwd=folder, env=environment(), check=True, timeout=120
    )
