"""Many designs under one testbench: judged as if each were alone."""

import pytest

from hdlsmith.sandbox.cage import Cage, make_cage
from hdlsmith.sandbox.cocotb.run import run_cocotb_many
from hdlsmith.settings import SandboxSettings, Settings
from tests.sandbox.cocotb_inputs import (
    COUNTER,
    COUNTER_VHDL,
    HEAD,
    ONE_TEST,
    TESTS,
    counter,
    python,
    vhdl,
)

pytestmark = [pytest.mark.tool("cocotb"), pytest.mark.tool("iverilog")]


@pytest.fixture(scope="module")
def cage() -> Cage:
    return make_cage(SandboxSettings(cpu_s=5, wall_factor=1))


def test_many_designs_are_judged_each_by_itself(cage: Cage) -> None:
    designs = tuple(
        counter(text)
        for text in (
            COUNTER,
            COUNTER.replace("q + 1", "q + 2"),
            COUNTER.replace("endmodule", ""),
            COUNTER.replace("endmodule", "initial $finish;\nendmodule"),
            COUNTER.replace("endmodule", "reg z; initial forever z = 0;\nendmodule"),
            COUNTER,
        )
    )
    brief = make_cage(SandboxSettings(cpu_s=1, wall_factor=2))
    found = run_cocotb_many(designs, (python(TESTS),), "icarus", Settings(), brief)
    assert [str(f.result.outcome) for f in found] == [
        "pass",
        "mismatch",
        "compile_error",
        "mismatch",
        "timeout",
        "pass",
    ]
    assert found[0].result.runs[1].output != found[1].result.runs[1].output


def test_a_testbench_that_kills_everything_stops_no_other_run(cage: Cage) -> None:
    tests = (
        "import os\n"
        + HEAD
        + ONE_TEST.format("if int(dut.START.value) == 1: os.kill(-1, 9)\n    await Timer(1, 'ns')")
    )
    designs = (counter(START="0"), counter(START="1"), counter(START="2"))
    found = run_cocotb_many(designs, (python(tests),), "icarus", Settings(), cage)
    assert [str(f.result.outcome) for f in found] == ["pass", "crash", "pass"]


def test_nothing_of_one_run_is_there_in_the_next(cage: Cage) -> None:
    """A process left behind writes into whatever folder comes next."""
    tests = (
        "import os, subprocess\n"
        + HEAD
        + ONE_TEST.format(
            "assert os.listdir('.') == ['sim.vvp'], os.listdir('.')\n"
            "    assert not [p for p in os.listdir('/proc') if p.isdigit() and 'sleep' in\n"
            "        open(f'/proc/{p}/comm').read()]\n"
            "    subprocess.Popen(['setsid', 'sleep', '60'], start_new_session=True)\n"
            "    open('left', 'w').close()"
        )
    )
    found = run_cocotb_many((counter(),) * 2, (python(tests),), "icarus", Settings(), cage)
    assert [str(f.result.outcome) for f in found] == ["pass", "pass"], found[1].result.log


def test_one_design_can_not_starve_the_next(cage: Cage) -> None:
    """It takes the name of its neighbour's folder, and fills its own."""
    greedy = COUNTER.replace(
        "endmodule",
        'integer f, i; initial begin f = $fopen("../job1", "w"); f = $fopen("big", "w");\n'
        '  for (i = 0; i < 30000; i = i + 1) $fwrite(f, "%0512d", i); end\nendmodule',
    )
    designs = (counter(greedy), counter(), counter())
    found = run_cocotb_many(designs, (python(TESTS),), "icarus", Settings(), cage)
    assert [str(f.result.outcome) for f in found] == ["pass", "pass", "pass"]


def test_a_design_can_not_include_its_neighbour(cage: Cage) -> None:
    designs = (counter(), counter('`include "../counter.sv"\n`include "../*/counter.sv"\n'))
    found = run_cocotb_many(designs, (python(TESTS),), "icarus", Settings(), cage)
    assert [str(f.result.outcome) for f in found] == ["pass", "compile_error"]


@pytest.mark.tool("ghdl")
def test_simulators_that_share_no_process_are_started_for_each(cage: Cage) -> None:
    designs = (vhdl(COUNTER_VHDL), vhdl(COUNTER_VHDL.replace("c + 1", "c + 3")))
    found = run_cocotb_many(designs, (python(TESTS),), "ghdl", Settings(), cage)
    assert [str(f.result.outcome) for f in found] == ["pass", "mismatch"]
