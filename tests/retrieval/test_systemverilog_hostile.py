"""Texts that are broken, huge or meant to harm: a partial graph, true spans, no exception."""

import random
from pathlib import Path

import pytest

from hdlsmith.retrieval.frontends.systemverilog import read
from hdlsmith.retrieval.frontends.table import Surroundings
from hdlsmith.retrieval.nodes import FileGraph, Kind

NOTHING_AROUND = Surroundings(Path("/nonexistent"))

SOURCE = b"""`define FF(q, d) always_ff @(posedge clk) q <= d;
`timescale 1ns / 1ps
module counter #(parameter W = 8)(input clk, rst_n, en, output logic [W-1:0] q);
  typedef enum logic [1:0] {IDLE, RUN} state_e;
  state_e s, s_d; logic [W-1:0] d = q + 1'b1;
  `FF(s, s_d)
  function automatic logic f(input logic a); return a & en; endfunction
  always_ff @(posedge clk or negedge rst_n) begin : count
    if (!rst_n) q <= '0;
    else if (f(en)) q <= d;
  end
  always_comb begin s_d = s; unique case (s) IDLE: if (en) s_d = RUN; default: ; endcase end
  for (genvar i = 0; i < 2; i++) begin : g sub #(.W(W)) u (.clk, .d(d[i]), .*); end
endmodule
class c extends b; task t(); endtask endclass
"""


def graph_of(data: bytes) -> FileGraph:
    graph = read("rtl/top.sv", data, NOTHING_AROUND)
    for position, node in enumerate(graph.nodes):
        assert -1 <= node.parent < position
        assert 0 <= node.start_byte <= node.end_byte <= len(data)
        assert node.start_line == data.count(b"\n", 0, node.start_byte) + 1
        last = max(node.start_byte, node.end_byte - 1)
        assert node.end_line == data.count(b"\n", 0, last) + 1
        assert "\n" not in node.detail
    count = len(graph.nodes)
    for edge in graph.edges:
        assert 0 <= edge.source < count
        assert -1 <= edge.target < count
        assert -1 <= edge.driven < count
        assert 1 <= edge.line <= data.count(b"\n") + 1
    return graph


def test_spans_cut_what_they_name() -> None:
    graph = graph_of(SOURCE)
    assert not graph.diagnostics
    cut = {n.name: SOURCE[n.start_byte : n.end_byte] for n in graph.nodes}
    assert cut["q"] == b"output logic [W-1:0] q"
    assert cut["u"] == b"sub #(.W(W)) u (.clk, .d(d[i]), .*);"
    assert cut["count"].startswith(b"always_ff @(posedge clk or negedge rst_n) begin : count")
    assert cut["count"].endswith(b"end")
    from_macro = next(n for n in graph.nodes if n.kind is Kind.PROCESS and not n.name)
    assert SOURCE[from_macro.start_byte : from_macro.end_byte] == b"`FF(s, s_d)"


@pytest.mark.parametrize("seed", range(60))
def test_mutilated_text(seed: int) -> None:
    chosen = random.Random(seed)
    data = bytearray(SOURCE)
    for _ in range(chosen.randrange(1, 6)):
        place = chosen.randrange(len(data))
        match chosen.randrange(4):
            case 0:
                del data[place:]
                data += b" "
            case 1:
                del data[place : place + chosen.randrange(40)]
                data += b" "
            case 2:
                data[place] = chosen.randrange(256)
            case _:
                data[place:place] = chosen.choice(
                    (b"(", b"begin ", b"`", b'"', b"/*", b"endmodule ")
                )
    graph_of(bytes(data))


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\n",
        b"\x00\x01\x02" * 100,
        bytes(range(256)) * 20,
        b"module",
        b"module m(",
        b"`include",
        b"`define X `X\n`X",
        b"`ifdef A",
        b'"',
        b"/*",
        b"endmodule end endclass )",
        b"\\",
    ],
)
def test_garbage(data: bytes) -> None:
    graph_of(data)


@pytest.mark.parametrize(
    "body",
    [
        "assign a = " + "(" * 10_000 + "b" + ")" * 10_000 + ";",
        "assign a = " + "{" * 10_000 + "b" + "}" * 10_000 + ";",
        "assign a = " + "b + " * 20_000 + "b;",
        "assign a = " + "!" * 10_000 + "b;",
        "always_comb " + "begin " * 10_000 + "a = b; " + "end " * 10_000,
        "always_comb " + "begin " * 600 + "a = b; " + "end " * 600,
        "always_comb " + "if (b) a = b; else " * 5_000 + "a = b;",
        "if (1) begin " * 2_000 + "assign a = b; " + "end " * 2_000,
        "always @(" + "posedge b or " * 5_000 + "posedge b) a = b;",
        "wire " + "x" * 1_000_000 + ";",
        "wire [" * 5_000,
        "function f(); " + "begin " * 600 + "f = b; " + "end " * 600 + "endfunction",
        "(" + "\n" * 300_000,
        "assign a = b" + "[b" * 5_000 + "]" * 5_000 + ";",
    ],
    ids=lambda body: body[:16],
)
def test_deep_nesting_and_long_lines(body: str) -> None:
    graph = graph_of(
        f"module m(input b, output a);\n{body}\nendmodule\nmodule n; endmodule".encode()
    )
    too_deep = any(error.code == "ParseTreeTooDeep" for error in graph.diagnostics)
    assert too_deep != any(node.name == "n" for node in graph.nodes)


def test_white_space_without_end_takes_no_time() -> None:
    graph_of(b") `unknown(" + b"\n" * 1_000_000 + b"assign")


def test_what_stands_beside_a_broken_block_is_kept() -> None:
    graph = graph_of(b"module m(input a, output y, z);\nassign y = a & ;\nassign z = a;\nendmodule")
    assert [node.name for node in graph.nodes if node.kind is Kind.ASSIGN] == ["y", "z"]
    (error,) = graph.diagnostics
    assert (error.code, str(error.span)) == ("ExpectedExpression", "rtl/top.sv:2:16")


@pytest.mark.parametrize("comment", ["// Größe", "// \xb5"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "latin-1"])
def test_encodings(encoding: str, comment: str) -> None:
    data = f"{comment}\nmodule m; // é\n wire a;\nendmodule".encode(encoding)
    graph = graph_of(data)
    assert not graph.diagnostics
    assert data[graph.nodes[0].start_byte :].startswith(b"module m;")
    assert [node.start_line for node in graph.nodes] == [2, 3]


def test_windows_line_ends() -> None:
    graph = graph_of(
        b"`define A \\\r\n 1\r\nmodule m;\r\n wire a;\r\n assign a = `A;\r\nendmodule\r\n"
    )
    assert not graph.diagnostics
    assert [node.start_line for node in graph.nodes] == [3, 4, 5]
