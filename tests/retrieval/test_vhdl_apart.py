"""A VHDL architecture in another file than its entity: its ports are found when it is walked."""

import gc
from pathlib import Path

from hdlsmith.retrieval.building.build import update
from hdlsmith.retrieval.frontends import vhdl
from hdlsmith.retrieval.frontends.table import Surroundings
from hdlsmith.retrieval.store.index import Index
from hdlsmith.retrieval.structure.cone import Walk, cone
from hdlsmith.retrieval.structure.names import find_module, find_value
from hdlsmith.retrieval.structure.netlist import Netlist
from hdlsmith.retrieval.structure.tree import tree
from tests.retrieval.conftest import IndexOf

APART = {
    "ent/counter.vhd": """\
library ieee; use ieee.std_logic_1164.all;
entity Counter is
  generic (WIDTH : natural := 8);
  port (clk, enable_i : in std_logic; Q_o : out std_logic_vector(WIDTH - 1 downto 0));
end entity;
""",
    "arch/counter.vhd": """\
use work.sizes.all;
architecture rtl of counter is
  type state_t is (idle, -- until clk and enable_i
                   run);
  signal state : state_t;
  signal r : std_logic_vector(7 downto 0);
begin
  process (clk) begin
    if rising_edge(clk) then
      if enable_i = '1' and state = run then
        r <= next_of(r, STEP);
      end if;
    end if;
  end process;
  q_o <= r;
end architecture;
""",
    "top.vhd": """\
entity top is port (clock, go : in std_logic; value : out std_logic_vector(7 downto 0)); end;
architecture a of top is begin
  u : entity work.counter port map (clk => clock, enable_i => go, q_o => value);
end;
""",
}


def _walked(index: Index, name: str, walk: Walk = Walk.FAN_IN) -> set[str]:
    netlist = Netlist(index)
    steps = cone(netlist, find_value(netlist, name).value, walk, 9).steps
    return {node.name for step in steps for node in [netlist.node(step.node)] if node.name}


def test_an_architecture_in_another_file_has_the_ports_of_its_entity(index_of: IndexOf) -> None:
    index = index_of(APART)
    found = _walked(index, "top.value")
    assert {"value", "Q_o", "r", "enable_i", "state", "go"} <= found
    assert not {"step", "run", "idle", "next_of"} & found
    assert {"Q_o", "value"} <= _walked(index, "top.go", Walk.FAN_OUT)
    assert "clock" in _walked(index, "counter.clk")
    assert _walked(index, "counter.r") >= {"r", "enable_i"}
    (_, body) = tree(Netlist(index), find_module(index, "top").id).branches
    assert (body.name, body.place.partition(":")[0]) == ("u", "ent/counter.vhd")


def test_an_edited_architecture_is_walked_with_its_old_entity(index_of: IndexOf) -> None:
    index = index_of(APART)
    edited = APART["arch/counter.vhd"].replace("enable_i = '1' and ", "")
    (index.root / "arch/counter.vhd").write_text(edited)
    assert update(index.folder).read == 1
    assert "go" not in _walked(index, "top.value")
    (index.root / "ent/counter.vhd").unlink()
    update(index.folder)
    assert {"q_o", "r", "value"} <= _walked(index, "top.value")


def test_a_reader_leaves_no_cycle_behind(tmp_path: Path) -> None:
    gc.collect()
    gc.disable()  # as in a worker
    try:
        vhdl.read("counter.vhd", APART["arch/counter.vhd"].encode(), Surroundings(tmp_path))
        assert gc.collect() == 0
    finally:
        gc.enable()
