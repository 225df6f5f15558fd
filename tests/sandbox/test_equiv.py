"""Equivalence of designs, by the real Yosys, ABC and Icarus Verilog."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
from typer.testing import CliRunner

from hdlsmith.cli import app
from hdlsmith.design import Design, Direction, Port, SourceFile
from hdlsmith.errors import InputError
from hdlsmith.languages import Language
from hdlsmith.sandbox.cage import make_cage
from hdlsmith.sandbox.formal.counterexample import Stimulus, replay_testbench
from hdlsmith.sandbox.formal.equivalence import EquivalenceChecker
from hdlsmith.sandbox.formal.flat_design import netlist_of, read_flat
from hdlsmith.sandbox.formal.proof import Proof, ProofResult
from hdlsmith.sandbox.simulation.icarus import Icarus
from hdlsmith.settings import Settings

pytestmark = [pytest.mark.tool("pyosys"), pytest.mark.tool("iverilog")]

COUNTER = """module t(input clk, rst, en, output reg [3:0] q);
  always @(posedge clk) if (rst) q <= 0; else if (en) q <= q + 1;
endmodule
"""
FSM = """module t(input clk, rst, x, output y);
  localparam A = 0, B = 1, C = 2, D = 3;
  reg [1:0] state;
  always @(posedge clk)
    if (rst) state <= A;
    else case (state)
      A: state <= x ? B : A;
      B: state <= x ? C : A;
      C: state <= x ? C : D;
      D: state <= x ? B : A;
    endcase
  assign y = state == D;
endmodule
"""
MEMORY = """module t(input clk, we, input [1:0] a, input [3:0] d, output reg [3:0] q);
  reg [3:0] m [0:3];
  always @(posedge clk) begin if (we) m[a] <= d; q <= m[a]; end
endmodule
"""
LATCH = """module t(input en, d, output reg q);
  always @* if (en) q = d;
endmodule
"""
TWO_CLOCKS = """module t(input ca, cb, d, output reg q);
  reg m;
  always @(posedge ca) m <= d;
  always @(negedge cb) q <= m;
endmodule
"""
GATED_CLOCK = """module t(input clk, rst_n, en, input [7:0] d, output reg [7:0] q);
  wire gated = clk & en;
  always @(posedge gated or negedge rst_n) if (!rst_n) q <= 0; else q <= d;
endmodule
"""
LATCH_IN_ALWAYS_COMB = """module t(input clk, rst, output y);
  reg [1:0] s, n;
  always_comb case (s) 0: n = 1; 1: n = 2; 2: n = 0; endcase
  always @(posedge clk) if (rst) s <= 0; else s <= n;
  assign y = s == 2;
