"""VHDL text -> graph."""

from collections.abc import Callable
from pathlib import Path

import pytest

from hdlsmith.retrieval.frontends.vhdl import read as vhdl
from hdlsmith.retrieval.nodes import EdgeKind, Kind
from tests.retrieval.front_end_rules import edges, named, pairs, read

COUNTER = """
package kinds is
  constant LIMIT : natural := 9;
  type state_t is (Idle, Run);
  type pair_t is record a : bit; b : bit; end record;
  function next_of(a : natural) return natural;
end package;
package body kinds is
  function next_of(a : natural) return natural is begin return a + 1; end function;
end package body;
entity Counter is
  generic (WIDTH : natural := 8);
  port (Clk, rst_n : in bit; en : bit; d : in bit; q : out natural; z : out bit);
end entity;
architecture rtl of counter is
  signal count, step : natural := 0;
  signal pair : pair_t;
  alias first_bit : bit is pair.a;
begin
  q <= COUNT when EN = '1' else step;
  with en select step <= LIMIT when '1', 2 when others;
  pair.b <= first_bit;
  main : process (clk, rst_n) is
    variable v : natural;
  begin
    if rst_n = '0' then
      count <= 0;
    elsif rising_edge(clk) then
      v := count + step;
      if en = '1' then
        count <= v;
      end if;
    end if;
  end process;
  many : if WIDTH > 4 generate
    u0 : entity work.child(rtl) port map (a => en, natural(b) => step, c(0) => pair.a, d => open);
    u1 : child port map (en, d);
  end generate;
end architecture;
"""


def test_declarations() -> None:
    graph = read(vhdl, COUNTER)
    assert named(graph, Kind.PACKAGE) == {"kinds": "package"}
    assert named(graph, Kind.MODULE) == {"Counter": "entity"}
    assert named(graph, Kind.PORT)["en"] == "in bit"
    assert named(graph, Kind.PORT)["q"] == "out natural"
    assert named(graph, Kind.PARAMETER) == {
        "LIMIT": "constant natural := 9",
        "WIDTH": "natural := 8",
    }
    assert named(graph, Kind.TYPE)["state_t"] == "(Idle, Run)"
    assert named(graph, Kind.SIGNAL)["v"] == "variable natural"
    assert named(graph, Kind.PROCESS) == {"main": "process (clk, rst_n)"}
    functions = [node for node in graph.nodes if node.kind is Kind.FUNCTION]
    assert [(f.name, f.start_line) for f in functions] == [("next_of", 9)]
    module = next(node for node in graph.nodes if node.kind is Kind.MODULE)
    assert (module.start_line, module.end_line) == (11, COUNTER.count("\n"))
    assert not graph.diagnostics


def test_dataflow_goes_through_variables_aliases_and_fields() -> None:
    found = pairs(read(vhdl, COUNTER))
    assert {("q", "count"), ("q", "step"), ("q", "en")} <= found
    assert {("step", "LIMIT"), ("step", "en"), ("pair", "pair")} <= found
    assert {("v", "count"), ("v", "step"), ("count", "v"), ("count", "en")} <= found
    assert ("count", "rst_n") in found
    assert ("count", "Clk") not in found


def test_clock_and_asynchronous_reset() -> None:
    graph = read(vhdl, COUNTER)
    assert edges(graph, EdgeKind.CLOCKED_BY) == {("main", "Clk", "posedge", "")}
    assert edges(graph, EdgeKind.RESET_BY) == {("main", "rst_n", "negedge", "0")}
    assert ("main", "count", "posedge", "rst_n = '0'") in edges(graph, EdgeKind.DRIVES)
    inner = "not (rst_n = '0') and en = '1'"
    assert ("main", "count", "posedge", inner) in edges(graph, EdgeKind.DRIVES)


def test_instances() -> None:
    graph = read(vhdl, COUNTER)
    assert named(graph, Kind.INSTANCE) == {"u0": "child", "u1": "child"}
    assert edges(graph, EdgeKind.INSTANTIATES) == {("u0", "child", "", ""), ("u1", "child", "", "")}
    assert edges(graph, EdgeKind.CONNECTS) == {
        ("u0", "en", "", "a"),
        ("u0", "step", "", "b"),
        ("u0", "pair", "", "c"),
        ("u1", "en", "", "#0"),
        ("u1", "d", "", "#1"),
    }


PROCESS = """entity e is port (clk, rst, a, b : in bit; q, p : out bit); end;
architecture r of e is begin process (clk) begin {} end process; end;"""


