"""Self-made tests: what a reference may be, what the test around it says, and who is believed."""

from dataclasses import replace

import pytest

from hdlsmith.agent.testing.expecting import Expectation, Unusable, expect
from hdlsmith.agent.testing.judge import Author, judge
from hdlsmith.agent.testing.mutants import mutants
from hdlsmith.agent.testing.reference import Reference, read_reference, skeleton
from hdlsmith.agent.testing.testbench import Schedule, cocotb_test, schedule_for
from hdlsmith.design import Design, Direction, Port, SourceFile
from hdlsmith.languages import Language
from hdlsmith.sandbox.cage import Cage, make_cage
from hdlsmith.sandbox.cocotb.run import run_cocotb
from hdlsmith.sandbox.results import Outcome
from hdlsmith.sandbox.simulation.icarus import Icarus
from hdlsmith.settings import Settings, load_settings

pytestmark = [pytest.mark.tool("iverilog"), pytest.mark.tool("cocotb")]

IN, OUT = Direction.INPUT, Direction.OUTPUT
COUNTER = (Port("clk", IN), Port("rst", IN), Port("en", IN), Port("q", OUT, 4))
HEADER = "module dut (input logic clk, rst, en, output logic [3:0] q);"
RIGHT = f"{HEADER} always_ff @(posedge clk) if (rst) q <= 0; else if (en) q <= q + 1; endmodule\n"
WRONG = RIGHT.replace("q + 1", "q + (q != 13)")
MODEL = """class Reference:
    def __init__(self):
        self.q = 0

    def outputs(self, inputs):
        return {"q": self.q}

    def clock(self, inputs):
        if inputs["rst"]:
            self.q = 0
        elif inputs["en"]:
            self.q = self.q + 1
"""
OTHER_MODEL = MODEL.replace("self.q + 1", "(self.q + 2) % 16")
BLIND = MODEL.replace('"q": self.q', '"q": None')
AUTHOR = Author('count """up\\\n', "a model")


@pytest.fixture(scope="module")
def settings() -> Settings:
    return load_settings({"sandbox": {"cpu_s": 1}})


@pytest.fixture(scope="module")
def cage(settings: Settings) -> Cage:
    return make_cage(settings.sandbox)


@pytest.fixture(scope="module")
def icarus(settings: Settings, cage: Cage) -> Icarus:
    return Icarus.find(settings, cage)


@pytest.fixture(scope="module")
def schedule() -> Schedule:
    return schedule_for(COUNTER)


def design(text: str) -> Design:
    return Design((SourceFile("dut.sv", text, Language.SYSTEMVERILOG),), "dut")


def test_an_answer_is_cut_down_to_what_defines_the_model() -> None:
    prose = "import math\n\nLIMIT = 1  # top\n\n"
    tried = "model = Reference()\nprint(model.outputs({}))\n"
    found = read_reference(f"Here:\n```python\n{prose}{MODEL}\n{tried}```\nDone.", clocked=True)
    assert found == Reference(f"{prose}{MODEL}".rstrip("\n"))
    assert read_reference(f"Sure.\n\n{MODEL}", clocked=True).text == MODEL.rstrip("\n")
    assert read_reference(f"```\n{MODEL}", clocked=True).refused == ""


@pytest.mark.parametrize(
    ("answer", "because"),
    [
        ("I can't.", "holds no class Reference"),
        ("class Reference:\n  def outputs(self, inputs) return", "is no Python: "),
        (MODEL.replace("clock", "tick"), "has no clock()"),
        (f"import os\n{MODEL}", "imports os"),
        (MODEL.replace("self.q = 0", "open('/tmp/x', 'w')"), "uses open"),
        (MODEL.replace("self.q = 0", "self.q = ().__class__"), "reaches for .__class__"),
        (f"```\ndef int(value):\n    return 0\n\n{MODEL}", "gives int another meaning"),
        (f"```\nSTIMULI = '0 0'\n{MODEL}", "gives STIMULI another meaning"),
        (MODEL.replace("self.q = 0", "global zip; zip = 0"), "gives zip another meaning"),
    ],
)
def test_what_is_no_model_is_refused_and_not_run(answer: str, because: str) -> None:
    assert because in read_reference(answer, clocked=True).refused


