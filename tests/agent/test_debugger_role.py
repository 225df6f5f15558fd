"""The debugger role: a scripted model's edits, tried by the real tools."""

import json
from collections.abc import Callable

import pytest

from hdlsmith.agent.debugging.case import Case
from hdlsmith.agent.debugging.conclusion import conclude
from hdlsmith.agent.debugging.debug import Debugged, debug
from hdlsmith.agent.debugging.hypothesis import Fate
from hdlsmith.agent.debugging.role import debug_by_model, leaves_questions
from hdlsmith.agent.deps import Deps
from hdlsmith.agent.replay_model import ScriptedModel
from hdlsmith.agent.seats import Models
from hdlsmith.agent.state import Verdict
from hdlsmith.agent.templates.patch import diff
from hdlsmith.sandbox.cage import make_cage
from hdlsmith.sandbox.linters.verilator import Verilator
from hdlsmith.sandbox.simulation.icarus import Icarus
from hdlsmith.settings import BudgetSettings, load_settings
from tests.agent.conftest import Recorder
from tests.agent.debug_inputs import COUNTER, design, source

pytestmark = [pytest.mark.tool("iverilog"), pytest.mark.tool("pywellen")]

METER = """module meter (input clk, rst, up, down, output reg [2:0] level,
  output full, output reg tick);
  always @(posedge clk)
    if (rst) level <= 0;
    else if (up) level <= level + 1;
    else if (down) level <= level - 1;
  assign full = level == 7;
  always @(posedge clk) tick <= rst ? 0 : !tick;
endmodule
"""
"""Wraps where it should stop, at both ends: no single small edit mends that."""
METER_TB = """`timescale 1ns/1ps
module tb;
  reg clk = 0, rst = 1, up = 0, down = 0;
  wire [2:0] level; wire full, tick;
  integer want = 0, failed = 0, checks = 0;
  meter dut (.*);
  always #5 clk = !clk;
  always @(posedge clk)
    if (rst) want <= 0;
    else if (up && want < 7) want <= want + 1;
    else if (!up && down && want > 0) want <= want - 1;
  always @(negedge clk) if (!rst) begin
    checks = checks + 1;
    if (level !== want[2:0]) begin
      failed = failed + 1;
      $display("FAIL at %0t: level is %0d, not %0d", $time, level, want);
    end
  end
  initial begin
    #12 rst = 0; up = 1;
    #100 up = 0; down = 1;
    #100 if (!failed) $display("PASS: %0d checks", checks);
    $finish;
  end
endmodule
"""
UP = (5, "up) level", "up && level != 7) level")
DOWN = (6, "(down)", "(down && level != 0)")


def says(*edits: tuple[int, str, str], path: str = "dut.sv") -> str:
    found = [{"path": path, "line": line, "old": old, "new": new} for line, old, new in edits]
    return json.dumps({"cause": "it wraps", "edits": found})


@pytest.fixture(scope="module")
def icarus() -> Icarus:
    settings = load_settings()
    return Icarus.find(settings, make_cage(settings.sandbox))


Role = Callable[..., tuple[Debugged, ScriptedModel]]


@pytest.fixture
def role(icarus: Icarus) -> Role:
    """Debugs a case with a script of answers, in place of search by rule."""

    def run(case: Case, *answers: str, attempts: int = 4) -> tuple[Debugged, ScriptedModel]:
        model = ScriptedModel(answers)
        done = debug(case, icarus, 0.1)
        assert leaves_questions(done)
        return debug_by_model(done, services(icarus, model, attempts), 0.1), model

    return run


def services(icarus: Icarus, model: ScriptedModel, attempts: int) -> Deps:
    return Deps(
        models=Models.only(model),
        watch=Recorder(),
        icarus=icarus,
        verilator=Verilator.find(load_settings(), icarus.cage),
        budget=BudgetSettings(attempts=attempts),
    )


def fates(done: Debugged) -> list[Fate | None]:
    return [made.fate for made in done.hypotheses]


def metered(text: str = METER, **more: str) -> Case:
    return Case(design(text), (source("tb.sv", METER_TB),), **more)


def test_the_right_edit_is_verified_and_nothing_else_changed(role: Role, icarus: Icarus) -> None:
    done, model = role(metered(), says(UP, DOWN))
    said = conclude(done, icarus)
    assert (said.verdict, fates(done)) == (Verdict.VERIFIED, [Fate.KEPT])
    assert "PASS, 20 checks" in said.because
    assert said.outputs == (
        "output tick proved unchanged; output level changed as intended; output full changed too"
    )
    assert diff(done.case.design, done.design).count("\n+") == 3  # its header, and two lines
    prompt = model.requests[0].messages[-1].content
    assert "level is wrong first at" in prompt
    assert "dut.sv:5" in prompt
    assert "module tb" not in prompt  # a model sees what a testbench says, never its text


