"""The graph of Verilog and SystemVerilog texts: declarations, dataflow, clocks, instances."""

from pathlib import Path

import pytest

from hdlsmith.retrieval.frontends.systemverilog import read
from hdlsmith.retrieval.frontends.table import Surroundings
from hdlsmith.retrieval.nodes import Edge, EdgeKind, FileGraph, Kind, Node

NOTHING_AROUND = Surroundings(Path("/nonexistent"))


def graph_of(text: str) -> FileGraph:
    graph = read("rtl/top.sv", text.encode(), NOTHING_AROUND)
    assert not graph.diagnostics
    return graph


def in_module(body: str, ports: str = "") -> FileGraph:
    return graph_of(f"module top({ports});\n{body}\nendmodule\n")


def nodes(graph: FileGraph, kind: Kind) -> list[Node]:
    return [node for node in graph.nodes if node.kind is kind]


def details(graph: FileGraph, kind: Kind) -> dict[str, str]:
    return {node.name: node.detail for node in nodes(graph, kind)}


def edges(graph: FileGraph, kind: EdgeKind) -> list[Edge]:
    return [edge for edge in graph.edges if edge.kind is kind]


def pairs(graph: FileGraph) -> set[tuple[str, str]]:
    """(driven, read) by name."""
    name = [node.name for node in graph.nodes]
    return {(name[e.driven], name[e.target]) for e in edges(graph, EdgeKind.READS) if e.driven >= 0}


def reads_of(graph: FileGraph, driven: str) -> set[str]:
    return {read for one, read in pairs(graph) if one == driven}


def conditions(graph: FileGraph, driven: str) -> list[str]:
    return [
        edge.condition
        for edge in edges(graph, EdgeKind.DRIVES)
        if graph.nodes[edge.target].name == driven
    ]


def test_a_module_with_an_ansi_header() -> None:
    graph = graph_of(
        "module top #(parameter int W = 8, D = W * 2, parameter type T = logic)\n"
        "  (input clk, rst_n, output logic [W-1:0] q [3:0], bus_if.slave s, inout wire z);\n"
        "endmodule"
    )
    (module,) = nodes(graph, Kind.MODULE)
    assert (module.name, module.detail, module.start_line, module.end_line) == (
        "top", "module", 1, 3,
    )  # fmt: skip
    assert details(graph, Kind.PARAMETER) == {
        "W": "parameter int = 8",
        "D": "parameter int = W * 2",
        "T": "parameter type = logic",
    }
    assert details(graph, Kind.PORT) == {
        "clk": "input",
        "rst_n": "input",
        "q": "output logic [W-1:0] [3:0]",
        "s": "bus_if.slave",
        "z": "inout wire",
    }


def test_ports_declared_below_the_header_are_ports_once() -> None:
    graph = graph_of(
        "module top(a, q, r);\n input a;\n output [3:0] q;\n reg [3:0] q;\n output reg r;\n"
        "endmodule"
    )
    assert details(graph, Kind.PORT) == {"a": "input", "q": "output reg [3:0]", "r": "output reg"}
    assert not nodes(graph, Kind.SIGNAL)


def test_nets_variables_and_types() -> None:
    graph = in_module(
        "wire signed [7:0] a, b;\nreg [7:0] mem [0:15];\ngenvar i;\n"
        "typedef enum logic [1:0] {IDLE, RUN} state_e;\n"
        "typedef struct packed {\n  logic a; // one\n  logic b;\n} pair_t;\nstate_e state_q;"
    )
    assert details(graph, Kind.SIGNAL) == {
        "a": "wire signed [7:0]",
        "b": "wire signed [7:0]",
        "mem": "reg [7:0] [0:15]",
        "state_q": "state_e",
    }
    assert details(graph, Kind.TYPE) == {
        "state_e": "enum logic [1:0] {IDLE, RUN}",
        "pair_t": "struct packed { logic a; logic b; }",
    }


@pytest.mark.parametrize("keyword", ["interface", "program"])
def test_interfaces_and_programs_are_modules(keyword: str) -> None:
    graph = graph_of(f"{keyword} p(input clk); logic a; end{keyword}")
    assert details(graph, Kind.MODULE) == {"p": keyword}


