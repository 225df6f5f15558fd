"""What blocks do, said by rule: each form of code has its words."""

import pytest

from hdlsmith.retrieval.nodes import Kind
from tests.retrieval.meanings import assign, process, words_of_kind

COUNT = "logic [7:0] cnt_q, cnt_d; logic [7:0] sr; logic f; logic [7:0] mem [0:255];"


def test_a_counter_says_how_it_counts_wraps_and_is_reset() -> None:
    said = process(
        """always_ff @(posedge clk or negedge rst_n)
             if (!rst_n) cnt_q <= 8'd3;
             else if (en) begin
               if (cnt_q == limit) cnt_q <= '0; else cnt_q <= cnt_q + 1;
             end""",
        COUNT,
    )
    assert said.startswith("counter, increments when enable, wraps to 0 when enable and")
    assert "count equals limit, reset to 3" in said
    assert "on rising clock, asynchronous reset" in said


@pytest.mark.parametrize(
    ("statement", "words"),
    [
        ("if (en) cnt_q <= cnt_q - 1;", "counter, decrements when enable"),
        ("cnt_q <= cnt_q + 8'd4;", "counter, increments by 4"),
        ("cnt_q++;", "counter, increments"),
        ("if (en) cnt_q <= cnt_q + a;", "accumulator, adds a when enable"),
        ("sr <= {sr[6:0], d};", "shift register, shifts left, d comes in"),
        ("sr <= {d, sr[7:1]};", "shift register, shifts right, d comes in"),
        ("if (en) sr <= sr << 1;", "shift register, shifts left when enable"),
        ("sr <= {sr[0], sr[7:1]};", "rotates"),
        ("sr <= {sr[6:0], 1'b0} ^ 8'h1d;", "feedback shift register"),
        ("if (en) f <= ~f;", "toggles when enable"),
        ("if (en) mem[a] <= b;", "memory write port, stores b at a when enable"),
        ("sr <= mem[a];", "registered memory read of memory at a"),
        ("if (en) f <= 1'b1; else if (d) f <= 1'b0;", "set when enable, cleared when d"),
        ("if (en) sr <= a & b;", "register with enable, stores a and b when enable"),
        ("f <= en ? d : f;", "register with enable, stores d when enable"),
        ("if (en) sr <= a; else sr <= b;", "takes a when enable, takes b otherwise"),
        ("sr <= a;", "register, a delayed by one cycle"),
        ("cnt_q <= cnt_d;", "register, takes its next value"),
    ],
)
def test_registers_are_known_by_their_form(statement: str, words: str) -> None:
    assert words in process(f"always @(posedge clk) {statement}", COUNT)


def test_a_next_value_is_described_as_what_its_register_is() -> None:
    said = process(
        """always_ff @(posedge clk) cnt_q <= cnt_d;
           always_comb begin cnt_d = cnt_q; if (en) cnt_d = cnt_q + 1; end""",
        COUNT,
    )
    assert said == "next value of counter, increments when enable"


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ("a + b", "a plus b"),
        ("a + 1", "a incremented"),
        ("s && !t", "when s and not t"),
        ("a == b", "when a equals b"),
        ("a == 0", "when a is 0"),
        ("~|a", "no bit set of a"),
        ("s ? a : b", "selects a when s otherwise b"),
        ("a < b ? a : b", "minimum, selects"),
        ("a > b ? a : b", "maximum, selects"),
        ("a > 8'd9 ? 8'd9 : a", "clamps saturates to limit"),
        ("a[7] ? -a : a", "absolute value"),
        ("~a + 1", "two's complement"),
        ("(a >> 1) ^ a", "binary to gray code"),
        ("a & -a", "isolates lowest set bit"),
        ("valid && ready", "handshake, transfer accepted"),
        ("({8{s}} & a) | ({8{t}} & b)", "and or multiplexer, one hot selection"),
        ("8'b1 << a", "one hot decoder"),
        ("a >> b", "variable shift"),
        ("^a", "parity of a"),
        ("{{4{a[3]}}, a[3:0]}", "sign extended bits of a"),
        ("{4'b0, a[3:0]}", "zero extended bits of a"),
        ("{a[3:0], a[7:4]}", "reorders parts of one word"),
        ("s ? a : 8'bz", "tristate driver"),
        ("8'd0", "constant 0, tied off"),
        ("b", "is b"),
        ("a inside {1, 2}", "when a one of 1 2"),
    ],
)
def test_expressions_are_said_as_a_designer_would(value: str, words: str) -> None:
    assert words in assign(value)


