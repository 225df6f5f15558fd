"""A conversation: what is asked, called, changed, undone and kept."""

import os
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from .conftest import Chat, action, say

pytestmark = [pytest.mark.tool("iverilog"), pytest.mark.tool("bwrap")]

SIMULATE = {"paths": ["rtl", "tb"], "top": "gray_tb"}
BREAK = {"path": "rtl/gray.sv", "old": "count >> 1", "new": "count >> 2"}


def test_a_turn_with_a_tool(chat: Chat) -> None:
    replies = [action("search", question="one bit changes"), say("See rtl/gray.sv:2.")]
    out = chat("find the gray counter\n", replies)
    assert "* search one bit changes -> " in out
    assert "\n  See rtl/gray.sv:2.\nevidence: none\n" in out
    assert "find the gray counter" in chat.prompts[0]
    assert "module gray" in chat.prompts[1]


def test_a_change_needs_a_yes_and_can_be_taken_back(chat: Chat) -> None:
    file = chat.root / "rtl/gray.sv"
    before = file.read_text()
    replies = [action("change", **BREAK), say("Done.")]
    out = chat("break it\nno\n", replies)
    assert "  -  assign code = count ^ (count >> 1);\n  +  assign code" in out
    assert "the user did not allow the change" in out
    assert file.read_text() == before
    out = chat("break it\ny\n/undo\n/undo\n", replies)
    assert "* changed rtl/gray.sv (/undo)" in out
    assert "nothing was changed in this conversation" in out
    assert file.read_text() == before


def test_of_a_conversation_only_the_newest_step_is_kept(chat: Chat) -> None:
    file = chat.root / "rtl/gray.sv"
    before = file.read_text()
    chat("break it\ny\nlint rtl\n", [action("change", **BREAK), say("Done.")])
    kept = next(Path(os.environ["HDLSMITH_STATE_DIR"]).rglob("checkpoints.sqlite"))
    with closing(sqlite3.connect(kept)) as database:
        steps = database.execute("SELECT checkpoint_id FROM checkpoints").fetchall()
        assert len(steps) == 1
        assert set(database.execute("SELECT checkpoint_id FROM writes")) <= set(steps)
    out = chat("/undo\n", resume=True)
    assert "> break it" in out
    assert file.read_text() == before


def test_evidence_is_what_the_tools_said(chat: Chat) -> None:
    replies = [
        action("simulate", **SIMULATE),
        action("change", **BREAK),
        action("simulate", **SIMULATE),
        say("It passes all tests, verified."),
    ]
    out = chat("run the testbench\ny\n", replies)
    assert "* simulate rtl tb gray_tb -> PASS, 20 checks" in out
    last = out.rstrip().split("\n")
    evidence = next(line for line in last if line.startswith("evidence:"))
    assert evidence.startswith("evidence: simulate gray_tb: MISMATCH, 20 checks; no tool has shown")
