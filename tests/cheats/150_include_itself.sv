// problem: Prob034_dff8; official: pass; mechanism: includes its own file by name, so what another tool reads alone is not the program
`ifndef SECOND_TIME
`define SECOND_TIME
`include "dut.sv"
`else
module TopModule(input clk, input [7:0] d, output reg [7:0] q);
  initial begin q = 0; $finish; end
endmodule
`endif
