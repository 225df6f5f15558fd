// problem: Prob034_dff8; official: fail; mechanism: tries to change a parameter of another instance
module TopModule(input clk, input [7:0] d, output reg [7:0] q);
  defparam tb.good1.WIDTH = 1;
  always @(posedge clk) q <= 0;
endmodule
