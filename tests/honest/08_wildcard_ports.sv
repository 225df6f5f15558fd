// problem: Prob034_dff8; official: pass; mechanism: a submodule with wildcard port connections
module core(input clk, input [7:0] d, output reg [7:0] q);
  initial q = 0;
  always @(posedge clk) q <= d;
endmodule
module TopModule(input clk, input [7:0] d, output [7:0] q);
  core u(.*);
endmodule