def test_a_package_and_a_class() -> None:
    graph = graph_of(
        "package p;\n localparam A = 1;\n function automatic int f(int x); return x; endfunction\n"
        "class c extends b;\n task go(); a = b; endtask\n extern function void later();\nendclass\n"
        "endpackage"
    )
    assert details(graph, Kind.PACKAGE) == {"p": "package"}
    assert details(graph, Kind.CLASS) == {"c": "class extends b"}
    assert [n.name for n in nodes(graph, Kind.FUNCTION)] == ["f", "go", "later"]
    assert details(graph, Kind.FUNCTION)["f"] == "function automatic int f(int x)"
    assert not pairs(graph)


def test_a_continuous_assignment_reads_data_indices_and_call_arguments() -> None:
    graph = in_module(
        "wire a, b, y, hFF, field; wire [3:0] x, i; bus_t s;\n"
        "assign y = a & s.field | 8'hFF /* b */;\nassign x[i] = f(b, 1'b0) ? \"y\" : '1;"
    )
    assert reads_of(graph, "y") == {"a", "s"}
    assert reads_of(graph, "x") == {"i", "b"}
    assigns = nodes(graph, Kind.ASSIGN)
    assert [(node.name, node.start_line) for node in assigns] == [("y", 3), ("x", 4)]
    assert assigns[0].detail == "assign y = a & s.field | 8'hFF"


def test_each_of_several_assignments_is_a_node() -> None:
    graph = in_module("wire a, b, c; assign a = b, c = a;")
    assert [node.name for node in nodes(graph, Kind.ASSIGN)] == ["a", "c"]
    assert pairs(graph) == {("a", "b"), ("c", "a")}


def test_a_concatenation_drives_its_members() -> None:
    graph = in_module("wire a, c, d; wire [1:0] b, i; assign {a, b[i]} = {c, d};")
    assert pairs(graph) == {(x, y) for x in "ab" for y in "cd"} | {("b", "i")}
    assert nodes(graph, Kind.ASSIGN)[0].name == "a, b"


def test_a_declaration_with_a_value_assigns() -> None:
    graph = in_module("wire a, b; wire y = a & b;\nlogic q = 1'b0;")
    assert reads_of(graph, "y") == {"a", "b"}
    assert [node.name for node in nodes(graph, Kind.ASSIGN)] == ["y", "q"]


def test_keys_of_assignment_patterns_and_packages_are_not_read() -> None:
    graph = in_module("wire v, d, p, t; pair_t s; assign s = '{v: p::d, d: t ? v : 1'b0};")
    assert reads_of(graph, "s") == {"t", "v"}


def test_conditions_of_a_process() -> None:
    graph = in_module(
        "logic a, b, c, d, q; logic [1:0] s;\nalways_comb begin\n  q = 1'b0;\n"
        "  if (a || b) q = c;\n  else if (c) begin q = d; end\n  else\n    case (s)\n"
        "      2'd0, 2'd1: q = 1'b1;\n      default: q = a;\n    endcase\nend"
    )
    assert conditions(graph, "q") == [
        "",
        "(a || b)",
        "!(a || b) && c",
        "!(a || b) && !(c) && (s == 2'd0 || s == 2'd1)",
        "!(a || b) && !(c) && s == default",
    ]
    assert reads_of(graph, "q") == {"a", "b", "c", "d", "s"}
    assert details(graph, Kind.PROCESS) == {"": "always_comb"}


def test_labels_of_a_case_over_a_constant_are_conditions() -> None:
    graph = in_module(
        "logic a, b, q; always @* case (1'b1) a: q = 0; b: q = 1; default: q = 0; endcase"
    )
    assert conditions(graph, "q") == ["a", "b", "1'b1 == default"]
    assert reads_of(graph, "q") == {"a", "b"}


def test_a_pair_is_one_edge_with_the_line_of_its_first_statement() -> None:
    graph = in_module("logic a, q;\nalways_comb begin\n  q = a;\n  q = !a;\nend")
    assert [edge.line for edge in edges(graph, EdgeKind.READS)] == [4]
    assert [edge.line for edge in edges(graph, EdgeKind.DRIVES)] == [4, 5]


