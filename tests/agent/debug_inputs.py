"""Small designs with one slip each, and testbenches that find it."""

from hdlsmith.design import Design, SourceFile
from hdlsmith.languages import Language


def source(path: str, text: str) -> SourceFile:
    return SourceFile(path, text, Language.SYSTEMVERILOG)


def design(text: str) -> Design:
    return Design((source("dut.sv", text),))


COUNTER = """module counter (input logic clk, rst, en, output logic [3:0] q);
  always_ff @(posedge clk)
    if (rst) q <= 0;
    else if (en) q <= q + 1;
endmodule
"""
FSM = """module fsm (input clk, rst, x, output found);
  reg [1:0] state, next;
  always @(posedge clk)
    if (rst) state <= 0;
    else state <= next;
  always @(*)
    case (state)
      0: next = x ? 1 : 0;
      1: next = x ? 1 : 2;
      2: next = x ? 3 : 0;
      default: next = x ? 1 : 2;
    endcase
  assign found = state == 3;
endmodule
"""
MUX = """module mux (input [7:0] a, b, c, input [1:0] sel, output reg [7:0] y);
  always @(*) begin
    y = 0;
    case (sel)
      0: y = a;
      1: y = b;
      2: y = c;
    endcase
  end
endmodule
"""
FIFO = """module fifo (input clk, rst, push, pop, input [7:0] in, output [7:0] out,
             output full, empty);
  reg [7:0] store [0:3];
  reg [2:0] head, tail;
  wire taken = pop && !empty;
  wire given = push && !full;
  assign empty = head == tail;
  assign full = head[1:0] == tail[1:0] && head[2] != tail[2];
  assign out = store[tail[1:0]];
  always @(posedge clk)
    if (rst) begin
      head <= 0;
      tail <= 0;
    end else begin
      if (given) begin
        store[head[1:0]] <= in;
        head <= head + 1;
      end
      if (taken) tail <= tail + 1;
    end
endmodule
"""
DESIGNS = {"counter": COUNTER, "fsm": FSM, "mux": MUX, "fifo": FIFO}

TOLD = """`timescale 1ns/1ps
module tb;
  reg clk = 0, rst = 1, en = 0;
  wire [3:0] q;
  reg [3:0] want = 0;
  integer checks = 0, failed = 0;
  counter dut (.*);
  always #5 clk = !clk;
  always @(posedge clk) want <= rst ? 0 : want + en;
  always @(negedge clk) if (!rst) begin
    checks = checks + 1;
    if (q !== want) begin
      failed = failed + 1;
      $display("FAIL at %0t: q is %0d, not %0d", $time, q, want);
    end
  end
  initial begin
    #22 rst = 0; en = 1;
    #100 en = 0;
    #30 en = 1;
    #80 if (!failed) $display("PASS: %0d checks", checks);
    $finish;
  end
endmodule
"""
"""Tells times and names, and holds no reference."""
SILENT = "module tb; reg clk = 0, rst = 1, en = 1; wire [3:0] q; counter dut (.*); {} endmodule\n"
