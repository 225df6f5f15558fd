// problem: Prob034_dff8; official: pass; mechanism: draws from $random too, which shifts the stimuli so that its bug is never shown
module TopModule(input clk, input [7:0] d, output reg [7:0] q);
  integer n = 0;
  initial q = 0;
  initial n = $random;
  always @(posedge clk) q <= (d == 8'h0a) ? 8'h00 : d;
endmodule
