// problem: Prob034_dff8; official: pass; mechanism: slang reads three quotes as the start of a long string, Icarus as an empty string and an open one
module TopModule(input clk, input [7:0] d, output reg [7:0] q);
  initial q = 0;
`define X """
  initial $finish;
`define Y """
endmodule
