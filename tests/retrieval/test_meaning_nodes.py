"""What ports, signals, instances, types and modules are; and any text at all is safe."""

import pytest

from hdlsmith.languages import Language
from hdlsmith.retrieval.abbreviations import long_forms, words_of
from hdlsmith.retrieval.meaning.describe import MAX_WORDS
from hdlsmith.retrieval.nodes import Kind
from tests.retrieval.meanings import described, named, words_of_kind

FIFO = """
module fifo(input clk, input rst_n, input push, input [7:0] wdata, output full, output busy);
  typedef enum {EMPTY, SOME} fill_e;
  reg [7:0] mem [0:15];
  reg [3:0] wr_ptr;
  always @(posedge clk or negedge rst_n)
    if (!rst_n) wr_ptr <= 0;
    else if (push && !full) wr_ptr <= wr_ptr + 1;
  always @(posedge clk) if (push) mem[wr_ptr] <= wdata;
  assign full = &wr_ptr;
  level_meter u_meter (.clk(clk), .fill(wr_ptr), .alarm(busy));
endmodule
"""


def test_a_signal_says_how_it_gets_its_value_and_what_it_is_for() -> None:
    said = named("wr_ptr", FIFO)
    assert said.startswith("4 bits wide. counter")
    assert "counter, increments when push and not full, reset to 0" in said
    assert "fill of level meter" in said


def test_ports_say_their_role() -> None:
    assert named("clk", FIFO).startswith("input clock")
    assert named("rst_n", FIFO).startswith("input reset")
    assert named("wdata", FIFO).startswith("input 8 bits wide. used for memory")
    assert named("full", FIFO).startswith("output. when all bits set of write pointer")


def test_a_module_is_the_sum_of_its_parts() -> None:
    said = named("fifo", FIFO)
    assert "inputs clock, reset, push, write data" in said
    assert "counter write pointer" in said
    assert "memory write port memory" in said
    assert "built of level meter" in said


def test_instances_and_types() -> None:
    assert words_of_kind(Kind.INSTANCE, FIFO)[0].startswith("instance meter of level meter. wired")
    assert named("fill_e", FIFO).endswith("empty some")


VHDL = """
library ieee; use ieee.std_logic_1164.all;
entity edge is port (clk, rst, go : in std_logic; sel : in std_logic_vector(1 downto 0);
  a, b : in std_logic; q, y, z : out std_logic); end entity;
architecture rtl of edge is
  type t is array (0 to 3) of std_logic;
  signal mem : t;
begin
  flip: process (clk, rst) begin
    if rst = '1' then q <= '0';
    elsif rising_edge(clk) then
      if go = '1' then q <= not q; end if;
    end if;
  end process;
  store: process (clk) begin
    if rising_edge(clk) then mem(to_integer(unsigned(sel))) <= a; end if; -- never b
  end process;
  y <= a when go = '1' else b;
  with sel select z <= a when "00", b when others;
end architecture;
"""


def test_vhdl_is_described_by_the_same_rules() -> None:
    flip, store = words_of_kind(Kind.PROCESS, VHDL, Language.VHDL)
    assert flip.startswith("flip. toggles when go is 1, reset to 0. on rising clock, asynchronous")
    assert store.startswith("store. memory write port, stores a at select")
    assert words_of_kind(Kind.ASSIGN, VHDL, Language.VHDL) == [
        "selects a when go is 1 otherwise b",
        "selected by select, a when select is 0, b when select is any other",
    ]


CHISEL = """
import chisel3._
class Ticks(limit: Int) extends Module {
  val io = IO(new Bundle { val en = Input(Bool()); val out = Output(UInt(8.W)) })
  val count = RegInit(0.U(8.W))
  when (io.en) { count := count + 1.U } .otherwise { count := 3.U }
  io.out := Mux(io.en, count, 0.U)
}
"""


def test_chisel_is_described_by_the_same_rules() -> None:
    (said,) = words_of_kind(Kind.PROCESS, CHISEL, Language.CHISEL)
    assert said.startswith("counter, increments when io enable, takes 3")
    (assigned,) = words_of_kind(Kind.ASSIGN, CHISEL, Language.CHISEL)
    assert assigned == "selects count when io enable otherwise 0"


HLS = """
void scale(int x, int *y) {
#pragma HLS PIPELINE
  *y = x << 2;
}
"""


def test_hls_is_described_by_the_same_rules() -> None:
    (said,) = words_of_kind(Kind.ASSIGN, HLS, Language.HLS_CPP)
    assert said == "x shifted left by 2"


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("fetch_addr_q", "fetch address"),
        ("u_wrPtr_o", "write pointer"),
        ("operand_b_i", "operand b"),
        ("bus.rsp_valid_o", "bus response valid"),
        ("OutOfReset", "of reset"),
        ("rs1_rdata", "source register 1 read data"),
        ("q", "q"),
        ("", ""),
    ],
)
def test_names_are_taken_apart(name: str, words: str) -> None:
    assert words_of(name) == words


def test_acronyms_stay_and_are_explained_once() -> None:
    assert words_of("pc_mux_sel") == "pc mux select"
    assert long_forms("pc mux select pc") == "program counter multiplexer"


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"\xff\xfe\x00",
        b"module",
        b"module m; always @(posedge clk) if (",
        b"module m; assign y = " + b"(" * 3000 + b"a" + b")" * 3000 + b"; endmodule",
        b"module m; assign y = a" + b" + a" * 3000 + b"; endmodule",
        b"module m; assign y = " + b"9" * 5000 + b"; endmodule",
        b"module m; assign y = 99999'h" + b"f" * 9000 + b" == a; endmodule",
        b"module m; always_comb " + b"if (a) " * 2000 + b"y = 1; endmodule",
        b"module m; always_comb case (a) endcase assign {} = {}; assign x[ = 1; endmodule",
        b"module m; input [99999999999999:0] a; endmodule",
        b"module m; " + b"reg state; always @* case (state) A: state = B; " * 500,
    ],
)
@pytest.mark.parametrize("language", list(Language))
def test_any_text_is_safe_and_no_description_is_long(text: bytes, language: Language) -> None:
    graph, meaning = described(text, language)
    for position, said in meaning.words.items():
        assert 0 <= position < len(graph.nodes) + len(meaning.fsms)
        assert said.strip()
        assert len(said.split()) <= MAX_WORDS


def test_a_long_index_exhausts_no_stack() -> None:
    text = f"""entity e is port (clk, d : in bit; a : in natural); end entity;
architecture rtl of e is signal mem : bit_vector(0 to 7); begin
process (clk) begin if rising_edge(clk) then
mem(a{"+a" * 490}) <= d;
end if; end process;
end architecture;"""
    assert "memory write port" in words_of_kind(Kind.PROCESS, text, Language.VHDL)[0]


@pytest.mark.parametrize(
    ("statement", "language"),
    [("assign y[{0}] = a{0}; /* {0} */ ", Language.VERILOG), ("y({0}) <= a{0}; ", Language.VHDL)],
)
def test_thousands_of_statements_on_one_line_take_no_time_each(
    statement: str, language: Language
) -> None:
    body = "".join(statement.format(number) for number in range(3000))
    text = f"module m(output [2999:0] y);\n{body}// {body}\nendmodule"
    if language is Language.VHDL:
        text = f"""entity e is port (y : out bit_vector(0 to 2999)); end entity;
architecture rtl of e is begin
{body}
end architecture;"""
    graph, meaning = described(text, language)
    assert len(graph.nodes) > 3000
    assert max(len(context.around) for context in meaning.contexts.values()) < 50_000
