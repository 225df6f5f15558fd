"""Templates: what each proposes, what a panel finds, and what a repair is."""

import pytest

from hdlsmith.agent.debugging.case import Case, benches_for
from hdlsmith.agent.debugging.debug import debug
from hdlsmith.agent.localising.localisation import Suspect
from hdlsmith.agent.mending.source import Edit
from hdlsmith.agent.templates.panel import Panel
from hdlsmith.agent.templates.patch import diff
from hdlsmith.agent.templates.proposals import Proposal, proposals
from hdlsmith.sandbox.cage import make_cage
from hdlsmith.sandbox.results import Outcome
from hdlsmith.sandbox.simulation.icarus import Icarus
from hdlsmith.settings import load_settings
from tests.agent.debug_inputs import COUNTER, DESIGNS, SILENT, TOLD, design, source

HEAD = "module m (input clk, rst, a, b, input [3:0] v, w, output reg q, output reg [3:0] y);\n"


@pytest.fixture(scope="module")
def icarus() -> Icarus:
    settings = load_settings()
    return Icarus.find(settings, make_cage(settings.sandbox))


def wrapped(body: str) -> str:
    return f"{HEAD}{body}\nendmodule\n"


CLOCKED = "always @(posedge clk) "
WAYS = [
    ("assign q = a & b;", "assign q = a | b;"),
    ("assign q = v < w;", "assign q = v <= w;"),
    ("assign y = v << 1;", "assign y = v >> 1;"),
    ("assign y = v + w;", "assign y = v - w;"),
    ("assign q = &v;", "assign q = ^v;"),
    ("assign q = v == 4'd9;", "assign q = v == 4'd10;"),
    ("assign y = 4'b0101;", "assign y = 4'b0111;"),
    ("assign q = v > 7;", "assign q = v > 8;"),
    ("assign q = a;", "assign q = ~a;"),
    ("assign q = ~a;", "assign q = a;"),
    ("assign q = a | b;", "assign q = ~(a | b);"),
    ("assign q = a & b;", "assign q = a;"),
    ("assign y = v - w;", "assign y = (w) - (v);"),
    ("assign y = a ? v : w;", "assign y = a ? w : v;"),
    ("assign q = v > w;", "assign q = $signed(v) > $signed(w);"),
    ("assign y = v;", "assign y = w;"),
    ("assign q = v[2];", "assign q = v[0];"),
    ("assign q = v[2];", "assign q = v;"),
    ("assign y = {v[1:0], w[1:0]};", "assign y = {w[1:0], v[1:0]};"),
    ("assign y = {v[2:0], v[3]};", "assign y = (v >> 1);"),
    ("assign q = a;", "assign q = (a) & b;"),
    (CLOCKED + "if (a) q <= b;", CLOCKED + "if ((a) && rst) q <= b;"),
    (CLOCKED + "if (a) q <= b;", CLOCKED + "if (!(a)) q <= b;"),
    (CLOCKED + "q <= a;", "always @(negedge clk) q <= a;"),
    (
        "always @(posedge clk or posedge rst) if (rst) q <= 0; else q <= a;",
        "always @(posedge clk) if (rst) q <= 0; else q <= a;",
    ),
    (
        CLOCKED + "if (rst) q <= 0; else q <= a;",
        "always @(posedge clk or posedge rst) if (rst) q <= 0; else q <= a;",
    ),
    ("always @(a) q = a & b;", "always @(*) q = a & b;"),
    (CLOCKED + "q = a;", CLOCKED + "q <= a;"),
    (CLOCKED + "q <= a;", "always @(*) q = a;"),
    ("always @(*) q = a;", "always @(posedge clk) q <= a;"),
    ("always @(*) if (a) q = 0; else q = b;", "always @(*) if (a) q = b; else q = 0;"),
    ("always @(*) if (a) q = 0; else q = b;", "always @(*) if (1'b0) q = 0; else q = b;"),
    ("always @(*) if (a) q = b;", "always @(*) if (a) q = b; else q = 0;"),
    ("always @(*) begin if (a) q = b; end", "always @(*) begin q = 0; if (a) q = b; end"),
    (
        "always @(*) case (a) 0: q = b; endcase",
        "always @(*) case (a) 0: q = b; default: q = 1; endcase",
    ),
    ("always @(*) begin q = b; q = 0; end", "always @(*) begin q = b; ; end"),
    (
        CLOCKED + "if (rst) q <= 0; else if (a) q <= b;",
        CLOCKED + "if (a) q <= b; else if (rst) q <= 0;",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("wrong", "right"), WAYS)
def test_a_template_makes_the_edit(wrong: str, right: str) -> None:
    broken = design(wrapped(wrong))
    made = {p.apply(broken).files[0].text for p in proposals(broken, ())}
    assert wrapped(right) in made


def test_no_edge_contradicts_the_level_of_its_reset() -> None:
    broken = design(wrapped("always @(posedge clk or posedge rst) if (rst) q <= 0; else q <= a;"))
    made = "".join(p.apply(broken).files[0].text for p in proposals(broken, ()))
    assert "negedge clk or posedge rst" in made
    assert "negedge rst" not in made


def test_a_clocked_process_keeps_its_nonblocking_assignments() -> None:
    broken = design(wrapped(CLOCKED + "q <= a;"))
    made = "".join(p.apply(broken).files[0].text for p in proposals(broken, ()))
    assert "always @(posedge clk) q = a;" not in made


def test_a_register_may_get_a_start_value() -> None:
    broken = design(wrapped(CLOCKED + "q <= ~q;"))
    made = [p.apply(broken).files[0].text for p in proposals(broken, ())]
    assert any("initial q = 0;" in text for text in made)


def test_no_proposal_feeds_logic_into_itself() -> None:
    broken = design(wrapped("assign y = v + 1; assign q = y == w;"))
    made = [p.apply(broken).files[0].text for p in proposals(broken, ())]
    assert not any("assign y = y" in text for text in made)
    assert not any("& q" in text for text in made)


def test_suspects_come_first_and_no_edit_twice() -> None:
    broken = design(wrapped("assign q = a & b;\nassign y = v & w;"))
    found = proposals(broken, (Suspect("dut.sv", 3, 0.9, "", ""),))
    assert found[0].line == 3
    assert len({p.edits for p in found}) == len(found)


@pytest.mark.tool("iverilog")
def test_a_panel_scores_each_version_as_a_run_of_its_own_would(icarus: Icarus) -> None:
    right = design(DESIGNS["fsm"])
    bench = benches_for(Case(right, reference=right), right)[0]
    versions = proposals(right, ())[:40]
    tried = Panel(bench, right, icarus).scores(versions, 5, 20)
    assert len(tried.scores) >= 35
    for proposal, score in tried.scores[::8]:
        alone = icarus.simulate(bench.around(proposal.apply(right).files))
        assert (alone.outcome is Outcome.PASS) is (score.wrong == 0), proposal


@pytest.mark.tool("iverilog")
def test_a_version_that_never_rests_or_does_not_compile_spoils_nothing(icarus: Icarus) -> None:
    text = DESIGNS["mux"]
    right = design(text)
    bench = benches_for(Case(right, reference=right), right)[0]
    at = text.index("y = 0;")
    end = text.index("endmodule")
    fine, broken, restless = (
        Proposal("test", "dut.sv", 3, 1.0, (edit,))
        for edit in (
            Edit(at, at, " "),
            Edit(at, at, "y = nobody; "),
            Edit(end, end, "reg r = 0; always @(r) r <= ~r; initial r = 1; "),
        )
    )
    tried = Panel(bench, right, icarus).scores([broken, fine], 2, 9)
    assert [(p, s.wrong) for p, s in tried.scores] == [(fine, 0)]
    assert Panel(bench, right, icarus).scores([restless], 1, 1).scores == []


@pytest.mark.tool("iverilog")
@pytest.mark.tool("pywellen")
@pytest.mark.parametrize(
    ("name", "right", "wrong"),
    [
        ("counter", "q + 1", "q + 2"),
        ("fsm", "2: next = x ? 3 : 0", "2: next = x ? 0 : 3"),
        ("mux", "1: y = b", "1: y = a"),
        ("fifo", "head[2] != tail[2]", "head[2] == tail[2]"),
    ],
)
def test_a_slip_is_repaired(icarus: Icarus, name: str, right: str, wrong: str) -> None:
    text = DESIGNS[name]
    broken = design(text.replace(right, wrong))
    done = debug(Case(broken, reference=design(text)), icarus, 20)
    assert done.works
    assert done.repair
    changed = [line for line in diff(broken, done.design).splitlines() if line[:1] in "+-"]
    assert len(changed) == 4  # two of them name the files


@pytest.mark.tool("iverilog")
@pytest.mark.tool("pywellen")
def test_two_slips_are_repaired_by_climbing(icarus: Icarus) -> None:
    text = DESIGNS["mux"]
    broken = design(text.replace("1: y = b", "1: y = a").replace("2: y = c", "2: y = ~c"))
    done = debug(Case(broken, reference=design(text)), icarus, 20)
    assert done.works
    assert done.design.files[0].text == text


@pytest.mark.tool("iverilog")
@pytest.mark.tool("pywellen")
def test_without_a_reference_the_testbench_alone_judges(icarus: Icarus) -> None:
    broken = design(COUNTER.replace("q + 1", "q - 1"))
    done = debug(Case(broken, (source("tb.sv", TOLD),)), icarus, 20)
    assert done.works
    assert done.design.files[0].text == COUNTER


@pytest.mark.tool("iverilog")
@pytest.mark.tool("pywellen")
def test_what_passed_before_must_still_pass(icarus: Icarus) -> None:
    """One testbench wants what another one forbids: no version may be called a repair."""
    wants_two = TOLD.replace("module tb", "module tb2").replace("want + en", "want + 2 * en")
    broken = design(COUNTER)
    testbench = (source("a.sv", TOLD), source("b.sv", wants_two))
    done = debug(Case(broken, testbench), icarus, 3)
    assert not done.works
    assert done.design == broken


@pytest.mark.tool("iverilog")
@pytest.mark.tool("pywellen")
@pytest.mark.parametrize("body", ["initial #1 $finish;", "initial $stop;"])
def test_a_testbench_without_checks_repairs_nothing(icarus: Icarus, body: str) -> None:
    broken = design(COUNTER.replace("q + 1", "q + 2"))
    done = debug(Case(broken, (source("t.sv", SILENT.format(body)),)), icarus, 2)
    assert not done.works
    assert done.design == broken
