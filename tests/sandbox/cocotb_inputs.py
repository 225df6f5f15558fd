"""A design, a testbench and how to make more: what the tests of cocotb share."""

from hdlsmith.design import Design, SourceFile
from hdlsmith.languages import Language, language_of

COUNTER = """module counter #(parameter START = 0) (input clk, input rst, output reg [7:0] q);
  always @(posedge clk) q <= rst ? START : q + 1;
endmodule
"""
COUNTER_VHDL = """library ieee; use ieee.std_logic_1164.all; use ieee.numeric_std.all;
entity Counter is
  generic (START : integer := 0);
  port (clk, rst : in std_logic; q : out std_logic_vector(7 downto 0));
end;
architecture rtl of Counter is
  signal c : unsigned(7 downto 0) := (others => '0');
begin
  process (clk) begin
    if rising_edge(clk) then
      if rst = '1' then c <= to_unsigned(START, 8); else c <= c + 1; end if;
    end if;
  end process;
  q <= std_logic_vector(c);
end;
"""
TESTS = """import cocotb
from cocotb.clock import Clock
from cocotb.triggers import ClockCycles, RisingEdge, Timer


async def after_reset(dut):
    cocotb.start_soon(Clock(dut.clk, 10, "ns").start())
    dut.rst.value = 1
    await ClockCycles(dut.clk, 2)
    dut.rst.value = 0
    await RisingEdge(dut.clk)


@cocotb.test()
async def starts(dut):
    await after_reset(dut)
    assert dut.q.value == int(dut.START.value)


@cocotb.test()
async def counts(dut):
    await after_reset(dut)
    await ClockCycles(dut.clk, 9)
    assert int(dut.q.value) == int(dut.START.value) + 9
"""
HEAD = "import cocotb\nfrom cocotb.triggers import Timer\n"
ONE_TEST = """
@cocotb.test()
async def one(dut):
    await Timer(1, "ns")
    {}
"""


def counter(text: str = COUNTER, **parameters: str) -> Design:
    file = SourceFile("counter.sv", text, Language.SYSTEMVERILOG)
    return Design((file,), "counter", tuple(parameters.items()))


def vhdl(text: str = COUNTER_VHDL, **generics: str) -> Design:
    file = SourceFile("counter.vhd", text, Language.VHDL)
    return Design((file,), "Counter", tuple(generics.items()))


def python(text: str, path: str = "tests.py") -> SourceFile:
    return SourceFile(path, text, language_of(path))
