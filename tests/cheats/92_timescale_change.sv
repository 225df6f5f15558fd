// problem: Prob034_dff8; official: fail; mechanism: a finer time precision for itself
`timescale 1s/1fs
module TopModule(input clk, input [7:0] d, output reg [7:0] q);
  always @(posedge clk) q <= #1 ~d;
endmodule