endmodule
"""
HIERARCHY = """module leaf(input [3:0] x, output [3:0] y); assign y = x + 1; endmodule
module t(input [3:0] x, output [3:0] y); leaf leaf(.x(x), .y(y)); endmodule
"""


def design(text: str, suffix: str = "sv") -> Design:
    language = Language.VERILOG if suffix == "v" else Language.SYSTEMVERILOG
    return Design((SourceFile(f"t.{suffix}", text, language),), "t")


def checker(cpu_s: int = 60) -> EquivalenceChecker:
    settings = Settings()
    cage = make_cage(settings.sandbox)
    limited = replace(cage, limits=replace(cage.limits, cpu_s=cpu_s))
    return EquivalenceChecker.find(Icarus.find(settings, limited))


def compare(a: str, b: str, depth: int = 20) -> ProofResult:
    return checker().compare(design(a), design(b), depth)


@pytest.mark.parametrize(
    "text",
    [COUNTER, FSM, MEMORY, LATCH, TWO_CLOCKS, LATCH_IN_ALWAYS_COMB, HIERARCHY],
    ids=["counter", "fsm", "memory", "latch", "two clocks", "latch in always_comb", "hierarchy"],
)
def test_a_netlist_equals_its_source(text: str) -> None:
    result = compare(text, netlist_of(checker().yosys, design(text)))
    assert result.proof is Proof.PROVEN, result
    assert "equal wherever A's are known" in result.evidence


@pytest.mark.parametrize(
    ("text", "right", "wrong"),
    [
        (COUNTER, "q + 1", "q + 4'd1 + (q == 9)"),
        (COUNTER, "rst) q <= 0", "rst) q <= 1"),
        (COUNTER, "posedge clk)", "posedge clk or posedge rst)"),
        (FSM, "D: state <= x ? B", "D: state <= x ? C"),
        (MEMORY, "m[a] <= d;", "m[a] <= a == 3 ? ~d : d;"),
        (LATCH, "if (en)", "if (!en)"),
        (TWO_CLOCKS, "negedge cb", "posedge cb"),
        (HIERARCHY, "x + 1", "x - 1"),
        (GATED_CLOCK, "q <= d", "q <= d == 8'h5a ? 0 : d"),
    ],
)
def test_a_wrong_design_is_refuted_by_values_that_simulation_confirms(
    text: str, right: str, wrong: str
) -> None:
    result = compare(text, text.replace(right, wrong))
    assert result.proof is Proof.REFUTED, result
    example = result.counterexample
    assert example
    row = dict(zip(example.signals, example.steps[example.wrong_step], strict=True))
    outputs = [name[2:] for name in example.signals if name.startswith("A.")]
    assert any(row[f"A.{name}"] != row[f"B.{name}"] for name in outputs)


ROM = "reg [3:0] m [0:2]; initial begin m[0] = 0; m[1] = 0; m[2] = 0; end assign y = m[x];"
CASE = """reg [1:0] r; assign y = r;
  always @* begin
    r = 0;
    (* parallel_case *) casez (x) 2'b1?: r = 1; 2'b?1: r = 2; endcase
  end"""


@pytest.mark.parametrize(
    ("ports", "taken_for", "body"),
    [
        ("input [3:0] x, z, output [3:0] y", "assign y = z ? x / z : 15;", "assign y = x / z;"),
        ("input [3:0] x, z, output [3:0] y", "assign y = z ? x % z : x;", "assign y = x % z;"),
        ("input [1:0] x, output [3:0] y", "assign y = 0;", ROM),
        ("input [1:0] x, output [1:0] y", "assign y = {x[0], x[1]};", CASE),
        (
            "input clk, x, output reg y",
            "initial y = 0; always @(posedge clk) y <= x;",
            "(* init = 1'b0 *) reg z; always @(posedge clk) z <= x; always @* y = z;",
        ),
    ],
    ids=["quotient by zero", "rest by zero", "no such word", "not parallel", "init"],
)
@pytest.mark.parametrize("suffix", ["v", "sv"])
def test_what_only_yosys_gives_a_value_is_not_proven_equal(
    ports: str, taken_for: str, body: str, suffix: str
) -> None:
    a, b = (design(f"module t({ports}); {text} endmodule", suffix) for text in (taken_for, body))
    assert checker().compare(a, b, 5).proof is Proof.REFUTED


def test_a_case_that_calls_itself_parallel_is_what_simulation_makes_of_it() -> None:
    a, b = (
        f"module t(input [1:0] x, output [1:0] y); {text} endmodule"
        for text in (CASE, "assign y = x[1] ? 1 : x[0] ? 2 : 0;")
    )
    assert compare(a, b).proof is compare(b, a).proof is Proof.PROVEN


def test_a_clock_that_every_step_is_an_edge_of_is_refused() -> None:
    text = (
        "module t((* gclk *) input clk, x, output reg y); always @(posedge clk) y <= x; endmodule"
    )
    with pytest.raises(InputError, match="attribute gclk"):
        checker().compare(design(text, "v"), design(text, "v"), 5)


def test_what_a_leaves_undefined_is_free_in_b_and_not_the_other_way_round() -> None:
    free = "module t(input a, b, output y); assign y = a ? b : 1'bx; endmodule\n"
    fixed = "module t(input a, b, output y); assign y = a & b; endmodule\n"
    assert compare(free, fixed).proof is Proof.PROVEN
    assert compare(fixed, free).proof is Proof.REFUTED


def test_nets_with_several_drivers_are_refused() -> None:
    clash = "module t(input a, b, output y); assign y = a; assign y = b; endmodule\n"
    with pytest.raises(InputError, match="a net with several drivers"):
        compare(clash.replace("assign y = b;", ""), clash)


def test_what_icarus_can_not_compile_is_simulated_as_yosys_reads_it() -> None:
    text = """module t(input clk, x, output y); typedef enum logic {A, B} state_t; state_t s;
  always_ff @(posedge clk) s <= state_t'(x ? A : B);
  assign y = s == B;
