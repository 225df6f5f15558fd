"""What a testbench that nobody vouches for may not do, and what its source must report."""

import pytest

from hdlsmith.sandbox.cage import make_cage
from hdlsmith.sandbox.cocotb.run import run_cocotb
from hdlsmith.sandbox.cocotb.testbench import read_testbench
from hdlsmith.sandbox.cocotb.testbench_guard import MAX_CHARS, refusals
from hdlsmith.sandbox.results import Outcome
from hdlsmith.settings import SandboxSettings, Settings
from tests.sandbox.cocotb_inputs import TESTS, counter, python

HONEST = '''"""A generated testbench as models write them."""
from __future__ import annotations

import random
from collections import deque
from dataclasses import dataclass

import cocotb
from cocotb.clock import Clock
from cocotb.queue import Queue
from cocotb.triggers import ClockCycles, ReadOnly, RisingEdge, Timer, with_timeout
from cocotb.types import LogicArray
from model import expected


@dataclass
class Item:
    value: int

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Item) and self.value == other.value


class Driver:
    def __init__(self, dut):
        self.dut = dut
        self._sent = deque()

    async def send(self, value):
        self.dut.rst.value = value
        self._sent.append(value)
        await RisingEdge(self.dut.clk)


@cocotb.test(timeout_time=1, timeout_unit="ms")
@cocotb.parametrize(step=[1, 2])
async def counts(dut, step):
    cocotb.start_soon(Clock(dut.clk, 10, unit="ns").start())
    driver, seen = Driver(dut), Queue()
    for i in range(4):
        await driver.send(int(i == 0))
        for name in ("rst", "clk"):
            if hasattr(dut, "q"):
                getattr(dut, f"q{''}")
        await ReadOnly()
        seen.put_nowait(LogicArray(random.getrandbits(8), 8))
        dut._log.info("%s %s", dut.q.value, type(dut).__name__)
        await Timer(1, "ns")
    match seen.get_nowait():
        case LogicArray(range=_):
            pass
    try:
        assert int(dut.q.value) == expected(3), f"{dut.q._path}"
    except AssertionError as error:
        raise AssertionError(str(error)) from None
'''
MODEL = "def expected(n):\n    return n - 1\n"


def test_an_honest_testbench_is_let_through() -> None:
    assert refusals((python(HONEST), python(MODEL, "model.py"), python(TESTS, "more.py"))) == ()


@pytest.mark.parametrize(
    "text",
    [
        "import os",
        "import cocotb.regression",
        "from cocotb import regression",
        "from . import x",
        "import sitecustomize",
        "from typing import sys",
        "import random; random._os",
        "import dataclasses; dataclasses.sys.exit()",
        "import enum; enum.bltns.open('x')",
        "cocotb.regression._manager_inst",
        "().__class__.__base__.__subclasses__()",
        "def f(c): c.cr_frame.f_back",
        "try: pass\nexcept E as e: e.__traceback__.tb_frame",
        "getattr(x, '__class__')",
        "getattr(x, name)",
        "getattr(x, f'{a}b')",
        "g = getattr",
        "list(map(getattr, a, b))",
        "eval('1')",
        "open('results.xml', 'w')",
        "__import__('os')",
        "__builtins__",
        "match x:\n  case object(__class__=c): pass",
        "from cocotb.triggers import Timer\nTimer.prime = None",
        "import cocotb\ndel cocotb.test",
        "import typing; typing.get_type_hints(x)",
        "from functools import singledispatch",
        "import types",
        "setattr(x, 'a', 1)",
        "class C:\n  def f(self): return self.__class__.__mro__",
        "x = '" + "a" * MAX_CHARS + "'",
    ],
)
def test_what_reaches_beyond_is_refused_with_its_line(text: str) -> None:
    (first, *_) = refusals((python(text),))
    assert first.startswith("tests.py:")


@pytest.mark.parametrize("text", ["(" * 5000, "-" * 100_000 + "1", "a" + ".b" * 60_000, "\x00"])
def test_text_that_breaks_parsers_breaks_nothing(text: str) -> None:
    refusals((python(text),))
    assert read_testbench((python(text),)).once == ()


@pytest.mark.tool("cocotb")
@pytest.mark.tool("iverilog")
def test_a_refused_testbench_is_never_run() -> None:
    cage = make_cage(SandboxSettings())
    for text, ended in ((TESTS, Outcome.PASS), ("import os\n" + TESTS, Outcome.TAMPERED)):
        tests = (python(text),)
        found = run_cocotb(counter(), tests, "icarus", Settings(), cage, generated=True)
        assert found.result.outcome is ended
    assert "tests.py:1: imports os" in found.result.evidence
    assert found.result.runs == ()


def test_the_source_says_which_tests_there_are() -> None:
    text = (
        "import cocotb as c\nfrom cocotb import test as check, parametrize\n"
        "@c.test\nasync def a(dut): ...\n"
        "@check(name='renamed')\nasync def b(dut): ...\n"
        "@parametrize(x=[1])\n@check()\nasync def many(dut, x): ...\n"
        "@c.xfail()\nasync def fails(dut): ...\n"
        "async def helper(dut): ...\n"
        "if c.SIM_NAME:\n  @check()\n  async def perhaps(dut): ...\n"
    )
    found = read_testbench((python(text), python("import cocotb\n", "lib/model.py")))
    assert found.modules == ("tests",)
    assert (found.once, found.families) == (
        ("tests.a", "tests.renamed", "tests.fails"),
        ("tests.many",),
    )
    everything = ["tests.a", "tests.renamed", "tests.fails", "tests.many/x=1"]
    assert not found.missing(everything)
    assert not found.made_up([*everything, "tests.perhaps", "tests.helper_001"])
    assert found.missing(["tests.a"]) == ("tests.renamed", "tests.fails", "tests.many")
    assert found.made_up(["tests.a", "tests.a", "tests.no"]) == ("tests.no", "tests.a")


def test_a_file_imported_by_another_is_no_test_module_of_its_own() -> None:
    shared = python("import cocotb\n@cocotb.test()\nasync def s(dut): ...\n", "shared.py")
    alone = read_testbench((python("import cocotb\n"), shared))
    assert alone.modules == ("tests", "shared")
    assert read_testbench((python("from shared import s\n"), shared)).modules == ("tests",)
