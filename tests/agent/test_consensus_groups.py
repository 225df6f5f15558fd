"""Consensus: the largest group of equal behaviour, how ties are broken, and what is said."""

from collections.abc import Sequence

import pytest

from hdlsmith.agent.consensus.distinguishing import Distinguishing
from hdlsmith.agent.consensus.groups import Choose, Consensus, agree
from hdlsmith.design import Design, Direction, Port, SourceFile
from hdlsmith.errors import InputError
from hdlsmith.languages import Language
from hdlsmith.sandbox.cage import make_cage
from hdlsmith.sandbox.simulation.icarus import Icarus
from hdlsmith.settings import load_settings

pytestmark = pytest.mark.tool("iverilog")


def ports(output: Port, **inputs: int) -> tuple[Port, ...]:
    return (*(Port(name, Direction.INPUT, width) for name, width in inputs.items()), output)


Q = Port("q", Direction.OUTPUT, 4)
CLOCKED = ports(Q, clk=1, rst_n=1, en=1)
HEADER = "module count (input clk, input rst_n, input en, output reg [3:0] q);"
UP = f"{HEADER} always @(posedge clk) if (!rst_n) q <= 0; else if (en) q <= q + 1; endmodule"
UP_TOO = """module count (input clk, rst_n, en, output logic [3:0] q);
  logic [3:0] next;
  always_comb begin next = q; if (en) next = q + 4'd1; if (!rst_n) next = 4'd0; end
  always_ff @(posedge clk) q <= next;
endmodule
"""
INITIALISED = UP.replace("always", "initial q = 0; always", 1)
BY_TWO = UP.replace("q + 1", "q + 2")
WRAPS_EARLY = UP.replace("q + 1", "(q == 14 ? 0 : q + 1)")
ASYNCHRONOUS = UP.replace("posedge clk", "posedge clk or negedge rst_n")
BROKEN = UP.replace("endmodule", "")

ADD = ports(Port("s", Direction.OUTPUT, 5), a=4, b=4)
ADDER = "module count (input [3:0] a, b, output [4:0] s); assign s = a + b; endmodule"
RIPPLE = """module count (input [3:0] a, b, output [4:0] s);
  wire [4:0] c; assign c[0] = 0, s[4] = c[4];
  genvar i;
  generate for (i = 0; i < 4; i = i + 1) begin : bits
    assign {c[i+1], s[i]} = a[i] + b[i] + c[i];
  end endgenerate
endmodule
"""
WRONG_ONCE = ADDER.replace("a + b", "a + b + (a == 13 && b == 6)")


@pytest.fixture(scope="module")
def icarus() -> Icarus:
    settings = load_settings({})
    return Icarus.find(settings, make_cage(settings.sandbox))


def consensus(
    icarus: Icarus, of: tuple[Port, ...], texts: Sequence[str], choose: Choose | None = None
) -> Consensus:
    designs = [
        Design((SourceFile("count.sv", text, Language.SYSTEMVERILOG),), "count") for text in texts
    ]
    return agree(designs, of, icarus, choose=choose)


def members(found: Consensus) -> list[tuple[int, ...]]:
    return [group.members for group in found.groups]


def test_the_largest_group_wins_and_a_wrong_one_stands_apart(icarus: Icarus) -> None:
    found = consensus(icarus, CLOCKED, [BY_TWO, UP, BROKEN, UP_TOO, WRAPS_EARLY])
    assert members(found) == [(1, 3), (0,), (4,)]
    assert found.chosen == 1
    cycles = found.groups[0].cycles
    assert found.because == f"2 of 5 candidates agree on {cycles:,} cycles"
    assert cycles > 2000
    assert [number for number, _ in found.left_out] == [2]
    assert found.distinguishing is None


def test_equal_candidates_give_an_equal_consensus_in_any_order(icarus: Icarus) -> None:
    texts = [UP, BY_TWO, UP_TOO, ASYNCHRONOUS]
    found = consensus(icarus, CLOCKED, texts)
    assert found == consensus(icarus, CLOCKED, texts)
    turned = consensus(icarus, CLOCKED, texts[::-1])
    assert {frozenset(3 - n for n in group) for group in members(turned)} == {
        frozenset(group) for group in members(found)
    }
    assert {group.trace for group in turned.groups} == {group.trace for group in found.groups}