def test_ports_named_like_words_of_python_get_other_variables() -> None:
    ports = (Port("in", IN, 8), Port("len", IN), Port("out", OUT, 8))
    shown = skeleton(schedule_for(ports).stimuli)
    assert 'in_ = inputs["in"]  # 8 bits\n' in shown
    assert 'len_ = inputs["len"]  # 1 bit\n' in shown
    assert "clock" not in shown


@pytest.mark.parametrize(
    ("change", "because"),
    [
        (("self.q + 1", "1 / 0"), "ZeroDivisionError"),
        (('"q": self.q', '"p": self.q'), "KeyError: 'q'"),
        (('return {"q": self.q}', "pass"), "TypeError"),
        (("self.q + 1", "[]"), "TypeError"),
        (("self.q + 1", "max(iter(int, 1))"), "cpu limit"),
        (("self.q + 1", "[0] * 10**12"), "MemoryError"),
        (('return {"q": self.q}', "raise SystemExit"), "ends before its time"),
        (('return {"q": self.q}', 'print("0" * 9**6); return {"q": 1}'), "output limit"),
        (('"q": self.q', '"q": hash("q")'), "not expect the same twice"),
    ],
)
def test_a_model_that_misbehaves_is_of_no_use(
    change: tuple[str, str], because: str, schedule: Schedule, cage: Cage
) -> None:
    reference = read_reference(MODEL.replace(*change), clocked=True)
    assert not reference.refused
    found = expect(reference, schedule, cage)
    assert isinstance(found, Unusable)
    assert because in found.because


def test_a_models_values_are_cut_to_their_width(schedule: Schedule, cage: Cage) -> None:
    odd = MODEL.replace('"q": self.q', '"q": True and -1').replace("pass", "")
    found = expect(read_reference(odd, clocked=True), schedule, cage)
    assert isinstance(found, Expectation)
    assert set(found.trace) == {"1111", "----"}


LATCH = "module dut (input logic en, input logic [7:0] d, output logic [7:0] q);"
LATCH += " always_latch if (en) q = d; endmodule\n"
LATCH_MODEL = """class Reference:
    q = 0

    def outputs(self, inputs):
        if inputs["en"]:
            self.q = inputs["d"]
        return {"q": self.q}
"""
LOW = RIGHT.replace("rst", "rst_n").replace("(rst_n)", "(!rst_n)")
LOW = LOW.replace("(posedge clk)", "(posedge clk or negedge rst_n)")
LOW_MODEL = MODEL.replace('inputs["rst"]', 'not inputs["rst_n"]')
TOGGLE = "module dut (input logic clk, output logic q = 0);"
TOGGLE += " always_ff @(posedge clk) q <= ~q; endmodule\n"
TOGGLE_MODEL = MODEL.replace('inputs["rst"]', "False").replace('inputs["en"]', "True")


@pytest.mark.parametrize(
    ("ports", "text", "model", "slip"),
    [
        (COUNTER, RIGHT, MODEL, ("q + 1", "q + 3")),
        (
            (COUNTER[0], Port("rst_n", IN), *COUNTER[2:]),
            LOW,
            LOW_MODEL,
            ("if (!rst_n)", "if (rst_n)"),
        ),
        ((COUNTER[0], Port("q", OUT)), TOGGLE, TOGGLE_MODEL, ("~q", "q")),
        (
            (Port("en", IN), Port("d", IN, 8), Port("q", OUT, 8)),
            LATCH,
            LATCH_MODEL,
            ("= d", "= ~d"),
        ),
    ],
)
def test_the_cocotb_test_says_of_a_design_what_the_comparison_says(
    ports: tuple[Port, ...],
    text: str,
    model: str,
    slip: tuple[str, str],
    icarus: Icarus,
    settings: Settings,
) -> None:
    reference = read_reference(model, clocked=ports[0].name == "clk")
    right = judge([design(text)], [reference], schedule_for(ports), AUTHOR, icarus).test
    assert right
    assert right.passed, right
    assert right.supports, right
    wrong = design(text.replace(*slip))
    ran = run_cocotb(wrong, (right.file,), "icarus", settings, icarus.cage, generated=True)
    assert ran.result.outcome is Outcome.MISMATCH
    failed = judge([wrong], [reference], schedule_for(ports), AUTHOR, icarus).test
    assert failed
    assert "q wanted" in failed.failure
    assert not failed.objects  # one model alone may be wrong