def test_a_signal_and_its_register_make_an_edge_detector() -> None:
    text = """module m(input clk, a, output up, down, any);
      reg held;
      always @(posedge clk) held <= a;
      assign up = a & ~held;
      assign down = ~a & held;
      assign any = a ^ held;
    endmodule"""
    up, down, change = words_of_kind(Kind.ASSIGN, text)
    assert up.startswith("rising edge detector")
    assert down.startswith("falling edge detector")
    assert change.startswith("change detector")


@pytest.mark.parametrize(
    ("statement", "words"),
    [
        ("case (a) 0: sr = 8'h01; 1: sr = 8'h02; default: sr = 0; endcase", "decoded from a"),
        ("case (a) 0: sr = b; default: sr = limit; endcase", "selected by a"),
        ("case (1'b1) a[0]: sr = b; a[1]: sr = limit; endcase", "one hot selection"),
        ("casez (a) 8'b1???????: sr = 7; 8'b01??????: sr = 6; endcase", "priority decoded from a"),
        ("if (a[0]) sr = 0; else if (a[1]) sr = 1; else if (a[2]) sr = 2;", "priority chain"),
        ("sr = '0; for (int i = 0; i < 8; i++) sr = sr + a[i];", "sums counts over all a"),
        ("f = 0; for (int i = 0; i < 8; i++) f |= a[i];", "combines with or over all a"),
        ("for (int i = 0; i < 8; i++) if (a[i]) sr = i;", "index of first or last set bit"),
        ("for (int i = 0; i < 8; i++) sr[i] = a[7 - i];", "reverses bit order of a"),
    ],
)
def test_combinational_code_is_known_by_its_form(statement: str, words: str) -> None:
    assert words in process(f"always_comb begin {statement} end", COUNT)


def test_a_block_with_many_targets_names_them_and_stays_short() -> None:
    targets = "".join(f"word{n} <= a;" for n in range(60))
    said = process(f"always @(posedge clk) begin {targets} end", "reg [7:0] word0;")
    assert said.startswith("word 0: register, a delayed by one cycle. word 1: ")
    assert "also drives word 5" in said
    assert len(said.split()) <= 80


def test_testbench_code_says_what_it_does() -> None:
    said = process('initial begin #5 sr = 1; $display("x"); $error("y"); $finish; end', COUNT)
    for does in ("prints messages", "reports errors", "ends simulation", "drives stimuli"):
        assert does in said


def test_an_assertion_says_what_it_asserts() -> None:
    said = process("always_comb assert (a != b);")
    assert said == "asserts a differs from b"


def test_functions_say_what_they_return() -> None:
    text = """module m;
      function automatic [7:0] add_carry(input [7:0] a, b); return a + b; endfunction
    endmodule"""
    assert words_of_kind(Kind.FUNCTION, text) == ["add carry. returns a plus b"]


def test_each_of_several_assignments_in_one_statement_is_described() -> None:
    text = "module m(input a, b, output x, y); assign x = a & b, y = a | b; wire z = ~a; endmodule"
    assert sorted(words_of_kind(Kind.ASSIGN, text)) == ["not a", "when a and b", "when a or b"]


def test_a_reset_that_is_active_low_is_told_by_its_level() -> None:
    released = process(
        "always @(posedge clk) if (rst_n) a_q <= a; else a_q <= 0;", "reg [7:0] a_q;"
    )
    assert "reset to 0" in released
    assert "a delayed by one cycle" in released
    gated = process("always @(posedge clk) if (en && rst_n) a_q <= a;", "reg [7:0] a_q;")
    assert "when enable and out of reset" in gated
    held = process("always @(posedge clk) if (en && !rst_n) a_q <= a;", "reg [7:0] a_q;")
    assert "when enable and in reset" in held
