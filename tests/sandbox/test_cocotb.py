"""cocotb in the cage: verdicts from real simulations, and what is not believed."""

import json
import time
from pathlib import Path

import pytest
from typer.testing import CliRunner

from hdlsmith.cli import app
from hdlsmith.design import Design, SourceFile
from hdlsmith.errors import InputError
from hdlsmith.languages import Language
from hdlsmith.sandbox.cage import Cage, make_cage
from hdlsmith.sandbox.cocotb.judge import CaseStatus, CocotbResult, read_report
from hdlsmith.sandbox.cocotb.native_code import native_code
from hdlsmith.sandbox.cocotb.run import run_cocotb
from hdlsmith.sandbox.results import Outcome
from hdlsmith.settings import SandboxSettings, Settings
from tests.sandbox.cocotb_inputs import COUNTER, HEAD, ONE_TEST, TESTS, counter, python, vhdl

pytestmark = [pytest.mark.tool("cocotb"), pytest.mark.tool("iverilog")]


REPORT = {"name": "t", "module": "m", "status": "passed", "message": "", "path": "t.py"}


@pytest.fixture(scope="module")
def cage() -> Cage:
    return make_cage(SandboxSettings(cpu_s=5, wall_factor=1))


def run(tests: str, cage: Cage, design: str = COUNTER, **options: bool) -> CocotbResult:
    return run_cocotb(counter(design), (python(tests),), "icarus", Settings(), cage, **options)


def one(body: str, cage: Cage, head: str = "", design: str = COUNTER) -> CocotbResult:
    return run(head + HEAD + ONE_TEST.format(body), cage, design)


SIMULATORS = [
    pytest.param("icarus", marks=pytest.mark.tool("iverilog")),
    pytest.param("verilator", marks=[pytest.mark.tool("verilator"), pytest.mark.tool("g++")]),
    pytest.param("ghdl", marks=pytest.mark.tool("ghdl")),
]


@pytest.mark.parametrize("simulator", SIMULATORS)
def test_a_right_design_passes_and_leaves_its_waves(
    simulator: str, cage: Cage, tmp_path: Path
) -> None:
    design = vhdl(START="5") if simulator == "ghdl" else counter(START="5")
    waves = tmp_path / "out.vcd"
    found = run_cocotb(design, (python(TESTS),), simulator, Settings(), cage, waves=waves)
    assert found.result.outcome is Outcome.PASS, found.result.log
    assert found.result.checks == 2
    assert [test.name for test in found.tests] == ["starts", "counts"]
    assert all(test.status is CaseStatus.PASSED for test in found.tests)
    assert found.tests[1].sim_time_ns == pytest.approx(120, abs=15)
    assert (found.tests[0].path, found.tests[0].line) == ("tests.py", 14)
    assert "$enddefinitions" in waves.read_text()


def test_a_wrong_design_is_told_by_test_and_line(cage: Cage) -> None:
    found = run(TESTS, cage, COUNTER.replace("q + 1", "q + 2"))
    assert found.result.outcome is Outcome.MISMATCH
    assert (found.result.checks, found.result.failures) == (2, 1)
    assert found.tests[1].status is CaseStatus.FAILED
    where = "(at tests.py:24: assert int(dut.q.value) == int(dut.START.value) + 9)"
    assert found.result.evidence == f"counts failed: AssertionError {where}"


def test_a_design_that_does_not_compile(cage: Cage) -> None:
    found = run(TESTS, cage, COUNTER.replace("endmodule", ""))
    assert found.result.outcome is Outcome.COMPILE_ERROR
    assert not found.tests


def test_helper_modules_and_data_files_are_found(cage: Cage) -> None:
    helper = python("WANTED = 7\n", "models/helper.py")
    tests = (
        HEAD
        + "from models.helper import WANTED\n"
        + ONE_TEST.format("assert int(dut.q.value) == WANTED")
    )
    text = "module rom(output reg [7:0] q); reg [7:0] m [0:0];\n"
    text += 'initial begin $readmemh("data/m.hex", m); q = m[0]; end endmodule\n'
    files = (SourceFile("rom.v", text, Language.VERILOG), SourceFile("data/m.hex", "07\n", None))
    found = run_cocotb(Design(files, "rom"), (python(tests), helper), "icarus", Settings(), cage)
    assert found.result.outcome is Outcome.PASS, found.result.log


