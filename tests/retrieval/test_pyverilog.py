"""pyverilog as the front end of Verilog-2005 beside slang, and as the oracle of our dataflow."""

from collections.abc import Callable
from pathlib import Path

import pytest

from hdlsmith.benchmarks.dataflow.agreement import measure
from hdlsmith.index_settings import IndexSettings
from hdlsmith.retrieval.building.build import build
from hdlsmith.retrieval.frontends import systemverilog
from hdlsmith.retrieval.frontends.table import Surroundings
from hdlsmith.retrieval.nodes import FileGraph, Kind
from hdlsmith.retrieval.store.index import Index
from hdlsmith.retrieval.store.status import status_of
from hdlsmith.sandbox.cage import make_cage
from hdlsmith.settings import SandboxSettings

pytestmark = [
    pytest.mark.tool("pyverilog"),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),  # importing it leaves a file open
]

_TIMER = """// counts down
`define ZERO 8'h 00
module timer #(
  parameter WIDTH = 8
) (
  input clk, rst_n, load,
  input [WIDTH-1:0] value,
  output reg [WIDTH-1:0] count,
  output done
);
  wire last = count == 1;
  reg seen;
  function [7:0] less;
    input [7:0] x;
    less = x - {7'b0, load};
  endfunction

  always @(posedge clk or negedge rst_n) begin : counting
    if (!rst_n) begin
      count <= `ZERO;
    end else if (load)
      count <= value;
    else if (count != 0)
      count <= less(count);
  end

  generate
    if (WIDTH > 4) begin : wide
      always @(posedge clk) seen <= last;
    end
  endgenerate
  (* keep *) pulse #(.N(2)) stretch (
    .in(last & seen),
    .out(done)
  );
endmodule
"""
_PLACE = Path("/nowhere")


def _read(text: str, path: str = "timer.v") -> FileGraph:
    from hdlsmith.retrieval.frontends import pyverilog

    return pyverilog.read(path, text.encode(), Surroundings(_PLACE))


def _said(graph: FileGraph) -> set[tuple[str, ...]]:
    nodes = graph.nodes
    edges = {
        (
            edge.kind,
            nodes[edge.source].name,
            nodes[edge.target].name if edge.target != -1 else "",
            nodes[edge.driven].name if edge.driven != -1 else "",
            edge.name,
            edge.clock_edge,
            str(edge.line),
            edge.condition,
        )
        for edge in graph.edges
    }
    return edges | {(node.kind, node.name, str(node.start_line)) for node in nodes}


def test_says_what_slang_says() -> None:
    theirs = systemverilog.read("timer.v", _TIMER.encode(), Surroundings(_PLACE))
    assert _said(_read(_TIMER)) == _said(theirs)


def test_nodes_span_whole_lines() -> None:
    graph = _read(_TIMER)
    text = _TIMER.encode()
    for node in graph.nodes:
        lines = text.split(b"\n")[node.start_line - 1 : node.end_line]
        assert text[node.start_byte : node.end_byte] == b"\n".join(lines) + b"\n"
    spans = {(n.kind, n.name): (n.start_line, n.end_line) for n in graph.nodes}
    assert spans[Kind.MODULE, "timer"] == (3, 36)
    assert spans[Kind.PROCESS, "counting"] == (18, 25)
    assert spans[Kind.FUNCTION, "less"] == (13, 16)
    assert spans[Kind.INSTANCE, "stretch"] == (32, 35)


def test_a_file_it_cannot_parse_is_told_with_its_line() -> None:
    graph = _read("module m(input a);\n  typedef enum {A, B} t;\nendmodule\n", "m.v")
    (found,) = graph.diagnostics
    assert (found.span and found.span.line, found.tool) == (2, "pyverilog")
    assert graph.nodes == []


def test_a_header_is_nothing_to_complain_about() -> None:
    assert _read("`define WIDTH 8\n", "defines.v") == FileGraph([], [])


def test_the_setting_chooses_it_for_verilog_alone(tmp_path: Path) -> None:
    root = tmp_path / "repository"
    root.mkdir()
    (root / "timer.v").write_text(_TIMER.replace("`define ZERO 8'h 00", '`include "zero.vh"'))
    (root / "zero.vh").write_text("`define ZERO 8'h 00\n")
    (root / "newer.v").write_text("module newer(input a); typedef logic t; endmodule\n")
    (root / "other.sv").write_text("module other(input logic [1:0] a); endmodule\n")
    found = []
    for front_end in ("slang", "pyverilog"):
        build(root, settings=IndexSettings.model_validate({"verilog_front_end": front_end}))
        with Index(root / ".hdlsmith") as index:
            found.append({node.name for node in index.of_kind(Kind.MODULE)})
            errors = status_of(root / ".hdlsmith").errors
    assert found == [{"timer", "newer", "other"}, {"timer", "other"}]
    assert list(errors) == ["newer.v"]


def test_our_dataflow_agrees_with_its_own_on_a_core(core: Callable[[str], Path]) -> None:
    result = measure([core("serv")], make_cage(SandboxSettings()))
    for key in ("drives", "reads"):
        both, either = result["total"][key]
        assert both >= 0.98 * either > 300