endmodule
"""
    assert compare(text, text.replace("s == B", "s == A")).proof is Proof.REFUTED


def test_an_output_that_is_never_known_proves_nothing() -> None:
    free_running = COUNTER.replace("if (rst) q <= 0; else ", "")
    result = compare(free_running, free_running)
    assert result.proof is Proof.UNKNOWN
    assert "q of A was never seen known" in result.evidence


def test_bits_that_were_not_compared_are_named() -> None:
    half = "module t(input a, output [1:0] y); assign y[0] = a; endmodule\n"
    result = compare(half, half)
    assert result.proof is Proof.PROVEN
    assert "1 output bit" in result.evidence
    assert result.evidence.endswith("y[1]")


def test_a_difference_that_simulation_does_not_show_refutes_nothing() -> None:
    zero = "module t(input clk, output y); assign y = 0; endmodule\n"
    # From power-on `q` may be 1; a simulator takes the unknown `q` for false.
    hidden = """module t(input clk, output reg y); reg q;
  always @(posedge clk) q <= q;
  always_comb if (q) y = 1; else y = 0;
endmodule
"""
    result = compare(zero, hidden)
    assert result.proof is Proof.UNKNOWN
    assert "simulation from power-on does not show" in result.evidence
    assert result.counterexample


def test_a_limit_is_no_answer() -> None:
    product = "module t(input [23:0] a, b, output [47:0] y); assign y = {0}; endmodule\n"
    plain, halves = "a * b", "((a * b[23:12]) << 12) + a * b[11:0]"
    result = checker(cpu_s=2).compare(
        design(product.replace("{0}", plain)), design(product.replace("{0}", halves)), 20
    )
    assert result.proof is Proof.UNKNOWN
    assert "cpu limit" in result.evidence


def test_different_ports_are_named() -> None:
    wider = COUNTER.replace("[3:0]", "[4:0]").replace("en,", "ena,").replace("(en)", "(ena)")
    with pytest.raises(InputError) as error:
        compare(COUNTER, wider)
    for part in ("input en in A, no en in B", "output q (4 bits) in A, output q (5 bits) in B"):
        assert part in error.value.message


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("module t(input a, output y); assign y = a\nendmodule\n", "can't read t"),
        ("module t(input a, output y); box b(a, y); endmodule\n", "can't read t"),
        ("module t(input a, output y); assign y = a ^ y; endmodule\n", "combinational loop"),
    ],
)
def test_what_can_not_be_read_is_the_users_to_mend(text: str, told: str) -> None:
    with pytest.raises(InputError, match=told):
        compare(text, text)


def test_a_step_is_a_cycle_only_of_a_single_plain_clock() -> None:
    yosys = checker().yosys
    cycle = read_flat(yosys, design(COUNTER)).clocking.cycle
    assert cycle
    assert (cycle.clock, cycle.level) == ("clk", "1")
    asynchronous = COUNTER.replace("posedge clk)", "posedge clk or posedge rst)")
    for text in (asynchronous, TWO_CLOCKS, LATCH, COUNTER.replace("if (en)", "if (clk)")):
        assert read_flat(yosys, design(text)).clocking.cycle is None


def test_a_replay_changes_clocks_before_data() -> None:
    ports = (Port("d", Direction.INPUT, 2), Port("clk", Direction.INPUT))
    stimulus = Stimulus(ports, (("01", "0"), ("10", "1")), frozenset({"clk"}))
    text = replay_testbench("t", (Port("q", Direction.OUTPUT, 2),), stimulus, "mark")
    body = text.partition("initial begin\n")[2].split()
    assert " ".join(body[:19]) == (
        r"\clk = 1'b0; #1; \d = 2'b01; #1 $display(" + '"mark %b", \\q ); '
        r"\clk = 1'b1; #1; \d = 2'b10;"
    )


def test_the_command_shows_the_values_and_writes_the_waves(tmp_path: Path) -> None:
    a, b, waves = tmp_path / "a.v", tmp_path / "b.v", tmp_path / "why.vcd"
    a.write_text(COUNTER)
    b.write_text(COUNTER.replace("q + 1", "q + 3"))
    command = ["equiv", str(a), str(b), "--top", "t", "--waves", str(waves)]
    done = CliRunner().invoke(app, command)
    assert done.exit_code == 1
    assert "REFUTED" in done.stdout
    assert any(line.startswith(" >") for line in done.stdout.splitlines())
    assert "hdlsmith_a" in waves.read_text()
    told = CliRunner().invoke(app, ["equiv", str(a), str(a), "--top", "t", "--json"])
    assert told.exit_code == 0
    assert json.loads(told.stdout)["proof"] == "proven"
