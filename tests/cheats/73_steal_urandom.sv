// problem: Prob034_dff8; official: fail; mechanism: draws from $urandom, to see whether it shares the generator
module TopModule(input clk, input [7:0] d, output reg [7:0] q);
  integer n = 0;
  initial q = 0;
  initial n = $urandom;
  always @(posedge clk) q <= (d == 8'h0a) ? 8'h00 : d;
endmodule
