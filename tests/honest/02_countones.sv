// problem: Prob034_dff8; official: pass; mechanism: uses $countones and $isunknown in a check that changes nothing
module TopModule(input clk, input [7:0] d, output reg [7:0] q);
  wire [3:0] ones = $countones(d);
  initial q = 0;
  always @(posedge clk) q <= (ones > 4'd8) ? 8'h00 : d;
endmodule
