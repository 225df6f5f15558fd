"""Every file under tests/hostile through the real command: none gets through, hangs, or stays.

The first line of an input says how it is run (`simulate`, `verilator`, `lint`, `synth`, `cocotb`:
a testbench, `tested`: a design under an honest testbench), how it may end, whether plain limits
let it (they isolate nothing), and how it attacks. A PASS is no way to end.
"""

import json
import os
import re
import time
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.sandbox.prey import ROOT, WITHIN_S, Prey, as_an_ordinary_user

HOSTILE = ROOT / "tests" / "hostile"
HEADER = re.compile(
    r"(?://|--|#) run: (?P<run>\w+); ends: (?P<ends>[\w ]+?)(?P<let>; plain limits: let it)?;"
    r" attack: (?P<attack>.+)"
)
TOOLS = {
    "lint": "verilator",
    "synth": "pyosys",
    "verilator": "verilator",
    "cocotb": "cocotb",
    "tested": "cocotb",
}
HONEST_DESIGN = """module dut(input clk, input [3:0] a, output reg [3:0] y);
  always @(posedge clk) y <= a;
endmodule
"""
HONEST_BENCH = 'module tb; initial begin $display("PASS"); $finish; end endmodule\n'
HONEST_TEST = """import cocotb
from cocotb.triggers import Timer


@cocotb.test()
async def follows(dut):
    for value in (3, 12, 5):
        dut.a.value = value
        for level in (0, 1):
            dut.clk.value = level
            await Timer(1, "ns")
        assert int(dut.y.value) == value
"""


@dataclass(frozen=True)
class Attack:
    """One input, and what its first line says."""

    path: Path
    run: str
    ends: frozenset[str]
    plain_limits_let_it: bool

    @classmethod
    def read(cls, path: Path) -> "Attack":
        head = HEADER.fullmatch(path.read_text().partition("\n")[0])
        assert head, f"{path.name}: its first line says nothing"
        return cls(path, head["run"], frozenset(head["ends"].split()), bool(head["let"]))

    @property
    def tool(self) -> str:
        return "ghdl" if self.path.suffix == ".vhd" else TOOLS.get(self.run, "iverilog")


@dataclass(frozen=True)
class Ended:
    """How a run ended: the outcome, the seconds it took, and all it said."""

    outcome: str
    took_s: float
    said: str


ATTACKS = [Attack.read(path) for path in sorted(HOSTILE.iterdir())]


def command_for(attack: Attack, prey: Prey) -> list[str]:
    """Write the input, and say how it is run."""
    mine = prey.home / attack.path.name
    mine.write_text(prey.told(attack.path.read_text()))
    if attack.run == "lint":
        return ["lint", str(mine)]
    if attack.run == "synth":
        return ["synth", str(mine), "--top", "tb"]
    if attack.run == "simulate":
        return ["simulate", str(mine), "--top", "tb"]
    if attack.run == "verilator":
        return ["simulate", str(mine), "--top", "tb", "--simulator", "verilator"]
    honest = prey.home / ("honest.sv" if attack.run == "cocotb" else "honest.py")
    honest.write_text(HONEST_DESIGN if attack.run == "cocotb" else HONEST_TEST)
    design, test = (honest, mine) if attack.run == "cocotb" else (mine, honest)
    waves = str(prey.home / "out.vcd")
    return ["simulate", str(design), "--cocotb", str(test), "--top", "dut", "--waves", waves]


def case(attack: Attack) -> object:
    marks = [pytest.mark.tool(attack.tool), pytest.mark.tool("iverilog")]
    return pytest.param(attack, id=f"{attack.run}-{attack.path.name}", marks=marks)


def test_the_set_is_large_and_every_input_says_how_it_attacks() -> None:
    assert len(ATTACKS) >= 40
    assert {a.path.suffix for a in ATTACKS} == {".v", ".sv", ".vhd", ".py"}
    assert not [a.path.name for a in ATTACKS if "pass" in a.ends]


def run(attack: Attack, data: Path | None, start: list[str] | None, cage: str) -> Ended:
    """One input through the real command; raises what `assert_unharmed` finds."""
    prey = Prey(data)
    try:
        started = time.monotonic()
        command = [*command_for(attack, prey), "--json", "--cage", cage]
        code, said = prey.run(*command, start=start)
        took_s = time.monotonic() - started
        prey.assert_unharmed(said)
    finally:
        prey.close()
    assert said.endswith("}\n"), said
    if attack.run in ("lint", "synth"):
        return Ended("error" if code == 1 else f"exit code {code}", took_s, said)
    return Ended(json.loads(said.splitlines()[-1])["outcome"], took_s, said)


@pytest.fixture(scope="module")
def runs(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[dict[str, Future[Ended]]]:
    """What each test that was asked for waits for; as many run at once as there are cores."""
    # Verilator's own library stays compiled from one input to the next.
    data, start = tmp_path_factory.mktemp("data"), as_an_ordinary_user()
    items = [
        item
        for item in request.session.items
        if item.path == request.path and "attack" in item.fixturenames
    ]
    if any(item.callspec.params["attack"].run == "verilator" for item in items):
        honest("verilator", data)
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        futures = {}
        for item in items:
            plain = item.function is test_plain_limits_hold_what_needs_no_isolation
            how = (None, start, "limits") if plain else (data, None, "strict")
            futures[item.name] = pool.submit(run, item.callspec.params["attack"], *how)
        yield futures
        pool.shutdown(cancel_futures=True)


def honest(how: str, data: Path | None) -> str:
    """What an honest simulation ends in, under the same limits."""
    prey = Prey(data)
    for name, text in (
        ("dut.sv", HONEST_DESIGN),
        ("test.py", HONEST_TEST),
        ("tb.sv", HONEST_BENCH),
    ):
        (prey.home / name).write_text(text)
    commands = {
        "simulate": ["tb.sv", "--top", "tb"],
        "verilator": ["tb.sv", "--top", "tb", "--simulator", "verilator"],
        "cocotb": ["dut.sv", "--top", "dut", "--cocotb", "test.py"],
    }
    _, said = prey.run("simulate", *commands[how], "--json", "--cage", "strict")
    prey.close()
    return str(json.loads(said.splitlines()[-1])["outcome"])


@pytest.mark.tool("bwrap")
@pytest.mark.tool("iverilog")
@pytest.mark.tool("cocotb")
@pytest.mark.parametrize("how", ["simulate", "cocotb"])
def test_what_is_honest_passes_under_the_same_limits(how: str) -> None:
    assert honest(how, None) == "pass"


@pytest.mark.tool("bwrap")
@pytest.mark.parametrize("attack", [case(a) for a in ATTACKS])
def test_nothing_gets_through_the_cage(
    attack: Attack, runs: dict[str, Future[Ended]], request: pytest.FixtureRequest
) -> None:
    judge(attack, runs[request.node.name].result())


@pytest.mark.tool("prlimit")
@pytest.mark.parametrize(
    "attack", [case(a) for a in ATTACKS if a.run == "simulate" and not a.plain_limits_let_it]
)
def test_plain_limits_hold_what_needs_no_isolation(
    attack: Attack, runs: dict[str, Future[Ended]], request: pytest.FixtureRequest
) -> None:
    if not as_an_ordinary_user():
        pytest.skip("no ordinary user can run hdlsmith here")
    judge(attack, runs[request.node.name].result())


def judge(attack: Attack, ended: Ended) -> None:
    assert ended.outcome in attack.ends, ended.said
    assert ended.took_s < WITHIN_S