def test_the_test_names_request_and_author_and_runs_by_itself(schedule: Schedule) -> None:
    reference = read_reference(MODEL, clocked=True)
    file = cocotb_test(reference, schedule, design(RIGHT), AUTHOR.request, AUTHOR.model)
    assert file.path == "test_dut.py"
    assert "--top dut --cocotb test_dut.py" in file.text
    assert '# Reference by: a model\n# The request:\n#\n# count """up\\\n' in file.text
    assert "hdlsmith." not in file.text
    compile(file.text, file.path, "exec")


def test_the_candidate_that_a_model_agrees_with_is_chosen(
    schedule: Schedule, icarus: Icarus
) -> None:
    references = [read_reference(text, clocked=True) for text in (OTHER_MODEL, MODEL)]
    found = judge(
        [design(RIGHT), design(WRONG), design(WRONG)], references, schedule, AUTHOR, icarus
    )
    assert found.chosen == 0
    assert found.test
    assert found.test.supports
    assert "1 of 2 reference models agree" in str(found.test)


def test_models_that_agree_object_with_the_first_difference(
    schedule: Schedule, icarus: Icarus
) -> None:
    references = [read_reference(text, clocked=True) for text in (OTHER_MODEL, MODEL, MODEL)]
    found = judge([design(WRONG)], references, schedule, AUTHOR, icarus)
    assert found.test
    assert found.test.objects
    assert str(found.test).startswith("fails in ")
    table = found.test.failure.splitlines()
    assert table[0].split() == ["step", "rst", "en", "q", "q", "wanted"]
    assert table[-1].split()[-2:] == ["4'hd", "4'he"]


def test_a_model_that_compares_nothing_neither_supports_nor_objects(
    schedule: Schedule, icarus: Icarus
) -> None:
    references = [read_reference(BLIND, clocked=True)] * 2
    found = judge([design(RIGHT), design(WRONG)], references, schedule, AUTHOR, icarus)
    assert found.test
    assert found.chosen == 1
    assert (found.test.killed, found.test.supports, found.test.objects) == (0, False, False)


def test_unusable_models_and_designs_give_no_test(schedule: Schedule, icarus: Icarus) -> None:
    model, none = read_reference(MODEL, clocked=True), read_reference("no", clocked=True)
    nothing = judge([design(RIGHT)], [none], schedule, AUTHOR, icarus)
    assert nothing.test is None
    assert nothing.because == ("a reference: the answer holds no class Reference",)
    ended = design(RIGHT.replace("endmodule", "initial $finish; endmodule"))
    assert judge([ended], [model], schedule, AUTHOR, icarus).test is None


@pytest.mark.parametrize(
    ("style", "synchronous", "asynchronous"),
    [("", True, True), ("synchronous", True, False), ("asynchronous", False, True)],
)
def test_a_reset_style_counts_where_it_was_asked_for(
    style: str, synchronous: bool, asynchronous: bool, icarus: Icarus
) -> None:
    references = [read_reference(MODEL, clocked=True)]
    at_once = RIGHT.replace("(posedge clk)", "(posedge clk or posedge rst)")
    for text, passes in ((RIGHT, synchronous), (at_once, asynchronous)):
        found = judge([design(text)], references, schedule_for(COUNTER, style), AUTHOR, icarus)
        assert found.test
        assert found.test.passed == passes


def test_mutants_are_the_same_again_and_each_is_another() -> None:
    made = mutants(design(RIGHT), 16)
    assert made == mutants(design(RIGHT), 16)
    assert len({mutant.text for mutant in made} | {RIGHT}) == 17


def test_wide_ports_give_a_short_test() -> None:
    ports = (Port("clk", IN), Port("d", IN, 4096), Port("q", OUT, 4096))
    schedule = schedule_for(ports)
    file = cocotb_test(
        replace(read_reference(MODEL, clocked=True)), schedule, design(RIGHT), "wide", "a model"
    )
    assert len(file.text) < 1 << 18


def test_lazy_models_that_agree_have_no_say(schedule: Schedule, icarus: Icarus) -> None:
    lazy = [read_reference(MODEL.replace('"q": self.q', '"q": 0'), clocked=True)] * 2
    zero = f"{HEADER} assign q = 0; endmodule\n"
    found = judge([design(zero), design(RIGHT)], lazy, schedule, AUTHOR, icarus)
    assert found.chosen == 1
    assert found.test
    assert not found.test.objects
    assert "expects the same in all of them; not to be relied on" in str(found.test)