def test_loop_variables_and_local_variables_are_seen_through() -> None:
    graph = in_module(
        "logic a, b; logic [7:0] q, r;\nalways_comb begin\n  automatic logic t = a;\n"
        "  for (int i = 0; i < 8; i++) q[i] = t ^ b;\n  foreach (r[j]) r[j] = q[j];\nend"
    )
    assert reads_of(graph, "q") == {"a", "b"}
    assert reads_of(graph, "r") == {"q"}
    assert {node.name for node in nodes(graph, Kind.SIGNAL)} == {"a", "b", "q", "r"}


def test_a_local_variable_hides_a_signal_of_its_name() -> None:
    graph = in_module(
        "logic x, y, a;\nalways_comb begin : p\n logic x; x = a; y = x;\nend\nassign x = a;"
    )
    assert reads_of(graph, "y") == {"a"}
    assert len(edges(graph, EdgeKind.DRIVES)) == 2
    assert nodes(graph, Kind.PROCESS)[0].name == "p"


def test_escaped_names_are_those_of_their_declarations() -> None:
    graph = in_module(r"logic \a+b , \q[0] , c; assign \q[0] = \a+b & c;")
    assert pairs(graph) == {("q[0]", "a+b"), ("q[0]", "c")}


def test_increments_and_compound_assignments_read_what_they_change() -> None:
    graph = in_module("int a, b, c; always_comb begin a++; b += c; end")
    assert pairs(graph) == {("a", "a"), ("b", "b"), ("b", "c")}


def test_a_function_is_read_through_and_a_task_drives() -> None:
    graph = in_module(
        "wire a, b, k; logic y, z, w;\n"
        "function f(input x); f = x & k; endfunction\n"
        "task t(input i, output o); begin o = i; w = k; end endtask\n"
        "assign y = f(a);\nalways_comb t(b, z);"
    )
    assert reads_of(graph, "y") == {"a", "k"}
    assert reads_of(graph, "z") == {"b", "k"}
    assert reads_of(graph, "w") == {"k"}


@pytest.mark.parametrize(
    ("sensitivity", "test", "clock", "reset"),
    [
        ("posedge c or negedge r_n", "!r_n", ("c", "posedge"), ("r_n", "negedge", "0")),
        ("posedge c, posedge r", "r", ("c", "posedge"), ("r", "posedge", "1")),
        ("negedge r_n or negedge c", "~r_n", ("c", "negedge"), ("r_n", "negedge", "0")),
        ("posedge c or negedge r_n", "r_n == 1'b0", ("c", "posedge"), ("r_n", "negedge", "0")),
        ("posedge c", "rst", ("c", "posedge"), ("rst", "", "1")),
        ("posedge c", "!rst_n", ("c", "posedge"), ("rst_n", "", "0")),
        ("posedge c", "en", ("c", "posedge"), None),
    ],
)
def test_clock_and_reset(
    sensitivity: str,
    test: str,
    clock: tuple[str, str],
    reset: tuple[str, str, str] | None,
) -> None:
    graph = in_module(
        f"logic q, d;\nalways_ff @({sensitivity})\n  if ({test}) q <= 1'b0; else q <= d;",
        "input c, r, r_n, rst, rst_n, en",
    )
    clocks = [(e.name, e.clock_edge) for e in edges(graph, EdgeKind.CLOCKED_BY)]
    resets = [(e.name, e.clock_edge, e.condition) for e in edges(graph, EdgeKind.RESET_BY)]
    assert clocks == [clock]
    assert resets == ([reset] if reset else [])
    assert {e.clock_edge for e in edges(graph, EdgeKind.DRIVES)} == {clock[1]}
    assert nodes(graph, Kind.PROCESS)[0].detail == f"always_ff @({sensitivity})"


def test_a_synchronous_reset_may_stand_behind_what_it_overrides() -> None:
    graph = in_module(
        "logic q, d;\nalways @(posedge clk) begin\n  q <= d;\n  if (rst) q <= 1'b0;\nend",
        "input clk, rst",
    )
    assert [(e.name, e.condition) for e in edges(graph, EdgeKind.RESET_BY)] == [("rst", "1")]