def test_the_command_takes_helpers_below_the_tests_and_prints_each_test() -> None:
    Path("rtl.sv").write_text(COUNTER)
    Path("tests/models").mkdir(parents=True)
    Path("tests/models/ref.py").write_text("START = 0\n")
    Path("tests/test_it.py").write_text("from models.ref import START\n" + TESTS)
    options = ["--cocotb", "tests/test_it.py", "--cocotb", "tests/models/ref.py"]
    ran = CliRunner().invoke(app, ["simulate", "rtl.sv", "--top", "counter", *options])
    assert ran.exit_code == 0, ran.output
    assert "passed counts (" in ran.stdout
    assert ran.stdout.splitlines()[-1].startswith("PASS, 2 checks: 2 of 2 cocotb tests passed (Ica")
    told = CliRunner().invoke(
        app, ["simulate", "rtl.sv", "--top", "counter", "--json", "--cocotb", "tests/test_it.py"]
    )
    assert told.exit_code == 4
    record = json.loads(told.stdout)
    assert (record["outcome"], record["tests"]) == ("no_evidence", [])
    assert "ModuleNotFoundError" in record["evidence"]


def test_two_files_may_name_their_tests_alike(cage: Cage) -> None:
    files = (
        python(TESTS, "a.py"),
        python(TESTS.replace("async def starts", "async def s"), "b.py"),
    )
    found = run_cocotb(counter(), files, "icarus", Settings(), cage)
    assert [f"{t.module}.{t.name}" for t in found.tests] == [
        *("a.starts", "a.counts", "b.s", "b.counts"),
    ]
    assert found.result.outcome is Outcome.PASS


def test_parametrized_skipped_and_expected_failures(cage: Cage) -> None:
    tests = HEAD + (
        "@cocotb.test()\n@cocotb.parametrize(width=[1, 2])\nasync def wide(dut, width):\n"
        "    await Timer(width, 'ns')\n"
        "@cocotb.test(skip=True)\nasync def later(dut):\n    assert False\n"
        "@cocotb.test(expect_fail=True)\nasync def broken(dut):\n"
        "    await Timer(1, 'ns')\n    assert False\n"
    )
    found = run(tests, cage)
    assert found.result.outcome is Outcome.PASS, found.result.log
    statuses = {test.name: test.status for test in found.tests}
    assert statuses == {
        "wide/width=1": CaseStatus.PASSED,
        "wide/width=2": CaseStatus.PASSED,
        "later": CaseStatus.SKIPPED,
        "broken": CaseStatus.XFAILED,
    }
    assert found.result.checks == 2


def test_pytest_and_asyncio_are_there_in_earnest(cage: Cage) -> None:
    body = "import asyncio\n    assert asyncio.Queue().empty()"
    assert one(body, cage).result.outcome is Outcome.PASS
    body = "with pytest.raises(ZeroDivisionError):\n        1 / 0"
    assert one(body, cage, "import pytest\n").result.outcome is Outcome.PASS
    assert one("pytest.skip('x')", cage, "import pytest\n").result.outcome is Outcome.NO_EVIDENCE


def test_the_same_run_draws_the_same_numbers(cage: Cage) -> None:
    said = [one("dut._log.info(f'n={random.random()}')", cage, "import random\n") for _ in "ab"]
    first, second = ([w for w in r.result.log.split() if w.startswith("n=")] for r in said)
    assert first == second != []


@pytest.mark.parametrize(
    "tests",
    [
        HEAD,
        HEAD + "@cocotb.test(skip=True)\nasync def t(dut):\n    pass\n",
        HEAD + "@cocotb.test()\nasync def t(dut):\n    print('PASS')\n",
        HEAD + "@cocotb.test(expect_fail=True)\nasync def t(dut):\n"
        "    await Timer(1)\n    assert False\n",
        "def broken(:\n",
        "import no_such_module\n",
    ],
    ids=[
        "no test",
        "all skipped",
        "no time passes",
        "failed as expected",
        "syntax error",
        "import error",
    ],
)
def test_no_test_run_is_no_evidence(tests: str, cage: Cage) -> None:
    assert run(tests, cage).result.outcome is Outcome.NO_EVIDENCE


def test_an_endless_test_is_a_timeout() -> None:
    cage = make_cage(SandboxSettings(cpu_s=1, wall_factor=2))
    found = one("while True: pass", cage)
    assert found.result.outcome is Outcome.TIMEOUT