def test_a_reset_must_be_of_the_same_kind(icarus: Icarus) -> None:
    assert members(consensus(icarus, CLOCKED, [UP, ASYNCHRONOUS])) == [(0,), (1,)]


def test_what_a_register_holds_before_its_first_reset_is_no_difference(icarus: Icarus) -> None:
    found = consensus(icarus, CLOCKED, [UP, INITIALISED])
    assert members(found) == [(0, 1)]
    assert found.chosen == 1  # it at least says what it holds


def test_an_output_that_stays_unknown_is_a_difference(icarus: Icarus) -> None:
    without_reset = UP.replace("if (!rst_n) q <= 0; else ", "")
    assert members(consensus(icarus, CLOCKED, [UP, without_reset, UP_TOO])) == [(0, 2), (1,)]


def test_one_wrong_value_of_a_combinational_design_is_found(icarus: Icarus) -> None:
    found = consensus(icarus, ADD, [WRONG_ONCE, RIPPLE, ADDER])
    assert members(found) == [(1, 2), (0,)]
    assert "input vectors" in found.because


def test_the_distinguishing_input_of_a_design_without_state_is_one_vector(icarus: Icarus) -> None:
    found = consensus(icarus, ADD, [ADDER, WRONG_ONCE])
    assert found.distinguishing is not None
    assert found.distinguishing.table.splitlines() == [
        "step     a     b    s#1    s#2",
        "   0  4'hd  4'h6  5'h13  5'h14",
    ]


def test_the_distinguishing_input_starts_at_a_reset_and_ends_at_the_difference(
    icarus: Icarus,
) -> None:
    found = consensus(icarus, CLOCKED, [UP, BY_TWO])
    assert found.distinguishing is not None
    assert found.distinguishing.inputs == ("rst_n", "en")
    first, *_, last = found.distinguishing.rows
    assert first.inputs[0] == "0"
    assert last.outputs == (("4'h1",), ("4'h2",))
    assert len(found.distinguishing.rows) <= 4


def test_a_difference_between_the_clocks_edges_shows_the_clock(icarus: Icarus) -> None:
    falling = UP.replace("posedge", "negedge")
    found = consensus(icarus, CLOCKED, [UP, falling])
    assert found.distinguishing is not None
    assert found.distinguishing.inputs == ("clk", "rst_n", "en")
    assert [row.inputs[0] for row in found.distinguishing.rows[:3]] == ["0", "1", "0"]


def test_the_cleaner_code_wins_a_tie(icarus: Icarus) -> None:
    unclean = BY_TWO.replace("always", "wire [1:0] low = q; wire unused; always", 1)
    found = consensus(icarus, CLOCKED, [unclean, UP])
    assert found.chosen == 1
    assert found.because.endswith("of 2 groups of this size the one with the fewest lint findings")
    assert found.because.startswith("no two of 2 candidates agree on")


def test_a_choice_on_the_distinguishing_input_wins_a_tie_of_clean_code(icarus: Icarus) -> None:
    asked: list[Distinguishing] = []

    def second(question: Distinguishing) -> int:
        asked.append(question)
        return 1

    found = consensus(icarus, CLOCKED, [UP, BY_TWO], second)
    assert found.chosen == 1
    assert asked == [found.distinguishing]
    assert "distinguishing input" in found.because
    undecided = consensus(icarus, CLOCKED, [UP, BY_TWO], lambda question: None)
    assert undecided.chosen == 0
    assert undecided.because.endswith("equally clean, the first")


def test_nothing_to_simulate_chooses_nothing(icarus: Icarus) -> None:
    found = consensus(icarus, CLOCKED, [BROKEN, ""])
    assert (found.groups, found.chosen) == ((), None)
    assert len(found.left_out) == 2
    alone = consensus(icarus, CLOCKED, [BROKEN, UP])
    assert (alone.chosen, alone.because) == (1, "1 of 2 candidates can be simulated")


def test_without_outputs_there_is_nothing_to_compare(icarus: Icarus) -> None:
    with pytest.raises(InputError):
        consensus(icarus, CLOCKED[:-1], [UP])