def test_what_helps_is_kept_and_what_does_not_is_rolled_back(role: Role) -> None:
    worse = (4, "level <= 0", "level <= 5")
    done, model = role(metered(), says(worse), says(UP), says((5, "+ 1", "+ 2")), says(DOWN))
    assert fates(done) == [Fate.ROLLED_BACK, Fate.KEPT, Fate.ROLLED_BACK, Fate.KEPT]
    assert done.works
    assert "level <= 5" not in done.design.text
    temperatures = [request.sampling.temperature for request in model.requests]
    assert temperatures == [0.0, 0.4, 0.0, 0.4]  # warmer, until something is kept
    assert (
        "line 4: `level <= 0` -> `level <= 5`: rolled back" in model.requests[1].messages[1].content
    )


def test_what_a_patch_can_do_without_is_left_out(role: Role) -> None:
    done, _ = role(metered(), says(UP, DOWN, (7, "level == 7", "level == 3'd7")))
    assert done.works
    assert "level == 3'd7" in done.hypotheses[0].patch
    assert "level == 3'd7" not in diff(done.case.design, done.design)


def test_an_output_that_was_right_must_stay_right(role: Role) -> None:
    tb = METER_TB.replace(
        "    if (level",
        '    if (tick === 1\'bx) $display("FAIL at %0t: tick", $time);\n    if (level',
    )
    case = Case(design(METER), (source("tb.sv", tb),))
    mute = (8, "tick <= rst ? 0 : !tick", "tick <= 1'bx")
    done, _ = role(case, says(UP, DOWN, mute), attempts=1)
    assert fates(done) == [Fate.ROLLED_BACK]
    assert "tick was right before" in done.hypotheses[0].because
    assert done.design == done.case.design


def test_all_testbenches_that_passed_must_still_pass(role: Role) -> None:
    other = METER_TB.replace("module tb", "module reset_tb").replace("#100", "#7")
    case = Case(design(METER), (source("tb.sv", METER_TB), source("other.sv", other)))
    done, _ = role(case, says(UP, DOWN, (4, "level <= 0", "level <= 1")), says(UP, DOWN))
    assert fates(done) == [Fate.ROLLED_BACK, Fate.KEPT]
    assert "reset_tb passed before" in done.hypotheses[0].because


@pytest.mark.parametrize(
    ("answer", "because"),
    [
        ("I think the counter is wrong.", "not the JSON"),
        ("{" * 100_000, "not the JSON"),
        ('{"cause": "", "edits": []}', "0 edits"),
        (says((5, "level <= level * 1", "x")), "does not stand in dut.sv"),
        (says((5, "", "x")), "`old` is empty"),
        (says((5, "level + 1", "level  +  1")), "changes nothing"),
        (says((2, "module tb", "module ok"), path="tb.sv"), "tb.sv is not under test"),
        (says((2, "[2:0] level", "[3:0] level")), "ports of meter must stay: level"),
        (says((1, "input clk", "input clk, cheat")), "ports of meter must stay: cheat"),
        (says((9, "endmodule", 'initial $display("PASS: 9 checks"); endmodule')), "tampering"),
        (says((9, "endmodule", "initial #1 $finish; endmodule")), "dut.sv: calls $finish"),
        (says((9, "endmodule", "initial force tb.want = 0; endmodule")), "tampering"),
        (says((7, "level == 7", "dut.failed")), "tampering"),
        (says((7, "level == 7", "`ANY")), "tampering: dut.sv: uses `ANY"),
    ],
)  # fmt: skip
def test_what_is_no_repair_is_refused(role: Role, answer: str, because: str) -> None:
    done, _ = role(metered(), answer, attempts=1)
    assert fates(done) == [Fate.REFUSED]
    assert because in done.hypotheses[0].because
    assert (done.design, done.stopped_by) == (done.case.design, "1 of 1 attempts")


def test_a_pass_must_not_rest_on_what_a_design_says_or_ends(role: Role) -> None:
    ending = METER.replace(
        "endmodule", "  localparam LAST = 900;\n  initial #LAST $finish;\nendmodule"
    )
    tb = METER_TB.replace("end\n  end\n", 'end else $display("PASS at %0t", $time);\n  end\n', 1)
    case = Case(design(ending), (source("tb.sv", tb),))
    done, _ = role(case, says((9, "900", "40")), says(UP, DOWN))
    assert fates(done) == [Fate.REFUSED, Fate.KEPT]
    assert "passes by what it prints or ends" in done.hypotheses[0].because
    assert done.works


