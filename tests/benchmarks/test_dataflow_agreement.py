"""`hdlsmith bench dataflow`: our dataflow beside pyverilog's."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from hdlsmith.benchmarks.dataflow.agreement import measure, render
from hdlsmith.sandbox.cage import make_cage
from hdlsmith.settings import SandboxSettings

pytestmark = pytest.mark.tool("pyverilog")

_EVERYTHING = """`define WIDTH 4
module everything #(parameter [3:0] LIMIT = 4'd 9, parameter KIND = "FAST") (
  input clk, input rst_n, input [3:0] a, b, input en, mode,
  output reg [3:0] q, output [3:0] sum, output reg flag, output [3:0] gated);
  localparam IDLE = 0, RUN = 1;
  integer i;
  reg [3:0] memory [0:7];
  reg [1:0] state, next;
  reg [3:0] picked, early, late;
  wire [3:0] both, left_half, wrapped;
  wire carry;
  wire [3:0] initial_net = a ^ b;
  assign {carry, sum} = a + b + {3'b0, en};
  assign both = mode ? a & b : a | b;
  assign left_half = {a[1:0], b[3:2]};
  assign wrapped[3:2] = add(a, b) >> 2;
  assign wrapped[1:0] = {2{en}};
  and gate (gated[0], a[0], b[0]);
  function [3:0] add;
    input [3:0] x, y;
    reg [3:0] t;
    begin
      t = x + y;
      add = t + both;
    end
  endfunction
  always @(posedge clk or negedge rst_n)
    if (!rst_n) q <= 0;
    else if (en && q == LIMIT) q <= 0;
    else if (en) q <= q + 1;
  always @(posedge clk) begin
    state <= next;
    early <= a;
    if (mode) late <= b;
    memory[a] <= b;
  end
  always @* begin
    next = state;
    flag = 1'b0;
    (* full_case *)
    case (state)
      IDLE: if (en) next = RUN;
      RUN, 2: begin next = mode ? IDLE : RUN; flag = carry; end
      default: next = IDLE;
    endcase
  end
  always @(a or b or q) begin
    casez ({a, b})
      8'b1???????: picked = q;
      8'b01??????: picked = memory[b];
      default: picked = 0;
    endcase
  end
  reg once;
  initial begin
    once = 1;
    for (i = 0; i < 8; i = i + 1) memory[i] = 0;
  end
endmodule

module generated #(parameter FAST = 1, parameter N = 3) (
  input clk, input [N-1:0] d, input slow, output [N-1:0] y, output reg [N-1:0] z);
  genvar g;
  integer k;
  generate
    if (FAST) begin : quick
      assign y = d;
    end else begin : gentle
      reg [N-1:0] held;
      always @(posedge clk) held <= d ^ {N{slow}};
      assign y = held;
    end
    for (g = 0; g < N; g = g + 1) begin : bits
      wire one = d[g] & slow;
    end
  endgenerate
  always @(posedge clk)
    for (k = 0; k < N; k = k + 1) z[k] <= d[N - 1 - k];
  everything #(.LIMIT(4'd5)) inner (.clk(clk), .a(d), .sum(z));
endmodule
"""


_BROKEN = "module m(input a);\n  typedef enum {A, B} t;\nendmodule\n"
_FORGOTTEN = """module forgotten(input a, b, c, x, y, output reg q);
  always @* begin
    q = a;
    if (b) begin
      if (c) q = x;
      else q = y;
    end
  end
endmodule
"""
"""pyverilog loses the first assignment."""


def _measured(*places: Path) -> dict[str, Any]:
    return measure(places, make_cage(SandboxSettings()))


def test_both_say_the_same_of_every_construct(tmp_path: Path) -> None:
    (tmp_path / "everything.v").write_text(_EVERYTHING)
    (core,) = _measured(tmp_path)["cores"]
    assert (core["files"], core["modules"], core["unread"]) == (1, 2, [])
    assert core["differences"] == []
    assert core["drives"][0] == core["drives"][1] > 15
    assert core["reads"][0] == core["reads"][1] > 40


def test_what_is_left_out_is_counted(tmp_path: Path) -> None:
    (tmp_path / "everything.v").write_text(_EVERYTHING)
    (core,) = _measured(tmp_path)["cores"]
    left_out = core["left_out"]
    assert left_out["constants"][0] > 0
    assert left_out["loops"][1] > 0
    assert left_out["initial"] == [1, 0]
    for key in ("drives", "reads"):
        assert core[f"{key}_as_it_is"][1] > core[key][1]
    facts = sum(core[f"{key}_as_it_is"][1] - core[key][1] for key in ("drives", "reads"))
    assert facts <= sum(sum(sides) for sides in left_out.values()) <= 2 * facts


def test_a_difference_is_told_with_its_place(tmp_path: Path) -> None:
    file = tmp_path / "forgotten.v"
    file.write_text(_FORGOTTEN)
    result = _measured(file)
    (found,) = result["cores"][0]["differences"]
    assert found == {
        "place": "forgotten.v:3",
        "by": "ours",
        "module": "forgotten",
        "driven": "q",
        "read": "a",
    }
    assert "forgotten.v:3: forgotten.q <- a   (only ours)" in render(result)


def test_what_pyverilog_cannot_parse_is_no_difference(tmp_path: Path) -> None:
    (tmp_path / "broken.v").write_text(_BROKEN)
    (tmp_path / "defines.v").write_text("`define A 1\n")
    (core,) = _measured(tmp_path)["cores"]
    ((place, reason),) = core["unread"]
    assert (place, core["modules"], core["differences"]) == ("broken.v", 0, [])
    assert "line:2" in reason


def test_the_command(hdlsmith: Callable[..., Any], tmp_path: Path) -> None:
    file = tmp_path / "forgotten.v"
    file.write_text(_FORGOTTEN)
    ended = hdlsmith("bench", "dataflow", file, "--json")
    assert (ended.code, json.loads(ended.out)["total"]["drives"]) == (0, [1, 1])
    ended = hdlsmith("bench", "dataflow", tmp_path / "nowhere")
    assert ended.code == 2
    assert "no Verilog file" in ended.err
