"""Fan-in and fan-out cones by names alone."""

from hdlsmith.retrieval.nodes import NAMED_VALUES, Kind
from hdlsmith.retrieval.store.index import Index
from hdlsmith.retrieval.structure.cone import Cone, Walk, cone
from hdlsmith.retrieval.structure.names import find_value
from hdlsmith.retrieval.structure.neighbours import clock_domain
from hdlsmith.retrieval.structure.netlist import Netlist
from hdlsmith.retrieval.structure.places import NamedPlaces
from tests.retrieval.conftest import IndexOf

REPOSITORY = {
    "rtl/top.sv": """\
module top(input logic clk, input logic [3:0] a, b, output logic [3:0] y, z);
  logic [3:0] sum;
  adder u_adder (.x(a), .y(b), .s(sum));
  keep u_keep (.clk, .d(sum), .q(y));
  keep u_again (clk, b, z);
endmodule
""",
    "rtl/adder.sv": """\
module adder(input logic [3:0] x, y, output logic [3:0] s);
  assign s = x + y;
endmodule
""",
    "rtl/keep.sv": """\
module keep(input logic clk, input logic [3:0] d, output logic [3:0] q);
  cell_ff u_cell (.*);
endmodule
module cell_ff(input logic clk, input logic [3:0] d, output logic [3:0] q);
  always_ff @(posedge clk) q <= d;
endmodule
""",
}


def _cone(index: Index, name: str, walk: Walk = Walk.FAN_IN, depth: int = 9) -> Cone:
    netlist = Netlist(index)
    return cone(netlist, find_value(netlist, name).value, walk, depth)


def _values(index: Index, found: Cone) -> set[str]:
    nodes = [index.node(step.node) for step in found.steps]
    return {
        f"{index.node(node.module).name}.{node.name}" for node in nodes if node.kind in NAMED_VALUES
    }


def test_fan_in_goes_down_into_instances_and_up_again(index_of: IndexOf) -> None:
    index = index_of(REPOSITORY)
    found = _cone(index, "top.y")
    assert {"keep.q", "cell_ff.q", "cell_ff.d", "keep.d", "top.sum", "adder.s", "top.a"} <= _values(
        index, found
    )
    assert "top.z" not in _values(index, found)
    assert not found.truncated


def test_a_walk_leaves_a_module_by_the_instance_it_came_in_by(index_of: IndexOf) -> None:
    index = index_of(REPOSITORY)
    assert "top.a" not in _values(index, _cone(index, "top.z"))
    assert "top.b" in _values(index, _cone(index, "top.z"))


def test_a_walk_that_starts_inside_leaves_by_every_instance(index_of: IndexOf) -> None:
    index = index_of(REPOSITORY)
    assert {"top.sum", "top.b"} <= _values(index, _cone(index, "cell_ff.q"))


def test_a_path_shuts_the_other_doors(index_of: IndexOf) -> None:
    index = index_of(REPOSITORY)
    netlist = Netlist(index)
    target = find_value(netlist, "top.u_again.u_cell.q")
    places = NamedPlaces(netlist, target.instances)
    found = cone(netlist, target.value, Walk.FAN_IN, places=places)
    assert "top.b" in _values(index, found)
    assert "top.sum" not in _values(index, found)
    assert found.steps[0].path == "u_again.u_cell"


def test_fan_out_finds_loads_and_clocked_processes(index_of: IndexOf) -> None:
    index = index_of(REPOSITORY)
    assert {"adder.y", "top.sum", "top.y", "top.z"} <= _values(
        index, _cone(index, "top.b", Walk.FAN_OUT)
    )
    clocked = _cone(index, "top.clk", Walk.FAN_OUT, depth=1)
    processes = [s for s in clocked.steps if index.node(s.node).kind is Kind.PROCESS]
    assert {(step.clock_edge, step.path) for step in processes} == {
        ("posedge", "u_keep.u_cell"),
        ("posedge", "u_again.u_cell"),
    }


def test_crossing_a_port_is_no_deeper(index_of: IndexOf) -> None:
    index = index_of(REPOSITORY)
    found = _cone(index, "top.y", depth=1)
    depths = {index.node(step.node).name: (step.depth, step.level) for step in found.steps}
    assert depths["sum"] == (1, 0)
    assert depths["s"] == (1, -1)
    assert "x" not in depths


def test_steps_tell_line_condition_and_edge(index_of: IndexOf) -> None:
    index = index_of(
        {
            "m.v": "module m(input clk, en, d, output reg q);\n"
            "always @(posedge clk)\n  if (en)\n    q <= d;\nendmodule\n"
        }
    )
    start, block, *read = _cone(index, "m.q").steps
    assert (block.line, block.condition, block.clock_edge, block.origin) == (4, "en", "posedge", 0)
    assert {index.node(step.node).name for step in read} == {"en", "d"}
    assert start.origin == -1


