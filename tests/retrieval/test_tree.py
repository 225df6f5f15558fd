"""The hierarchy below a top, elaborated and by names alone."""

import json

import networkx
from typer.testing import CliRunner

from hdlsmith.cli import app
from hdlsmith.retrieval.structure.graph import module_graph, source_graph
from hdlsmith.retrieval.structure.names import find_module
from hdlsmith.retrieval.structure.netlist import Netlist
from hdlsmith.retrieval.structure.tree import down_to, tree
from tests.retrieval.conftest import IndexOf

CHIP = {
    "chip.sv": """\
module chip(input logic [3:0] a, output logic [3:0] y);
  for (genvar i = 0; i < 4; i++) begin : g_bit
    if (i % 2) begin : g_odd
      leaf #(.Kind(i)) u_leaf (.a(a[i]), .y(y[i]));
    end else begin : g_even
      vendor_cell u_cell (.a(a[i]), .y(y[i]));
    end
  end
endmodule
""",
    "lib/leaf.sv": """\
module leaf #(parameter int Kind = 0, localparam int Twice = 2 * Kind) (
  input logic a, output logic y
);
  assign y = a;
endmodule
""",
}

ENTITIES = {
    "top.vhd": """\
entity top is
  port (a : in bit; y : out bit);
end entity;
architecture rtl of top is
begin
  u_leaf : entity work.leaf port map (a => a, y => y);
end architecture;
entity leaf is
  port (a : in bit; y : out bit);
end entity;
architecture rtl of leaf is
begin
  y <= not a;
end architecture;
"""
}


def test_an_elaborated_tree_has_generate_instances_and_parameters(index_of: IndexOf) -> None:
    index = index_of(CHIP)
    found = tree(Netlist(index), find_module(index, "chip").id)
    assert [(b.depth, b.name, b.module, b.place, b.parameters) for b in found.branches] == [
        (0, "chip", "chip", "chip.sv:1", ()),
        (1, "g_bit[0].g_even.u_cell", "vendor_cell", "", ()),
        (1, "g_bit[1].g_odd.u_leaf", "leaf", "lib/leaf.sv:1", (("Kind", "1"),)),
        (1, "g_bit[2].g_even.u_cell", "vendor_cell", "", ()),
        (1, "g_bit[3].g_odd.u_leaf", "leaf", "lib/leaf.sv:1", (("Kind", "3"),)),
    ]
    assert found.branches[2].path == "chip.g_bit[1].g_odd.u_leaf"
    assert found.branches[2].elaborated
    assert found.note == "elaborated, with 1 error"


def test_another_language_has_a_tree_by_names(index_of: IndexOf) -> None:
    index = index_of(ENTITIES)
    found = tree(Netlist(index), find_module(index, "top").id)
    assert [(b.depth, b.name, b.module, b.place) for b in found.branches] == [
        (0, "top", "top", "top.vhd:1"),
        (1, "u_leaf", "leaf", "top.vhd:8"),
    ]
    assert found.note.startswith("by names alone")


def test_a_module_that_holds_itself_ends_by_names_too(index_of: IndexOf) -> None:
    holds_itself = ENTITIES["top.vhd"].replace("work.leaf", "work.top")
    index = index_of({"top.vhd": holds_itself})
    found = tree(Netlist(index), find_module(index, "top").id)
    assert [branch.module for branch in found.branches] == ["top", "top"]


def test_the_command_prints_places_and_counts(index_of: IndexOf) -> None:
    folder = str(index_of(CHIP).folder)
    shown = CliRunner().invoke(app, ["tree", "chip", "--index", folder])
    assert shown.exit_code == 0
    assert "  g_bit[1].g_odd.u_leaf leaf #(Kind=1) lib/leaf.sv:1\n" in shown.stdout
    assert "4 instances of 3 modules, elaborated, with 1 error" in shown.stderr
    record = json.loads(
        CliRunner()
        .invoke(app, ["tree", "chip", "--json", "--depth", "0", "--index", folder])
        .stdout
    )
    assert record["counts"] == {"instances": 4, "modules": 3, "missing": 1}
    assert [branch["path"] for branch in record["branches"]] == ["chip"]


def test_a_graph_of_the_index_holds_parents_as_edges(index_of: IndexOf) -> None:
    index = index_of(CHIP)
    netlist = Netlist(index)
    chip, leaf = (find_module(index, name) for name in ("chip", "leaf"))
    graph = source_graph(netlist, [chip.source, leaf.source])
    kinds = {
        (graph.nodes[a]["name"], graph.nodes[b]["name"], said["kind"])
        for a, b, said in graph.edges(data=True)
    }
    assert {
        ("chip", "a", "declares"),
        ("chip", "u_leaf", "contains"),
        ("u_leaf", "leaf", "instantiates"),
        ("u_leaf", "y", "connects"),
        (index.root.name, "chip.sv", "contains"),
        ("chip.sv", "chip", "contains"),
    } <= kinds
    inside = module_graph(netlist, leaf.id)
    assert {said["name"] for _, said in inside.nodes(data=True)} >= {"leaf", "a", "y", "Kind"}
    assert networkx.is_weakly_connected(inside)


def test_a_depth_keeps_the_parents_right(index_of: IndexOf) -> None:
    index = index_of(
        {
            "m.v": "module m; mid a(); mid b(); endmodule\nmodule mid; low u(); endmodule\n"
            "module low; endmodule\n"
        }
    )
    branches = tree(Netlist(index), find_module(index, "m").id).branches
    assert [(b.path, b.parent) for b in branches] == [
        ("m", -1), ("m.a", 0), ("m.a.u", 1), ("m.b", 0), ("m.b.u", 3),
    ]  # fmt: skip
    assert [(b.path, b.parent) for b in down_to(branches, 1)] == [("m", -1), ("m.a", 0), ("m.b", 0)]