@pytest.mark.parametrize(
    ("statements", "clock", "reset"),
    [
        ("if falling_edge(clk) then q <= a; end if;", "negedge", set()),
        ("if clk'event and clk = '1' and a = '1' then q <= b; end if;", "posedge", set()),
        ("wait until clk'event and clk = '0'; q <= a;", "negedge", set()),
        (
            "if rising_edge(clk) then if (rst = '1') then q <= '0'; else q <= a; end if; end if;",
            "posedge",
            {("", "rst", "", "1")},
        ),
        (
            "if rising_edge(clk) then q <= a; if a = '1' or rst = '0' then q <= b; end if; end if;",
            "posedge",
            {("", "rst", "", "0")},
        ),
        ("if rst = '1' then q <= a; end if;", "", set()),
    ],
)
def test_clocks_and_synchronous_resets(
    statements: str, clock: str, reset: set[tuple[str, ...]]
) -> None:
    graph = read(vhdl, PROCESS.format(statements))
    assert {edge for _, _, edge, _ in edges(graph, EdgeKind.CLOCKED_BY)} == {clock} - {""}
    assert edges(graph, EdgeKind.RESET_BY) == reset
    assert {edge for _, _, edge, _ in edges(graph, EdgeKind.DRIVES)} == {clock}


def test_case_loops_and_attributes() -> None:
    graph = read(
        vhdl,
        PROCESS.format(
            "case a is when '1' => q <= b; when others => q <= '0'; end case;"
            " for b in a'range loop p <= b; end loop;"
        ),
    )
    assert ("", "q", "", "a = '1'") in edges(graph, EdgeKind.DRIVES)
    assert pairs(graph) == {("q", "a"), ("q", "b")}


def test_an_architecture_without_its_entity() -> None:
    graph = read(vhdl, "architecture r of e is signal s : bit; begin s <= '1'; end;")
    assert named(graph, Kind.MODULE) == {"e": "architecture r of e"}


def test_broken_text_gives_what_can_be_read() -> None:
    graph = read(vhdl, COUNTER.replace("q <= COUNT", "q <= <="))
    assert "Counter" in named(graph, Kind.MODULE)
    assert {d.span.line for d in graph.diagnostics if d.span} == {20}


@pytest.mark.parametrize(
    "text",
    [b"", b"\0" * 99, bytes(range(256)) * 9, b"-- caf\xe9\n" + COUNTER.encode(), b"entity"],
)
def test_hostile_bytes(text: bytes) -> None:
    read(vhdl, text)


@pytest.mark.parametrize("cut", range(0, len(COUNTER), 97))
def test_truncated(cut: int) -> None:
    read(vhdl, COUNTER[:cut])


def test_deep_nesting() -> None:
    deep = 10_000
    statements = "if a = '1' then " * deep + "q <= b;" + "end if;" * deep
    assert ("q", "b") in pairs(read(vhdl, PROCESS.format(statements)))
    statements = "q <= " + "(" * deep + "b" + ")" * deep + ";"
    assert pairs(read(vhdl, PROCESS.format(statements))) == {("q", "b")}


def test_microwatt(core: Callable[[str], Path]) -> None:
    sources = core("microwatt") / "vhdl"
    gpio = read(vhdl, (sources / "gpio.vhdl").read_bytes())
    assert len(named(gpio, Kind.PORT)) == 8
    assert edges(gpio, EdgeKind.CLOCKED_BY) == {("regs_rw", "clk", "posedge", "")}
    assert edges(gpio, EdgeKind.RESET_BY) == {("regs_rw", "rst", "", "1")}
    found = pairs(gpio)
    assert {read for driven, read in found if driven == "gpio_out"} == {"reg_data"}
    assert {read for driven, read in found if driven == "reg_in2"} == {"reg_in1"}
    assert {read for driven, read in found if driven == "reg_dirn"} == {
        *("rst", "wb_in", "GPIO_REG_BITS", "NGPIO")
    }
    fifo = read(vhdl, (sources / "sync_fifo.vhdl").read_bytes())
    assert len(named(fifo, Kind.PORT)) == 8
    assert set(named(fifo, Kind.PROCESS)) == {"reader", "producer", "op"}
    assert {clock for _, clock, _, _ in edges(fifo, EdgeKind.CLOCKED_BY)} == {"clk"}
    assert {(p, reset) for p, reset, _, _ in edges(fifo, EdgeKind.RESET_BY)} == {
        ("reader", "reset"),
        ("producer", "reset"),
        ("op", "reset"),
    }
    memory = {read for driven, read in pairs(fifo) if driven == "memory"}
    assert memory == {"wr_idx", "wr_data", "push", "reset"}
