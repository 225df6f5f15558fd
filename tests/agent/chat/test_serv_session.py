"""A whole conversation over a core of PyPI in a terminal, killed in the middle; without a model."""

import re
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.fakes.openai_server import FakeOpenAI

from .serv_session import CHANGE, EXPLAIN, RECORDING, REPLIES, SEARCH, SIMULATE, prepare, serv_rtl
from .terminal import QUESTION, Terminal

pytestmark = [
    pytest.mark.tool("iverilog"),
    pytest.mark.tool("verilator"),
    pytest.mark.tool("verible"),
    pytest.mark.tool("bwrap"),
    pytest.mark.skipif(serv_rtl() is None, reason="pythondata-cpu-serv is not installed"),
]


@contextmanager
def model(record: bool) -> Iterator[dict[str, str]]:
    """The recording; or a scripted endpoint from which it is made anew."""
    if not record:
        yield {"HDLSMITH_MODEL__NAME": f"replay:{RECORDING}"}
        return
    RECORDING.unlink(missing_ok=True)
    with FakeOpenAI(REPLIES) as server:
        yield {
            "HDLSMITH_MODEL__NAME": "scripted",
            "HDLSMITH_MODEL__BASE_URL": server.base_url,
            "HDLSMITH_MODEL__RECORD": str(RECORDING),
        }


def test_the_conversation(tmp_path: Path, pytestconfig: pytest.Config) -> None:
    serv = tmp_path / "serv"
    prepare(serv)
    alu = serv / "serv_alu.v"
    before = alu.read_bytes()
    with model(pytestconfig.getoption("--record-chat", default=False)) as settings:
        with Terminal(serv, **settings) as chat:
            chat.say(SEARCH, r"\* search alu compare operands -> \d+ places", r"serv_alu\.v:\d+")
            chat.say(EXPLAIN, r"\* explain serv_alu -> ", r"serv_alu\.v:38", "evidence: none")
            chat.say(CHANGE, r"\* read serv_alu\.v 40 -> ", r"\* change serv_alu\.v -> proposes")
            chat.see(re.escape("+   assign o_rd = i_en & (i_buf |"), QUESTION)
            assert alu.read_bytes() == before
            chat.child.kill(signal.SIGKILL)
            chat.child.wait()
        with Terminal(serv, "--resume", **settings) as chat:
            chat.see("going on where it was cut off", QUESTION)
            chat.child.send("y\r")
            chat.see(r"\* changed serv_alu\.v", r"\* lint serv_alu\.v serv_alu -> 0 errors")
            chat.see(r"\* simulate \. serv_alu_tb -> PASS, 40 checks", "serv_alu_tb passes")
            chat.see("evidence: lint 0 errors; simulate serv_alu_tb: PASS, 40 checks")
            assert b"i_en & (i_buf" in alu.read_bytes()
            chat.say("/undo", re.escape("+   assign o_rd = i_buf |"))
            assert alu.read_bytes() == before
            chat.say(SIMULATE, r"\* simulate \. serv_alu_tb -> PASS, 40 checks")
            chat.say("/sessions", "1  20.*this one")
            assert chat.end() == 0