@pytest.mark.parametrize(
    ("body", "head"),
    [
        ("os._exit(0)", "import os\n"),
        ("os.execv('/bin/true', ['true'])", "import os\n"),
        ("os.kill(os.getppid(), 9); await Timer(1, 'ms')", "import os\n"),
        ("os.kill(-1, 9)", "import os\n"),
        ("sys.exit(0)", "import sys\n"),
        ("open('results.xml', 'w').write('<testsuites/>'); assert False", ""),
        ("cocotb.regression.RegressionManager._score_test = print; assert False", ""),
        ("cocotb.regression._manager_inst._record_test_passed(0, 0, 9); assert False", ""),
        ("cocotb.regression._manager_inst._record_test_passed(0, 0, 9)", ""),
        ("cocotb.regression._manager_inst.xunit.write('')", ""),
        ("Timer.__init__.__code__ = (lambda *a, **k: None).__code__; assert False", ""),
    ],
)
def test_a_testbench_that_bends_its_judge_does_not_pass(body: str, head: str, cage: Cage) -> None:
    found = one(body, cage, "import cocotb.regression\n" + head)
    assert found.result.outcome not in (Outcome.PASS, Outcome.COMPILE_ERROR)


def test_a_design_has_no_way_to_the_report(cage: Cage) -> None:
    """It writes to whatever it can guess, and to every descriptor of its own process."""
    forging = COUNTER.replace(
        "endmodule",
        "integer f, i; initial begin for (i = 0; i < 20; i = i + 1) begin\n"
        '  f = $fopen($sformatf("/proc/self/fd/%0d", i), "r+");\n'
        '  if (f) begin $fwrite(f, "{\\"tests\\": [], \\"changed\\": []}"); $fflush(f); end\n'
        'end\nf = $fopen("tests.py", "w"); f = $fopen("json.py", "w"); $fwrite(f, "x"); '
        "$finish; end\nendmodule",
    )
    found = one(
        "import json; assert json.loads('1') == 1; await Timer(1, 'us')", cage, design=forging
    )
    assert found.result.outcome is Outcome.MISMATCH, found.result.log
    assert "ended prematurely" in found.tests[0].message


@pytest.mark.parametrize(
    ("simulator", "line"),
    [
        ("verilator", 'initial $c("puts(0);");'),
        ("verilator", "`define S $\ninitial `S``c(0);"),
        ("verilator", "`define P(a,b) a``b\ninitial `P($,c)(0);"),
        ("verilator", "`systemc_imp_header\nint x;\n`verilog"),
        ("verilator", 'import "DPI-C" function int system(string s);'),
        ("ghdl", 'attribute FOREIGN of f : function is "VHPIDIRECT x y";'),
    ],
)
def test_a_design_with_machine_code_of_its_own_is_not_run(
    simulator: str, line: str, cage: Cage
) -> None:
    design = counter(COUNTER.replace("endmodule", f"{line}\nendmodule"))
    found = run_cocotb(design, (python(TESTS),), simulator, Settings(), cage)
    assert found.result.outcome is Outcome.TAMPERED
    assert found.result.evidence.startswith("counter.sv:")


def test_words_that_only_look_like_machine_code_are_let_through() -> None:
    text = (
        "// $5, a $ sign, /* and \n/* $ */ module m; int q[$]; initial begin q = q[1:$];\n"
        'q[$-1] = $clog2(8); $display("$ %d", $countones(3)); $cast(a, b); end endmodule'
    )
    assert native_code(counter(text), "verilator") == ""
    assert native_code(counter('import "DPI-C" f;'), "icarus") == ""


@pytest.mark.parametrize("flood", ["/* ", '\\"'])
def test_a_flood_of_what_is_never_closed_costs_no_time(flood: str) -> None:
    started = time.process_time()
    assert native_code(counter('"' + flood * 60_000 + "\n$ c"), "verilator")
    assert native_code(counter(flood * 60_000), "verilator") == ""
    assert time.process_time() - started < 2


@pytest.mark.parametrize(
    "text",
    [
        *("", "{}{}", "[]", '{"tests": [{}]}', '{"tests": 3}', "[" * 9999),
        *(
            json.dumps({"tests": [REPORT | {"line": line, "wall_s": 0, "sim_time_ns": time_ns}]})
            for line, time_ns in ((1, float("inf")), (float("inf"), 1), ("x", 1), (1, None))
        ),
    ],
)
def test_a_report_that_makes_no_sense_is_none(text: str) -> None:
    assert read_report(text) is None


def test_what_can_not_be_run_is_said(cage: Cage) -> None:
    tests = (python(TESTS),)
    with pytest.raises(InputError, match="'quartus'"):
        run_cocotb(counter(), tests, "quartus", Settings(), cage)
    with pytest.raises(InputError, match="needs a top"):
        run_cocotb(Design(counter().files), tests, "icarus", Settings(), cage)
    with pytest.raises(InputError, match="counts no coverage"):
        run_cocotb(counter(), tests, "icarus", Settings(), cage, coverage=True)
    with pytest.raises(InputError, match="no Python file"):
        run_cocotb(counter(), counter().files, "icarus", Settings(), cage)
