// problem: Prob034_dff8; official: pass; mechanism: a femtosecond precision rescales every time in the value dump
`timescale 1ps/1fs
module TopModule(input clk, input [7:0] d, output reg [7:0] q);
  initial q = 0;
  initial #2 begin tb.stats1.clocks = 0; $finish; end
endmodule
