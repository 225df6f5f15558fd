"""What the anatomy must not say: statements that look right and are not."""

from hdlsmith.retrieval.anatomy.anatomy import Anatomy, Role
from tests.retrieval.anatomy.conftest import AnatomyOf


def roles(found: Anatomy) -> dict[str, Role]:
    return {port.name: port.role for port in found.ports}


COUNTING = """module counting(input clk, rst, go, output reg trap, output reg [1:0] q);
  reg [1:0] state;
  always @(posedge clk) begin
    trap <= 0;
    if (rst) state <= 0;
    else state <= state == 2'd0 ? 2'd1 : state == 2'd1 ? 2'd2 : 2'd0;
    if (go) q <= 1;
  end
endmodule
"""


def test_a_state_that_is_a_number_stands_where_the_register_gets_it(anatomy: AnatomyOf) -> None:
    (fsm,) = anatomy(COUNTING).fsms
    lines = {state.name: state.span.line for state in fsm.states}
    assert lines == {"0": 5, "1": 6, "2": 6}


BUS = """module bus(input clk, input mem_ready, core_req_i, core_valid_i, output core_ready_o,
  output reg mem_valid, output [7:0] mem_addr, mem_wdata, mem_la_addr, mem_la_wdata,
  output mem_la_read, output instr_valid_clear_o, nmi_mode_o, output reg done, input d);
  reg held;
  always @(posedge clk) begin done <= d; if (done) held <= d; end
endmodule
"""


def test_a_name_is_no_role_where_its_last_word_says_something_else(anatomy: AnatomyOf) -> None:
    found = roles(anatomy(BUS))
    assert found["instr_valid_clear_o"] is Role.DATA
    assert found["nmi_mode_o"] is Role.DATA
    assert found["done"] is Role.DATA  # an output enables nothing from outside


def test_a_handshake_passes_on_nothing_of_another_interface(anatomy: AnatomyOf) -> None:
    found = {h.valid: h.payload for h in anatomy(BUS).handshakes}
    assert found == {"mem_valid": ("mem_addr", "mem_wdata"), "core_valid_i": ("core_req_i",)}


CHOICE = """module choice #(parameter FAST = 0)(input clk, rst_n, a, b, output reg q, r, s);
  initial q = 0;
  generate
    if (FAST) begin always @(posedge clk) q <= a; end
    else begin always @* q = a; end
    if (FAST) begin always @(posedge clk) r <= a; end
    else begin always @(negedge clk) r <= a; end
  endgenerate
  always @(posedge clk) if (!rst_n | a) s <= b | ~rst_n;
endmodule
"""


def test_a_block_is_clocked_by_its_own_edge_and_says_what_chooses_it(anatomy: AnatomyOf) -> None:
    found = anatomy(CHOICE)
    blocks = {b.span.line: b for b in found.blocks}
    assert blocks[2].is_software
    assert (blocks[4].clocks, blocks[4].condition) == (("clk",), "FAST")
    assert (blocks[5].clocks, blocks[5].condition) == ((), "!(FAST)")
    edges = {register.name: register.edge for register in found.registers}
    assert edges == {"q": "posedge", "r": "", "s": "posedge"}


def test_a_reset_value_is_what_the_expression_is_worth_in_reset(anatomy: AnatomyOf) -> None:
    registers = {register.name: register for register in anatomy(CHOICE).registers}
    assert (registers["s"].reset, registers["s"].reset_value) == ("rst_n", "'b1")


SPILL = """module top(input clk, input d, output q, output p);
  spill u_spill(.clk(clk), .d(d), .q(q));
  flop u_flop(.clk(clk), .d(d), .q(p));
endmodule
module spill(input clk, input d, output q);
  reg a, b;
  always @(posedge clk) begin a <= d; b <= a; end
  assign q = b ? b : a;
endmodule
module flop(input clk, input d, output reg q);
  always @(posedge clk) q <= d;
endmodule
"""


def test_latencies_are_counted_through_single_flops_only(anatomy: AnatomyOf) -> None:
    found = anatomy(SPILL, "top")
    (latency,) = found.latencies
    assert (latency.source, latency.target, latency.least_cycles) == ("d", "p", 1)
    drives = {block.name: block.drives for block in found.blocks}
    assert drives == {"u_spill": ("q",), "u_flop": ("p",)}
    assert any("spill, flop" in note for note in found.notes)


RECORD = """library ieee; use ieee.std_logic_1164.all;
entity rec is port (clk, rst, go, en : in std_logic; q : out std_logic_vector(3 downto 0)); end;
architecture a of rec is
  type reg_t is record busy : std_logic; data : std_logic_vector(3 downto 0); end record;
  signal r, rin : reg_t;
  signal pulse : std_logic;
begin
  regs: process(clk)
    variable w : std_logic;
  begin
    if rising_edge(clk) then
      if en = '1' then
        w := go;
        pulse <= w;
      end if;
      if rst = '1' then
        r.busy <= '0';
        r.data <= (others => '0');
      else
        r <= rin;
      end if;
    end if;
  end process;
  logic: process(all)
    variable v : reg_t;
    variable t : std_logic;
  begin
    v := r;
    if go = '1' then
      t := en;
      v.busy := t;
    end if;
    rin <= v;
  end process;
  q <= r.data;
end;
"""


def test_a_vhdl_variable_that_is_given_first_is_neither_register_nor_latch(
    anatomy: AnatomyOf,
) -> None:
    found = anatomy(RECORD, name="rec.vhdl")
    assert {register.name for register in found.registers} == {"r.busy", "r.data", "r", "pulse"}
    assert set(found.clocks[0].registers) == {"r.busy", "r.data", "r", "pulse"}
    values = {register.name: register.reset_value for register in found.registers}
    assert values["r.data"] == "(others => '0')"
    (block,) = [block for block in found.blocks if block.name == "regs"]
    assert "keeps its reset value" not in block.words


LOW = """module low(input clk, resetn, d, output reg q, output w);
  assign w = resetn && d;
  always @(posedge clk) if (!resetn || d) q <= 0; else q <= d;
endmodule
"""


def test_words_tell_a_reset_that_is_active_low_from_its_level(anatomy: AnatomyOf) -> None:
    words = {block.kind: block.words for block in anatomy(LOW).blocks}
    assert "out of reset" in words["assign"]
    assert "in reset" in words["process"]
    assert "not reset" not in words["process"]


ACC = """#include <ap_int.h>
void acc(int in[16], int *out, bool go) {
#pragma HLS INTERFACE s_axilite port=return
  int sum = 0;
  for (int i = 0; i < 16; i++) { if (go) sum += in[i]; }
  *out = sum;
}
"""
COUNT = """import chisel3._
class Count extends Module {
  val io = IO(new Bundle { val en = Input(Bool()); val out = Output(UInt(8.W)) })
  val count = RegInit(5.U(8.W))
  val last = Reg(UInt(8.W))
  when(io.en) { count := count + 1.U; last := count }
  io.out := count
}
"""


def test_an_untimed_function_has_neither_latches_nor_latencies(anatomy: AnatomyOf) -> None:
    found = anatomy(ACC, name="acc.cpp")
    assert (found.registers, found.latencies) == ((), ())


def test_in_chisel_a_declaration_tells_what_is_reset(anatomy: AnatomyOf) -> None:
    found = anatomy(COUNT, name="Count.scala")
    kept = {register.name: (register.reset, register.reset_value) for register in found.registers}
    assert kept == {"count": ("reset", "5.U(8.W)"), "last": ("", "")}
    assert found.resets[0].registers == ("count",)
    assert [block.condition for block in found.blocks] == ["", ""]