def test_running_is_no_reset() -> None:
    graph = in_module("logic q; always @(posedge clk) if (resetn) q <= 1'b1;", "input clk, resetn")
    assert not edges(graph, EdgeKind.RESET_BY)


def test_a_reset_that_loads_a_signal_is_none() -> None:
    graph = in_module(
        "logic q, d, e; always @(posedge clk) if (rst) q <= d; else q <= e;", "input clk, rst"
    )
    assert not edges(graph, EdgeKind.RESET_BY)


def test_connections_of_instances() -> None:
    graph = in_module(
        "wire a, b, clk, x, y; bus_if bus();\n"
        "fifo #(.DEPTH(4)) u_f (\n  .clk,\n  .d({a, b[1]}),\n  .q(),\n  .r(bus.ready));\n"
        "sub u_s (x, y), u_t (.*);\nnand (y, a, b);"
    )
    assert [(n.name, n.detail) for n in nodes(graph, Kind.INSTANCE)] == [
        ("bus", "bus_if"),
        ("u_f", "fifo #(.DEPTH(4))"),
        ("u_s", "sub"),
        ("u_t", "sub"),
        ("", "nand"),
    ]
    name = [node.name for node in graph.nodes] + ["-"]
    connected = [(name[e.source], e.name, name[e.target]) for e in edges(graph, EdgeKind.CONNECTS)]
    assert connected == [
        ("u_f", "clk", "clk"),
        ("u_f", "d", "a"),
        ("u_f", "d", "b"),
        ("u_f", "r", "bus"),
        ("u_s", "#0", "x"),
        ("u_s", "#1", "y"),
        ("u_t", ".*", "-"),
        ("", "#0", "y"),
        ("", "#1", "a"),
        ("", "#2", "b"),
    ]
    assert [e.name for e in edges(graph, EdgeKind.INSTANTIATES)] == ["bus_if", "fifo", "sub", "sub"]
    assert reads_of(graph, "y") == {"a", "b"}


def test_generate_blocks_belong_to_the_module_and_hide_names() -> None:
    graph = in_module(
        "wire a, b; wire [3:0] y;\ngenerate\n  if (W > 1) begin : g\n    wire t; assign t = a;\n"
        "    assign y[0] = t;\n  end else begin\n    wire t = b;\n    assign y[1] = t;\n  end\n"
        "  for (genvar i = 2; i < 4; i++) begin\n    if (i == 2) assign y[i] = a;\n  end\n"
        "  case (W) 1, 2: sub u(.a(b)); default: ; endcase\nendgenerate"
    )
    module = graph.nodes.index(nodes(graph, Kind.MODULE)[0])
    assert all(n.parent == module for n in graph.nodes[1:])
    assert conditions(graph, "y") == ["W > 1", "!(W > 1)", "i == 2"]
    first, second = (i for i, n in enumerate(graph.nodes) if n.name == "t" and "wire" in n.detail)
    reads = {(e.driven, e.target) for e in edges(graph, EdgeKind.READS)}
    y = next(i for i, n in enumerate(graph.nodes) if n.name == "y")
    assert {(y, first), (y, second)} <= reads


def test_initial_blocks_drive_too() -> None:
    graph = in_module(
        'reg [7:0] mem [3:0]; reg clk;\ninitial begin clk = 0; $readmemh("m.hex", mem); end\n'
        "always #5 clk = ~clk;"
    )
    driven = {graph.nodes[e.target].name for e in edges(graph, EdgeKind.DRIVES)}
    assert driven == {"clk", "mem"}
    assert [node.detail for node in nodes(graph, Kind.PROCESS)] == ["initial", "always #5"]


def test_long_conditions_are_shortened() -> None:
    test = " && ".join(f"signal_number_{i}" for i in range(30))
    graph = in_module(f"logic q; always_comb if ({test}) q = 1;")
    (condition,) = conditions(graph, "q")
    assert len(condition) == 200
    assert condition.endswith("signal_number_29")
