"""State machines are found in every style, and nothing else is taken for one."""

import pytest

from hdlsmith.languages import Language
from hdlsmith.retrieval.nodes import Kind
from tests.retrieval.meanings import described, words_of_kind

HEAD = "module m(input clk, rst_n, start, done, output logic busy);\n"
NEXT = """
    always_comb begin
      state_d = state_q; busy = 0;
      case (state_q)
        IDLE: if (start) state_d = RUN;
        RUN: begin busy = 1; state_d = done ? LAST : RUN; end
        LAST: state_d = IDLE;
        default: state_d = IDLE;
      endcase
    end
"""
STYLES = {
    "two processes, enum": """
    typedef enum logic [1:0] {IDLE, RUN, LAST} state_e; state_e state_q, state_d;
    always_ff @(posedge clk or negedge rst_n)
      if (!rst_n) state_q <= IDLE; else state_q <= state_d;"""
    + NEXT,
    "two processes, localparam": """
    localparam IDLE = 0, RUN = 1, LAST = 2; reg [1:0] state_q, state_d;
    always @(posedge clk) if (!rst_n) state_q <= IDLE; else state_q <= state_d;"""
    + NEXT,
    "flip-flops in an instance": """
    localparam IDLE = 0, RUN = 1, LAST = 2; reg [1:0] state_q, state_d;
    dff_reset #(.width(2)) flops (.clk, .d(state_d), .q(state_q));"""
    + NEXT,
    "one process, ifs": """
    localparam IDLE = 0, RUN = 1, LAST = 2; reg [1:0] state_q;
    always @(posedge clk)
      if (!rst_n) state_q <= IDLE;
      else if (state_q == IDLE) begin if (start) state_q <= RUN; end
      else if (state_q == RUN) state_q <= LAST;
      else if (state_q == LAST) state_q <= IDLE;""",
    "one hot": """
    localparam IDLE = 0, RUN = 1, LAST = 2; reg [2:0] state_q;
    always @(posedge clk)
      if (!rst_n) state_q <= 3'b001;
      else begin
        state_q <= 0;
        case (1'b1)
          state_q[IDLE]: if (start) state_q[RUN] <= 1; else state_q[IDLE] <= 1;
          state_q[RUN]: state_q[LAST] <= 1;
          state_q[LAST]: state_q[IDLE] <= 1;
        endcase
      end""",
}


@pytest.mark.parametrize("style", STYLES)
def test_a_state_machine_of_any_style_is_a_node_with_its_states(style: str) -> None:
    graph, meaning = described(f"{HEAD}{STYLES[style]}\nendmodule\n")
    (fsm,) = meaning.fsms
    assert (fsm.kind, fsm.name) == (Kind.FSM, "state_q")
    assert sorted(fsm.detail.removeprefix("states ").split(", ")) == ["IDLE", "LAST", "RUN"]
    said = meaning.words[len(graph.nodes)]
    assert said.startswith("state machine with 3 states idle, run, last")
    assert "from idle to run when start" in said
    assert "from run to last" in said


def test_the_reset_state_and_both_branches_of_a_choice_are_told() -> None:
    graph, meaning = described(f"{HEAD}{STYLES['two processes, enum']}\nendmodule\n")
    assert "reset state idle" in meaning.words[len(graph.nodes)]
    block = next(p for p, n in enumerate(graph.nodes) if n.detail.startswith("always_comb"))
    assert meaning.words[block].startswith("state machine, 3 states idle, run, last. ")
    assert meaning.fsms[0].start_line == graph.nodes[block].start_line


@pytest.mark.parametrize(
    "body",
    [
        "reg [3:0] c; always @(posedge clk) if (c == 9) c <= 0; else c <= c + 1;",
        "reg [3:0] c; always @(posedge clk) case (c) 0: c <= 1; 1: c <= 0; endcase",
        "reg x; always_comb case (start) 1'b0: x = 1; 1'b1: x = 0; endcase",
        """localparam ADD = 0, SUB = 1, XOR = 2; reg [1:0] op, alu;
           always_comb case (op) ADD: alu = SUB; SUB: alu = ADD; XOR: alu = XOR; endcase""",
    ],
)
def test_counters_flags_and_tables_are_no_state_machines(body: str) -> None:
    assert described(f"{HEAD}{body}\nendmodule\n")[1].fsms == ()


def test_two_machines_of_a_module_are_two() -> None:
    one = STYLES["one process, ifs"]
    two = one.replace("state_q", "link_q").replace("localparam IDLE = 0, RUN = 1, LAST = 2;", "")
    fsms = described(f"{HEAD}{one}{two}\nendmodule\n")[1].fsms
    assert [fsm.name for fsm in fsms] == ["state_q", "link_q"]


def test_a_module_tells_its_machines() -> None:
    (said,) = words_of_kind(Kind.MODULE, f"{HEAD}{STYLES['one hot']}\nendmodule\n")
    assert "state machine, 3 states idle, run, last" in said


RECORD = """
library ieee; use ieee.std_logic_1164.all;
entity link is port (clk, start, done : in std_logic); end entity;
architecture rtl of link is
  type state_t is (IDLE, RUN, LAST);
  type reg_t is record state : state_t; end record;
  signal r, rin : reg_t;
begin
  process (all) is
    variable v : reg_t;
  begin
    v := r;
    case r.state is
      when IDLE => if start = '1' then v.state := RUN; end if;
      when RUN => if done = '1' then v.state := LAST; end if;
      when LAST => v.state := IDLE;
    end case;
    rin <= v;
  end process;
  process (clk) begin
    if rising_edge(clk) then r <= rin; end if;
  end process;
end architecture;
"""


def test_a_state_in_a_record_of_registers_is_found_in_vhdl() -> None:
    graph, meaning = described(RECORD, Language.VHDL)
    (fsm,) = meaning.fsms
    assert (fsm.name, fsm.detail) == ("r.state", "states IDLE, RUN, LAST")
    assert "from idle to run when start is 1" in meaning.words[len(graph.nodes)]
