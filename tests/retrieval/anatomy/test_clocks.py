"""Clocks and resets are told by what the code does with them, not by their names."""

import pytest

from hdlsmith.retrieval.anatomy.anatomy import Basis
from tests.retrieval.anatomy.conftest import AnatomyOf

PORTS = "input clk, c2, rst, rst_n, en, x, first, input [3:0] d, output reg [3:0] q"

CASES = {
    "asynchronous, low": (
        "always @(posedge clk or negedge rst_n) if (!rst_n) q <= 0; else q <= d;",
        {"clk posedge"},
        {"rst_n 0 asynchronous"},
    ),
    "asynchronous, reset in the else branch": (
        "always @(posedge clk or negedge x) if (x) q <= d; else q <= 4'h3;",
        {"clk posedge"},
        {"x 0 asynchronous"},
    ),
    "asynchronous, without a name, in any order": (
        "always @(posedge en, posedge x) if (x == 1'b1) q <= 0; else if (c2) q <= d;",
        {"en posedge"},
        {"x 1 asynchronous"},
    ),
    "two asynchronous resets": (
        """always @(posedge clk or posedge rst or negedge x)
             if (rst) q <= 0; else if (!x) q <= 1; else q <= d;""",
        {"clk posedge"},
        {"rst 1 asynchronous", "x 0 asynchronous"},
    ),
    "an asynchronous load is no reset and no clock": (
        "always @(posedge clk or posedge x) if (x) q <= d; else q <= q + 1;",
        {"clk posedge"},
        set(),
    ),
    "synchronous, by an if": (
        "always @(posedge clk) if (rst) q <= 0; else q <= d;",
        {"clk posedge"},
        {"rst 1 synchronous"},
    ),
    "synchronous, behind everything": (
        "always @(negedge clk) begin if (en) q <= d; if (~rst_n) q <= 0; end",
        {"clk negedge"},
        {"rst_n 0 synchronous"},
    ),
    "synchronous, by ?:": (
        "always @(posedge clk) q <= rst ? 4'd0 : d;",
        {"clk posedge"},
        {"rst 1 synchronous"},
    ),
    "synchronous, by a gate": (
        "always @(posedge clk) q <= d & {4{rst_n}};",
        {"clk posedge"},
        {"rst_n 0 synchronous"},
    ),
    "synchronous, in the next value": (
        """logic [3:0] n; always_comb begin n = d; if (rst) n = 0; end
           always_ff @(posedge clk) q <= n;""",
        {"clk posedge"},
        {"rst 1 synchronous"},
    ),
    "synchronous, beside another cause": (
        "always @(posedge clk) if (rst || q == 9) q <= 0; else q <= q + 1;",
        {"clk posedge"},
        {"rst 1 synchronous"},
    ),
    "synchronous, with a parameter": (
        """parameter STRATEGY = "MINI";
           always @(posedge clk) if (rst & (STRATEGY != "NONE")) q <= 0; else q <= d;""",
        {"clk posedge"},
        {"rst 1 synchronous"},
    ),
    "what is only sampled is no reset": (
        "always @(posedge clk) q <= {q[2:0], rst};",
        {"clk posedge"},
        set(),
    ),
    "first is no reset": (
        "always @(posedge clk) if (first) q <= 0; else if (en) q <= q + 1;",
        {"clk posedge"},
        {"first 1 synchronous"},  # but by what it does: it clears all
    ),
    "an enable is no reset": (
        "always @(posedge clk) if (en) q <= d;",
        {"clk posedge"},
        set(),
    ),
    "both edges": (
        """reg [3:0] p, n; always @(posedge clk) p <= d; always @(negedge clk) n <= d;
           always @* q = clk ? p : n;""",
        {"clk posedge/negedge"},
        set(),
    ),
    "two clocks": (
        "reg [3:0] p; always @(posedge clk) p <= d; always @(posedge c2) q <= p;",
        {"clk posedge", "c2 posedge"},
        set(),
    ),
    "a gated clock": (
        """reg l; always @* if (!clk) l = en; wire g = clk & l;
           always @(posedge g) q <= d;""",
        {"clk posedge", "g posedge"},
        set(),
    ),
    "an inverted clock": (
        "wire g = ~clk; always @(posedge g) q <= d;",
        {"clk negedge", "g posedge"},
        set(),
    ),
    "a divided clock": (
        "reg h; always @(posedge clk) h <= ~h; always @(posedge h) q <= d;",
        {"clk posedge", "h posedge"},
        set(),
    ),
    "a derived reset": (
        "wire r = rst | x; always @(posedge clk) if (r) q <= 0; else q <= d;",
        {"clk posedge"},
        {"r 1 synchronous"},
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_clocks_and_resets_by_the_code(case: str, anatomy: AnatomyOf) -> None:
    body, clocks, resets = CASES[case]
    found = anatomy(f"module m({PORTS});\n{body}\nendmodule\n")
    used = {f"{c.name} {'/'.join(c.edges)}" for c in found.clocks if c.basis is not Basis.NAME}
    assert used == clocks
    assert {
        f"{r.name} {r.level} {r.style}" for r in found.resets if r.basis is Basis.CODE
    } == resets


HIERARCHY = """
module leaf(input k, r, d, output reg q);
  always @(posedge k or negedge r) if (!r) q <= 0; else q <= d;
endmodule
module middle(input a, b, d, output q);
  leaf u(.k(~a), .r(b), .d, .q);
endmodule
module top(input sys, good, d, output q);
  middle u(sys, !good, d, q);
endmodule
"""


def test_clocks_and_resets_come_up_through_the_hierarchy(anatomy: AnatomyOf) -> None:
    found = anatomy(HIERARCHY)
    assert found.module == "top"
    (clock,), (reset,) = found.clocks, found.resets
    assert (clock.name, clock.edges, clock.basis) == ("sys", ("negedge",), Basis.BELOW)
    assert (reset.name, reset.level, reset.style) == ("good", "1", "asynchronous")
    assert "u (middle) as a" in clock.why
    assert [
        (c.name, c.depth, c.span.line, c.defined_at and c.defined_at.line) for c in found.children
    ] == [
        ("u", 1, 9, 5),
        ("u", 2, 6, 2),
    ]


def test_what_only_its_name_tells_is_marked_so(anatomy: AnatomyOf) -> None:
    found = anatomy(
        "module m(input clk_i, rst_ni, clk_en_i, burst, output y); assign y = burst; endmodule"
    )
    (clock,), (reset,) = found.clocks, found.resets
    assert (clock.name, clock.edges, clock.basis) == ("clk_i", (), Basis.NAME)
    assert (reset.name, reset.level, reset.basis) == ("rst_ni", "0", Basis.NAME)


VHDL = """
library ieee; use ieee.std_logic_1164.all;
entity e is port (ck, clear_n, d : in std_logic; q, p : out std_logic); end entity;
architecture rtl of e is begin
  process (ck, clear_n) begin
    if clear_n = '0' then q <= '0';
    elsif falling_edge(ck) then q <= d; end if;
  end process;
  process begin
    wait until rising_edge(ck);
    p <= d;
  end process;
end architecture;
"""


def test_clocks_and_resets_of_vhdl(anatomy: AnatomyOf) -> None:
    found = anatomy(VHDL, name="e.vhd")
    (clock,), (reset,) = found.clocks, found.resets
    assert (clock.name, set(clock.edges)) == ("ck", {"posedge", "negedge"})
    assert (reset.name, reset.level, reset.style) == ("clear_n", "0", "asynchronous")
    assert reset.registers == ("q",)