def test_a_pass_must_not_rest_on_the_designs_own_macros(role: Role) -> None:
    """The user's design may print and end by macros; that is no reason to let a repair do so."""
    own = '  initial if (0) begin `SAY("odd"); `END; end\nendmodule'
    text = "`define SAY(m) $display(m)\n`define END $finish\n" + METER.replace("endmodule", own)
    case = Case(design(text), (source("tb.sv", METER_TB),))
    forged = (12, own.split("\n")[0], 'initial begin #3; `SAY("PASS: 20 checks"); `END; end')
    done, _ = role(case, says(forged), attempts=1)
    assert fates(done) == [Fate.REFUSED]
    assert "passes by what it prints or ends" in done.hypotheses[0].because


@pytest.mark.parametrize("drives", ["assign (supply0, supply1) up = 0;", "low drain (.o(up));"])
def test_a_design_must_not_drive_its_inputs(role: Role, drives: str) -> None:
    """Through a net the stronger driver wins, and the testbench's own model is fooled too."""
    inner = "module low (output o); assign (supply0, supply1) o = 0; endmodule\n"
    tb = METER_TB.replace("meter dut (.*)", "wire way = up; meter dut (.up(way), .*)")
    tb = tb.replace("(up &&", "(way &&").replace("(!up", "(!way")
    case = Case(design(METER + inner), (source("tb.sv", tb),))
    done, _ = role(case, says((9, "endmodule", f"{drives} endmodule"), DOWN), attempts=1)
    assert fates(done) == [Fate.REFUSED], done.hypotheses[0].because
    assert "tampering: it drives up, an input" in done.hypotheses[0].because, done.hypotheses


def test_slips_in_an_edit_are_mended_by_rule(role: Role) -> None:
    slip = (5, "level <= level + 1;", "level <= level == 7 ? 7 : level + 1")
    done, _ = role(metered(), says(slip, DOWN))
    assert fates(done) == [Fate.KEPT]
    assert done.works


def test_compile_errors_that_no_rule_mends_are_for_the_model(role: Role, icarus: Icarus) -> None:
    broken = metered(METER.replace("level + 1", "successor(level)"))
    done, model = role(broken, says((5, "successor(level)", "level + 1")), says(UP, DOWN))
    assert "successor" in model.requests[0].messages[1].content.partition("What the tools found")[2]
    assert fates(done) == [Fate.KEPT, Fate.KEPT]
    assert done.hypotheses[0].because == "it compiles further"
    assert conclude(done, icarus).verdict is Verdict.VERIFIED


def test_an_issue_alone_is_never_verified(role: Role, icarus: Icarus) -> None:
    case = Case(design(METER), issue="The level wraps from 7 to 0 when up stays high.")
    done, model = role(case, says((2, "nothing", "else")), says(UP))
    said = conclude(done, icarus)
    assert (said.verdict, fates(done)) == (Verdict.UNVERIFIED, [Fate.REFUSED, Fate.KEPT])
    assert "level wraps from 7" in model.requests[0].messages[1].content
    assert said.outputs.startswith("output tick proved unchanged")


def test_an_issue_beside_a_testbench_that_passes_keeps_it_passing(
    role: Role, icarus: Icarus
) -> None:
    short = (source("tb.sv", METER_TB.replace("#100", "#31")),)
    case = Case(design(METER), short, issue="level must not wrap")
    done, _ = role(case, says((5, "+ 1", "+ 2")), says(UP))
    assert fates(done) == [Fate.ROLLED_BACK, Fate.KEPT]
    said = conclude(done, icarus)
    assert (said.verdict, "the issue is not tested" in said.because) == (Verdict.UNVERIFIED, True)


@pytest.mark.tool("verilator")
def test_an_edit_for_a_log_is_kept_when_its_tool_no_longer_complains(
    role: Role, icarus: Icarus
) -> None:
    text = COUNTER.replace("q + 1", "q + 2'd1")
    linter = Verilator.find(load_settings(), icarus.cage)
    assert linter is not None
    (found,) = (d for d in linter.lint(design(text)) if d.code == "WIDTHEXPAND" and d.span)
    assert found.span is not None
    log = f"%Warning-WIDTHEXPAND: rtl/dut.sv:{found.span.line}:3: {found.message}\n"
    narrow, right = (4, "q + 2'd1", "q + 2'd3"), (4, "2'd1", "4'd1")
    done, model = role(Case(design(text), log=log), says(narrow), says(right))
    assert fates(done) == [Fate.ROLLED_BACK, Fate.KEPT]
    assert "no tool complains any more" in done.hypotheses[1].because
    assert "WIDTHEXPAND" in model.requests[0].messages[1].content
    assert conclude(done, icarus).verdict is Verdict.UNVERIFIED


def test_edits_by_rule_finish_what_a_model_began(icarus: Icarus) -> None:
    case = metered(METER.replace("+ 1", "+ 2"))
    deps = services(icarus, ScriptedModel([says(UP, DOWN)]), attempts=2)
    done = debug_by_model(debug(case, icarus, 0.1), deps, 20)
    assert fates(done) == [Fate.KEPT]
    assert done.works
    assert "level + 1" in done.design.text