def test_a_loop_ends(index_of: IndexOf) -> None:
    text = "module m(input clk, output reg q);\nalways @(posedge clk) q <= ~q;\nendmodule"
    found = _cone(index_of({"m.v": text}), "m.q")
    assert [step.again for step in found.steps] == [False, False, True]


def test_a_module_that_holds_itself_ends(index_of: IndexOf) -> None:
    text = "module m(input a, output y);\nwire w;\nm u(.a(w), .y(y));\nassign w = a;\nendmodule"
    found = _cone(index_of({"m.v": text}), "m.y")
    assert len(found.steps) == 1000
    assert found.truncated


def test_the_limit_is_said(index_of: IndexOf) -> None:
    index = index_of(REPOSITORY)
    netlist = Netlist(index)
    value = find_value(netlist, "top.y").value
    short = cone(netlist, value, Walk.FAN_IN, 9, limit=4)
    assert (len(short.steps), short.truncated) == (4, True)


def test_a_missing_module_is_a_block_without_an_inside(index_of: IndexOf) -> None:
    index = index_of(
        {"m.v": "module m(input a, output y);\nvendor_cell u(.i(a), .o(y));\nendmodule"}
    )
    found = _cone(index, "m.y")
    assert [index.node(step.node).name for step in found.steps] == ["y", "u"]
    assert found.steps[1].port == "o"


def test_a_port_named_beside_a_wildcard_is_not_its(index_of: IndexOf) -> None:
    index = index_of(
        {
            "m.sv": "module m(input a, en, output y);\nleaf u(.en(1'b1), .*);\nendmodule\n"
            "module leaf(input a, en, output y);\nassign y = a & en;\nendmodule\n"
        }
    )
    values = _values(index, _cone(index, "m.y"))
    assert "m.a" in values
    assert "m.en" not in values


def test_the_nearest_definition_is_meant(index_of: IndexOf) -> None:
    index = index_of(
        {
            "one/top.v": "module one(output y);\nleaf u(.y(y));\nendmodule",
            "one/lib/leaf.v": "module leaf(output y);\nwire near; assign y = near;\nendmodule",
            "two/leaf.v": "module leaf(output y);\nwire far; assign y = far;\nendmodule",
        }
    )
    assert "leaf.near" in _values(index, _cone(index, "one.y"))
    assert "leaf.far" not in _values(index, _cone(index, "one.y"))


def test_of_equally_near_definitions_one_outside_tests_is_meant(index_of: IndexOf) -> None:
    index = index_of(
        {
            "rtl/top.v": "module top(output y);\nleaf u(.y(y));\nendmodule",
            "dv/leaf.v": "module leaf(output y);\nwire stub; assign y = stub;\nendmodule",
            "lib/leaf.v": "module leaf(output y);\nwire real_one; assign y = real_one;\nendmodule",
        }
    )
    assert "leaf.real_one" in _values(index, _cone(index, "top.y"))


def test_a_clock_domain_crosses_ports(index_of: IndexOf) -> None:
    index = index_of(
        {
            "m.sv": """\
module m(input logic clk_a, clk_b, d, output logic q, r);
  always_ff @(posedge clk_a) q <= d;
  always_ff @(posedge clk_b) r <= d;
  leaf u (.clk(clk_a), .d(q));
endmodule
module leaf(input logic clk, d);
  logic kept;
  always_ff @(posedge clk) kept <= d;
endmodule
"""
        }
    )
    netlist = Netlist(index)
    domain = clock_domain(netlist, find_value(netlist, "m.q").value)
    assert {index.node(value).name for value in domain.values} == {"q", "kept"}
    assert {index.node(clock).name for clock in domain.clocks} == {"clk_a", "clk"}


def test_vhdl_names_meet_in_any_case(index_of: IndexOf) -> None:
    index = index_of(
        {
            "top.vhd": """\
entity top is
  port (a : in bit; y : out bit);
end entity;
architecture rtl of top is
begin
  u_leaf : entity work.LEAF port map (IN_A => a, out_y => y);
end architecture;
""",
            "leaf.vhd": """\
entity Leaf is
  port (in_a : in bit; Out_Y : out bit);
end entity;
architecture rtl of Leaf is
begin
  Out_Y <= not in_a;
end architecture;
""",
        }
    )
    assert _values(index, _cone(index, "top.y")) == {"top.y", "Leaf.Out_Y", "Leaf.in_a", "top.a"}


def test_a_gate_is_a_statement(index_of: IndexOf) -> None:
    index = index_of({"m.v": "module m(input a, b, output y);\nnand g(y, a, b);\nendmodule"})
    assert _values(index, _cone(index, "m.y")) == {"m.y", "m.a", "m.b"}
    assert "m.y" in _values(index, _cone(index, "m.a", Walk.FAN_OUT))
