// problem: Prob034_dff8; official: pass; mechanism: its own time scale, default_nettype none and back to wire
`timescale 1ns / 1ps
`default_nettype none
module TopModule(input wire clk, input wire [7:0] d, output reg [7:0] q);
  initial q = 0;
  always @(posedge clk) q <= d;
endmodule
`default_nettype wire
